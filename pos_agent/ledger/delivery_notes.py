"""Delivery notes count once, whichever way they come in: over the receiving page, or as HQ's document."""

from typing import Final

from pos_agent.ledger.store_book import SqliteStoreBook
from sync.rules.errors import Refused
from sync.rules.items import DocumentItem

_OF_DOCUMENT: Final = "document:"
"""Begins the fingerprint of a note that came in as a document; that of a typed list has no colon."""


def is_of_document(fingerprint: str) -> bool:
    """Whether a booked note came in as a document of the headquarters."""
    return fingerprint.startswith(_OF_DOCUMENT)


def need_new_note(book: SqliteStoreBook, item: DocumentItem) -> None:
    """Refuse a delivery whose note was booked on the receiving page: its goods are in the stock.

    Two documents of the headquarters may have one number: that is theirs to decide.

    Raises:
        Refused: `received_before`, with when and by whom.
    """
    if item.task != "receiving":
        return
    row = book.tx.one("SELECT fingerprint, at, actor FROM document WHERE ref = ?", (item.number,))
    if row is not None and not is_of_document(row[0]):
        raise Refused("received_before", number=item.number, at=row[1], by=row[2])


def remember_note(book: SqliteStoreBook, item: DocumentItem, at: str, actor: str) -> None:
    """Keep the number of a delivery that was booked as a document."""
    if item.task != "receiving" or not item.number:
        return
    book.tx.execute(
        "INSERT INTO document (ref, reason, fingerprint, seq, at, actor) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (ref) DO NOTHING",
        (item.number, "receive", _OF_DOCUMENT + item.id, book.position().seq, at, actor),
    )
