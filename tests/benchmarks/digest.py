"""Figures of the digest: its size on the wire, and how long each side takes to make it."""

import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from statistics import median

import hub.db.migrate
import pos_agent.db.migrate
from hub.stock.digest import fingerprint_at
from pos_agent.ledger.tell_digest import tell_digest
from sync.messages.codec import encode
from sync.rules.canonical import GENESIS
from sync.rules.digest import Digest
from sync.runtime.pace import Pace
from tests.benchmarks.figures import Figure

SKUS = (1_000, 10_000, 100_000)
TIMES = 5


def digests() -> list[Figure]:
    """The digest of 1,000, 10,000 and 100,000 SKUs, made by the store and by the hub from their files."""
    return [figure for skus in SKUS for figure in _of(skus)]


def _of(skus: int) -> list[Figure]:
    """One size of a store's stock."""
    with tempfile.TemporaryDirectory(prefix="omo-digest-") as folder:
        store, center = Path(folder) / "agent.sqlite", Path(folder) / "hub.sqlite"
        _fill_store(store, skus)
        _fill_hub(center, skus)
        said = tell_digest(store, Pace(rest_s=0))
        assert said is not None
        assert fingerprint_at(center, 1, said, Pace(rest_s=0)) == said.buckets
        size = len(encode(said))
        return [
            Figure(f"digest of {skus:,} SKUs on the wire", size, "bytes", 1),
            _timed(f"digest of {skus:,} SKUs, store", lambda pace: tell_digest(store, pace)),
            _timed(f"digest of {skus:,} SKUs, hub", lambda pace: _at_hub(center, said, pace)),
        ]


def _at_hub(path: Path, said: Digest, pace: Pace) -> object:
    """The hub's side."""
    return fingerprint_at(path, 1, said, pace)


def _timed(name: str, make: Callable[[Pace], object]) -> Figure:
    """How long it takes at full speed, and with the rests that it takes beside others' work."""
    took = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        make(Pace(rest_s=0))
        took.append((time.perf_counter() - begun) * 1000)
    begun = time.perf_counter()
    make(Pace())
    rested = (time.perf_counter() - begun) * 1000
    return Figure(name, median(took), "ms", TIMES, {"with rests": f"{rested:,.0f} ms"})


def _rows(skus: int) -> list[tuple[object, ...]]:
    """SKUs with numbers of all kinds."""
    return [(f"SKU-{n:07}", n % 90, n % 3, n % 2, 20 + n % 50, n % 7, n % 11) for n in range(skus)]


def _fill_store(path: Path, skus: int) -> None:
    """A store's ledger whose hub has heard everything."""
    pos_agent.db.migrate.migrate(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "INSERT INTO position (id, store, sinc, hinc, seq, chain, heard, dver, fenced, stable)"
            " VALUES (1, 's1', 1, 1, 9, ?, 9, 0, 0, 0)",
            (GENESIS,),
        )
        connection.executemany(
            "INSERT INTO stock (sku, floor, staged, damaged, granted, returned, settled, open, frozen)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0)",
            _rows(skus),
        )


def _fill_hub(path: Path, skus: int) -> None:
    """The hub's mirror of it."""
    hub.db.migrate.migrate(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "INSERT INTO store_stream (store, sinc, app, chain, ver, heard) VALUES ('s1', 1, 9, ?, 0, 0)",
            (GENESIS,),
        )
        connection.executemany(
            "INSERT INTO stock (store, sku, floor, staged, damaged, granted, taken, settled, returned,"
            " promised, floor_request) VALUES ('s1', ?, ?, ?, ?, ?, ?, ?, 0, 0, '')",
            _rows(skus),
        )
