"""When events left for the hub, and how often: what an UP tells of itself for people who follow an event.

In memory: a restart forgets it, and what was written before the start is then told as "not known". Bounded
by the window of what is on its way; no rule reads any of it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from sync.rules.streams import Resent, Sending
from sync.values.bounds import MOST_COUNTER

UNKNOWN: Final = 0
"""How often events left that were written before the program started."""
_TOLD_YEARS: Final = re.compile(r"2\d{3}-")
"""A clock outside of the wire's years says nothing, rather than make a message that nobody can read."""


@dataclass(frozen=True, slots=True)
class SentRun:
    """Events `first` to `last`, which left together: first at `at`, `times` times so far, or UNKNOWN."""

    first: int
    last: int
    at: str
    times: int


@dataclass(frozen=True, slots=True)
class Departure:
    """What is known at the moment an UP is made, for whichever run of events will fit it.

    Args:
        at: the store's wall clock.
        skew_ms: how far it is ahead of the hub's; None before the first greeting.
        runs: what left before and was not heard yet, in order.
        past: events up to this one may have left before anything was remembered.
    """

    at: str
    skew_ms: int | None
    runs: tuple[SentRun, ...]
    past: int

    def sending(self, first: int, last: int) -> Sending | None:
        """What an UP with the events `first` to `last` says of itself."""
        if not _TOLD_YEARS.match(self.at):
            return None
        runs = list(cover(self.runs, first, last, self.at, self.past))
        while runs and runs[-1].times == 1:
            runs.pop()
        resent = tuple(Resent(to=run.last, at=run.at, times=run.times) for run in runs)
        return Sending(at=self.at, skew_ms=self.skew_ms, resent=resent)


class SendLog:
    """Remembers what is on its way."""

    def __init__(self) -> None:
        self._runs: tuple[SentRun, ...] = ()
        self._past = MOST_COUNTER

    def began(self, seq: int) -> None:
        """The program has started; the log's last event was `seq`."""
        self._past = seq

    def departure(self, at: str, skew_ms: int | None) -> Departure:
        """What an UP made now knows."""
        return Departure(at, skew_ms, self._runs, self._past)

    def went_out(self, first: int, last: int, at: str) -> None:
        """Events `first` to `last` left; nothing where there were none."""
        before = (_until(run, first - 1) for run in self._runs if run.first < first)
        after = (_from(run, last + 1) for run in self._runs if run.last > last)
        self._runs = (*before, *cover(self._runs, first, last, at, self._past), *after)

    def heard(self, seq: int) -> None:
        """The hub has applied up to `seq`: should it ask for those again, they are not new."""
        if self._past != MOST_COUNTER:
            self._past = max(self._past, seq)
        self._runs = tuple(_from(run, seq + 1) for run in self._runs if run.last > seq)


def _from(run: SentRun, first: int) -> SentRun:
    """The part of a run from `first` on."""
    return run if run.first >= first else replace(run, first=first)


def _until(run: SentRun, last: int) -> SentRun:
    """The part of a run up to `last`."""
    return run if run.last <= last else replace(run, last=last)


def cover(runs: tuple[SentRun, ...], first: int, last: int, at: str, past: int) -> Iterator[SentRun]:
    """The events `first` to `last` as runs that leave together now, each counted once more.

    Args:
        runs: what left before, in order.
        first: the first event that leaves now.
        last: the last one; below `first` for none.
        at: now.
        past: new runs up to this event count as UNKNOWN.
    """
    for run in runs:
        if run.last < first or run.first > last:
            continue
        yield from _new(first, run.first - 1, at, past)
        end = min(run.last, last)
        times = run.times + 1 if run.times != UNKNOWN else UNKNOWN
        yield SentRun(max(run.first, first), end, run.at, times)
        first = end + 1
    yield from _new(first, last, at, past)


def _new(first: int, last: int, at: str, past: int) -> Iterator[SentRun]:
    """Events that leave for the first time as far as is known."""
    if first <= min(last, past):
        yield SentRun(first, min(last, past), at, UNKNOWN)
    if max(first, past + 1) <= last:
        yield SentRun(max(first, past + 1), last, at, 1)
