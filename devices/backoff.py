"""How long to wait before trying a device again."""

import random
from collections.abc import Callable


class Backoff:
    """Waits that double from ``first_s`` up to ``limit_s``, each shortened by up to half at random.

    The jitter keeps fifty tills from knocking at a returning printer in the same instant.
    """

    def __init__(self, first_s: float, limit_s: float, draw: Callable[[], float] = random.random) -> None:
        assert 0 < first_s <= limit_s
        self._first_s = first_s
        self._limit_s = limit_s
        self._draw = draw
        self._failures = 0

    def next_s(self) -> float:
        """The wait after one more failure, in seconds; never below ``first_s`` / 2 or above ``limit_s``."""
        whole = min(self._limit_s, self._first_s * 2.0 ** min(self._failures, 30))
        self._failures += 1
        return whole * (0.5 + 0.5 * self._draw())

    def reset(self) -> None:
        """Forget the failures: the device answered."""
        self._failures = 0
