"""Books: what the rules read and write inside one transaction.

In the programs a book is SQLite in the writer's thread; in the simulator a dictionary. The rules see
no difference, so what the simulator proves is what the programs run.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from sync.rules.baseline import Carried
from sync.rules.canonical import GENESIS, Raw, link_chain, to_raw
from sync.rules.documents import StoreDocument
from sync.rules.facts import Fact
from sync.rules.holds import HubLine, StoreHold
from sync.rules.items import Item
from sync.rules.rights import Allotment, HubStock, StoreStock

StreamState = Literal["whole", "replaying", "rebuilding"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StorePosition:
    """Where a store's agent stands.

    Args:
        store: its id.
        sinc: the store incarnation that the hub issued.
        hinc: the highest hub incarnation heard.
        seq: the last event written.
        chain: the chain after it.
        heard: the last event that the hub said it applied (any DOWN of this hinc and sinc).
        dver: the last version of the hub's items applied.
        fenced: a higher store incarnation was seen, or the hub holds events that this ledger never
            wrote: this agent is a zombie.
        stable: the last event that the hub would still know after any restore, as far as it told.
    """

    store: str
    sinc: int
    hinc: int
    seq: int = 0
    chain: str = GENESIS
    heard: int = 0
    dver: int = 0
    fenced: bool = False
    stable: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HubPosition:
    """Where the hub stands with one store.

    Args:
        store: its id.
        sinc: the incarnation it issued last.
        hinc: its own.
        app: the highest contiguous event applied.
        chain: the chain after it.
        ver: the last item version given.
        heard: the last `dver` the store said it had, under this sinc and hinc.
        state: whether the store's facts are whole. `replaying`: the hub was put back to an earlier state
            and hears them again; `rebuilding`: the store's log takes over from an earlier one and has
            not told its beginning yet. While not `whole`, nothing is promised and nothing returned.
        stopped: two histories of one incarnation were heard; neither is followed any further.
        doubt: while `rebuilding`, the log before was `stopped`: the mirror followed one of two histories.
        mirror_sinc: while `rebuilding`, the incarnation whose event `mirror_seq` the mirror stands at.
        mirror_seq: see `mirror_sinc`.
        stable: the event up to which every backup that may be put back has heard the store.
    """

    store: str
    sinc: int
    hinc: int
    app: int = 0
    chain: str = GENESIS
    ver: int = 0
    heard: int = 0
    state: StreamState = "whole"
    stopped: bool = False
    doubt: bool = False
    mirror_sinc: int = 0
    mirror_seq: int = 0
    stable: int = 0

    @property
    def merged(self) -> bool:
        """Whether units may be promised and returned for the store."""
        return self.state == "whole" and not self.stopped

    @property
    def mirror(self) -> tuple[int, int]:
        """The incarnation and the event at which the hub's mirror of the store stands."""
        if self.state == "rebuilding":
            return self.mirror_sinc, self.mirror_seq
        return self.sinc, self.app


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """An item as the hub keeps it for a store: its version, kind, key and wire form."""

    ver: int
    kind: str
    key: str
    raw: Raw


class StoreBook(Protocol):
    """A store's ledger within one transaction."""

    def position(self) -> StorePosition:
        """Where this agent stands."""
        ...

    def put_position(self, position: StorePosition) -> None:
        """Keep the position."""
        ...

    def stock(self, sku: str) -> StoreStock:
        """A SKU's balances; zeros for one never seen."""
        ...

    def put_stock(self, sku: str, stock: StoreStock) -> None:
        """Keep a SKU's balances."""
        ...

    def hold(self, order: str) -> StoreHold | None:
        """A hold, finished ones included."""
        ...

    def put_hold(self, hold: StoreHold) -> None:
        """Keep a hold."""
        ...

    def document(self, document: str) -> StoreDocument | None:
        """A document, ended ones included."""
        ...

    def put_document(self, document: StoreDocument) -> None:
        """Keep a document."""
        ...

    def add_event(self, seq: int, chain: str, raw: Raw) -> None:
        """Append to the log; `seq` is gapless."""
        ...

    def events_after(self, seq: int, limit: int) -> Sequence[Raw]:
        """Up to `limit` events after `seq`, in order."""
        ...

    def chain_at(self, seq: int) -> str:
        """The chain after event `seq`; GENESIS for 0."""
        ...

    def mark_rejected(self, seq: int, code: str) -> None:
        """The hub keeps event `seq` as a dead letter."""
        ...

    def allotment(self, sku: str) -> Allotment:
        """The sharing policy of a SKU."""
        ...


class HubBook(Protocol):
    """The hub's books about one store within one transaction."""

    def position(self) -> HubPosition:
        """Where the hub stands with the store."""
        ...

    def put_position(self, position: HubPosition) -> None:
        """Keep the position."""
        ...

    def stock(self, sku: str) -> HubStock | None:
        """A SKU's mirror and rights at the store; None for a SKU that the catalogue does not know."""
        ...

    def put_stock(self, sku: str, stock: HubStock) -> None:
        """Keep a SKU's mirror and rights."""
        ...

    def line(self, order: str, line: int) -> HubLine | None:
        """One hold line."""
        ...

    def lines(self, order: str) -> Sequence[HubLine]:
        """All hold lines of an order at this store."""
        ...

    def is_foreign(self, order: str) -> bool:
        """Whether the order is known as another store's."""
        ...

    def lines_of(self, sku: str) -> Sequence[HubLine]:
        """All lines of a SKU on which units are still owed, those of the newest order first."""
        ...

    def put_line(self, line: HubLine) -> None:
        """Keep a hold line."""
        ...

    def drop_line(self, line: HubLine) -> None:
        """Forget a provisional line."""
        ...

    def put_request(self, request: Request) -> None:
        """Keep an item, in the place of an older one of the same kind and key."""
        ...

    def drop_request(self, kind: str, key: str) -> None:
        """Forget an item that the store need not hear again; one that is not there is no error."""
        ...

    def item(self, order: str) -> Request | None:
        """An order's hold as the store was told it last; None where it never was, or need not hear more."""
        ...

    def requests_after(self, ver: int, limit: int) -> Sequence[Request]:
        """Up to `limit` items with a version above `ver`, in order of version."""
        ...

    def chain_at(self, seq: int) -> str | None:
        """The chain after an applied event; None where it is not kept any more."""
        ...

    def skus(self) -> Sequence[str]:
        """The SKUs of which the mirror of this store holds anything."""
        ...

    def lacking(self) -> Sequence[str]:
        """The SKUs whose floor stock is below zero in the mirror, whatever was returned."""
        ...

    def keep_baseline(self, seq: int, raw: Raw) -> None:
        """An event of a log's beginning was heard: keep it until the beginning is whole."""
        ...

    def baseline(self) -> Sequence[Raw]:
        """The events of the present log's beginning, in order."""
        ...

    def book_fact(self, seq: int, fact: Fact, raw: Raw) -> None:
        """An event was applied: keep it and let the areas draw their conclusions."""
        ...

    def conclude_carried(self, hold: Carried) -> None:
        """A hold of a log's beginning is part of the mirror now: let the areas draw their conclusions."""
        ...

    def book_dead_letter(self, seq: int, code: str, raw: Raw) -> None:
        """An event that can never be applied: keep its bytes and alarm."""
        ...

    def raise_exception(self, kind: str, facts: Raw) -> None:
        """Facts that disagree with plans: a matter for a person."""
        ...

    def floor_request(self, sku: str) -> str:
        """The id of the last floor request served for a SKU; empty at first."""
        ...

    def put_floor_request(self, sku: str, request: str) -> None:
        """Remember a floor request as served."""
        ...


def record(book: StoreBook, fact: Fact) -> int:
    """Write a fact on the store's log; returns its sequence number."""
    position = book.position()
    raw = to_raw(fact)
    chain = link_chain(position.chain, raw)
    seq = position.seq + 1
    book.add_event(seq, chain, raw)
    book.put_position(replace(position, seq=seq, chain=chain))
    return seq


def tell(book: HubBook, item: Item, key: str) -> int:
    """Give the store an item at the next version; returns that version."""
    position = book.position()
    ver = position.ver + 1
    book.put_request(Request(ver=ver, kind=item.kind, key=key, raw=to_raw(item)))
    book.put_position(replace(position, ver=ver))
    return ver
