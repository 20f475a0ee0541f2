"""Closing a trouble that is over by itself: nobody's name stands there, and the record says why."""

from dataclasses import dataclass
from typing import Final

from sync.storage.writer import Transaction

REPAID: Final = "repaid"
"""The units are there again."""
CHECKED: Final = "checked"
"""The store has looked for every order of the list."""
ARRIVED: Final = "arrived"
"""A store was asked to book the goods in, or has."""
TOLD: Final = "told"
"""The store has told what it was asked about."""
GIVEN_BACK: Final = "given_back"
"""What was paid online went back."""
_RESOLVE: Final = (
    "UPDATE trouble SET state = 'resolved', resolved_at = ?, resolved_by = '', action = ? WHERE id = ?"
)
_RECORD: Final = (
    "INSERT INTO trouble_change (trouble, at, by, state_before, owner_before, state_after, owner_after,"
    " action, note) VALUES (?, ?, '', ?, ?, 'resolved', ?, ?, '')"
)
_ABOUT: Final = (
    "SELECT id, state, owner FROM trouble WHERE store = ? AND kind = ? AND subject = ?"
    " AND state <> 'resolved' AND subject <> ''"
)


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A trouble that still stands, and where."""

    id: int
    state: str
    owner: str


def close_by_itself(transaction: Transaction, trouble: Unresolved, action: str, at: str) -> None:
    """Resolve it; its owner stays."""
    transaction.execute(_RESOLVE, (at, action, trouble.id))
    record = (trouble.id, at, trouble.state, trouble.owner, trouble.owner, action)
    transaction.execute(_RECORD, record)


def unresolved_about(transaction: Transaction, store: str, kind: str, subject: str) -> list[Unresolved]:
    """A store's troubles of a kind about one subject that still stand."""
    return [Unresolved(*row) for row in transaction.all(_ABOUT, (store, kind, subject))]
