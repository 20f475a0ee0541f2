"""What the hub makes of an UP. Limits bind commands, never facts: what happened is booked."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from sync.rules import streams
from sync.rules.books import HubBook, tell
from sync.rules.canonical import Raw, link_chain
from sync.rules.central.promise import return_units
from sync.rules.errors import Unbookable
from sync.rules.facts import Fact, Grant, HoldStep, Move, MoveLine
from sync.rules.holds import Outcome, counted
from sync.rules.items import RejectedItem, key_of
from sync.rules.rights import HubStock, moved
from sync.rules.streams import Up, UpVerdict

ParseFact = Callable[[Raw], Fact]
"""Turns an event's wire form into its value; raises Unbookable."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What an UP came to: the verdict, how many events were applied, the SKUs they touched."""

    verdict: UpVerdict
    events: int = 0
    skus: frozenset[str] = frozenset()


def apply_up(book: HubBook, up: Up, parse: ParseFact) -> Applied:
    """Apply an UP; the caller commits, then answers with a DOWN.

    An event that can never be booked becomes a dead letter, the position moves on and the store is
    told; nothing is skipped silently.
    """
    position = book.position()
    verdict = streams.judge_up(position, up)
    last = streams.last_of(up)
    if verdict == "known" and last < position.app and streams.tells_another_past(up, book.chain_at(last)):
        verdict = "split"
    if verdict in {"foreign", "unmerged"}:
        return Applied(verdict)
    if verdict == "split":
        book.raise_exception("chain_split", {"seq": position.app, "first": up.first})
        return Applied(verdict)
    book.put_position(replace(position, heard=streams.heard_after(position, up)))
    touched: set[str] = set()
    events = streams.news(position, up) if verdict == "apply" else ()
    for raw in events:
        _apply_event(book, raw, parse, touched)
    _serve_floor(book, up, touched)
    return Applied(verdict, len(events), frozenset(touched))


def _apply_event(book: HubBook, raw: Raw, parse: ParseFact, touched: set[str]) -> None:
    """Book one event as a fact, or as a dead letter; the position moves on either way."""
    position = book.position()
    seq, chain = position.app + 1, link_chain(position.chain, raw)
    book.put_position(replace(position, app=seq, chain=chain))
    try:
        fact = parse(raw)
        touched |= _check(book, fact)
    except Unbookable as error:
        book.book_dead_letter(seq, error.code, raw)
        rejected = RejectedItem(seq=seq, code=error.code)
        tell(book, rejected, key_of(rejected))
        return
    apply_fact(book, fact)
    book.book_fact(seq, fact, raw)


def _check(book: HubBook, fact: Fact) -> set[str]:
    """The SKUs of a fact, if the catalogue knows them all and its line can take it.

    Raises:
        Unbookable: `unknown_sku`, `line_overrun`.
    """
    skus = _skus(fact)
    for sku in skus:
        if book.stock(sku) is None:
            raise Unbookable("unknown_sku", sku=sku)
    settles = _settles(fact)
    if settles is not None:
        line = book.line(settles.order, settles.line)
        if line is not None and counted(line, settles.outcome, settles.n) is None:
            raise Unbookable("line_overrun", order=settles.order, line=settles.line)
    return skus


def _skus(fact: Fact) -> set[str]:
    """The SKUs that a fact moves."""
    match fact:
        case Move():
            return {line.sku for line in fact.lines}
        case HoldStep():
            return {line.sku for line in fact.moves}
        case Grant():
            return {fact.sku}
        case _:
            return set()


@dataclass(frozen=True, slots=True)
class _Settling:
    """`n` units of a hold line became `outcome`."""

    order: str
    line: int
    outcome: Outcome
    n: int


def _settles(fact: Fact) -> _Settling | None:
    """What a fact settles of a hold line; None where it settles nothing."""
    if not isinstance(fact, HoldStep) or fact.line is None:
        return None
    if fact.to in {"done", "short", "released"}:
        return _Settling(fact.order, fact.line, fact.to, fact.n)
    return None


def apply_fact(book: HubBook, fact: Fact) -> None:
    """Carry a fact into mirror, rights and hold lines."""
    match fact:
        case Move():
            _mirror(book, fact.lines)
        case Grant():
            stock = book.stock(fact.sku) or HubStock()
            book.put_stock(fact.sku, replace(stock, granted=max(stock.granted, fact.granted)))
        case HoldStep():
            _mirror(book, fact.moves)
            settles = _settles(fact)
            if settles is not None:
                _settle(book, settles)
        case _:
            return


def _mirror(book: HubBook, lines: tuple[MoveLine, ...]) -> None:
    """Follow the store's buckets."""
    for line in lines:
        book.put_stock(line.sku, moved(book.stock(line.sku) or HubStock(), line))


def _settle(book: HubBook, settling: _Settling) -> None:
    """Follow a hold line; released units leave the promises, done and short ones are settled."""
    line = book.line(settling.order, settling.line)
    if line is None:
        facts = {"order": settling.order, "line": settling.line, "to": settling.outcome, "n": settling.n}
        book.raise_exception("unknown_hold", facts)
        return
    after = counted(line, settling.outcome, settling.n)
    if after is None:
        return
    book.put_line(after)
    stock = book.stock(line.sku) or HubStock()
    if settling.outcome == "released":
        book.put_stock(line.sku, replace(stock, promised=stock.promised - settling.n))
    else:
        book.put_stock(line.sku, replace(stock, settled=stock.settled + settling.n))


def _serve_floor(book: HubBook, up: Up, touched: set[str]) -> None:
    """Return units that the floor asks for; a repeated request is served once."""
    if not up.wants or not up.wants_id:
        return
    for sku, qty in up.wants.items():
        if book.floor_request(sku) != up.wants_id:
            book.put_floor_request(sku, up.wants_id)
            if return_units(book, sku, qty):
                touched.add(sku)
