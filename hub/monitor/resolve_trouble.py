"""Resolving a trouble: who, when and how is kept with it."""

from dataclasses import dataclass

from sync.rules.errors import Refused
from sync.storage.writer import Transaction


@dataclass(frozen=True, slots=True)
class ResolveTrouble:
    """Command: close a trouble with a note."""

    trouble: int
    by: str
    note: str
    at: str

    def __call__(self, transaction: Transaction) -> None:
        """Run in the writer.

        Raises:
            Refused: `unknown_trouble`, or `resolved` with who and when; nothing changed.
        """
        row = transaction.one(
            "SELECT state, resolved_by, resolved_at FROM trouble WHERE id = ?", (self.trouble,)
        )
        if row is None:
            raise Refused("unknown_trouble", trouble=self.trouble)
        if row[0] != "open":
            raise Refused("resolved", by=row[1], at=row[2])
        transaction.execute(
            "UPDATE trouble SET state = 'resolved', resolved_at = ?, resolved_by = ?, note = ? WHERE id = ?",
            (self.at, self.by, self.note, self.trouble),
        )
