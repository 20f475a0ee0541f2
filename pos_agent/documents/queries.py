"""What the store knows of its documents: those that are open, and any one."""

import json
from collections.abc import Iterable
from typing import Any, Final

from pos_agent.documents.view import document_json, head_json
from pos_agent.ledger.store_book import SqliteStoreBook, document_of
from pos_agent.pickup.queries import goods_of, read_goods
from sync.rules.documents import StoreDocument
from sync.rules.errors import Refused
from sync.storage.reader import Reader

MOST_SHOWN: Final = 200
_COLUMNS: Final = "rev, state, number, is_own, ended_at, ended_by, why, found, body"
_OPEN: Final = (
    f"SELECT id, {_COLUMNS} FROM store_document WHERE state = 'open'"  # noqa: S608
    " ORDER BY json_extract(body, '$.at'), id LIMIT ?"
)
_ONE: Final = f"SELECT {_COLUMNS} FROM store_document WHERE id = ?"  # noqa: S608


async def count_open(reader: Reader) -> int:
    """How many documents wait for somebody."""
    row = await reader.one("SELECT COUNT(*) FROM store_document WHERE state = 'open'")
    return int(row[0]) if row else 0


async def open_documents(reader: Reader) -> dict[str, Any]:
    """The open documents, the oldest first, at most MOST_SHOWN, and how many there are."""
    rows = await reader.all(_OPEN, (MOST_SHOWN,))
    shown = [head_json(document_of(row[0], row[1:])) for row in rows]
    return {"documents": shown, "open": await count_open(reader)}


async def one_document(reader: Reader, document: str) -> dict[str, Any]:
    """One document with its lines.

    Raises:
        Refused: `unknown_document`.
    """
    row = await reader.one(_ONE, (document,))
    if row is None:
        raise Refused("unknown_document", document=document)
    found = document_of(document, row)
    return document_json(found, dict(await read_goods(reader, _skus(found))))


def document_view(book: SqliteStoreBook, document: StoreDocument) -> dict[str, Any]:
    """A document as a command leaves it."""
    return document_json(document, goods_of(book, set(_skus(document))))


def frozen_skus(book: SqliteStoreBook, most: int) -> list[str]:
    """The next SKUs that nobody has counted or accepted after a loss, and that no open count names."""
    named = {sku for (body,) in book.tx.all(_COUNTS) for sku in _named(body)}
    rows = book.tx.all("SELECT sku FROM stock WHERE frozen ORDER BY sku")
    return [sku for (sku,) in rows if sku not in named][:most]


_COUNTS: Final = (
    "SELECT body FROM store_document WHERE state = 'open' AND json_extract(body, '$.task') = 'count'"
)


def _named(body: str) -> Iterable[str]:
    """The SKUs of a stored document."""
    return [line["sku"] for line in json.loads(body)["lines"]]


def _skus(document: StoreDocument) -> list[str]:
    return [line.sku for line in document.lines]
