"""Comparing a store's digest with the hub's mirror of it, and what came of it.

The mirror is read in a thread, on a connection of its own and in one state of the database: neither the
writer nor the event loop waits for it.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from hub.stock.open_trouble import NewTrouble, open_trouble
from sync.rules.baseline import SkuBalance
from sync.rules.books import HubPosition
from sync.rules.canonical import to_raw
from sync.rules.digest import Difference, Digest, Placed, Row, Rows, fingerprint, rows_in, stands_at
from sync.rules.errors import Refused
from sync.runtime.pace import Pace
from sync.storage.reader import Reader
from sync.storage.writer import Transaction

CHECK: Final = "digest"
"""The check's name among a trouble's facts, and the trouble's subject: one of a store is open at a time."""
PAGE: Final = 1_000
MOST_NAMED: Final = 8
"""Buckets that a trouble names."""
MOST_KEPT: Final = 100
"""SKUs that differ and are kept with both sides' numbers; how many more there are is counted."""
NUMBERS: Final = ("floor", "staged", "damaged", "granted", "returned", "settled")
_STANDING: Final = "SELECT sinc, app, chain, state, stopped FROM store_stream WHERE store = ?"
_ROWS: Final = (
    "SELECT sku, floor, staged, damaged, granted, taken, settled FROM stock WHERE store = ? ORDER BY sku"
)


def fingerprint_at(path: Path, hinc: int, said: Digest, pace: Pace) -> str | None:
    """The mirror's hashes; None where it does not stand at the digest's event.

    Raises:
        sync.runtime.pace.ChoreCut: `pace.stop` was set.
        sqlite3.Error: the file cannot be read.
    """
    with _mirror(path, said.store, hinc, said, pace) as rows:
        return None if rows is None else fingerprint(rows)


def rows_at(path: Path, hinc: int, said: Rows, pace: Pace) -> list[SkuBalance] | None:
    """The mirror's rows of the buckets that a store told; None where it does not stand at their event.

    Raises:
        sync.runtime.pace.ChoreCut: `pace.stop` was set.
        sqlite3.Error: the file cannot be read.
    """
    with _mirror(path, said.store, hinc, said, pace) as rows:
        return None if rows is None else list(rows_in(rows, said.buckets))


@contextmanager
def _mirror(path: Path, store: str, hinc: int, said: Placed, pace: Pace) -> Iterator[Iterator[Row] | None]:
    """The mirror's rows in order of SKU, if it stands where it should."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        connection.execute("BEGIN")
        row = connection.execute(_STANDING, (store,)).fetchone()
        is_there = row is not None and stands_at(_position(store, hinc, row), said)
        yield _read(connection, store, pace) if is_there else None


def _position(store: str, hinc: int, row: Sequence[Any]) -> HubPosition:
    """Where the hub stands, as far as it matters here."""
    sinc, app, chain, state, stopped = row
    return HubPosition(
        store=store, sinc=sinc, hinc=hinc, app=app, chain=chain, state=state, stopped=bool(stopped)
    )


def _read(connection: sqlite3.Connection, store: str, pace: Pace) -> Iterator[Row]:
    """The rows, with a rest after each page."""
    cursor = connection.execute(_ROWS, (store,))
    while page := cursor.fetchmany(PAGE):
        yield from page
        pace.rest()


@dataclass(frozen=True, slots=True)
class AskDigest:
    """Command: somebody wants a store's balances compared now; the serving hub asks the store."""

    store: str
    by: str
    at: str

    def __call__(self, transaction: Transaction) -> None:
        """Run in the writer.

        Raises:
            Refused: `unknown_store`, or `not_enrolled`: there is no agent that could answer.
        """
        row = transaction.one("SELECT sinc FROM store_stream WHERE store = ?", (self.store,))
        if row is None:
            raise Refused("unknown_store", store=self.store)
        if not row[0]:
            raise Refused("not_enrolled", store=self.store)
        transaction.execute(
            "INSERT INTO store_digest (store, sinc, seq, checked_at, differ, buckets, rows, beyond, asked_at,"
            " asked_by) VALUES (?, 0, 0, '', 0, '[]', '[]', 0, ?, ?)"
            " ON CONFLICT (store) DO UPDATE SET asked_at = excluded.asked_at, asked_by = excluded.asked_by",
            (self.store, self.at, self.by),
        )


@dataclass(frozen=True, slots=True)
class DropAsk:
    """Command: a store that was asked long enough does not answer; a later question stays."""

    store: str
    asked_at: str

    def __call__(self, transaction: Transaction) -> None:
        """Run in the writer."""
        transaction.execute(
            "UPDATE store_digest SET asked_at = '' WHERE store = ? AND asked_at = ?",
            (self.store, self.asked_at),
        )


@dataclass(frozen=True, slots=True)
class KeepDigest:
    """Command: remember what a comparison came to; where buckets differ, a person must hear of it."""

    said: Digest
    differ: tuple[int, ...]
    at: str

    def __call__(self, transaction: Transaction) -> None:
        """Run in the writer."""
        said = self.said
        transaction.execute(
            "INSERT INTO store_digest (store, sinc, seq, checked_at, differ, buckets, rows, beyond, asked_at,"
            " asked_by) VALUES (?, ?, ?, ?, ?, ?, '[]', 0, '', '') ON CONFLICT (store) DO UPDATE SET"
            " sinc = excluded.sinc, seq = excluded.seq, checked_at = excluded.checked_at,"
            " differ = excluded.differ, buckets = excluded.buckets, rows = '[]', beyond = 0, asked_at = ''",
            (said.store, said.sinc, said.seq, self.at, len(self.differ), json.dumps(self.differ)),
        )
        if self.differ:
            facts = {
                "check": CHECK,
                "seq": said.seq,
                "differ": len(self.differ),
                "buckets": list(self.differ[:MOST_NAMED]),
            }
            open_trouble(
                transaction,
                NewTrouble(kind="digest_mismatch", store=said.store, facts=facts, at=self.at, subject=CHECK),
            )


@dataclass(frozen=True, slots=True)
class KeepRows:
    """Command: keep the rows that differ, for the person who looks into it."""

    store: str
    found: Sequence[Difference]

    def __call__(self, transaction: Transaction) -> None:
        """Run in the writer."""
        kept = [to_raw(one) for one in self.found[:MOST_KEPT]]
        transaction.execute(
            "UPDATE store_digest SET rows = ?, beyond = ? WHERE store = ? AND differ > 0",
            (json.dumps(kept, ensure_ascii=False), max(0, len(self.found) - MOST_KEPT), self.store),
        )


@dataclass(frozen=True, slots=True)
class SkuDifference:
    """A SKU whose numbers differ; a side's numbers in the order of NUMBERS, None where it has none."""

    sku: str
    hub: tuple[int, ...] | None
    store: tuple[int, ...] | None

    def is_apart(self, place: int) -> bool:
        """Whether the number at `place` differs; none counts as zero."""
        return (self.hub or (0,) * 6)[place] != (self.store or (0,) * 6)[place]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The latest comparison with a store.

    `checked_at` is empty before the first, `asked_at` unless one is asked for. `differ` counts buckets;
    `found` are the SKUs of them, as far as both sides' rows were heard, `beyond` how many more there are.
    """

    seq: int
    checked_at: str
    differ: int
    asked_at: str
    buckets: tuple[int, ...]
    found: tuple[SkuDifference, ...]
    beyond: int


async def comparison_of(reader: Reader, store: str) -> Comparison | None:
    """The latest comparison with a store; None where there never was one, nor was any asked for."""
    row = await reader.one(
        "SELECT seq, checked_at, differ, asked_at, buckets, rows, beyond FROM store_digest WHERE store = ?",
        (store,),
    )
    if row is None:
        return None
    seq, checked_at, differ, asked_at, buckets, rows, beyond = row
    return Comparison(
        seq=seq,
        checked_at=checked_at,
        differ=differ,
        asked_at=asked_at,
        buckets=tuple(json.loads(buckets)),
        found=tuple(
            SkuDifference(one["sku"], _numbers(one.get("hub")), _numbers(one.get("store")))
            for one in json.loads(rows)
        ),
        beyond=beyond,
    )


def _numbers(side: dict[str, Any] | None) -> tuple[int, ...] | None:
    """One side's numbers."""
    return None if side is None else tuple(side.get(name, 0) for name in NUMBERS)
