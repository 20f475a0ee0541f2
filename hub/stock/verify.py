"""Self-check of the hub's books: what the raw events say must be what the tables hold.

Runs in a thread of its own on a connection that cannot write. Each store is read as one state of the
database, so a hub that serves meanwhile is no disagreement, and no state is kept longer than a store takes.
"""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from hub.stock import verify_documents, verify_money, verify_orders
from hub.stock.findings import Finding
from hub.stock.replay import Replay, Tally
from sync.runtime.pace import Pace
from sync.storage.connection import BUSY_TIMEOUT_MS, CACHE_KIB
from sync.storage.errors import FileDamaged, is_damage
from sync.storage.file_state import damaged
from sync.storage.reader import Reader

PAGE: Final = 500
MOST_FINDINGS: Final = 100
_STREAM: Final = "SELECT sinc, app, chain, state = 'whole' AND NOT stopped FROM store_stream WHERE store = ?"


@dataclass(frozen=True, slots=True)
class Verified:
    """What a self-check saw, and every disagreement it found (at most MOST_FINDINGS)."""

    stores: int
    events: int
    movements: int
    orders: int
    payments: int
    findings: tuple[Finding, ...]

    def counted(self) -> dict[str, int]:
        """How much was looked at."""
        names = ("stores", "events", "movements", "orders", "payments")
        return {name: getattr(self, name) for name in names}


async def verify(reader: Reader, pace: Pace | None = None) -> Verified:
    """Replay every store's events of its present incarnation and compare; read only.

    Raises:
        ChoreCut: `pace.stop` was set.
        FileDamaged: the file cannot be read to its end.
    """
    pace = pace or Pace(rest_s=0)
    task = asyncio.ensure_future(asyncio.to_thread(verify_file, reader.path, pace))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        pace.stop.set()
        await asyncio.gather(task, return_exceptions=True)
        raise


def verify_file(path: Path, pace: Pace) -> Verified:
    """The same in the calling thread.

    Raises:
        FileDamaged: the file cannot be read to its end.
    """
    try:
        return _verify_file(path, pace)
    except sqlite3.DatabaseError as error:
        if is_damage(error):
            raise FileDamaged(damaged(path, str(error))) from error
        raise


def _verify_file(path: Path, pace: Pace) -> Verified:
    """Compare all stores' books, one after the other."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        connection.execute("PRAGMA query_only=ON")
        connection.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
        stores = [row[0] for row in connection.execute("SELECT store FROM store_stream ORDER BY store")]
        parts = [_verify_store(connection, store, pace) for store in stores]
        of_nobody = list(verify_money.captures(connection, ""))
    findings = [*(finding for part in parts for finding in part.findings), *of_nobody]
    return Verified(
        stores=len(parts),
        events=sum(part.events for part in parts),
        movements=sum(part.movements for part in parts),
        orders=sum(part.orders for part in parts),
        payments=sum(part.payments for part in parts),
        findings=tuple(findings[:MOST_FINDINGS]),
    )


def _verify_store(connection: sqlite3.Connection, store: str, pace: Pace) -> Verified:
    """Compare one store's books with each other, in one state of the database."""
    connection.execute("BEGIN")
    try:
        row = connection.execute(
            "SELECT sinc, app, chain, state = 'whole' AND NOT stopped FROM store_stream WHERE store = ?",
            (store,),
        ).fetchone()
        sinc, app, chain, is_whole = row
        replayed = Replay(store, sinc)
        events = _replay(connection, replayed, pace)
        findings = [*_stream(replayed, app, chain), *replayed.findings()]
        if is_whole:
            findings += _mirror(connection, replayed)
            findings += _movements(connection, replayed, pace)
            findings += verify_orders.lines(connection, replayed)
            findings += verify_orders.till_money(connection, replayed)
            findings += verify_documents.booked(connection, replayed)
        findings += verify_orders.promises(connection, store)
        findings += verify_orders.holds(connection, store)
        findings += verify_orders.money(connection, store)
        findings += verify_money.balances(connection, replayed)
        findings += verify_money.captures(connection, store)
        findings += verify_documents.transfers(connection, store)
        orders, payments = verify_orders.counted(connection, store)
        return Verified(1, events, replayed.movements, orders, payments, tuple(findings))
    finally:
        connection.execute("ROLLBACK")


def _replay(connection: sqlite3.Connection, replayed: Replay, pace: Pace) -> int:
    """Read a store's events page by page; returns how many."""
    count, after = 0, 0
    while True:
        rows = connection.execute(
            "SELECT seq, kind, raw FROM event WHERE store = ? AND sinc = ? AND seq > ? ORDER BY seq LIMIT ?",
            (replayed.store, replayed.sinc, after, PAGE),
        ).fetchall()
        for seq, kind, raw in rows:
            replayed.add(seq, kind, raw)
            after = seq
        count += len(rows)
        if len(rows) < PAGE:
            return count
        pace.rest()


def _stream(replayed: Replay, app: int, chain: str) -> Iterator[Finding]:
    """The stream's position against its events."""
    store = replayed.store
    if replayed.seq != app:
        yield Finding(
            check="count",
            store=store,
            about="",
            kept=str(replayed.seq),
            made=str(app),
            text=f"{store}: {replayed.seq} events are kept, but {app} count as applied",
        )
    if replayed.chain != chain:
        yield Finding(
            check="chain",
            store=store,
            about="",
            kept=str(chain),
            made=replayed.chain,
            text=f"{store}: the chain over its events ends in {replayed.chain}, kept is {chain}",
        )


def _mirror(connection: sqlite3.Connection, replayed: Replay) -> Iterator[Finding]:
    """The kept mirror against the replayed one."""
    store = replayed.store
    rows = connection.execute(
        "SELECT sku, floor, staged, damaged, granted FROM stock WHERE store = ? ORDER BY sku", (store,)
    )
    table = {sku: kept for sku, *kept in rows}
    for sku in sorted(table.keys() | replayed.stocks.keys()):
        stock = replayed.stocks[sku]
        made, kept = [stock.floor, stock.staged, stock.damaged, stock.granted], table.get(sku, [0, 0, 0, 0])
        if made != kept:
            yield Finding(
                check="mirror",
                store=store,
                about=sku,
                kept=_numbers(kept),
                made=_numbers(made),
                text=f"{store} {sku}: kept floor, staged, damaged, granted {kept}, its events say {made}",
            )


def _numbers(values: list[Any]) -> str:
    """`3 / 0 / 0 / 1`."""
    return " / ".join(str(value) for value in values)


def _movements(connection: sqlite3.Connection, replayed: Replay, pace: Pace) -> Iterator[Finding]:
    """The movements kept by SKU against those inside the events: the same rows, in any order."""
    store, kept = replayed.store, _kept_movements(connection, replayed, pace)
    for sku in sorted(kept.keys() | replayed.tallies.keys()):
        made, found = replayed.tallies.get(sku, Tally()), kept.get(sku, Tally())
        if made != found:
            yield Finding(
                check="movements",
                store=store,
                about=sku,
                kept=str(found.count),
                made=str(made.count),
                text=f"{store} {sku}: {found.count} movements kept are not the {made.count} of its events",
            )


def _kept_movements(connection: sqlite3.Connection, replayed: Replay, pace: Pace) -> dict[str, Tally]:
    """The movement table's tallies of the present incarnation, read in pages."""
    tallies: dict[str, Tally] = {}
    after: tuple[Any, ...] = ("", 0, 0, 0)
    while True:
        rows = connection.execute(
            "SELECT sku, sinc, seq, place, qty, source, target, reason, ref, actor, at FROM movement"
            " WHERE store = ? AND (sku, sinc, seq, place) > (?, ?, ?, ?)"
            " ORDER BY sku, sinc, seq, place LIMIT ?",
            (replayed.store, *after, PAGE),
        ).fetchall()
        for row in rows:
            if row[1] == replayed.sinc:
                tallies.setdefault(row[0], Tally()).add(row)
        if len(rows) < PAGE:
            return tallies
        after = rows[-1][:4]
        pace.rest()
