"""What a store's agent does with a DOWN: its position first, then the items in order of version."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from sync.rules import streams
from sync.rules.books import StoreBook, StorePosition, record
from sync.rules.canonical import Raw
from sync.rules.errors import Finished, Refused
from sync.rules.facts import HoldStep
from sync.rules.holds import LineCount, StoreHold
from sync.rules.items import HoldItem, Item, RejectedItem, ReturnItem, WantItem
from sync.rules.store import fulfil, ledger
from sync.rules.streams import Down, DownVerdict

ParseItem = Callable[[Raw], Item]
"""Turns an item's wire form into its value; raises Unbookable."""


@dataclass(slots=True)
class Received:
    """What a DOWN brought: the verdict, holds new to this store, holds released by a request."""

    verdict: DownVerdict
    new_orders: list[str] = field(default_factory=list)
    released: list[str] = field(default_factory=list)
    answer: bool = False


def receive_down(book: StoreBook, down: Down, parse: ParseItem, at: str) -> Received:
    """Apply a DOWN; the caller commits, then answers with an UP when `answer` says so.

    All items are parsed before any is applied, so an item that this version cannot read leaves the
    store where it was.

    Raises:
        Unbookable: an item that `parse` refuses; nothing changed.
    """
    position = book.position()
    verdict = streams.judge_down(position, down)
    if verdict in {"old_hub", "old_store"}:
        return Received(verdict)
    if verdict in {"fenced", "rolled_back"}:
        book.put_position(replace(position, fenced=True))
        return Received(verdict)
    items = [parse(raw) for raw in down.items]
    if verdict == "new_hub":
        position = adopt_hub(position, down)
        if down.sinc < position.sinc:
            book.put_position(position)
            return Received(verdict, answer=True)
    received = Received(verdict, answer=verdict == "new_hub")
    book.put_position(replace(position, heard=streams.acknowledged(position, down)))
    if streams.is_next(position.dver, down):
        for item in items:
            _apply(book, item, received, at)
        book.put_position(replace(book.position(), dver=down.ver))
        received.answer = True
    return received


def adopt_hub(position: StorePosition, down: Down) -> StorePosition:
    """A hub incarnation that is newer: what was heard from the old one counts no more."""
    return replace(position, hinc=down.hinc, dver=0, heard=0)


def _apply(book: StoreBook, item: Item, received: Received, at: str) -> None:
    """Apply one item; each is idempotent."""
    match item:
        case ReturnItem():
            take_return(book, item)
        case WantItem():
            serve_want(book, item, at)
        case RejectedItem():
            book.mark_rejected(item.seq, item.code)
        case _:
            _take_hold(book, item, received, at)


def serve_want(book: StoreBook, item: WantItem, at: str) -> None:
    """Grant what is wanted, once: a want that was applied before travels again until that is heard."""
    if item.ver == 0 or item.ver > book.position().dver:
        ledger.serve_want(book, item.sku, item.qty, at)


def take_return(book: StoreBook, item: ReturnItem) -> None:
    """Units come back to the floor: the counter only rises."""
    stock = book.stock(item.sku)
    book.put_stock(item.sku, replace(stock, returned=max(stock.returned, item.returned)))


def _take_hold(book: StoreBook, item: HoldItem, received: Received, at: str) -> None:
    """A hold is new, or its body or a request about it changed."""
    known = fulfil.known_hold(book, item.order)
    if known is None:
        accept_hold(book, item, at, by="")
        if not item.cancel:
            received.new_orders.append(item.order)
    elif known.is_open:
        book.put_hold(replace(known, body=item))
    if item.cancel:
        try:
            fulfil.release(book, item.order, at, "", "cancelled")
        except Finished:
            return
        received.released.append(item.order)


def accept_hold(book: StoreBook, item: HoldItem, at: str, by: str) -> StoreHold:
    """Book a hold that this ledger has never seen.

    Raises:
        Refused: `known_order`, this ledger has it already.
    """
    if fulfil.known_hold(book, item.order) is not None:
        raise Refused("known_order", order=item.order)
    lines = tuple(LineCount(line=line.line, sku=line.sku, qty=line.qty) for line in item.lines)
    hold = StoreHold(order=item.order, stage="received", lines=lines, body=item)
    for line in lines:
        stock = book.stock(line.sku)
        book.put_stock(line.sku, replace(stock, open=stock.open + line.qty))
    book.put_hold(hold)
    record(book, HoldStep(order=item.order, to="received", at=at, by=by))
    return hold
