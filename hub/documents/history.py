"""What was done to a document, by whom and when: written in the transaction that does it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from hub.stock.book import dump
from sync.storage.writer import Transaction

_ADD: Final = (
    "INSERT INTO document_history (document, kind, rev, at, heard_at, by, why, told)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One thing that was done. `kind` is a step's name, or given, revised, withdraw_asked, closed, lost."""

    document: str
    kind: str
    rev: int
    at: str
    heard_at: str = ""
    by: str = ""
    why: str = ""
    lines: Iterable[Mapping[str, Any]] = field(default=())


def remember_deed(transaction: Transaction, deed: Deed) -> None:
    """Add a line to a document's history."""
    transaction.execute(
        _ADD,
        (
            deed.document,
            deed.kind,
            deed.rev,
            deed.at,
            deed.heard_at or deed.at,
            deed.by,
            deed.why,
            dump(list(deed.lines)),
        ),
    )
