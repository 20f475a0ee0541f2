"""Movements in a store: sale, receiving, adjustment. One fact, one balance change, one event."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sync.rules.books import StoreBook, record
from sync.rules.errors import Refused, Short
from sync.rules.facts import OUTGOING, Accepted, Grant, Move, MoveLine, Payment
from sync.rules.rights import moved, resting_grant, surplus, wanted_grant


def book_move(book: StoreBook, move: Move) -> int:
    """Book a movement; returns its sequence number.

    Outgoing units need floor stock, all lines of a SKU together; an `override` is the recorded
    decision of a person to go below it. A movement that raises floor stock tops up the online
    channel's share in the same transaction.

    Raises:
        Short: not enough floor stock for `sku`; nothing changed.
        Refused: `empty_move`, a line that goes from nowhere to nowhere.
    """
    if move.reason in OUTGOING:
        _need_floor(book, move.lines)
    for line in move.lines:
        if line.source == line.target:
            raise Refused("empty_move", sku=line.sku)
    raised = apply_lines(book, move.lines)
    if move.reason == "count":
        thaw(book, [line.sku for line in move.lines if "floor" in {line.source, line.target}])
    seq = record(book, move)
    for sku in raised:
        top_up(book, sku, move.at)
    return seq


def accept_stock(book: StoreBook, skus: Sequence[str], at: str, actor: str) -> int:
    """A person takes balances that were told after a loss for true: they may be granted from again.

    Returns:
        How many of the SKUs were frozen.

    Raises:
        Refused: `replaced`, another agent serves this store now; `is_sure`, none of them is frozen.
    """
    if book.position().fenced:
        raise Refused("replaced")
    frozen = thaw(book, skus)
    if not frozen:
        raise Refused("is_sure", skus=len(skus))
    record(book, Accepted(skus=tuple(frozen), at=at, actor=actor))
    for sku in frozen:
        top_up(book, sku, at)
    return len(frozen)


def thaw(book: StoreBook, skus: Iterable[str]) -> list[str]:
    """Units of these SKUs may be granted again; returns those that were frozen."""
    frozen = [sku for sku in dict.fromkeys(skus) if book.stock(sku).frozen]
    for sku in frozen:
        book.put_stock(sku, replace(book.stock(sku), frozen=False))
    return frozen


def _need_floor(book: StoreBook, lines: Iterable[MoveLine]) -> None:
    """Refuse lines that would take units owed to the online channel."""
    wanted: dict[str, int] = {}
    for line in lines:
        if line.source in {"floor", "staged"} and line.target not in {"floor", "staged"}:
            wanted[line.sku] = wanted.get(line.sku, 0) + line.qty
    for sku, qty in wanted.items():
        free = book.stock(sku).free
        if qty > free:
            raise Short(sku=sku, wanted=qty, left=max(0, free))


def apply_lines(book: StoreBook, lines: Iterable[MoveLine]) -> list[str]:
    """Change the balances; returns the SKUs whose floor stock rose, in order."""
    before: dict[str, int] = {}
    for line in lines:
        stock = book.stock(line.sku)
        before.setdefault(line.sku, stock.free)
        book.put_stock(line.sku, moved(stock, line))
    return [sku for sku, free in before.items() if book.stock(sku).free > free]


def top_up(book: StoreBook, sku: str, at: str) -> int:
    """Grant what the online channel lacks to its resting share; returns the units granted."""
    return grant(book, sku, resting_grant(book.stock(sku), book.allotment(sku)), at)


def rebalance(book: StoreBook, sku: str, at: str) -> int:
    """Bring the online channel to its rest, with a line: grants what it lacks to the least.

    Returns:
        Units above the most, for the caller to ask back from the hub; only the hub returns units.
    """
    policy = book.allotment(sku)
    if policy.rest is None:
        return 0
    grant(book, sku, resting_grant(book.stock(sku), policy), at)
    return surplus(book.stock(sku), policy)


def serve_want(book: StoreBook, sku: str, qty: int, at: str) -> int:
    """Grant what the hub asks for, as far as the floor allows; returns the units granted."""
    return grant(book, sku, wanted_grant(book.stock(sku), book.allotment(sku), qty), at)


def grant(book: StoreBook, sku: str, units: int, at: str) -> int:
    """Raise the cumulative grant by `units` (0: nothing is written)."""
    if units > 0:
        stock = book.stock(sku)
        book.put_stock(sku, replace(stock, granted=stock.granted + units))
        record(book, Grant(sku=sku, granted=stock.granted + units, at=at))
    return units


def book_payment(book: StoreBook, payment: Payment) -> int:
    """Book money taken at a till; returns its sequence number."""
    return record(book, payment)
