"""The hub's books about one store, in SQLite, within one transaction of the writer."""

import json
from collections.abc import Callable, Sequence
from typing import Any, Final, overload

from hub.stock.movements import keep_movements
from hub.stock.open_trouble import NewTrouble, open_trouble
from hub.stock.subjects import keep_subjects
from sync.messages.codec import parse_fact
from sync.rules.baseline import Carried
from sync.rules.books import HubPosition, Request
from sync.rules.canonical import GENESIS, Raw
from sync.rules.facts import Fact
from sync.rules.holds import HubLine
from sync.rules.rights import HubStock
from sync.storage.writer import Row, Transaction

FactReader = Callable[[Transaction, str, Fact], None]
"""An area's conclusion from a store's fact: (transaction, store, fact)."""

_POSITION: Final = (
    "SELECT sinc, app, chain, ver, heard, state, stopped, doubt, mirror_sinc, mirror_seq, stable"
    " FROM store_stream WHERE store = ?"
)
_PUT_POSITION: Final = (
    "UPDATE store_stream SET sinc = ?, app = ?, chain = ?, ver = ?, heard = ?, state = ?, stopped = ?,"
    " doubt = ?, mirror_sinc = ?, mirror_seq = ?, stable = ? WHERE store = ?"
)
_STOCK: Final = (
    "SELECT floor, staged, damaged, granted, settled, returned, promised, taken FROM stock"
    " WHERE store = ? AND sku = ?"
)
_PUT_STOCK: Final = (
    "INSERT INTO stock (store, sku, floor, staged, damaged, granted, settled, returned, promised, taken,"
    " floor_request) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '') ON CONFLICT (store, sku)"
    " DO UPDATE SET floor = excluded.floor,"
    " staged = excluded.staged, damaged = excluded.damaged, granted = excluded.granted,"
    " settled = excluded.settled, returned = excluded.returned, promised = excluded.promised,"
    " taken = excluded.taken"
)
_LINE: Final = (
    "SELECT order_id, line, sku, qty, done, short, released, dispatched, staged, ready, victim"
    " FROM hold_line WHERE order_id = ?"
)
_LINES_OF: Final = (
    "SELECT order_id, line, sku, qty, done, short, released, dispatched, staged, ready, victim"
    " FROM hold_line WHERE store = ? AND sku = ? AND done + short + released < qty"
    " ORDER BY order_id DESC, line DESC"
)
_ITEM: Final = "SELECT ver, raw FROM request WHERE store = ? AND kind = 'order' AND item = ?"
_LACKING: Final = (
    "SELECT sku FROM stock WHERE store = ? AND floor + staged < granted - returned - settled ORDER BY sku"
)
_FOREIGN: Final = "SELECT 1 FROM hold_line WHERE order_id = ? AND store <> ? LIMIT 1"
_PUT_LINE: Final = (
    "INSERT INTO hold_line (order_id, line, store, sku, qty, done, short, released, dispatched,"
    " staged, ready, victim) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (order_id, line) DO UPDATE SET done = excluded.done, short = excluded.short,"
    " released = excluded.released, dispatched = excluded.dispatched, staged = excluded.staged,"
    " ready = excluded.ready, victim = excluded.victim"
    " WHERE hold_line.store = excluded.store"
)
_PUT_REQUEST: Final = (
    "INSERT INTO request (store, kind, item, ver, raw, at) VALUES (?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (store, kind, item) DO UPDATE SET ver = excluded.ver, raw = excluded.raw, at = excluded.at"
)
_REQUESTS: Final = (
    "SELECT ver, kind, item, raw, at FROM request WHERE store = ? AND ver > ? ORDER BY ver LIMIT ?"
)


class UnknownStore(LookupError):
    """The hub has no such store."""


def dump(value: Any) -> str:
    """JSON text as the hub keeps it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class SqliteHubBook:
    """Implements `sync.rules.books.HubBook`.

    The position is read once and written once: call `finish` when the rules are done.

    Args:
        transaction: the writer's.
        store: whose books.
        hinc: the hub's incarnation.
        at: the present instant as text, for what is kept.
        conclude: what the areas make of each fact, in the same transaction.

    Attributes:
        read: the items that were read last, each with the instant at which it was given.
    """

    def __init__(
        self,
        transaction: Transaction,
        store: str,
        hinc: int,
        at: str,
        conclude: FactReader | None = None,
    ) -> None:
        self._transaction = transaction
        self._store = store
        self._at = at
        self._conclude = conclude
        row = transaction.one(_POSITION, (store,))
        if row is None:
            raise UnknownStore(store)
        self._position = HubPosition(
            store=store,
            sinc=row[0],
            hinc=hinc,
            app=row[1],
            chain=row[2] or GENESIS,
            ver=row[3],
            heard=row[4],
            state=row[5],
            stopped=bool(row[6]),
            doubt=bool(row[7]),
            mirror_sinc=row[8],
            mirror_seq=row[9],
            stable=row[10],
        )
        self._stored = self._position
        self.read = _Requests([])
        self._stocks: dict[str, HubStock | None] = {}
        self._lines: dict[tuple[str, int], HubLine] = {}

    def finish(self) -> None:
        """Write the position, if it moved."""
        position = self._position
        if position != self._stored:
            self._transaction.execute(
                _PUT_POSITION,
                (
                    position.sinc,
                    position.app,
                    position.chain,
                    position.ver,
                    position.heard,
                    position.state,
                    position.stopped,
                    position.doubt,
                    position.mirror_sinc,
                    position.mirror_seq,
                    position.stable,
                    self._store,
                ),
            )
            self._stored = position

    def position(self) -> HubPosition:
        """Where the hub stands with the store."""
        return self._position

    def put_position(self, position: HubPosition) -> None:
        """Keep the position until `finish`."""
        self._position = position

    def stock(self, sku: str) -> HubStock | None:
        """A SKU's mirror and rights; None for one that neither stock nor catalogue knows."""
        if sku not in self._stocks:
            row = self._transaction.one(_STOCK, (self._store, sku))
            if row is not None:
                self._stocks[sku] = HubStock(*row)
            else:
                known = self._transaction.one("SELECT 1 FROM sku WHERE sku = ?", (sku,))
                self._stocks[sku] = HubStock() if known else None
        return self._stocks[sku]

    def put_stock(self, sku: str, stock: HubStock) -> None:
        """Keep a SKU's mirror and rights."""
        self._stocks[sku] = stock
        self._transaction.execute(
            _PUT_STOCK,
            (
                self._store,
                sku,
                stock.floor,
                stock.staged,
                stock.damaged,
                stock.granted,
                stock.settled,
                stock.returned,
                stock.promised,
                stock.taken,
            ),
        )

    def line(self, order: str, line: int) -> HubLine | None:
        """One hold line."""
        row = self._transaction.one(f"{_LINE} AND line = ? AND store = ?", (order, line, self._store))
        return hub_line(row) if row else None

    def lines(self, order: str) -> Sequence[HubLine]:
        """All hold lines of an order at this store."""
        rows = self._transaction.all(f"{_LINE} AND store = ? ORDER BY line", (order, self._store))
        return [hub_line(row) for row in rows]

    def is_foreign(self, order: str) -> bool:
        """Whether the order is known as another store's."""
        return self._transaction.one(_FOREIGN, (order, self._store)) is not None

    def lines_of(self, sku: str) -> Sequence[HubLine]:
        """All lines of a SKU on which units are still owed, those of the newest order first."""
        return [hub_line(row) for row in self._transaction.all(_LINES_OF, (self._store, sku))]

    def put_line(self, line: HubLine) -> None:
        """Keep a hold line; one that this book has just written so is not written again."""
        if self._lines.get((line.order, line.line)) == line:
            return
        self._lines[line.order, line.line] = line
        self._transaction.execute(
            _PUT_LINE,
            (
                line.order,
                line.line,
                self._store,
                line.sku,
                line.qty,
                line.done,
                line.short,
                line.released,
                line.dispatched,
                line.staged,
                line.ready,
                line.victim,
            ),
        )

    def drop_line(self, line: HubLine) -> None:
        """Forget a provisional line."""
        self._lines.pop((line.order, line.line), None)
        self._transaction.execute(
            "DELETE FROM hold_line WHERE order_id = ? AND line = ? AND store = ?",
            (line.order, line.line, self._store),
        )

    def put_request(self, request: Request) -> None:
        """Keep an item, in the place of an older one."""
        self._transaction.execute(
            _PUT_REQUEST,
            (self._store, request.kind, request.key, request.ver, dump(request.raw), self._at),
        )

    def drop_request(self, kind: str, key: str) -> None:
        """Forget an item that the store need not hear again."""
        self._transaction.execute(
            "DELETE FROM request WHERE store = ? AND kind = ? AND item = ?", (self._store, kind, key)
        )

    def item(self, order: str) -> Request | None:
        """An order's hold as the store was told it last."""
        row = self._transaction.one(_ITEM, (self._store, order))
        return Request(ver=row[0], kind="order", key=order, raw=json.loads(row[1])) if row else None

    def requests_after(self, ver: int, limit: int) -> Sequence[Request]:
        """Items with a version above `ver`, in order of version."""
        self.read = _Requests(self._transaction.all(_REQUESTS, (self._store, ver, limit)))
        return self.read

    def chain_at(self, seq: int) -> str | None:
        """The chain after an applied event of this incarnation."""
        if seq == 0:
            return GENESIS
        row = self._transaction.one(
            "SELECT chain FROM event WHERE store = ? AND sinc = ? AND seq = ?",
            (self._store, self._position.sinc, seq),
        )
        return str(row[0]) if row else None

    def skus(self) -> Sequence[str]:
        """The SKUs of which the mirror holds anything, written or about to be."""
        rows = self._transaction.all("SELECT sku FROM stock WHERE store = ?", (self._store,))
        return sorted({str(row[0]) for row in rows} | {sku for sku, found in self._stocks.items() if found})

    def lacking(self) -> Sequence[str]:
        """The SKUs whose floor stock is below zero in the mirror, whatever was returned."""
        return [str(row[0]) for row in self._transaction.all(_LACKING, (self._store,))]

    def keep_baseline(self, seq: int, raw: Raw) -> None:
        """Keep an event of a log's beginning; it is no fact yet, but its balances will explain themselves."""
        self._keep_event(seq, str(raw["kind"]), raw)
        keep_movements(self._transaction, self._store, self._position.sinc, seq, parse_fact(raw))

    def baseline(self) -> Sequence[Raw]:
        """The kept events of the present log, which is still at its beginning."""
        rows = self._transaction.all(
            "SELECT raw FROM event WHERE store = ? AND sinc = ? AND kind <> 'rejected' ORDER BY seq",
            (self._store, self._position.sinc),
        )
        return [json.loads(row[0]) for row in rows]

    def book_fact(self, seq: int, fact: Fact, raw: Raw) -> None:
        """Keep an applied event and let the areas conclude."""
        self._keep_event(seq, fact.kind, raw)
        keep_movements(self._transaction, self._store, self._position.sinc, seq, fact)
        if self._conclude is not None:
            self._conclude(self._transaction, self._store, fact)

    def conclude_carried(self, hold: Carried) -> None:
        """A hold of a log's beginning is part of the mirror now."""
        if self._conclude is not None:
            self._conclude(self._transaction, self._store, hold)

    def book_dead_letter(self, seq: int, code: str, raw: Raw) -> None:
        """Keep an event that can never be applied."""
        self._keep_event(seq, "rejected", raw)
        self._transaction.execute(
            "INSERT INTO dead_letter (store, sinc, seq, code, raw, at) VALUES (?, ?, ?, ?, ?, ?)",
            (self._store, self._position.sinc, seq, code, dump(raw), self._at),
        )
        self.raise_exception("dead_letter", {"seq": seq, "code": code})

    def _keep_event(self, seq: int, kind: str, raw: Raw) -> None:
        """The raw event with the chain after it."""
        self._transaction.execute(
            "INSERT INTO event (store, sinc, seq, kind, raw, chain, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (self._store, self._position.sinc, seq, kind, dump(raw), self._position.chain, self._at),
        )
        keep_subjects(self._transaction, self._store, self._position.sinc, seq, raw)

    def raise_exception(self, kind: str, facts: Raw) -> None:
        """Open a business exception; the same one is not opened twice."""
        open_trouble(self._transaction, NewTrouble(kind=kind, store=self._store, facts=facts, at=self._at))

    def floor_request(self, sku: str) -> str:
        """The id of the last floor request served for a SKU."""
        row = self._transaction.one(
            "SELECT floor_request FROM stock WHERE store = ? AND sku = ?", (self._store, sku)
        )
        return str(row[0]) if row else ""

    def put_floor_request(self, sku: str, request: str) -> None:
        """Remember a floor request as served."""
        self._transaction.execute(
            "INSERT INTO stock (store, sku, floor, staged, damaged, granted, settled, returned, promised,"
            " floor_request) VALUES (?, ?, 0, 0, 0, 0, 0, 0, 0, ?)"
            " ON CONFLICT (store, sku) DO UPDATE SET floor_request = excluded.floor_request",
            (self._store, sku, request),
        )


class _Requests(Sequence[Request]):
    """Items as they were kept; each is read only when it is looked at, for a DOWN may hold but the first."""

    def __init__(self, rows: list[Row]) -> None:
        self._rows = rows
        self._made: dict[int, Request] = {}

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, place: int) -> Request: ...

    @overload
    def __getitem__(self, place: slice) -> "_Requests": ...

    def __getitem__(self, place: int | slice) -> "Request | _Requests":
        if isinstance(place, slice):
            return _Requests(self._rows[place])
        if place not in self._made:
            ver, kind, key, raw, _ = self._rows[place]
            self._made[place] = Request(ver=ver, kind=kind, key=key, raw=json.loads(raw))
        return self._made[place]

    def given(self, ver: int) -> list[tuple[Request, str]]:
        """Those up to a version, each with the instant at which it was given."""
        return [(self[place], row[4]) for place, row in enumerate(self._rows) if row[0] <= ver]


def hub_line(row: Sequence[Any]) -> HubLine:
    """A hold line from its row, in the order of _LINE's columns."""
    order, line, sku, qty, done, short, released, dispatched, staged, ready, victim = row
    return HubLine(
        order=order,
        line=line,
        sku=sku,
        qty=qty,
        done=done,
        short=short,
        released=released,
        dispatched=bool(dispatched),
        staged=staged,
        ready=bool(ready),
        victim=victim,
    )
