"""What the store remembers of its customers and its line, within one transaction of the ledger.

It counts what the log tells, so a sale and its count are one commit. The balances never depend on it:
a lost or absurd memory only makes the allotment policy fall back to the fixed share.
"""

import json
from collections.abc import Iterable
from typing import Final

from sync.rules.allotment import Known
from sync.rules.canonical import Raw, canonical, to_raw
from sync.rules.demand import Channel, Demand, Habits, habits_from, minute_of, sold_by
from sync.rules.holds import StoreHold
from sync.rules.rights import Allotment
from sync.storage.writer import Transaction

_DAY_MINUTES: Final = 1440
_GOODS_IN: Final = frozenset({"receive", "opening", "transfer_in"})
_DEMAND: Final = "SELECT day, days, till, online FROM demand WHERE sku = ?"
_PUT_DEMAND: Final = (
    "INSERT INTO demand (sku, day, days, till, online) VALUES (?, ?, ?, ?, ?) ON CONFLICT (sku) DO UPDATE SET"
    " day = excluded.day, days = excluded.days, till = excluded.till, online = excluded.online"
)
_WATCH: Final = "INSERT OR IGNORE INTO demand (sku, day, days, till, online) VALUES (?, ?, 0, 0, 0)"
_PUT_HABITS: Final = (
    "INSERT INTO habits (id, body) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body"
)


class TradeMemory:
    """Demand and habits as one command sees them; `flush` writes what changed.

    Attributes:
        minute: the present as the command's last event told it; None before the first.
    """

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self.minute: int | None = None
        self._demand: dict[str, Demand | None] = {}
        self._habits: Habits | None = None
        self._has_habits = False
        self._changed: set[str] = set()
        self._watched: dict[str, int] = {}
        self._received: dict[str, int] = {}
        self._is_changed = False

    def see(self, raw: Raw) -> None:
        """An event was written on the log."""
        self.minute = minute = minute_of(raw["at"])
        for sku, qty in sold_by(raw):
            self.count("till", sku, qty, minute)
        if raw["kind"] == "hold" and raw["to"] == "received":
            self._received[raw["order"]] = minute
        elif raw["kind"] == "move" and raw["reason"] in _GOODS_IN:
            self._watched.update({line["sku"]: minute // _DAY_MINUTES for line in raw["lines"]})

    def count(self, channel: Channel, sku: str, units: int, minute: int) -> None:
        """Customers wanted units of a SKU."""
        seen = self.demand(sku) or Demand(day=minute // _DAY_MINUTES)
        self._demand[sku] = seen.with_units(channel, units, minute)
        self._changed.add(sku)
        habits = self.habits() or Habits(day=minute // _DAY_MINUTES)
        self._put_habits(habits.with_units(channel, units, minute))

    def take_holds(self, holds: dict[str, StoreHold | None]) -> None:
        """Count the orders that this command received, now that their lines are known."""
        for order, minute in self._received.items():
            hold = holds.get(order)
            for line in hold.lines if hold else ():
                self.count("online", line.sku, line.qty, minute)
        self._received.clear()

    def note_line(self, *, has_line: bool, minute: int) -> None:
        """The line died, or is back."""
        habits = self.habits() or Habits(day=minute // _DAY_MINUTES)
        self._put_habits(habits.restored(minute) if has_line else habits.cut(minute))

    def known(self, given: Allotment, sku: str) -> Known | None:
        """What there is to decide on; None before the command has told the time."""
        if self.minute is None:
            return None
        habits = self.habits()
        has_line = habits is None or habits.cut_at is None
        return Known(
            given=given, minute=self.minute, has_line=has_line, demand=self.demand(sku), habits=habits
        )

    def demand(self, sku: str) -> Demand | None:
        """What customers wanted of a SKU."""
        if sku not in self._demand:
            row = self._tx.one(_DEMAND, (sku,))
            self._demand[sku] = Demand(day=row[0], days=row[1], till=row[2], online=row[3]) if row else None
        return self._demand[sku]

    def habits(self) -> Habits | None:
        """The store's hours and outages."""
        if not self._has_habits:
            row = self._tx.one("SELECT body FROM habits WHERE id = 1 AND json_valid(body)")
            self._habits, self._has_habits = habits_from(json.loads(row[0])) if row else None, True
        return self._habits

    def flush(self) -> None:
        """Write everything that changed."""
        rows = [(sku, *_row(seen)) for sku in sorted(self._changed) if (seen := self._demand[sku])]
        self._tx.connection.executemany(_PUT_DEMAND, rows)
        self._tx.connection.executemany(_WATCH, sorted(self._watched.items()))
        if self._is_changed and self._habits is not None:
            self._tx.execute(_PUT_HABITS, (canonical(to_raw(self._habits)).decode(),))

    def _put_habits(self, habits: Habits) -> None:
        self._is_changed = self._is_changed or habits != self._habits
        self._habits, self._has_habits = habits, True


def watched_skus(tx: Transaction, after: str, limit: int) -> list[str]:
    """SKUs with a memory, in order, after one of them."""
    rows = tx.all("SELECT sku FROM demand WHERE sku > ? ORDER BY sku LIMIT ?", (after, limit))
    return [str(sku) for (sku,) in rows]


def _row(seen: Demand) -> Iterable[int]:
    return seen.day, seen.days, seen.till, seen.online
