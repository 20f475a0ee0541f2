"""What becomes of the hub's position with a store when one of the two lost something.

Two roads lead back to `whole`, and both are the ordinary stream of events:

    the hub was put back       replaying    the store sends its log again from the restored event on
    the store starts anew      rebuilding   its new log begins with what the hub told it, see baseline.py

On the way nothing is promised and nothing is returned; nothing that happened is refused.
"""

from collections.abc import Sequence
from dataclasses import replace

from sync.rules.baseline import Balances, Carried, CarriedLine, SkuBalance
from sync.rules.books import HubBook, HubPosition
from sync.rules.canonical import GENESIS, Raw
from sync.rules.documents import MOVED
from sync.rules.facts import DocumentCount, DocumentStep, Held, HoldStep, Move
from sync.rules.holds import HubLine
from sync.rules.items import MOST_LINES
from sync.rules.rights import HubStock


def enrolled(position: HubPosition, sinc: int) -> HubPosition:
    """The position after an agent enrolled as incarnation `sinc` of the store.

    The first one starts a log of its own; each later one takes over from what the hub knows.
    """
    if not position.sinc:
        return replace(position, sinc=sinc)
    mirror_sinc, mirror_seq = position.mirror
    return replace(
        position,
        sinc=sinc,
        app=0,
        chain=GENESIS,
        heard=0,
        stable=0,
        state="rebuilding",
        stopped=False,
        doubt=position.stopped or (position.doubt and position.state == "rebuilding"),
        mirror_sinc=mirror_sinc,
        mirror_seq=mirror_seq,
    )


def restored(position: HubPosition, hinc: int, sinc: int) -> HubPosition:
    """The position of a hub that was put back to an earlier state.

    Args:
        position: as it was then.
        hinc: the hub's new incarnation, above every earlier one.
        sinc: the store's newest incarnation as kept outside the database; 0 if it never enrolled.
    """
    if sinc > position.sinc:
        position = enrolled(position, sinc)
    state = "rebuilding" if position.state == "rebuilding" else "replaying" if position.sinc else "whole"
    return replace(position, hinc=hinc, heard=0, state=state, stopped=False)  # type: ignore[arg-type]


def is_heard_out(position: HubPosition, head: int) -> bool:
    """Whether a store that is replayed has told all it had written when it spoke last."""
    return position.state == "replaying" and position.app >= head


def take_baseline(book: HubBook, lines: Sequence[SkuBalance], holds: Sequence[Carried]) -> None:
    """Let the mirror be what the beginning of a log says; what it does not name is zero.

    Holds that the hub lost are taken on again. Counters of lines and units returned only rise.
    """
    for sku in book.skus():
        stock = book.stock(sku) or HubStock()
        book.put_stock(sku, HubStock(returned=stock.returned, promised=stock.promised))
    for line in lines:
        stock = book.stock(line.sku) or HubStock()
        returned = max(stock.returned, line.returned)
        book.put_stock(line.sku, replace(stock_of(line), returned=returned, promised=stock.promised))
    for hold in holds:
        for carried in hold.lines:
            _carry_line(book, hold, carried)


def stock_of(line: SkuBalance) -> HubStock:
    """A SKU's mirror as the beginning of a log tells it."""
    return HubStock(
        floor=line.floor,
        staged=line.staged,
        damaged=line.damaged,
        granted=line.granted,
        settled=line.settled,
        taken=line.returned,
    )


def _carry_line(book: HubBook, hold: Carried, carried: CarriedLine) -> None:
    """One hold line as the store's new log carries it."""
    known = book.line(hold.order, carried.line)
    if known is None:
        known = HubLine(order=hold.order, line=carried.line, sku=carried.sku, qty=carried.qty)
        add_promised(book, carried.sku, carried.qty)
    done, short, released = _merged(known, carried)
    after = replace(known, done=done, short=short, released=released, dispatched=True)
    book.put_line(replace(after, staged=carried.staged, ready=hold.stage == "ready"))
    add_promised(book, carried.sku, known.released - released)


def _merged(known: HubLine, carried: CarriedLine) -> tuple[int, int, int]:
    """Done, short and released after the log: they only rise, unless two histories settled the same units.

    Then the log counts: it goes on from there.
    """
    ours = (known.done, known.short, known.released)
    theirs = (carried.done, carried.short, carried.released)
    risen = tuple(map(max, ours, theirs))
    return theirs if sum(risen) > carried.qty else risen  # type: ignore[return-value]


def add_promised(book: HubBook, sku: str, units: int) -> None:
    """Promises grow by units of a hold that the hub did not know, or fall by released ones."""
    if units:
        stock = book.stock(sku) or HubStock()
        book.put_stock(sku, replace(stock, promised=stock.promised + units))


def take_on_lost(book: HubBook, step: HoldStep, held: Held) -> bool:
    """A store received a hold that the hub does not know: it was lost with the hub's last hours.

    Returns:
        Whether it was unknown; it is promised from now on.
    """
    known = book.lines(step.order)
    for line in known:
        if not line.dispatched:
            book.put_line(replace(line, dispatched=True))
    if known:
        return False
    for lost in held.lines:
        book.put_line(HubLine(order=step.order, line=lost.line, sku=lost.sku, qty=lost.qty, dispatched=True))
        add_promised(book, lost.sku, lost.qty)
    facts: Raw = {"order": step.order, "number": held.number}
    book.raise_exception("recovered_order", facts)
    return True


def carried(lines: Sequence[HubLine], at: str) -> Carried:
    """A hold as the hub knows it, for the beginning of a log; it has at least one line."""
    stage = "ready" if lines[0].ready else "picking" if any(line.staged for line in lines) else "received"
    return Carried(
        order=lines[0].order,
        stage=stage if any(line.open for line in lines) else "closed",  # type: ignore[arg-type]
        lines=tuple(
            CarriedLine(
                line=line.line,
                sku=line.sku,
                qty=line.qty,
                done=line.done,
                short=line.short,
                released=line.released,
                staged=line.staged,
            )
            for line in lines
        ),
        at=at,
    )


def ended_by_move(move: Move, rev: int) -> DocumentStep:
    """The end of a document whose move the hub applied, while the step after it was lost with the store.

    What was asked is not known here any more: each line says the difference that was booked, of goods that
    were shipped how many left.
    """
    assert move.document is not None
    leaving = 1 if move.reason == "transfer_out" else -1
    lines = tuple(
        DocumentCount(sku=line.sku, bucket=line.target, found=line.qty)
        if line.target
        else DocumentCount(sku=line.sku, bucket=line.source or "floor", found=leaving * line.qty)
        for line in move.lines
    )
    return DocumentStep(
        document=move.document,
        rev=rev,
        to="booked",
        at=move.at,
        lines=lines[:MOST_LINES],
        actor=move.actor,
        why=MOVED,
    )


def baseline_of(facts: Sequence[object]) -> tuple[list[SkuBalance], list[Carried]]:
    """The balances and the holds among the facts of a log's beginning."""
    lines = [line for fact in facts if isinstance(fact, Balances) for line in fact.lines]
    return lines, [fact for fact in facts if isinstance(fact, Carried)]
