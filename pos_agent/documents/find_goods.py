"""Say what was found of one line: counted, received, or packed to be shipped."""

from typing import Any

from pos_agent.desk import Desk
from pos_agent.documents.queries import document_view
from pos_agent.ledger.store_book import SqliteStoreBook
from sync.rules.errors import Refused
from sync.rules.facts import Bucket
from sync.rules.store import documents


async def find_goods(desk: Desk, document: str, sku: str, bucket: Bucket, units: int) -> dict[str, Any]:
    """Keep what somebody found of a line.

    Returns:
        The document as it is now. `moved`: goods of a counted line came or went since it was counted
        before, so whoever adds to the earlier number counts them on the wrong side.

    Raises:
        Refused: `unknown_sku`, goods that the store's catalogue does not know, for a count of its own;
            what `sync.rules.store.documents.say_found` refuses.
    """

    def command(book: SqliteStoreBook) -> dict[str, Any]:
        known, body = documents.open_document(book, document)
        if known.is_own:
            need_known(book, sku)
        before = known.finding(sku, bucket)
        after = documents.say_found(book, document, sku, bucket, units)
        said = after.finding(sku, bucket)
        is_moved = before is not None and said is not None and before.expected != said.expected
        return {**document_view(book, after), "moved": body.task == "count" and is_moved}

    return await desk.ledger.run(command)


def need_known(book: SqliteStoreBook, sku: str) -> None:
    """Refuse goods that the catalogue does not know, and the ledger neither: a wrong code, most likely.

    Raises:
        Refused: `unknown_sku`.
    """
    if book.tx.one("SELECT 1 FROM product WHERE sku = ?", (sku,)):
        return
    if book.tx.one("SELECT 1 FROM stock WHERE sku = ?", (sku,)) is None:
        raise Refused("unknown_sku", sku=sku)
