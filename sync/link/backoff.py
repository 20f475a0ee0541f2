"""The pause before the next attempt to connect: growing, limited, and never the same for two stores."""

from random import Random

from sync.link.port import LinkConfig, LossReason

STEADY_S = 5.0
"""A connection that held this long counts as healthy, and the next loss starts from the shortest pause."""

_ASK_A_PERSON = frozenset({LossReason.REFUSED_CREDENTIALS, LossReason.REFUSED_SUBSCRIPTION})


class Backoff:
    """Doubles from ``retry_min_s`` to ``retry_max_s``; each pause is drawn from its upper half.

    What only a person can mend (credentials, rules) is tried at the longest pause from the start: a fleet
    with revoked stores must not hammer the broker.
    """

    def __init__(self, config: LinkConfig, random: Random) -> None:
        self._min_s = config.retry_min_s
        self._max_s = config.retry_max_s
        self._random = random
        self._next_s = self._min_s

    def pause_s(self, reason: LossReason, held_s: float) -> float:
        """Give the seconds to wait after a connection that held for ``held_s`` ended for ``reason``."""
        if reason in _ASK_A_PERSON:
            return self._jittered(self._max_s)
        if held_s >= STEADY_S:
            self.reset()
        pause_s = self._next_s
        self._next_s = min(self._next_s * 2, self._max_s)
        return self._jittered(pause_s)

    def reset(self) -> None:
        """Start from the shortest pause again."""
        self._next_s = self._min_s

    def _jittered(self, pause_s: float) -> float:
        return pause_s * self._random.uniform(0.5, 1.0)
