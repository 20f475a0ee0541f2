"""Keep a code that nobody knew, so that a manager can say what it is. One that may be private is counted."""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Final, TypeVar

from pos_agent.codes.rules import MOST_KEPT, How, code_to_keep, why_private
from pos_agent.desk import Desk
from pos_agent.till.classify import Classified
from sync.rules.errors import Refused
from sync.storage.errors import StorageError
from sync.storage.writer import Transaction

_T = TypeVar("_T")
_KEEP: Final = (
    "INSERT INTO unknown_code (code, seen, first_seen, last_seen, till, how) VALUES (?, 1, ?, ?, ?, ?)"
    " ON CONFLICT (code) DO UPDATE SET seen = seen + 1, last_seen = excluded.last_seen,"
    " till = excluded.till, how = excluded.how"
)
_DROP_OLDEST: Final = (
    "DELETE FROM unknown_code WHERE id IN"
    " (SELECT id FROM unknown_code ORDER BY last_seen DESC, id DESC LIMIT -1 OFFSET ?)"
)
_COUNT: Final = (
    "INSERT INTO unkept_codes (reason, seen, last_seen) VALUES (?, 1, ?)"
    " ON CONFLICT (reason) DO UPDATE SET seen = seen + 1, last_seen = excluded.last_seen"
)
_KEPT: Final = ("unknown_code", "unknown_case")
_COUNTED: Final = {"payment_code": "payment", "member_code": "member"}
CHANNEL: Final = "codes"
"""The channel on which the page of unknown codes hears that the list changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One scan: what it meant, at which till, and whether a scanner or a page brought it."""

    scan: Classified
    till: str
    how: How


async def watched(desk: Desk, sighting: Sighting, work: Awaitable[_T]) -> _T:
    """Do what a scan asks for. An unknown code is kept and its refusal says so (`facts["kept"]`).

    Raises:
        Refused: what `work` was refused for, whether or not the code could be kept.
    """
    try:
        return await work
    except Refused as error:
        if error.code in _KEPT or error.code in _COUNTED:
            await _note(desk, sighting, error)
        raise


async def _note(desk: Desk, sighting: Sighting, error: Refused) -> None:
    """Its own commit: what was refused has left no trace, and this must not undo it."""
    at = desk.at
    try:
        kept = await desk.ledger.writer.run(lambda tx: note_refusal(tx, sighting, error.code, at))
    except StorageError:
        return  # the refusal matters more; the ledger's trouble is told by whatever comes next
    if kept:
        error.facts["kept"] = True
        desk.screens.publish(CHANNEL, "codes", {})


def note_refusal(tx: Transaction, sighting: Sighting, refusal: str, at: str) -> bool:
    """Keep or count what was refused; returns whether it was kept."""
    code = code_to_keep(sighting.scan, sighting.how)
    reason = _COUNTED.get(refusal) or why_private(code)
    if reason is not None:
        tx.execute(_COUNT, (reason, at))
        return False
    if not code:
        return False
    tx.execute(_KEEP, (code, at, at, sighting.till, sighting.how))
    tx.execute(_DROP_OLDEST, (MOST_KEPT,))
    return True
