"""The store's own balances as a digest, or the rows of some of its buckets, of one state of the ledger.

Read in a thread, on a connection of its own: neither the writer nor the event loop waits for it.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from sync.rules.books import StorePosition
from sync.rules.digest import (
    MOST_PAGES,
    Digest,
    Row,
    Rows,
    cut_rows,
    fingerprint,
    is_calm,
    rows_in,
)
from sync.runtime.pace import Pace

PAGE: Final = 1_000
_POSITION: Final = "SELECT store, sinc, hinc, seq, chain, heard, fenced FROM position"
_ROWS: Final = "SELECT sku, floor, staged, damaged, granted, returned, settled FROM stock ORDER BY sku"


class TooManyRows(Exception):
    """The rows of the buckets asked for do not fit the messages that one answer may take."""


def tell_digest(path: Path, pace: Pace) -> Digest | None:
    """The digest; None where the hub has not heard everything yet.

    Raises:
        sync.runtime.pace.ChoreCut: `pace.stop` was set.
        sqlite3.Error: the file cannot be read.
    """
    with _calm(path, pace) as (position, rows):
        if position is None:
            return None
        return Digest(
            store=position.store,
            sinc=position.sinc,
            hinc=position.hinc,
            seq=position.seq,
            chain=position.chain,
            buckets=fingerprint(rows),
        )


def tell_rows(path: Path, buckets: tuple[int, ...], pace: Pace) -> list[Rows] | None:
    """The rows of some buckets in pages; None where the hub has not heard everything yet.

    Raises:
        TooManyRows: they would take more than MOST_PAGES messages.
        sync.runtime.pace.ChoreCut: `pace.stop` was set.
        sqlite3.Error: the file cannot be read.
    """
    with _calm(path, pace) as (position, rows):
        if position is None:
            return None
        pages = cut_rows(rows_in(rows, buckets))
    if len(pages) > MOST_PAGES:
        msg = f"{sum(map(len, pages))} rows of {len(buckets)} buckets take {len(pages)} messages"
        raise TooManyRows(msg)
    return [
        Rows(
            store=position.store,
            sinc=position.sinc,
            hinc=position.hinc,
            seq=position.seq,
            chain=position.chain,
            page=number,
            pages=len(pages),
            buckets=buckets,
            rows=tuple(page),
        )
        for number, page in enumerate(pages, 1)
    ]


@contextmanager
def _calm(path: Path, pace: Pace) -> Iterator[tuple[StorePosition | None, Iterator[Row]]]:
    """Where the store stands, if it is calm, and its rows in order of SKU."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        connection.execute("BEGIN")
        store, sinc, hinc, seq, chain, heard, fenced = connection.execute(_POSITION).fetchone()
        position = StorePosition(
            store=store, sinc=sinc, hinc=hinc, seq=seq, chain=chain, heard=heard, fenced=bool(fenced)
        )
        yield position if is_calm(position) else None, _read(connection, pace)


def _read(connection: sqlite3.Connection, pace: Pace) -> Iterator[Row]:
    """The rows, with a rest after each page."""
    cursor = connection.execute(_ROWS)
    while page := cursor.fetchmany(PAGE):
        yield from page
        pace.rest()
