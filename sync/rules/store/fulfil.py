"""What a clerk does with a hold: pick, report short, make ready, hand over, release.

Whatever happens first in this ledger wins; the other side is told. The physical movement travels in
the same event as the step.
"""

from dataclasses import replace

from sync.rules.books import StoreBook, record
from sync.rules.errors import Finished, Refused
from sync.rules.facts import HoldStep, MoveLine
from sync.rules.holds import LineCount, Outcome, StoreHold, settle
from sync.rules.rights import booked_out_when_short
from sync.rules.store.ledger import apply_lines


def known_hold(book: StoreBook, order: str) -> StoreHold | None:
    """The hold as this ledger knows it: a finished one is never forgotten, so nothing is owed twice."""
    return book.hold(order)


def open_hold(book: StoreBook, order: str) -> StoreHold:
    """The hold, if anything is still owed on it and this ledger may still decide about it.

    Raises:
        Refused: `unknown_order`; `replaced`, another agent serves this store now; `verify_first`, it was
            told after a loss and nobody has looked yet what became of it.
        Finished: it is closed, with when and where.
    """
    hold = owed_hold(book, order)
    if book.position().fenced:
        raise Refused("replaced", order=order)
    if hold.unsure:
        raise Refused("verify_first", order=order)
    return hold


def owed_hold(book: StoreBook, order: str) -> StoreHold:
    """The hold, if anything is still owed on it, whether or not that is sure.

    Raises:
        Refused: `unknown_order`.
        Finished: it is closed, with when and where.
    """
    hold = known_hold(book, order)
    if hold is None:
        raise Refused("unknown_order", order=order)
    if not hold.is_open:
        raise Finished(order=order, stage=hold.stage, at=hold.closed_at, where=hold.closed_by)
    return hold


def verify_hold(book: StoreBook, order: str, at: str, actor: str, *, is_collected: bool) -> StoreHold:
    """Somebody looked what became of a hold that was told after a loss.

    Args:
        book: the store's ledger.
        order: the hold's order.
        at: when.
        actor: who looked.
        is_collected: the goods are gone: they were handed over before the loss.

    Raises:
        Refused: `unknown_order`; `replaced`, another agent serves this store now; `is_sure`, there is
            nothing to verify.
        Finished: it is closed, with when and where.
    """
    hold = owed_hold(book, order)
    if book.position().fenced:
        raise Refused("replaced", order=order)
    if not hold.unsure:
        raise Refused("is_sure", order=order)
    step = HoldStep(order=order, to="verified", at=at, actor=actor)
    hold = stay(book, replace(hold, unsure=False), step)
    if not is_collected:
        if hold.body is not None and hold.body.cancel:
            return release(book, order, at, actor, "cancelled")
        return grant_prepaid(book, hold, at)
    return _settle_all(book, hold, HoldStep(order=order, to="done", at=at, actor=actor, by="verified"))


def grant_prepaid(book: StoreBook, hold: StoreHold, at: str) -> StoreHold:
    """The counter takes less for a hold, by what the hub says was paid online, as long as it may decide.

    Nothing was taken here yet: a hand-over closes a hold in the commit that takes its money.
    """
    asked = hold.body.prepaid_minor if hold.body else 0
    if hold.unsure or not hold.is_open or asked <= hold.prepaid_minor:
        return hold
    step = HoldStep(order=hold.order, to="prepaid", at=at, minor=asked)
    return stay(book, replace(hold, prepaid_minor=asked), step)


def start_picking(book: StoreBook, order: str, at: str, actor: str) -> StoreHold:
    """A clerk begins to pick; beginning again changes nothing."""
    hold = open_hold(book, order)
    if hold.stage != "received":
        return hold
    return move_on(book, hold, HoldStep(order=order, to="picking", at=at, actor=actor))


def pick(book: StoreBook, order: str, line: int, at: str, actor: str) -> StoreHold:
    """One unit of a line was scanned off the shelf: it moves from floor to staged.

    Raises:
        Refused: `already_picked`, all owed units of the line lie ready.
    """
    count = open_hold(book, order).line(line)
    if count.staged >= count.open:
        raise Refused("already_picked", order=order, line=line, sku=count.sku)
    hold = start_picking(book, order, at, actor)
    return stage_unit(book, hold, count, HoldStep(order=order, to="picking", line=line, at=at, actor=actor))


def stage_unit(book: StoreBook, hold: StoreHold, count: LineCount, step: HoldStep) -> StoreHold:
    """One unit of a line moves from floor to staged."""
    taken = MoveLine(sku=count.sku, qty=1, source="floor", target="staged")
    hold = hold.with_line(replace(count, staged=count.staged + 1))
    return stay(book, hold, replace(step, n=1, moves=(taken,)))


def make_ready(book: StoreBook, order: str, at: str, actor: str) -> StoreHold:
    """All owed units lie ready for the customer.

    Raises:
        Refused: `not_picked` names the first line that lacks units.
    """
    hold = open_hold(book, order)
    for count in hold.lines:
        if count.staged < count.open:
            raise Refused("not_picked", order=order, line=count.line, missing=count.open - count.staged)
    if hold.stage == "ready":
        return hold
    return move_on(book, hold, HoldStep(order=order, to="ready", at=at, actor=actor))


def report_short(book: StoreBook, order: str, line: int, n: int, at: str, actor: str) -> StoreHold:
    """`n` units of a line were not found: they are settled as short and leave the books.

    Units not picked yet go first. A staged unit that is gone, but was taken off the books before, is
    missing from the floor's balance: the staged one takes its place there.
    """
    return settle_line(
        book,
        open_hold(book, order),
        HoldStep(order=order, to="short", line=line, n=n, at=at, actor=actor),
    )


def hand_over(book: StoreBook, order: str, at: str, actor: str, by: str) -> StoreHold:
    """Give the customer all that is still owed.

    Args:
        book: the store's ledger.
        order: the hold's order.
        at: when.
        actor: the clerk.
        by: what proved the right to it: `qr`, `code` or `override`.
    """
    step = HoldStep(order=order, to="done", at=at, actor=actor, by=by)
    return _settle_all(book, open_hold(book, order), step)


def release(book: StoreBook, order: str, at: str, actor: str, why: str) -> StoreHold:
    """The code is dead: what is still owed belongs to the online channel again.

    Staged units stay staged until a clerk puts them back.
    """
    step = HoldStep(order=order, to="released", at=at, actor=actor, why=why)
    return _settle_all(book, open_hold(book, order), step)


def _settle_all(book: StoreBook, hold: StoreHold, step: HoldStep) -> StoreHold:
    """All that is owed on each line becomes what `step` says."""
    for count in hold.lines:
        if count.open:
            hold = settle_line(book, hold, replace(step, line=count.line, n=count.open))
    return hold


def settle_line(book: StoreBook, hold: StoreHold, step: HoldStep) -> StoreHold:
    """`step.n` units of line `step.line` became done, short or released: counters, goods and event as one."""
    assert step.line is not None
    count = hold.line(step.line)
    after = settle(count, step.to, step.n)  # type: ignore[arg-type]
    return _settled(book, hold, after, replace(step, moves=_goods(book, count, after, step)))


def settle_as_told(book: StoreBook, hold: StoreHold, step: HoldStep) -> StoreHold:
    """A step of an earlier ledger settles what it settled there, and moves the goods that it moved there."""
    assert step.line is not None
    after = settle(hold.line(step.line), step.to, step.n)  # type: ignore[arg-type]
    return _settled(book, hold, after, step)


def _goods(book: StoreBook, count: LineCount, after: LineCount, step: HoldStep) -> tuple[MoveLine, ...]:
    """The goods that move when units of a line are settled; released ones stay where they are."""
    if step.to == "done":
        staged = min(count.staged, step.n)
        return _moves(count.sku, staged=staged, floor=step.n - staged)
    if step.to == "short":
        return _short_goods(book, count, step.n, count.staged - after.staged)
    return ()


def _short_goods(book: StoreBook, count: LineCount, n: int, unstaged: int) -> tuple[MoveLine, ...]:
    """What a short pick of `n` takes off the books; `unstaged` of them had been picked."""
    lost = booked_out_when_short(book.stock(count.sku), n)
    staged_lost = min(lost, unstaged)
    moves = _moves(count.sku, staged=staged_lost, floor=lost - staged_lost)
    if unstaged > staged_lost:
        moves += (MoveLine(sku=count.sku, qty=unstaged - staged_lost, source="staged", target="floor"),)
    return moves


def move_on(book: StoreBook, hold: StoreHold, step: HoldStep) -> StoreHold:
    """The hold as a whole reached another stage."""
    return stay(book, replace(hold, stage="ready" if step.to == "ready" else "picking"), step)


def put_back(book: StoreBook, order: str, line: int, at: str, actor: str) -> StoreHold:
    """One staged unit of a closed line goes back to the shelf.

    Raises:
        Refused: `nothing_staged`, or `still_owed` while the line is open.
    """
    hold = known_hold(book, order)
    if hold is None:
        raise Refused("unknown_order", order=order)
    count = hold.line(line)
    if count.open:
        raise Refused("still_owed", order=order, line=line)
    if not count.staged:
        raise Refused("nothing_staged", order=order, line=line)
    back = MoveLine(sku=count.sku, qty=1, source="staged", target="floor")
    hold = hold.with_line(replace(count, staged=count.staged - 1))
    return stay(
        book, hold, HoldStep(order=order, to="put_back", line=line, n=1, moves=(back,), at=at, actor=actor)
    )


def _moves(sku: str, *, staged: int, floor: int) -> tuple[MoveLine, ...]:
    """Units that leave the store, staged ones first."""
    parts = (("staged", staged), ("floor", floor))
    return tuple(MoveLine(sku=sku, qty=qty, source=bucket) for bucket, qty in parts if qty > 0)  # type: ignore[arg-type]


def stay(book: StoreBook, hold: StoreHold, step: HoldStep) -> StoreHold:
    """Keep a step that settles nothing."""
    apply_lines(book, step.moves)
    book.put_hold(hold)
    record(book, step)
    return hold


def _settled(book: StoreBook, hold: StoreHold, after: LineCount, step: HoldStep) -> StoreHold:
    """Keep a step that settles units: the line, the SKU's counters and the event as one."""
    apply_lines(book, step.moves)
    stock = book.stock(after.sku)
    used = step.n if step.to in {"done", "short"} else 0
    book.put_stock(after.sku, replace(stock, open=stock.open - step.n, settled=stock.settled + used))
    hold = hold.with_line(after)
    if step.to == "short":
        hold = hold.with_victim(after.line, max(0, hold.victim(after.line) - step.n))
    if not hold.is_open:
        hold = replace(hold, stage="closed", closed_at=step.at, closed_by=step.actor)
    book.put_hold(hold)
    record(book, step)
    return hold


def outcome_of(hold: StoreHold) -> Outcome | None:
    """How a closed hold ended: `done` if any unit was handed over; None while open."""
    if hold.is_open:
        return None
    if any(line.done for line in hold.lines):
        return "done"
    return "short" if any(line.short for line in hold.lines) else "released"
