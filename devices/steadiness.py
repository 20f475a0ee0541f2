"""Whether a device that works can be relied on: how many troubles it had of late. No clock, no I/O."""

from collections import deque
from typing import Final

WINDOW_S: Final = 300.0
MOST: Final = 3


class Steadiness:
    """Remembers the last troubles: losses while open, input that is no code.

    Args:
        window_s: how long a trouble counts, in seconds.
        most: so many within the window make the device unsteady.
    """

    def __init__(self, window_s: float = WINDOW_S, most: int = MOST) -> None:
        assert window_s > 0
        assert most > 0
        self._window_s = window_s
        self._most = most
        self._at: deque[float] = deque(maxlen=most)

    def note(self, at_s: float) -> None:
        """One more trouble, at a time of a clock that never goes back."""
        self._at.append(at_s)

    def unsteady_s(self, now_s: float) -> float:
        """How long the device stays unsteady if nothing more happens, in seconds; 0 = it is steady."""
        if len(self._at) < self._most:
            return 0.0
        return max(0.0, self._at[0] + self._window_s - now_s)

    def words(self) -> str:
        """Why it is unsteady, for those who repair it."""
        return f"{self._most} troubles within {self._window_s:g} s: look at its plug, cable or network"
