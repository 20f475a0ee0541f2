"""Opening a trouble: facts that disagree with plans, for a person to resolve.

The same trouble is not opened twice while one is unresolved: it is counted. A store can have no more than
MOST_OPEN unresolved troubles of a kind; what comes beyond them is counted on one that says so, so that a
broken store cannot fill the table.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sync.storage.writer import Transaction

MOST_OPEN: Final = 200
BEYOND: Final = "beyond"
"""The subject of the trouble that counts those beyond MOST_OPEN."""
_SUBJECTS: Final[Mapping[str, tuple[str, ...]]] = {
    "chain_split": ("seq",),
    "hub_rolled_back": (),
}
"""The facts that make two troubles of a kind the same, where the others change with each repetition."""
_AGAIN: Final = (
    "UPDATE trouble SET times = times + 1, last_at = ? WHERE store = ? AND kind = ? AND subject = ?"
    " AND state <> 'resolved' AND subject <> ''"
)
_COUNT: Final = (
    "SELECT COUNT(*) FROM trouble WHERE store = ? AND kind = ? AND subject <> '' AND state <> 'resolved'"
)
_OPEN: Final = (
    "INSERT INTO trouble (kind, store, facts, state, raised_at, note, subject, last_at)"
    " VALUES (?, ?, ?, 'open', ?, '', ?, ?)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTrouble:
    """What is wrong. `subject` says what it is about where the facts change from one time to the next."""

    kind: str
    store: str
    facts: Mapping[str, Any]
    at: str
    subject: str = ""


def open_trouble(transaction: Transaction, new: NewTrouble) -> None:
    """Open a trouble, or count one that is known and not resolved."""
    subject = new.subject or _subject_of(new)
    if _is_counted(transaction, new, subject):
        return
    facts: Mapping[str, Any] = new.facts
    (count,) = transaction.one(_COUNT, (new.store, new.kind)) or (0,)
    if count >= MOST_OPEN:
        if _is_counted(transaction, new, BEYOND):
            return
        facts, subject = {"beyond": MOST_OPEN}, BEYOND
    text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
    transaction.execute(_OPEN, (new.kind, new.store, text, new.at, subject, new.at))


def _is_counted(transaction: Transaction, new: NewTrouble, subject: str) -> bool:
    """Whether an unresolved one was there, and was counted."""
    return transaction.execute(_AGAIN, (new.at, new.store, new.kind, subject)).rowcount > 0


def _subject_of(new: NewTrouble) -> str:
    """The facts that identify it, as text; all of them unless the kind says which."""
    names = _SUBJECTS.get(new.kind, tuple(new.facts))
    picked = {name: new.facts[name] for name in names if name in new.facts}
    return json.dumps(picked, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
