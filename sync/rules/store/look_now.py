"""Units that the hub asks to look for first of all: the books lack them, but books are often wrong.

A line is answered `kept` once floor stock is whole: the units were found, came in, or the hub gave back
others. It is answered `short` when somebody did not find them or nobody looked in time, never for more
than the books lack, so that nothing leaves the books twice. Picked units are found; an order that lies
ready is left alone.
"""

from sync.rules.books import StoreBook
from sync.rules.errors import Refused
from sync.rules.facts import HoldStep
from sync.rules.holds import LineCount, StoreHold
from sync.rules.store import fulfil


def sought(hold: StoreHold, count: LineCount) -> int:
    """Units of a line to look for."""
    if hold.stage in {"ready", "closed"} or hold.unsure:
        return 0
    return max(0, min(hold.victim(count.line), count.open - count.staged))


def is_sought(hold: StoreHold) -> bool:
    """Whether any units of a hold are to be looked for."""
    return any(sought(hold, count) for count in hold.lines)


def answer(book: StoreBook, order: str, at: str, actor: str = "") -> StoreHold | None:
    """Answer `kept` for every line that was asked about and whose floor stock is whole.

    Returns:
        The hold; None for one that this ledger does not have.
    """
    hold = fulfil.known_hold(book, order)
    if hold is None or not hold.is_open or hold.unsure or hold.stage == "ready":
        return hold
    for count in hold.lines:
        if hold.victim(count.line) and book.stock(count.sku).free >= 0:
            hold = keep(book, hold, count, HoldStep(order=order, to="kept", at=at, actor=actor))
    return hold


def keep(book: StoreBook, hold: StoreHold, count: LineCount, step: HoldStep) -> StoreHold:
    """The units of a line need not be looked for any more."""
    units = hold.victim(count.line)
    kept = HoldStep(order=step.order, to="kept", line=count.line, n=units, at=step.at, actor=step.actor)
    return fulfil.stay(book, hold.with_victim(count.line, 0), kept)


def not_found(book: StoreBook, order: str, line: int, at: str, actor: str = "") -> StoreHold:
    """The units to look for on a line are not there, or nobody looked in time.

    Those that the books lack are settled as short; nothing leaves the books, since they left them before.

    Raises:
        Refused: `not_sought`, nothing of the line is to be looked for; what `open_hold` refuses.
    """
    hold = fulfil.open_hold(book, order)
    count = hold.line(line)
    units = sought(hold, count)
    if not units:
        raise Refused("not_sought", order=order, line=line)
    n = min(units, -book.stock(count.sku).free)
    if n > 0:
        step = HoldStep(order=order, to="short", line=line, n=n, at=at, actor=actor, why="deficit")
        hold = fulfil.settle_line(book, hold, step)
    return answer(book, order, at, actor) or hold
