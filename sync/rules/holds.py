"""Holds: units of an online order at a store, as the store and as the hub keep them.

A line's counters `done`, `short` and `released` only rise and never sum above its quantity; when
they reach it the line is closed. A closed hold is never forgotten by the store, so that no late
message and no second show of a code can hand it over twice.
"""

from dataclasses import dataclass, replace
from typing import Literal

from sync.rules.errors import Refused
from sync.rules.items import HoldItem

Stage = Literal["received", "picking", "ready", "closed"]
Outcome = Literal["done", "short", "released"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineCount:
    """One line's counters, units. `staged` are picked units that lie ready for it."""

    line: int
    sku: str
    qty: int
    done: int = 0
    short: int = 0
    released: int = 0
    staged: int = 0

    @property
    def open(self) -> int:
        """Units still owed."""
        return self.qty - self.done - self.short - self.released


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreHold:
    """A hold in the store's ledger.

    `body` is what the hub told (None until it did, or after personal data has gone); `closed_at` and
    `closed_by` are for people. `unsure`: it was told after a loss, and nobody has looked yet whether it
    was collected meanwhile; until then it is neither picked nor handed over nor released.
    `prepaid_minor`: what this store granted not to take at its counter, because it was paid online.
    """

    order: str
    stage: Stage
    lines: tuple[LineCount, ...]
    body: HoldItem | None = None
    closed_at: str = ""
    closed_by: str = ""
    unsure: bool = False
    prepaid_minor: int = 0

    @property
    def is_open(self) -> bool:
        """Whether any unit is still owed."""
        return any(line.open for line in self.lines)

    def line(self, number: int) -> LineCount:
        """One line.

        Raises:
            Refused: `unknown_line`.
        """
        for line in self.lines:
            if line.line == number:
                return line
        raise Refused("unknown_line", order=self.order, line=number)

    def victim(self, number: int) -> int:
        """Units of a line that the hub asks to look for, as it told them."""
        told = self.body.lines if self.body else ()
        return next((line.victim for line in told if line.line == number), 0)

    def with_victim(self, number: int, units: int) -> "StoreHold":
        """This hold with another number of units to look for on one line."""
        if self.body is None or units == self.victim(number):
            return self
        lines = tuple(
            replace(line, victim=units) if line.line == number else line for line in self.body.lines
        )
        return replace(self, body=replace(self.body, lines=lines))

    def with_line(self, changed: LineCount) -> "StoreHold":
        """This hold with one line changed."""
        return replace(
            self, lines=tuple(changed if line.line == changed.line else line for line in self.lines)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class HubLine:
    """One hold line at the hub, units. `dispatched`: the store owns it from then on.

    `staged`: units that lie picked for it; `ready`: the store said that the order lies ready; `victim`:
    units that the hub named to be looked for, because the store lacks them, less those answered.
    """

    order: str
    line: int
    sku: str
    qty: int
    done: int = 0
    short: int = 0
    released: int = 0
    dispatched: bool = False
    staged: int = 0
    ready: bool = False
    victim: int = 0

    @property
    def open(self) -> int:
        """Units still owed as far as the hub has heard."""
        return self.qty - self.done - self.short - self.released

    @property
    def unpicked(self) -> int:
        """Units still owed that do not lie picked."""
        return max(0, self.open - self.staged)

    @property
    def sought(self) -> int:
        """Units that the store was asked to look for and has not answered; a picked one is found."""
        return 0 if self.ready else min(self.victim, self.unpicked)


def settle(line: LineCount, outcome: Outcome, n: int) -> LineCount:
    """`n` more units of a line became `outcome`.

    Units handed over are the staged ones first; short ones those that were not picked first;
    released ones stay staged until somebody puts them back.

    Raises:
        Refused: `more_than_open`, n exceeds what is owed.
    """
    if not 0 < n <= line.open:
        raise Refused("more_than_open", line=line.line, n=n, open=line.open)
    grown = replace(line, **{outcome: getattr(line, outcome) + n})
    if outcome == "released":
        return grown
    left = max(0, line.staged - n) if outcome == "done" else min(line.staged, grown.open)
    return replace(grown, staged=left)


def counted(line: HubLine, outcome: Outcome, n: int) -> HubLine | None:
    """The hub's line after the store's fact, or None when the fact breaks the line's sum."""
    if not 0 < n <= line.open:
        return None
    return replace(line, **{outcome: getattr(line, outcome) + n})
