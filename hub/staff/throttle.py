"""Counting wrong tries by key, so that guessing takes years: bounded, in memory, forgotten at a restart."""

from collections import OrderedDict, deque
from math import ceil
from typing import Final

from sync.values.clock import Clock

MOST_KEYS: Final = 10_000


class Throttle:
    """At most `tries` within `window_s` seconds for each key.

    Args:
        clock: tells the seconds.
        tries: how many are free.
        window_s: how long one counts.
    """

    def __init__(self, clock: Clock, *, tries: int, window_s: float) -> None:
        self._clock = clock
        self._tries = tries
        self._window_s = window_s
        self._noted: OrderedDict[str, deque[float]] = OrderedDict()

    def wait_s(self, key: str) -> int:
        """Seconds until the key may try again; 0 when it may now."""
        times = self._noted.get(key)
        if times is None:
            return 0
        now = self._clock.monotonic()
        while times and now - times[0] >= self._window_s:
            times.popleft()
        if len(times) < self._tries:
            return 0
        return max(1, ceil(times[0] + self._window_s - now))

    def note(self, key: str) -> None:
        """Count a try; of too many keys the one unused longest is forgotten."""
        times = self._noted.setdefault(key, deque(maxlen=self._tries))
        times.append(self._clock.monotonic())
        self._noted.move_to_end(key)
        if len(self._noted) > MOST_KEYS:
            self._noted.popitem(last=False)

    def take_back(self, key: str) -> None:
        """Uncount the newest try: it was right, or it was not judged."""
        times = self._noted.get(key)
        if times:
            times.pop()

    def forget(self, key: str) -> None:
        """Count from nothing again."""
        self._noted.pop(key, None)
