"""What people do to a trouble: it gets an owner, it is resolved. Who, when, before and after are recorded."""

from dataclasses import dataclass
from typing import Final

from hub.staff.permissions import ROLES
from sync.rules.errors import Refused
from sync.storage.writer import Transaction

MOST_CHANGES: Final = 200
"""Changes of one trouble: beyond them it can only be resolved."""
_CHANGE: Final = (
    "INSERT INTO trouble_change (trouble, at, by, state_before, owner_before, state_after, owner_after,"
    " action, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a trouble stands."""

    state: str
    owner: str


@dataclass(frozen=True, slots=True)
class AssignTrouble:
    """Command: give a trouble to a person of HQ, or back to nobody (an empty owner)."""

    trouble: int
    owner: str
    by: str
    at: str

    def __call__(self, transaction: Transaction) -> None:
        """Run in the writer; the same owner again changes nothing.

        Raises:
            Refused: `unknown_trouble`; `resolved` with who and when; `unknown_owner`; `too_many_changes`.
                Nothing changed.
        """
        before = _unresolved(transaction, self.trouble)
        if self.owner and not _is_of_hq(transaction, self.owner):
            raise Refused("unknown_owner", owner=self.owner)
        after = Standing("assigned" if self.owner else "open", self.owner)
        if after == before:
            return
        (count,) = transaction.one(
            "SELECT COUNT(*) FROM trouble_change WHERE trouble = ?", (self.trouble,)
        ) or (0,)
        if count >= MOST_CHANGES:
            raise Refused("too_many_changes", most=MOST_CHANGES)
        transaction.execute(
            "UPDATE trouble SET state = ?, owner = ? WHERE id = ?", (after.state, after.owner, self.trouble)
        )
        _record(transaction, self, before, after)


@dataclass(frozen=True, slots=True)
class ResolveTrouble:
    """Command: close a trouble, saying what was done. Whoever closes one that nobody owned owns it."""

    trouble: int
    by: str
    note: str
    at: str
    action: str = "other"

    def __call__(self, transaction: Transaction) -> None:
        """Run in the writer.

        Raises:
            Refused: `unknown_trouble`, or `resolved` with who and when; nothing changed.
        """
        before = _unresolved(transaction, self.trouble)
        after = Standing("resolved", before.owner or self.by)
        transaction.execute(
            "UPDATE trouble SET state = 'resolved', owner = ?, resolved_at = ?, resolved_by = ?, action = ?,"
            " note = ? WHERE id = ?",
            (after.owner, self.at, self.by, self.action, self.note, self.trouble),
        )
        _record(transaction, self, before, after)


def _unresolved(transaction: Transaction, trouble: int) -> Standing:
    """Where a trouble stands that can still be changed.

    Raises:
        Refused: `unknown_trouble`, `resolved`.
    """
    row = transaction.one(
        "SELECT state, owner, resolved_by, resolved_at FROM trouble WHERE id = ?", (trouble,)
    )
    if row is None:
        raise Refused("unknown_trouble", trouble=trouble)
    if row[0] == "resolved":
        raise Refused("resolved", by=row[2], at=row[3])
    return Standing(row[0], row[1])


def _is_of_hq(transaction: Transaction, login: str) -> bool:
    """Whether somebody works at HQ."""
    row = transaction.one("SELECT role FROM staff WHERE login = ? AND active = 1", (login,))
    return row is not None and row[0] in ROLES


def _record(
    transaction: Transaction, change: AssignTrouble | ResolveTrouble, before: Standing, after: Standing
) -> None:
    """Keep who did it, when, and both standings."""
    action, note = (change.action, change.note) if isinstance(change, ResolveTrouble) else ("", "")
    transaction.execute(
        _CHANGE,
        (
            change.trouble,
            change.at,
            change.by,
            before.state,
            before.owner,
            after.state,
            after.owner,
            action,
            note,
        ),
    )
