"""How many of a line's units came as whole cases, as people say it: 2 cases of 24 and 3 single ones. Pure."""

from collections.abc import Iterable
from typing import NamedTuple

from pos_agent.catalogue.queries import Goods


class Cases(NamedTuple):
    """Equal cases: the stock units of one, and how many there are."""

    pieces: int
    packs: int


def cases_of(goods: Goods, times: int = 1) -> tuple[Cases, ...]:
    """The cases that `times` scans bring; none for codes of single units.

    A carton's label that counts single units (GS1 AI 02 and 37) is one case of so many.
    """
    if goods.pieces > 1:
        return (Cases(goods.pieces, goods.packs * times),)
    return (Cases(goods.packs, times),) if goods.packs > 1 else ()


def together(cases: Iterable[Cases]) -> tuple[Cases, ...]:
    """The same cases counted together, the largest first."""
    found: dict[int, int] = {}
    for pieces, packs in cases:
        found[pieces] = found.get(pieces, 0) + packs
    return tuple(Cases(pieces, found[pieces]) for pieces in sorted(found, reverse=True))


def within(cases: Iterable[Cases], qty: int) -> tuple[Cases, ...]:
    """The cases that still fit into `qty` units when somebody changed these by hand."""
    kept = []
    for pieces, packs in together(cases):
        fitting = min(packs, qty // pieces)
        qty -= fitting * pieces
        if fitting:
            kept.append(Cases(pieces, fitting))
    return tuple(kept)


def in_cases(qty: int, sizes: Iterable[int]) -> tuple[Cases, ...]:
    """Units as whole cases, as many of the largest as fit; what is left over stays single."""
    return within((Cases(size, qty // size) for size in sizes), qty)
