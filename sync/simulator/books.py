"""Books as dictionaries, with transactions: a crash inside one leaves nothing of it."""

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from sync.rules.baseline import Carried
from sync.rules.books import HubPosition, Request, StorePosition
from sync.rules.canonical import GENESIS, Raw
from sync.rules.documents import StoreDocument
from sync.rules.facts import Fact
from sync.rules.holds import HubLine, StoreHold
from sync.rules.rights import Allotment, HubStock, StoreStock

NOTHING: Final = None
"""What a key held that was not there."""


class Crash(Exception):
    """The process died; what was not committed is gone."""


class Change(NamedTuple):
    """One write: the table, the key, and the value before (None: it was not there)."""

    table: str
    key: Any
    before: Any


class Transactions:
    """Tables with an undo journal; `crash_in` writes from now the process dies, if it is set."""

    def __init__(self) -> None:
        self.tables: dict[str, dict[Any, Any]] = {}
        self.journal: list[Change] = []
        self.crash_in: int | None = None

    def write(self, table: str, key: object, value: object) -> None:
        """Put a value (None: take the key away), so that it can be undone."""
        if self.crash_in is not None:
            self.crash_in -= 1
            if self.crash_in < 0:
                raise Crash
        rows = self.tables.setdefault(table, {})
        self.journal.append(Change(table, key, rows.get(key)))
        if value is NOTHING:
            rows.pop(key, None)
        else:
            rows[key] = value

    def commit(self) -> list[Change]:
        """End the transaction; returns its writes in order."""
        changes, self.journal, self.crash_in = self.journal, [], None
        return changes

    def rollback(self) -> None:
        """Undo the transaction."""
        for change in reversed(self.journal):
            if change.before is NOTHING:
                self.tables[change.table].pop(change.key, None)
            else:
                self.tables[change.table][change.key] = change.before
        self.journal, self.crash_in = [], None

    def rows(self, table: str) -> dict[Any, Any]:
        """A table, as it stands."""
        return self.tables.setdefault(table, {})


class StoreDictionary(Transactions):
    """A store's ledger."""

    def __init__(self, position: StorePosition, allotments: dict[str, Allotment]) -> None:
        super().__init__()
        self.tables = {"position": {0: position}, "stock": {}, "hold": {}, "event": {}, "chain": {0: GENESIS}}
        self.tables["document"] = {}
        self._allotments = allotments

    def position(self) -> StorePosition:
        """Where this agent stands."""
        found: StorePosition = self.tables["position"][0]
        return found

    def put_position(self, position: StorePosition) -> None:
        """Keep the position."""
        self.write("position", 0, position)

    def stock(self, sku: str) -> StoreStock:
        """A SKU's balances; zeros for one never seen."""
        found: StoreStock | None = self.tables["stock"].get(sku)
        return found or StoreStock()

    def put_stock(self, sku: str, stock: StoreStock) -> None:
        """Keep a SKU's balances."""
        self.write("stock", sku, stock)

    def hold(self, order: str) -> StoreHold | None:
        """A hold, finished ones included."""
        return self.tables["hold"].get(order)

    def put_hold(self, hold: StoreHold) -> None:
        """Keep a hold."""
        self.write("hold", hold.order, hold)

    def document(self, document: str) -> StoreDocument | None:
        """A document, ended ones included."""
        return self.tables["document"].get(document)

    def put_document(self, document: StoreDocument) -> None:
        """Keep a document."""
        self.write("document", document.id, document)

    def add_event(self, seq: int, chain: str, raw: Raw) -> None:
        """Append to the log."""
        self.write("event", seq, raw)
        self.write("chain", seq, chain)

    def events_after(self, seq: int, limit: int) -> Sequence[Raw]:
        """Up to `limit` events after `seq`, in order."""
        events, last = self.tables["event"], self.position().seq
        return [events[number] for number in range(seq + 1, min(last, seq + limit) + 1)]

    def chain_at(self, seq: int) -> str:
        """The chain after event `seq`."""
        found: str = self.tables["chain"][seq]
        return found

    def mark_rejected(self, seq: int, code: str) -> None:
        """The hub keeps event `seq` as a dead letter."""
        self.write("rejected", seq, code)

    def allotment(self, sku: str) -> Allotment:
        """The sharing policy of a SKU."""
        return self._allotments[sku]

    def emptied(self) -> "StoreDictionary":
        """A new ledger with the same policies, which has not begun yet."""
        return StoreDictionary(self.position(), self._allotments)


class HubDictionary(Transactions):
    """The hub's books about one store; it knows the SKUs of its catalogue from the start."""

    def __init__(self, position: HubPosition, skus: Sequence[str]) -> None:
        super().__init__()
        self.tables = {
            "position": {0: position},
            "stock": {sku: HubStock() for sku in skus},
            "lines": {},
            "request": {},
            "fact": {},
            "chain": {},
            "dead": {},
            "baseline": {},
            "exception": {},
            "floor": {},
            "order": {},
            "money": {},
            "capture": {},
            "loss": {},
            "beyond": {},
        }
        self.conclude: Callable[[HubDictionary, Fact], None] = lambda _book, _fact: None

    def position(self) -> HubPosition:
        """Where the hub stands with the store."""
        found: HubPosition = self.tables["position"][0]
        return found

    def put_position(self, position: HubPosition) -> None:
        """Keep the position."""
        self.write("position", 0, position)

    def stock(self, sku: str) -> HubStock | None:
        """A SKU's mirror and rights; None for a SKU that the catalogue does not know."""
        return self.tables["stock"].get(sku)

    def put_stock(self, sku: str, stock: HubStock) -> None:
        """Keep a SKU's mirror and rights."""
        self.write("stock", sku, stock)

    def line(self, order: str, line: int) -> HubLine | None:
        """One hold line."""
        return next((found for found in self.lines(order) if found.line == line), None)

    def lines(self, order: str) -> Sequence[HubLine]:
        """All hold lines of an order."""
        found: tuple[HubLine, ...] = self.tables["lines"].get(order, ())
        return found

    def is_foreign(self, order: str) -> bool:  # noqa: ARG002  # a book of one store knows no other
        """Whether the order is known as another store's."""
        return False

    def lines_of(self, sku: str) -> Sequence[HubLine]:
        """All lines of a SKU on which units are still owed, those of the newest order first."""
        owed = (line for lines in self.tables["lines"].values() for line in lines)
        found = [line for line in owed if line.sku == sku and line.open]
        return sorted(found, key=lambda line: (line.order, line.line), reverse=True)

    def put_line(self, line: HubLine) -> None:
        """Keep a hold line."""
        others = [other for other in self.lines(line.order) if other.line != line.line]
        self.write("lines", line.order, tuple(sorted([*others, line], key=lambda kept: kept.line)))

    def drop_line(self, line: HubLine) -> None:
        """Forget a provisional line."""
        rest = tuple(other for other in self.lines(line.order) if other.line != line.line)
        self.write("lines", line.order, rest or NOTHING)

    def put_request(self, request: Request) -> None:
        """Keep an item, in the place of an older one of the same kind and key."""
        self.write("request", (request.kind, request.key), request)

    def drop_request(self, kind: str, key: str) -> None:
        """Forget an item that the store need not hear again."""
        self.write("request", (kind, key), NOTHING)

    def item(self, order: str) -> Request | None:
        """An order's hold as the store was told it last."""
        return self.tables["request"].get(("order", order))

    def requests_after(self, ver: int, limit: int) -> Sequence[Request]:
        """Up to `limit` items with a version above `ver`, in order of version."""
        found = [request for request in self.tables["request"].values() if request.ver > ver]
        found.sort(key=lambda request: request.ver)
        return found[:limit]

    def book_fact(self, seq: int, fact: Fact, raw: Raw) -> None:
        """An event was applied."""
        position = self.position()
        self.write("fact", (position.sinc, seq), (fact, raw))
        self.write("chain", (position.sinc, seq), position.chain)
        self.conclude(self, fact)

    def conclude_carried(self, hold: Carried) -> None:
        """A hold of a log's beginning is part of the mirror now."""
        self.conclude(self, hold)

    def chain_at(self, seq: int) -> str | None:
        """The chain after event `seq`."""
        found: str | None = self.tables["chain"].get((self.position().sinc, seq))
        return found if seq else GENESIS

    def skus(self) -> Sequence[str]:
        """The SKUs of which the mirror holds anything."""
        return sorted(self.tables["stock"])

    def lacking(self) -> Sequence[str]:
        """The SKUs whose floor stock is below zero in the mirror."""
        return sorted(sku for sku, stock in self.tables["stock"].items() if stock.lack)

    def keep_baseline(self, seq: int, raw: Raw) -> None:
        """An event of a log's beginning."""
        position = self.position()
        self.write("baseline", (position.sinc, seq), raw)
        self.write("chain", (position.sinc, seq), position.chain)

    def baseline(self) -> Sequence[Raw]:
        """The events of the present log's beginning, in order."""
        kept = self.tables["baseline"]
        return [kept[key] for key in sorted(kept) if key[0] == self.position().sinc]

    def book_dead_letter(self, seq: int, code: str, raw: Raw) -> None:
        """An event that can never be applied."""
        position = self.position()
        self.write("dead", (position.sinc, seq), (code, raw))
        self.write("chain", (position.sinc, seq), position.chain)

    def raise_exception(self, kind: str, facts: Raw) -> None:
        """A matter for a person."""
        self.write("exception", len(self.tables["exception"]), (kind, facts))

    def floor_request(self, sku: str) -> str:
        """The id of the last floor request served for a SKU."""
        found: str = self.tables["floor"].get(sku, "")
        return found

    def put_floor_request(self, sku: str, request: str) -> None:
        """Remember a floor request as served."""
        self.write("floor", sku, request)
