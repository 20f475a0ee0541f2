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

    `body` is what the hub told (None until it did, or after personal data has gone); `expired` and
    `closed_at`, `closed_by` are for people.
    """

    order: str
    stage: Stage
    lines: tuple[LineCount, ...]
    body: HoldItem | None = None
    closed_at: str = ""
    closed_by: str = ""

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

    def with_line(self, changed: LineCount) -> "StoreHold":
        """This hold with one line changed."""
        return replace(
            self, lines=tuple(changed if line.line == changed.line else line for line in self.lines)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class HubLine:
    """One hold line at the hub. `dispatched`: the store owns it from then on."""

    order: str
    line: int
    sku: str
    qty: int
    done: int = 0
    short: int = 0
    released: int = 0
    dispatched: bool = False

    @property
    def open(self) -> int:
        """Units still owed as far as the hub has heard."""
        return self.qty - self.done - self.short - self.released


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
