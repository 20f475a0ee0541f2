"""What an old ledger file still holds for the one that takes over from it. Reads only."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sync.messages.codec import parse_fact
from sync.rules.central.recover import baseline_of
from sync.rules.facts import Fact
from sync.rules.store.begin_log import NOTHING, Mirror, Remains, is_continued

ChainOf = Callable[[int, int], str | None]
"""The hub's chain after event `seq` of incarnation `sinc`: (sinc, seq)."""


@dataclass(frozen=True, slots=True)
class OldLedger:
    """An old ledger file of this store.

    Args:
        path: the file.
        store: whose it is.
        sinc: its incarnation.
        seq: its last event.
        is_put_back: it came from a backup: what the store did after that is not in it.
    """

    path: Path
    store: str
    sinc: int
    seq: int
    is_put_back: bool = False


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        yield connection


def old_ledger(path: Path) -> OldLedger | None:
    """What a file says of itself; None where there is no ledger that could be read.

    A damaged one counts as lost: what the hub has heard of it is told by the hub.
    """
    if not path.exists():
        return None
    try:
        with _reading(path) as connection:
            row = connection.execute("SELECT store, sinc, seq FROM position").fetchone()
            is_put_back = _is_put_back(connection)
    except sqlite3.DatabaseError:
        return None
    return OldLedger(path, row[0], row[1], row[2], is_put_back) if row is not None and row[2] > 0 else None


def _is_put_back(connection: sqlite3.Connection) -> bool:
    """Whether a ledger came from a backup."""
    if "put_back_at" not in {row[1] for row in connection.execute("PRAGMA table_info(position)")}:
        return False
    (at,) = connection.execute("SELECT put_back_at FROM position").fetchone() or ("",)
    return bool(at)


def remains_of(old: OldLedger, mirror: tuple[int, int], chain_of: ChainOf) -> Remains:
    """The facts that the hub never applied, and whether they continue what it knows.

    Args:
        old: the ledger.
        mirror: the incarnation and the event at which the hub's mirror stands.
        chain_of: asks the hub.

    Raises:
        sqlite3.DatabaseError: the file is damaged where these facts lie.
    """
    if old.sinc < mirror[0]:  # another agent has served the store since, see `left_behind`
        return NOTHING
    with _reading(old.path) as connection:
        common = _common_seq(connection, old, mirror, chain_of) if old.sinc == mirror[0] else 0
        facts = tuple(_facts(connection, common))
        frozen = connection.execute("SELECT sku FROM stock WHERE frozen").fetchall()
        unsure = connection.execute("SELECT order_id FROM hold WHERE unsure").fetchall()
    return Remains(
        facts=facts,
        continues=is_continued((old.sinc, common), mirror, is_put_back=old.is_put_back),
        frozen=frozenset(sku for (sku,) in frozen),
        unsure=frozenset(order for (order,) in unsure),
    )


def left_behind(old: OldLedger, mirror: tuple[int, int], chain_of: ChainOf) -> int:
    """How many facts the hub never heard of a ledger that another agent has followed since.

    They are not carried: part of them may have been told by that agent, and would count twice.
    """
    if old.sinc >= mirror[0]:
        return 0
    with _reading(old.path) as connection:
        return old.seq - _common_seq(connection, old, (old.sinc, old.seq), chain_of)


def own_beginning(old: OldLedger, mirror: tuple[int, int]) -> Mirror | None:
    """The beginning of a log that the hub never took; None where the hub's mirror is as new."""
    if old.sinc <= mirror[0]:
        return None
    with _reading(old.path) as connection:
        stocks, holds = baseline_of(list(_facts(connection, 0)))
    return Mirror(
        from_sinc=mirror[0], from_seq=mirror[1], doubt=False, stocks=tuple(stocks), holds=tuple(holds)
    )


def _common_seq(
    connection: sqlite3.Connection, old: OldLedger, mirror: tuple[int, int], chain_of: ChainOf
) -> int:
    """The last event that both sides share: equal chains mean equal histories, so halving finds it."""

    def is_shared(seq: int) -> bool:
        row = connection.execute("SELECT chain FROM event WHERE seq = ?", (seq,)).fetchone()
        return row is not None and chain_of(old.sinc, seq) == row[0]

    low, high = 0, min(old.seq, mirror[1])
    if high and is_shared(high):
        return high
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (middle, high) if is_shared(middle) else (low, middle)
    return low


def _facts(connection: sqlite3.Connection, after: int) -> Iterator[Fact]:
    """The facts after an event, in order."""
    for (raw,) in connection.execute("SELECT raw FROM event WHERE seq > ? ORDER BY seq", (after,)):
        told: dict[str, Any] = json.loads(raw)
        yield parse_fact(told)
