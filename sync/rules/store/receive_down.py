"""What a store's agent does with a DOWN: its position first, then the items in order of version."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from sync.rules import streams
from sync.rules.books import StoreBook, StorePosition, record
from sync.rules.canonical import Raw
from sync.rules.errors import Refused
from sync.rules.facts import Held, HeldLine, HoldStep, Returned
from sync.rules.holds import LineCount, StoreHold
from sync.rules.items import DocumentItem, HoldItem, HoldLine, Item, RejectedItem, ReturnItem, WantItem
from sync.rules.store import documents, fulfil, ledger, look_now, prepaid
from sync.rules.streams import Down, DownVerdict

ParseItem = Callable[[Raw], Item]
"""Turns an item's wire form into its value; raises Unbookable."""


@dataclass(slots=True)
class Received:
    """What a DOWN brought: the verdict; holds that are new, were released, or have units to look for.

    `documents` are those that came, changed, or ended.
    `prepaid`: holds that were to be paid here and are paid online now.
    """

    verdict: DownVerdict
    new_orders: list[str] = field(default_factory=list)
    released: list[str] = field(default_factory=list)
    answer: bool = False
    look_now: list[str] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)
    prepaid: list[str] = field(default_factory=list)


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
    if verdict in {"fenced", "rolled_back", "stopped"}:
        book.put_position(replace(position, fenced=True))
        return Received(verdict)
    items = [parse(raw) for raw in down.items]
    if verdict == "new_hub":
        position = adopt_hub(position, down)
        if down.sinc < position.sinc:
            book.put_position(position)
            return Received(verdict, answer=True)
    received = Received(verdict, answer=verdict == "new_hub")
    heard = streams.acknowledged(position, down)
    stable = max(position.stable, min(down.stable, heard))
    book.put_position(replace(position, heard=heard, stable=stable))
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
            take_return(book, item, at)
        case WantItem():
            serve_want(book, item, at)
        case RejectedItem():
            book.mark_rejected(item.seq, item.code)
        case DocumentItem():
            if documents.take_document(book, item, at):
                received.documents.append(item.id)
        case HoldItem():
            _take_hold(book, item, received, at)


def serve_want(book: StoreBook, item: WantItem, at: str) -> None:
    """Grant what is wanted, once: a want that was applied before travels again until that is heard."""
    if item.ver == 0 or item.ver > book.position().dver:
        ledger.serve_want(book, item.sku, item.qty, at)


def take_return(book: StoreBook, item: ReturnItem, at: str) -> None:
    """Units come back to the floor: the counter only rises, and the log says when it did."""
    stock = book.stock(item.sku)
    if item.returned > stock.returned:
        book.put_stock(item.sku, replace(stock, returned=item.returned))
        record(book, Returned(sku=item.sku, returned=item.returned, at=at))


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
        except Refused:  # closed already, or not sure yet: it is asked again once somebody has looked
            return
        received.released.append(item.order)
        return
    if prepaid.grant(book, item.order, at):
        received.prepaid.append(item.order)
    hold = look_now.answer(book, item.order, at)
    if hold is not None and look_now.is_sought(hold):
        received.look_now.append(item.order)


def accept_hold(book: StoreBook, item: HoldItem, at: str, by: str) -> StoreHold:
    """Book a hold that this ledger has never seen.

    One that was placed for an earlier incarnation is not sure: its QR code may have been served there.

    Raises:
        Refused: `known_order`, this ledger has it already.
    """
    if fulfil.known_hold(book, item.order) is not None:
        raise Refused("known_order", order=item.order)
    lines = tuple(LineCount(line=line.line, sku=line.sku, qty=line.qty) for line in item.lines)
    is_unsure = 0 < item.sinc < book.position().sinc
    hold = StoreHold(order=item.order, stage="received", lines=lines, body=item, unsure=is_unsure)
    for line in lines:
        stock = book.stock(line.sku)
        book.put_stock(line.sku, replace(stock, open=stock.open + line.qty))
    book.put_hold(hold)
    record(book, HoldStep(order=item.order, to="received", at=at, by=by, held=held_of(item)))
    return hold


def held_of(item: HoldItem) -> Held:
    """What the log says of a hold that was taken on: no person, no text."""
    return Held(
        number=item.number,
        code_hash=item.code_hash,
        pay_at=item.pay_at,
        due_minor=item.due_minor,
        currency=item.currency,
        expires_at=item.expires_at,
        locale=item.locale,
        lines=tuple(
            HeldLine(line=line.line, sku=line.sku, qty=line.qty, price_minor=line.price_minor)
            for line in item.lines
        ),
    )


def item_of(step: HoldStep, held: Held) -> HoldItem:
    """A hold as its log remembers it: without names, and nobody's."""
    return HoldItem(
        order=step.order,
        number=held.number,
        code_hash=held.code_hash,
        pay_at=held.pay_at,
        due_minor=held.due_minor,
        currency=held.currency,
        placed_at=step.at,
        ready_by=step.at,
        expires_at=held.expires_at,
        locale=held.locale,
        lines=tuple(
            HoldLine(line=line.line, sku=line.sku, qty=line.qty, names={}, price_minor=line.price_minor)
            for line in held.lines
        ),
    )
