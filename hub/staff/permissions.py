"""The permissions of HQ's pages and calls, and which role holds which."""

from collections.abc import Mapping
from typing import Final

from sync.web.permissions import HQ, Permission

HQ_API: Final = Permission(HQ.name, by_machine=True)
"""Calls that change something at HQ, by a browser or by a program with a token."""

BOARD: Final = Permission("board")
"""Looking at the sync board, stores and orders."""

ROLES: Final[Mapping[str, frozenset[str]]] = {
    "administrator": frozenset({HQ.name, BOARD.name}),
    "monitor": frozenset({BOARD.name}),
}
"""What each role of HQ may do; people of stores may do nothing here."""
