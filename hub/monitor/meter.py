"""How many events a second the hub applied, and how lag went: samples in memory while somebody looks."""

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from hub.monitor.lag_book import LagBook
from sync.values.clock import Clock

MOST_SAMPLES: Final = 40
LEAST_GAP_S: Final = 2.0
OLDEST_S: Final = 900.0


@dataclass(frozen=True, slots=True)
class Sample:
    """The counters at a moment."""

    at_s: float
    events: int
    lag_ms: int | None


@dataclass(slots=True)
class BoardMeter:
    """Keeps the latest samples.

    Args:
        clock: tells the seconds.
    """

    clock: Clock
    lag_book: LagBook = field(default_factory=LagBook)
    _samples: deque[Sample] = field(default_factory=lambda: deque(maxlen=MOST_SAMPLES))

    def note(self, events: int, lag: int | None) -> None:
        """Take a sample, unless the last one is fresh.

        Args:
            events: all events applied so far; falls when a store is enrolled anew.
            lag: p95 in milliseconds over all stores.
        """
        now = self.clock.monotonic()
        while self._samples and now - self._samples[0].at_s > OLDEST_S:
            self._samples.popleft()
        if not self._samples or now - self._samples[-1].at_s >= LEAST_GAP_S:
            self._samples.append(Sample(now, events, lag))

    def rates(self) -> list[float]:
        """Events a second between each two samples."""
        pairs = zip(list(self._samples), list(self._samples)[1:], strict=False)
        return [max(0, new.events - old.events) / (new.at_s - old.at_s) for old, new in pairs]

    def lags(self) -> list[int]:
        """The lags sampled."""
        return [sample.lag_ms for sample in self._samples if sample.lag_ms is not None]
