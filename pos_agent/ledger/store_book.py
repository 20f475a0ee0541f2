"""The ledger as the rules see it: `sync.rules.books.StoreBook` over one transaction of the writer.

Everything read is kept for the command, everything written goes to the database once, in `flush`:
a DOWN with a hundred holds writes each SKU's balance once. A command that raises never flushes, so
nothing of it is left.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final, TypeVar

from pos_agent.ledger.movements import movement_rows
from pos_agent.ledger.trade_memory import TradeMemory
from sync.messages.codec import adapter, parse_fact
from sync.rules.allotment import PolicyName, decide
from sync.rules.books import StorePosition
from sync.rules.canonical import GENESIS, Raw, canonical, to_raw
from sync.rules.demand import minute_of
from sync.rules.documents import Finding, StoreDocument
from sync.rules.errors import Refused, Unbookable
from sync.rules.holds import LineCount, StoreHold
from sync.rules.items import DocumentItem, HoldItem
from sync.rules.rights import Allotment, StoreStock
from sync.rules.store.ledger import rebalance
from sync.storage.writer import Transaction, Writer

T = TypeVar("T")

_POSITION: Final = (
    "SELECT store, sinc, hinc, seq, chain, heard, dver, fenced, stable FROM position WHERE id = 1"
)
_PUT_POSITION: Final = (
    "INSERT INTO position (id, store, sinc, hinc, seq, chain, heard, dver, fenced, stable)"
    " VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET store = excluded.store,"
    " sinc = excluded.sinc, hinc = excluded.hinc, seq = excluded.seq, chain = excluded.chain,"
    " heard = excluded.heard, dver = excluded.dver, fenced = excluded.fenced, stable = excluded.stable"
)
_STOCK: Final = (
    "SELECT floor, staged, damaged, granted, returned, settled, open, frozen FROM stock WHERE sku = ?"
)
_PUT_STOCK: Final = (
    "INSERT INTO stock (sku, floor, staged, damaged, granted, returned, settled, open, frozen)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (sku) DO UPDATE SET floor = excluded.floor,"
    " staged = excluded.staged, damaged = excluded.damaged, granted = excluded.granted,"
    " returned = excluded.returned, settled = excluded.settled, open = excluded.open,"
    " frozen = excluded.frozen"
)
_HOLD: Final = "SELECT stage, closed_at, closed_by, body, unsure, prepaid_minor FROM hold WHERE order_id = ?"
_LINES: Final = (
    "SELECT line, sku, qty, done, short, released, staged FROM hold_line WHERE order_id = ? ORDER BY line"
)
_PUT_HOLD: Final = (
    "INSERT INTO hold (order_id, stage, code_hash, expires_at, closed_at, closed_by, body, unsure,"
    " prepaid_minor) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (order_id) DO UPDATE SET stage = excluded.stage,"
    " code_hash = excluded.code_hash, expires_at = excluded.expires_at, closed_at = excluded.closed_at,"
    " closed_by = excluded.closed_by, body = excluded.body, unsure = excluded.unsure,"
    " prepaid_minor = excluded.prepaid_minor"
)
_PUT_LINE: Final = (
    "INSERT INTO hold_line (order_id, line, sku, qty, done, short, released, staged)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (order_id, line) DO UPDATE SET done = excluded.done,"
    " short = excluded.short, released = excluded.released, staged = excluded.staged"
)
_DOCUMENT: Final = (
    "SELECT rev, state, number, is_own, ended_at, ended_by, why, found, body FROM store_document WHERE id = ?"
)
_PUT_DOCUMENT: Final = (
    "INSERT INTO store_document (id, rev, state, number, is_own, ended_at, ended_by, why, found, body)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET rev = excluded.rev,"
    " state = excluded.state, number = excluded.number, is_own = excluded.is_own,"
    " ended_at = excluded.ended_at, ended_by = excluded.ended_by, why = excluded.why,"
    " found = excluded.found, body = excluded.body"
)
_ADD_EVENT: Final = "INSERT INTO event (seq, chain, at, raw) VALUES (?, ?, ?, ?)"
_ADD_MOVEMENT: Final = (
    "INSERT INTO movement (seq, place, sku, qty, source, target, reason, ref, actor, at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_EVENTS: Final = "SELECT raw FROM event WHERE seq > ? ORDER BY seq LIMIT ?"


MOST_REBALANCED: Final = 100
"""SKUs that one command brings to their rest beside its own work; others follow with their next movement."""


class SqliteStoreBook:
    """The ledger within one transaction.

    Attributes:
        tx: the transaction, for what an area keeps beside the ledger.
        memory: what customers wanted and how the line fared, counted with what happens.
        surplus: units by SKU that the online channel has above its rest, to ask back after the commit.
    """

    def __init__(self, tx: Transaction) -> None:
        self.tx = tx
        self.memory = TradeMemory(tx)
        self.surplus: dict[str, int] = {}
        self._position: StorePosition | None = None
        self._is_moved = False
        self._stocks: dict[str, StoreStock] = {}
        self._holds: dict[str, StoreHold | None] = {}
        self._documents: dict[str, StoreDocument | None] = {}
        self._changed_documents: set[str] = set()
        self._changed_stocks: set[str] = set()
        self._changed_holds: set[str] = set()
        self._events: list[tuple[int, str, Raw]] = []
        self._given_back: set[str] = set()
        self._at = ""
        self._sharing: tuple[PolicyName, Allotment] | None = None

    def position(self) -> StorePosition:
        """Where this agent stands."""
        if self._position is None:
            row = self.tx.one(_POSITION)
            assert row is not None, "the position is written before the ledger is used"
            store, sinc, hinc, seq, chain, heard, dver, fenced, stable = row
            self._position = StorePosition(
                store=store,
                sinc=sinc,
                hinc=hinc,
                seq=seq,
                chain=chain,
                heard=heard,
                dver=dver,
                fenced=bool(fenced),
                stable=stable,
            )
        return self._position

    def put_position(self, position: StorePosition) -> None:
        """Keep the position."""
        self._position, self._is_moved = position, True

    def stock(self, sku: str) -> StoreStock:
        """A SKU's balances; zeros for one never seen."""
        found = self._stocks.get(sku)
        if found is None:
            row = self.tx.one(_STOCK, (sku,))
            found = self._stocks[sku] = _store_stock(row) if row else StoreStock()
        return found

    def put_stock(self, sku: str, stock: StoreStock) -> None:
        """Keep a SKU's balances."""
        before = self._stocks.get(sku)
        if before is not None and stock.returned > before.returned:
            self._given_back.add(sku)
        self._stocks[sku] = stock
        self._changed_stocks.add(sku)

    def hold(self, order: str) -> StoreHold | None:
        """A hold, finished ones included."""
        if order not in self._holds:
            self._holds[order] = read_hold(self.tx, order)
        return self._holds[order]

    def put_hold(self, hold: StoreHold) -> None:
        """Keep a hold."""
        self._holds[hold.order] = hold
        self._changed_holds.add(hold.order)

    def document(self, document: str) -> StoreDocument | None:
        """A document, ended ones included."""
        if document not in self._documents:
            row = self.tx.one(_DOCUMENT, (document,))
            self._documents[document] = document_of(document, row) if row else None
        return self._documents[document]

    def put_document(self, document: StoreDocument) -> None:
        """Keep a document."""
        self._documents[document.id] = document
        self._changed_documents.add(document.id)

    def add_event(self, seq: int, chain: str, raw: Raw) -> None:
        """Append to the log; `seq` is gapless.

        Raises:
            Refused: `beyond_limits`, no hub could ever book it: the command must change nothing.
        """
        try:
            parse_fact(raw)
        except Unbookable as error:
            raise Refused("beyond_limits", field=error.facts.get("field", "kind")) from error
        self._events.append((seq, chain, raw))
        self._at = str(raw["at"])
        self.memory.see(raw)

    def events_after(self, seq: int, limit: int) -> Sequence[Raw]:
        """Up to `limit` events after `seq`, in order."""
        self._write_events()
        return [json.loads(raw) for (raw,) in self.tx.all(_EVENTS, (seq, limit))]

    def chain_at(self, seq: int) -> str:
        """The chain after event `seq`; GENESIS for 0."""
        if seq == 0:
            return GENESIS
        self._write_events()
        row = self.tx.one("SELECT chain FROM event WHERE seq = ?", (seq,))
        assert row is not None, "the log has no gaps"
        return str(row[0])

    def mark_rejected(self, seq: int, code: str) -> None:
        """The hub keeps event `seq` as a dead letter."""
        self._write_events()
        self.tx.execute("UPDATE event SET rejected = ? WHERE seq = ?", (code, seq))

    def allotment(self, sku: str) -> Allotment:
        """How to share a SKU now: what HQ set, and where the store's policy wants the online channel."""
        if self._sharing is None:
            self._sharing = read_policy(self.tx), read_allotment(self.tx)
        policy, given = self._sharing
        if policy == "fixed":
            return given
        known = self.memory.known(given, sku)
        return given if known is None else decide(policy, known, self.stock(sku))

    def bring_to_rest(self, skus: Iterable[str], at: str) -> None:
        """Grant what the online channel lacks of these SKUs, and note what it has too much."""
        self.memory.minute = minute_of(at)
        for sku in skus:
            asks = rebalance(self, sku, at)
            if asks:
                self.surplus[sku] = asks

    def settle(self) -> None:
        """What follows from the command's events: received orders count, what moved goes to its rest.

        Units that the hub gave back are left alone: a customer at a till may be waiting for them.
        """
        self.memory.take_holds(self._holds)
        if self._at:
            moved = sorted(self._changed_stocks - self._given_back)
            self.bring_to_rest(moved[:MOST_REBALANCED], self._at)

    @property
    def has_news(self) -> bool:
        """Whether this command wrote on the log."""
        return bool(self._events) or "grown" in self.tx.cache

    def flush(self) -> None:
        """Write everything that changed."""
        self._write_events()
        self.memory.flush()
        if self._is_moved:
            self.tx.execute(_PUT_POSITION, _position_row(self.position()))
        stocks = [(sku, *_stock_row(self._stocks[sku])) for sku in sorted(self._changed_stocks)]
        self.tx.connection.executemany(_PUT_STOCK, stocks)
        holds = [hold for order in sorted(self._changed_holds) if (hold := self._holds[order])]
        self.tx.connection.executemany(_PUT_HOLD, [_hold_row(hold) for hold in holds])
        self.tx.connection.executemany(_PUT_LINE, [row for hold in holds for row in _line_rows(hold)])

        documents = [found for key in sorted(self._changed_documents) if (found := self._documents[key])]
        self.tx.connection.executemany(_PUT_DOCUMENT, [_document_row(one) for one in documents])

    def _write_events(self) -> None:
        """Write the events that are not written yet."""
        if not self._events:
            return
        rows = [(seq, chain, raw["at"], canonical(raw).decode()) for seq, chain, raw in self._events]
        self.tx.connection.executemany(_ADD_EVENT, rows)
        moves = [row for seq, _chain, raw in self._events for row in movement_rows(seq, raw)]
        self.tx.connection.executemany(_ADD_MOVEMENT, moves)
        self._events.clear()
        self.tx.cache["grown"] = True


class Ledger:
    """Runs commands on the book through the writer.

    Args:
        writer: the one writer of the database.
        grown: called in the event loop after each commit that wrote on the log.

    Attributes:
        ask_back: called in the event loop after a commit that left the online channel more than its rest.
    """

    def __init__(self, writer: Writer, grown: Callable[[], None] = lambda: None) -> None:
        self.writer = writer
        self.grown = grown
        self.ask_back: Callable[[Mapping[str, int]], None] = lambda _surplus: None

    async def run(self, command: Callable[[SqliteStoreBook], T]) -> T:
        """Run `command` on a book; returns its result once it is on the disk."""

        def on_book(tx: Transaction) -> T:
            book = SqliteStoreBook(tx)
            result = command(book)
            book.settle()
            has_news = book.has_news
            book.flush()
            if has_news:
                tx.after_commit(self.grown)
            if book.surplus:
                tx.after_commit(lambda: self.ask_back(book.surplus))
            return result

        return await self.writer.run(on_book)


def read_hold(tx: Transaction, order: str) -> StoreHold | None:
    """A hold as it is stored."""
    row = tx.one(_HOLD, (order,))
    if row is None:
        return None
    stage, closed_at, closed_by, body, unsure, prepaid_minor = row
    lines = tuple(
        LineCount(line=line, sku=sku, qty=qty, done=done, short=short, released=released, staged=staged)
        for line, sku, qty, done, short, released, staged in tx.all(_LINES, (order,))
    )
    item = parse_body(body) if body else None
    return StoreHold(
        order=order,
        stage=stage,
        lines=lines,
        body=item,
        closed_at=closed_at,
        closed_by=closed_by,
        unsure=bool(unsure),
        prepaid_minor=prepaid_minor,
    )


def parse_body(body: str) -> HoldItem:
    """A stored hold's body; it was checked when it arrived."""
    item: HoldItem = adapter(HoldItem).validate_python(json.loads(body))
    return item


def document_of(document: str, row: Sequence[Any]) -> StoreDocument:
    """A document from its row (after its id); its body was checked when it arrived."""
    rev, state, number, is_own, ended_at, ended_by, why, found, body = row
    return StoreDocument(
        id=document,
        rev=rev,
        state=state,
        number=number,
        is_own=bool(is_own),
        ended_at=ended_at,
        ended_by=ended_by,
        why=why,
        found=tuple(Finding(**one) for one in json.loads(found)),
        body=adapter(DocumentItem).validate_python(json.loads(body)) if body else None,
    )


def read_allotment(tx: Transaction) -> Allotment:
    """The store's sharing policy; the default until the hub told one, or where it makes no sense."""
    row = tx.one("SELECT json_extract(body, '$.allotment') FROM setting WHERE key = 'settings'")
    found = json.loads(row[0]) if row and row[0] else {}
    share, reserve = found.get("share_percent"), found.get("reserve")
    if not isinstance(share, int) or not isinstance(reserve, int):
        return Allotment()
    if not 0 <= share <= 100 or reserve < 0:
        return Allotment()
    keeps = found.get("last_unit") == "keep"
    return Allotment(share_percent=share, reserve=reserve, last_unit="keep" if keeps else "grant")


def read_policy(tx: Transaction) -> PolicyName:
    """The store's allotment policy; `fixed` until the hub told another that this version knows."""
    row = tx.one("SELECT json_extract(body, '$.allotment.policy') FROM setting WHERE key = 'settings'")
    return "learning" if row and row[0] == "learning" else "fixed"


def _position_row(position: StorePosition) -> tuple[Any, ...]:
    return (
        position.store,
        position.sinc,
        position.hinc,
        position.seq,
        position.chain,
        position.heard,
        position.dver,
        int(position.fenced),
        position.stable,
    )


def _store_stock(row: Sequence[Any]) -> StoreStock:
    floor, staged, damaged, granted, returned, settled, owed, frozen = row
    return StoreStock(
        floor=floor,
        staged=staged,
        damaged=damaged,
        granted=granted,
        returned=returned,
        settled=settled,
        open=owed,
        frozen=bool(frozen),
    )


def _stock_row(stock: StoreStock) -> tuple[int, ...]:
    return (
        stock.floor,
        stock.staged,
        stock.damaged,
        stock.granted,
        stock.returned,
        stock.settled,
        stock.open,
        int(stock.frozen),
    )


def _hold_row(hold: StoreHold) -> tuple[Any, ...]:
    body = hold.body
    return (
        hold.order,
        hold.stage,
        body.code_hash if body else "",
        body.expires_at if body else "",
        hold.closed_at,
        hold.closed_by,
        canonical(to_raw(body)).decode() if body else None,
        int(hold.unsure),
        hold.prepaid_minor,
    )


def _document_row(document: StoreDocument) -> tuple[Any, ...]:
    return (
        document.id,
        document.rev,
        document.state,
        document.number,
        int(document.is_own),
        document.ended_at,
        document.ended_by,
        document.why,
        json.dumps([asdict(one) for one in document.found]),
        canonical(to_raw(document.body)).decode() if document.body else None,
    )


def _line_rows(hold: StoreHold) -> list[tuple[Any, ...]]:
    return [
        (hold.order, line.line, line.sku, line.qty, line.done, line.short, line.released, line.staged)
        for line in hold.lines
    ]
