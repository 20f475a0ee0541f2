"""How a new ledger takes over: from what the hub knew, and from what an old ledger still had to tell."""

from dataclasses import dataclass, replace

from sync.rules.baseline import MOST_BALANCES, Balances, Begin, Carried, SkuBalance, Whole
from sync.rules.books import StoreBook, StorePosition, record
from sync.rules.documents import MOVED
from sync.rules.facts import DocumentStep, Fact, Grant, Held, HoldStep, Move, MoveLine, Payment, Returned
from sync.rules.holds import LineCount, StoreHold
from sync.rules.items import ReturnItem
from sync.rules.rights import StoreStock
from sync.rules.store import documents, fulfil, ledger
from sync.rules.store.receive_down import accept_hold, item_of, take_return


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirror:
    """A store's state at one moment, as the beginning of a log tells it.

    Args:
        from_sinc: the incarnation whose event `from_seq` it stands at.
        from_seq: see `from_sinc`.
        doubt: two histories of that incarnation were heard: this state followed one of them.
        stocks: SKUs that are not all zero.
        holds: every hold that the store owns, finished ones included.
        documents: the steps that ended documents: none of them may be booked once more, not even if the
            hub is put back to before it heard of it. Where the hub heard only the goods' move, the step
            says so (`ended_by_move`).
    """

    from_sinc: int
    from_seq: int
    doubt: bool
    stocks: tuple[SkuBalance, ...]
    holds: tuple[Carried, ...]
    documents: tuple[DocumentStep, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Remains:
    """What an old ledger of this store still had.

    Args:
        facts: its facts after the last one that it shares with the mirror, in order.
        continues: they follow right after the mirror: nothing that happened is unknown, and all of them
            count, rights included.
        frozen: SKUs whose balances nobody had counted or accepted yet.
        unsure: orders that nobody had looked for yet.
    """

    facts: tuple[Fact, ...] = ()
    continues: bool = False
    frozen: frozenset[str] = frozenset()
    unsure: frozenset[str] = frozenset()

    @property
    def carried(self) -> int:
        """How many of the facts are carried: not those with which the old log itself began."""
        happened = (Move, Payment, HoldStep, DocumentStep)
        kinds = (*happened, Grant, Returned) if self.continues else happened
        return sum(isinstance(fact, kinds) for fact in self.facts)


NOTHING = Remains()


def is_continued(old: tuple[int, int], mirror: tuple[int, int], *, is_put_back: bool) -> bool:
    """Whether an old ledger goes on exactly where the hub's mirror stands, so that nothing is unknown.

    Args:
        old: the old ledger's incarnation, and the last event that it shares with the hub.
        mirror: the incarnation and the event at which the mirror stands.
        is_put_back: it came from a backup: what the store did after that, and the hub never heard, is on no
            disk, however equal the positions are.
    """
    return not is_put_back and (old[0] > mirror[0] or old[1] == mirror[1])


def begin_log(book: StoreBook, start: StorePosition, mirror: Mirror, remains: Remains, at: str) -> None:
    """Write the beginning of a new ledger's log; all of it belongs into one transaction.

    After a loss nobody knows what happened last: goods are frozen until they were counted or accepted
    (no grants), and open holds are unsure until somebody has looked. The hub tells all its items anew.

    Args:
        book: the new ledger, empty.
        start: store and incarnations.
        mirror: what the hub knows.
        remains: what was left of the old ledger.
        at: the present.
    """
    book.put_position(start)
    record(book, Begin(from_sinc=mirror.from_sinc, from_seq=mirror.from_seq, at=at))
    for first in range(0, len(mirror.stocks), MOST_BALANCES):
        lines = mirror.stocks[first : first + MOST_BALANCES]
        for line in lines:
            book.put_stock(line.sku, _stock(line))
        record(book, Balances(lines=lines, at=at))
    for hold in mirror.holds:
        _carry_hold(book, hold)
        record(book, hold)
    record(book, Whole(facts=remains.carried, at=at))
    moved = [step for step in mirror.documents if step.why == MOVED]
    for step in mirror.documents:
        if step in moved:
            documents.carry_moved(book, step)
        else:
            documents.carry_end(book, step)
    for fact in remains.facts:
        carry_fact(book, fact, continues=remains.continues)
    for step in moved:
        documents.carry_end(book, step)
    _mark_doubts(book, mirror, remains)


def _stock(line: SkuBalance) -> StoreStock:
    """A SKU's balances as they were told."""
    return StoreStock(
        floor=line.floor,
        staged=line.staged,
        damaged=line.damaged,
        granted=line.granted,
        returned=line.returned,
        settled=line.settled,
    )


def _carry_hold(book: StoreBook, hold: Carried) -> None:
    """Take a hold over as it was told; its text comes with the hub's next items."""
    lines = tuple(
        LineCount(
            line=line.line,
            sku=line.sku,
            qty=line.qty,
            done=line.done,
            short=line.short,
            released=line.released,
            staged=line.staged,
        )
        for line in hold.lines
    )
    for line in lines:
        stock = book.stock(line.sku)
        book.put_stock(line.sku, replace(stock, open=stock.open + line.open))
    book.put_hold(StoreHold(order=hold.order, stage=hold.stage, lines=lines))


def _mark_doubts(book: StoreBook, mirror: Mirror, remains: Remains) -> None:
    """Freeze what nobody can be sure of.

    Also what the old ledger alone knew: it may have sold or handed over more of that than is left to tell.
    """
    is_lost = mirror.doubt or not remains.continues
    skus, orders = set(remains.frozen), set(remains.unsure)
    if is_lost:
        moves = [fact for fact in remains.facts if isinstance(fact, Move)]
        skus = {line.sku for line in mirror.stocks} | {line.sku for move in moves for line in move.lines}
        steps = [fact for fact in remains.facts if isinstance(fact, HoldStep)]
        orders = {hold.order for hold in mirror.holds} | {step.order for step in steps}
    for sku in skus:
        book.put_stock(sku, replace(book.stock(sku), frozen=True))
    for order in orders:
        found = book.hold(order)
        if found is not None and found.is_open:
            book.put_hold(replace(found, unsure=True))


def carry_fact(book: StoreBook, fact: Fact, *, continues: bool) -> None:
    """Book something that happened under the old ledger. No limit can undo it.

    Rights are carried only by a history that continues the mirror: of another one no hub ever took a
    grant, and what it took back is counted in the mirror. Steps of a hold are carried as far as the
    hold still owes; goods that left beyond that are a recorded override. A document that ended before
    moves nothing again: its paper stood for goods that came or went once.
    """
    match fact:
        case Move() if documents.is_ended(book, fact.document):
            return
        case Move():
            ledger.apply_lines(book, fact.lines)
            record(book, fact)
        case Payment():
            record(book, fact)
        case HoldStep():
            _carry_step(book, fact, continues=continues)
        case DocumentStep():
            documents.carry_end(book, fact)
        case Grant() if continues:
            stock = book.stock(fact.sku)
            book.put_stock(fact.sku, replace(stock, granted=max(stock.granted, fact.granted)))
            record(book, fact)
        case Returned() if continues:
            take_return(book, ReturnItem(sku=fact.sku, returned=fact.returned), fact.at)
        case _:
            return


def _carry_step(book: StoreBook, step: HoldStep, *, continues: bool) -> None:
    """A hold's step under the old ledger.

    What a history with a gap gave up, it may have given up because it had forgotten that the goods were
    collected: the units stay owed until somebody has looked, and the hub asks again.
    """
    if not continues and step.to in {"short", "released"}:
        return
    hold = fulfil.known_hold(book, step.order)
    if hold is None:
        if step.held is None:
            return
        _cover(book, step.held, step.at)
        hold = accept_hold(book, item_of(step, step.held), step.at, by=step.by)
    if step.line is None:
        _carry_order_step(book, hold, step)
    else:
        _carry_line_step(book, hold, hold.line(step.line), step, continues=continues)


def _carry_order_step(book: StoreBook, hold: StoreHold, step: HoldStep) -> None:
    """The order as a whole went on."""
    if step.to == "prepaid":
        fulfil.stay(book, replace(hold, prepaid_minor=max(hold.prepaid_minor, step.minor)), step)
    elif step.to in {"picking", "ready"} and hold.is_open:
        fulfil.move_on(book, hold, step)


def _carry_line_step(
    book: StoreBook, hold: StoreHold, count: LineCount, step: HoldStep, *, continues: bool
) -> None:
    """Units of a line went on, as far as the line still owes them.

    In a history that continues the mirror their goods are those that moved then: what the books lacked at
    that moment may have come back since.
    """
    n = min(step.n, count.open)
    match step.to:
        case "done" | "short" | "released" if n and continues and n == step.n:
            fulfil.settle_as_told(book, hold, step)
        case "done" | "short" | "released" if n:
            fulfil.settle_line(book, hold, replace(step, n=n))
        case "picking" if count.staged < count.open:
            fulfil.stage_unit(book, hold, count, step)
        case "put_back" if not count.open and count.staged:
            fulfil.put_back(book, step.order, count.line, step.at, step.actor)
    if step.to == "done" and step.n > n:
        _gone_beyond(book, count, step, step.n - n)


def _cover(book: StoreBook, held: Held, at: str) -> None:
    """Units that a hold of the old ledger stands on are granted anew, as far as the floor has them.

    A hub that was put back to before their grant would otherwise promise units that nobody gave it.
    """
    units: dict[str, int] = {}
    for line in held.lines:
        units[line.sku] = units.get(line.sku, 0) + line.qty
    for sku, qty in units.items():
        stock = book.stock(sku)
        ledger.grant(book, sku, min(qty - stock.online, stock.free), at)


def _gone_beyond(book: StoreBook, count: LineCount, step: HoldStep, units: int) -> None:
    """Goods were handed over that the hold no longer owes."""
    line = MoveLine(sku=count.sku, qty=units, source="floor")
    move = Move(
        reason="override", lines=(line,), at=step.at, ref=step.order, actor=step.actor, why="collected_beyond"
    )
    ledger.apply_lines(book, move.lines)
    record(book, move)
