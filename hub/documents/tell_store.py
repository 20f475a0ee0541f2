"""Telling a store of a document: rows and the item in its outbox, in one transaction."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hub.documents.history import Deed, remember_deed
from hub.documents.rules import Asked
from hub.kernel import Kernel
from hub.stock.book import SqliteHubBook
from sync.messages.codec import parse_item
from sync.rules.books import tell
from sync.rules.canonical import to_raw
from sync.rules.errors import Refused, Unbookable
from sync.rules.items import DocumentItem, DocumentLine, DocumentTask
from sync.storage.writer import Transaction

MOST_NAME: Final = 64
"""Characters of a product's name that travel with a line: a hundred lines must fit one message."""
_DOCUMENT: Final = (
    "INSERT INTO document (id, number, task, store, rev, state, origin, transfer, partner, note, given_at,"
    " given_by) VALUES (?, ?, ?, ?, 1, 'asked', 'hq', ?, ?, ?, ?, ?)"
)
_LINE: Final = "INSERT INTO document_line (document, sku, bucket, place, qty) VALUES (?, ?, ?, ?, ?)"
_HEAD: Final = "SELECT store, rev, task, number, given_at, partner, note, transfer FROM document WHERE id = ?"
_STORE_NAMES: Final = "SELECT names, locale FROM store WHERE id = ?"
_LINES: Final = (
    "SELECT l.sku, l.qty, l.bucket, COALESCE(k.name_zh, ''), COALESCE(k.name_en, ''), COALESCE(k.gtin, '')"
    " FROM document_line l LEFT JOIN sku k ON k.sku = l.sku WHERE l.document = ? ORDER BY l.place"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDocument:
    """A document of one store, about to be given."""

    id: str
    number: str
    task: DocumentTask
    store: str
    lines: Sequence[Asked]
    at: str
    by: str
    transfer: str = ""
    partner: str = ""
    note: str = ""


def put_document(transaction: Transaction, kernel: Kernel, new: NewDocument) -> None:
    """Keep a document and tell its store.

    Raises:
        Refused: `unknown_store`, `not_enrolled`, `unknown_sku` with `sku` and `place`, `unreadable_document`.
    """
    require_enrolled(transaction, new.store)
    require_known(transaction, new.lines)
    transaction.execute(
        _DOCUMENT,
        (
            new.id,
            new.number,
            new.task,
            new.store,
            new.transfer,
            new.partner,
            new.note,
            new.at,
            new.by,
        ),
    )
    put_lines(transaction, new.id, new.lines)
    tell_document(transaction, kernel, new.id)
    lines = [{"sku": line.sku, "bucket": line.bucket, "qty": line.qty} for line in new.lines]
    remember_deed(
        transaction,
        Deed(document=new.id, kind="given", rev=1, at=new.at, by=new.by, why=new.note, lines=lines),
    )


def put_lines(transaction: Transaction, document: str, lines: Sequence[Asked]) -> None:
    """The lines of a document in the place of those before."""
    transaction.execute("DELETE FROM document_line WHERE document = ?", (document,))
    rows = [(document, line.sku, line.bucket, place, line.qty) for place, line in enumerate(lines, start=1)]
    transaction.connection.executemany(_LINE, rows)


def tell_document(
    transaction: Transaction, kernel: Kernel, document: str, *, withdrawn: bool = False
) -> None:
    """Put a document into its store's outbox as its rows say now; the link hears of it after COMMIT.

    Raises:
        Refused: `unreadable_document`, the store's end could not read it.
    """
    row = transaction.one(_HEAD, (document,))
    assert row is not None
    store, rev, task, number, at, partner, note, transfer = row
    item = DocumentItem(
        id=document,
        rev=rev,
        task=task,
        number=number,
        at=at,
        lines=tuple(
            DocumentLine(
                sku=sku,
                qty=qty,
                bucket=bucket,
                names={"zh-CN": zh[:MOST_NAME], "en": en[:MOST_NAME]},
                gtin=gtin,
            )
            for sku, qty, bucket, zh, en, gtin in transaction.all(_LINES, (document,))
        ),
        partner=store_name(transaction, partner, reader=store) if transfer else partner,
        note=note,
        withdrawn=withdrawn,
    )
    require_readable(item)
    book = SqliteHubBook(transaction, store, kernel.hinc, kernel.instant())
    tell(book, item, document)
    book.finish()
    transaction.after_commit(lambda: kernel.wake(store))


def store_name(transaction: Transaction, store: str, *, reader: str) -> str:
    """What a store is called in the language of the store that reads it; its id where it has no name."""
    row = transaction.one(_STORE_NAMES, (store,))
    reads = transaction.one(_STORE_NAMES, (reader,))
    if row is None:
        return store
    names: dict[str, str] = json.loads(row[0])
    wanted = (reads[1] if reads else row[1], row[1], "zh-CN", "en")
    return next((names[locale] for locale in wanted if names.get(locale)), store)


def require_readable(item: DocumentItem) -> None:
    """Refuse what the store's end could not read: it would stop everything behind it.

    Raises:
        Refused: `unreadable_document`, with the reason.
    """
    try:
        parse_item(to_raw(item))
    except Unbookable as error:
        raise Refused("unreadable_document", **error.facts) from error


def require_enrolled(transaction: Transaction, store: str) -> None:
    """Refuse a store that has no agent to book anything.

    Raises:
        Refused: `unknown_store`, `not_enrolled`.
    """
    row = transaction.one("SELECT sinc FROM store_stream WHERE store = ?", (store,))
    if row is None:
        raise Refused("unknown_store", store=store)
    if row[0] == 0:
        raise Refused("not_enrolled", store=store)


def require_known(transaction: Transaction, lines: Sequence[Asked]) -> None:
    """Refuse SKUs of one document that the catalogue does not have.

    Raises:
        Refused: `unknown_sku` with the first one and its place, counted from 0.
    """
    wanted = [line.sku for line in lines]
    marks = ",".join("?" * len(wanted))
    rows = transaction.all(f"SELECT sku FROM sku WHERE sku IN ({marks})", wanted)  # noqa: S608  # question marks
    known = {sku for (sku,) in rows}
    for place, sku in enumerate(wanted):
        if sku not in known:
            raise Refused("unknown_sku", sku=sku, place=place)
