"""What the hub makes of an UP. Limits bind commands, never facts: what happened is booked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from sync.rules import streams
from sync.rules.baseline import Balances, Begin, Carried, Whole
from sync.rules.books import HubBook, HubPosition, tell
from sync.rules.canonical import Raw, link_chain
from sync.rules.central import recover
from sync.rules.central.promise import return_units
from sync.rules.central.repay import hear_answer, repay
from sync.rules.errors import Unbookable
from sync.rules.facts import DocumentStep, Fact, Grant, HoldStep, Move, MoveLine, Returned
from sync.rules.holds import Outcome, counted
from sync.rules.items import RejectedItem, key_of
from sync.rules.rights import HubStock, moved
from sync.rules.streams import Up, UpVerdict

ParseFact = Callable[[Raw], Fact]
"""Turns an event's wire form into its value; raises Unbookable."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What an UP came to.

    Args:
        verdict: what the position says of it.
        events: how many were applied.
        skus: the SKUs they touched.
        dropped: orders whose provisional holds were dropped to repay a deficit.
        left: by SKU, units of a deficit for which nothing is left to repay from.
    """

    verdict: UpVerdict
    events: int = 0
    skus: frozenset[str] = frozenset()
    dropped: tuple[str, ...] = ()
    left: Mapping[str, int] = field(default_factory=dict)


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
    if verdict in {"foreign", "unmerged", "stopped"}:
        return Applied(verdict)
    if verdict in {"split", "ahead"}:
        _stop(book, verdict, up)
        return Applied(verdict)
    book.put_position(replace(position, heard=streams.heard_after(position, up)))
    touched: set[str] = set()
    events = streams.news(position, up) if verdict == "apply" else ()
    for raw in events:
        _apply_event(book, raw, parse, touched)
    if recover.is_heard_out(book.position(), up.head):
        book.put_position(replace(book.position(), state="whole", doubt=False))
        touched |= set(book.lacking())
    if book.position().merged:
        _serve_floor(book, up, touched)
    repaid = repay(book, touched)
    return Applied(verdict, len(events), frozenset(touched | repaid.skus), repaid.dropped, repaid.left)


def _stop(book: HubBook, verdict: UpVerdict, up: Up) -> None:
    """Something is told twice, or was forgotten here: promise nothing more, and call a person.

    `split`: whichever of the two histories is followed, the other holds facts, so both agents stop.
    `ahead`: the hub's books are an old copy; what the store has heard since is not known here.
    """
    position = book.position()
    if verdict == "split":
        book.raise_exception("chain_split", {"seq": position.app, "first": up.first})
        book.put_position(replace(position, stopped=True))
        return
    book.raise_exception("hub_rolled_back", {"sinc": up.sinc, "hinc": up.hinc, "dver": up.dver})
    if position.state == "whole":
        book.put_position(replace(position, state="replaying"))


def _apply_event(book: HubBook, raw: Raw, parse: ParseFact, touched: set[str]) -> None:
    """Book one event as a fact, or as a dead letter; the position moves on either way."""
    position = book.position()
    seq, chain = position.app + 1, link_chain(position.chain, raw)
    position = replace(position, app=seq, chain=chain)
    try:
        fact = parse(raw)
        position = _begun(position, seq, fact)
        book.put_position(position)
        if position.state == "rebuilding":
            touched |= _keep_baseline(book, seq, fact, raw, parse)
            return
        touched |= _check(book, fact)
    except Unbookable as error:
        book.put_position(position)
        book.book_dead_letter(seq, error.code, raw)
        rejected = RejectedItem(seq=seq, code=error.code)
        tell(book, rejected, key_of(rejected))
        return
    apply_fact(book, fact)
    touched |= _settled_skus(book, fact)
    book.book_fact(seq, fact, raw)


def _settled_skus(book: HubBook, fact: Fact) -> set[str]:
    """The SKUs of which promises changed although no goods moved."""
    if not isinstance(fact, HoldStep) or fact.to not in {"short", "released", "kept", "ready"}:
        return set()
    lines = book.lines(fact.order)
    return {line.sku for line in lines if fact.line in {None, line.line}}


def _begun(position: HubPosition, seq: int, fact: Fact) -> HubPosition:
    """A log whose first event says so takes over from an earlier one, though the hub has forgotten that."""
    if seq == 1 and isinstance(fact, Begin) and position.state != "rebuilding":
        return replace(position, state="rebuilding", mirror_sinc=0, mirror_seq=0)
    return position


def _keep_baseline(book: HubBook, seq: int, fact: Fact, raw: Raw, parse: ParseFact) -> set[str]:
    """One more event of a log's beginning; the last of them makes the mirror what they all say.

    Until then the mirror stays what it was: should this agent be lost too, the next one is told from it.

    Raises:
        Unbookable: `misplaced`, an ordinary fact before the beginning is whole; `foreign_order`,
            `line_overrun`, a hold that cannot be.
    """
    if not isinstance(fact, Begin | Balances | Carried | Whole):
        raise Unbookable("misplaced", seq=seq)
    if isinstance(fact, Carried):
        _check_carried(book, fact)
    book.keep_baseline(seq, raw)
    if not isinstance(fact, Whole):
        return set()
    lines, holds = recover.baseline_of([parse(kept) for kept in book.baseline()])
    touched = set(book.skus()) | {line.sku for line in lines}
    recover.take_baseline(book, lines, holds)
    for hold in holds:
        book.conclude_carried(hold)
    book.put_position(replace(book.position(), state="replaying"))
    return touched


def _check_carried(book: HubBook, hold: Carried) -> None:
    """Refuse a carried hold that is another store's, or whose lines cannot be.

    Raises:
        Unbookable: `foreign_order`, `line_overrun`.
    """
    _refuse_foreign(book, hold.order)
    for line in hold.lines:
        known = book.line(hold.order, line.line)
        is_other = known is not None and (known.sku, known.qty) != (line.sku, line.qty)
        if is_other or line.done + line.short + line.released > line.qty:
            raise Unbookable("line_overrun", order=hold.order, line=line.line)


def _refuse_foreign(book: HubBook, order: str) -> None:
    """A store speaks of its own orders alone.

    Raises:
        Unbookable: `foreign_order`.
    """
    if book.is_foreign(order):
        raise Unbookable("foreign_order", order=order)


def _check(book: HubBook, fact: Fact) -> set[str]:
    """The SKUs of a fact, if the catalogue knows them all and its line can take it.

    Raises:
        Unbookable: `misplaced`, `unknown_sku`, `line_overrun`, `foreign_order`.
    """
    if isinstance(fact, Begin | Balances | Carried | Whole):
        raise Unbookable("misplaced", kind=fact.kind)
    if isinstance(fact, HoldStep):
        _refuse_foreign(book, fact.order)
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
            return {line.sku for line in fact.moves} | {
                line.sku for line in (fact.held.lines if fact.held else ())
            }
        case Grant() | Returned():
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
        case Returned():
            stock = book.stock(fact.sku) or HubStock()
            taken = max(stock.taken, fact.returned)
            book.put_stock(fact.sku, replace(stock, taken=taken, returned=max(stock.returned, taken)))
        case HoldStep():
            _mirror(book, fact.moves)
            if fact.held is not None:
                recover.take_on_lost(book, fact, fact.held)
            _follow_staging(book, fact)
            settles = _settles(fact)
            if settles is not None:
                _settle(book, settles)
            hear_answer(book, fact)
        case DocumentStep():
            end_request(book, fact)
        case _:
            return


def end_request(book: HubBook, step: DocumentStep) -> None:
    """A document has ended: a store that starts anew must not be asked for it again."""
    if step.to != "received":
        book.drop_request("document", step.document)


def _follow_staging(book: HubBook, step: HoldStep) -> None:
    """Follow what lies picked for each line, and whether the order lies ready."""
    if step.to in {"ready", "picking"} and step.line is None:
        for held in book.lines(step.order):
            book.put_line(replace(held, ready=step.to == "ready"))
    staged = sum(
        (move.qty if move.target == "staged" else 0) - (move.qty if move.source == "staged" else 0)
        for move in step.moves
    )
    line = book.line(step.order, step.line) if step.line is not None else None
    if staged and line is not None:
        book.put_line(replace(line, staged=max(0, line.staged + staged)))


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
    """Return units that the floor asks for; a repeated request is served once, however late it comes."""
    if not up.wants or not up.wants_id:
        return
    for sku, qty in up.wants.items():
        if book.stock(sku) is not None and is_later_request(up.wants_id, book.floor_request(sku)):
            book.put_floor_request(sku, up.wants_id)
            if return_units(book, sku, qty):
                touched.add(sku)


def is_later_request(request: str, served: str) -> bool:
    """Whether the floor asked after the request that was served last: an id rises with each request.

    One that comes late is dropped, as one that was lost is: it is not on the log, and who still lacks units
    asks again.
    """
    return request > served
