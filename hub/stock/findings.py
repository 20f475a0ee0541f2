"""A finding: two of the hub's books that should say the same and do not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from hub.stock.open_trouble import NewTrouble

KINDS: Final[Mapping[str, str]] = {
    "sequence": "sequence_gap",
    "count": "sequence_gap",
    "total": "price_mismatch",
}
"""Under which kind of trouble a check's findings stand; all others are books that differ."""
BOOKS_DIFFER: Final = "digest_mismatch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A disagreement.

    Attributes:
        check: which comparison found it, a stable name with words on HQ's pages.
        store: whose books.
        about: what it is about: a SKU, an order's number and line, an event.
        kept: what the tables hold.
        made: what it should be by the facts.
        text: one English sentence, for the command line and the log.
    """

    check: str
    store: str
    about: str
    kept: str = ""
    made: str = ""
    text: str

    def __str__(self) -> str:
        return self.text

    def as_trouble(self, at: str) -> NewTrouble:
        """As an exception for a person; the same disagreement is one, however its numbers move."""
        facts = {"check": self.check, "about": self.about, "kept": self.kept, "made": self.made, "by": "hub"}
        return NewTrouble(
            kind=KINDS.get(self.check, BOOKS_DIFFER),
            store=self.store,
            facts={name: value for name, value in facts.items() if value},
            at=at,
            subject=f"hub:{self.check}:{self.about}",
        )
