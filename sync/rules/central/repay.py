"""Repaying a visible deficit: floor stock is below zero, so promises stand on units that are gone.

In this order, each step only for what is left:

    1. unpromised units go back to the floor: nobody is hurt
    2. provisional holds are dropped, the newest first: nothing was paid
    3. the newest dispatched line that is not picked becomes a victim: the store looks for its units at once

Picked units lie there, and an order that lies ready is never a victim. Records are often wrong, so a
victim is a question: the store answers `kept` when its floor stock is whole, or `short` when it is not.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sync.rules.books import HubBook, Request
from sync.rules.canonical import Raw
from sync.rules.central.promise import drop_provisional, return_units
from sync.rules.facts import HoldStep
from sync.rules.holds import HubLine
from sync.rules.rights import HubStock


@dataclass(frozen=True, slots=True)
class Repaid:
    """What repaying came to.

    Args:
        dropped: orders whose provisional holds were dropped.
        skus: SKUs whose units changed hands, beyond those that were asked about.
        left: by SKU, units for which nothing is left to repay from.
    """

    dropped: tuple[str, ...] = ()
    skus: frozenset[str] = frozenset()
    left: Mapping[str, int] = field(default_factory=dict)


NOTHING = Repaid()


def repay(book: HubBook, skus: Collection[str]) -> Repaid:
    """Repay the deficits among some SKUs; nothing while the store's facts are not whole."""
    if not book.position().merged:
        return NOTHING
    short = [sku for sku in sorted(skus) if _stock(book, sku).lack]
    if not short:
        return NOTHING
    dropped: dict[str, frozenset[str]] = {}
    for sku in short:
        return_lack(book, sku)
        dropped |= _drop_newest(book, sku)
    left = {}
    for sku in short:
        return_lack(book, sku)
        if units := _name_victims(book, sku):
            left[sku] = units
    return Repaid(tuple(dropped), frozenset().union(*dropped.values()), left)


def return_lack(book: HubBook, sku: str) -> None:
    """Give back what a SKU lacks, as far as it is not promised."""
    return_units(book, sku, _stock(book, sku).lack)


def _drop_newest(book: HubBook, sku: str) -> dict[str, frozenset[str]]:
    """Drop provisional holds until the SKU lacks nothing; returns the orders and the SKUs of each."""
    dropped = {}
    for line in book.lines_of(sku):
        if not _stock(book, sku).lack:
            break
        skus = frozenset(other.sku for other in book.lines(line.order))
        if drop_provisional(book, line.order):
            dropped[line.order] = skus
            return_lack(book, sku)
    return dropped


def _name_victims(book: HubBook, sku: str) -> int:
    """Name units of the newest lines to be looked for; returns those that no line is left for."""
    lines = book.lines_of(sku)
    left = unsought(_stock(book, sku), lines)
    for line in lines:
        units = min(nameable(line), left)
        told = book.item(line.order)
        if units > 0 and told is not None:
            book.put_line(replace(line, victim=line.sought + units))
            _tell_victims(book, told)
            left -= units
    return max(0, left)


def unsought(stock: HubStock, lines: Sequence[HubLine]) -> int:
    """Units of a SKU's deficit that no line was named for yet."""
    return stock.lack - sum(line.sought for line in lines)


def nameable(line: HubLine) -> int:
    """Units of a line that may still be named: the store owns it, and they are not picked."""
    return line.unpicked - line.sought if line.dispatched and not line.ready else 0


def _tell_victims(book: HubBook, told: Request) -> None:
    """Send a hold again, with what is to be looked for; all else as it was told last."""
    position = book.position()
    ver = position.ver + 1
    book.put_request(replace(told, ver=ver, raw=_with_victims(told.raw, book.lines(told.key))))
    book.put_position(replace(position, ver=ver))


def hear_answer(book: HubBook, step: HoldStep) -> None:
    """The store answered about units to look for: they are asked for no more, not even in a repetition."""
    if step.line is None or step.to not in {"kept", "short"}:
        return
    line = book.line(step.order, step.line)
    if line is None or not line.victim:
        return
    book.put_line(replace(line, victim=0 if step.to == "kept" else max(0, line.victim - step.n)))
    told = book.item(step.order)
    if told is not None:
        book.put_request(replace(told, raw=_with_victims(told.raw, book.lines(step.order))))


def _with_victims(raw: Raw, lines: Sequence[HubLine]) -> Raw:
    """A hold's wire form with the units of each line that are to be looked for."""
    sought = {line.line: line.sought for line in lines}
    told = []
    for line in raw["lines"]:
        plain = {name: value for name, value in line.items() if name != "victim"}
        units = sought.get(line["line"], 0)
        told.append(plain | {"victim": units} if units else plain)
    return raw | {"lines": told}


def _stock(book: HubBook, sku: str) -> HubStock:
    """A SKU's mirror; zeros where there is none."""
    return book.stock(sku) or HubStock()
