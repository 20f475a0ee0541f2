"""The wish to open the drawer: at most one at a time, fulfilled soon or never. It sends nothing itself."""

import asyncio
from dataclasses import dataclass


def _loop_time() -> float:
    return asyncio.get_running_loop().time()


@dataclass(frozen=True, slots=True)
class Pulse:
    """One wish: who waits for it, and the loop's time after which it is not fulfilled."""

    waiting: asyncio.Future[bool]
    ends_at: float

    @property
    def is_late(self) -> bool:
        """Whether its time is over."""
        return _loop_time() >= self.ends_at

    def settle(self, *, is_sent: bool) -> None:
        """Tell who waits, if somebody still does."""
        if not self.waiting.done():
            self.waiting.set_result(is_sent)


class PulseWish:
    """The wish that one printer has to fulfil, if there is one.

    Args:
        limit_s: how long a wish lives.
    """

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._pulse: Pulse | None = None

    def make(self) -> tuple[asyncio.Future[bool], bool]:
        """Wish; who wishes twice in a row wishes once.

        Returns:
            Whether the pulse left, once that is known; and whether the wish is a new one.
        """
        if self._pulse is not None and self._pulse.is_late:
            self.give_up()
        if self._pulse is not None:
            return self._pulse.waiting, False
        waiting = asyncio.get_running_loop().create_future()
        self._pulse = Pulse(waiting, _loop_time() + self._limit_s)
        return waiting, True

    def take(self) -> Pulse | None:
        """The wish, to be fulfilled and settled by the caller; it is nobody's any more."""
        pulse, self._pulse = self._pulse, None
        return pulse

    def give_up(self) -> None:
        """Nobody will fulfil it: who waits is told."""
        if (pulse := self.take()) is not None:
            pulse.settle(is_sent=False)
