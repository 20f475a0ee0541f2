"""What is on its way up: a window over the log, and when to begin again. Pure but for the jitter handed in.

Go-back-N: events are sent once in order while the window is open; when the hub's position does not
move for a while, everything after it is sent again.
"""

from dataclasses import dataclass, field
from random import Random
from typing import Final

IN_FLIGHT: Final = 2_000
"""The most events sent and not yet applied by the hub."""
FIRST_WAIT_S: Final = 1.0
LONGEST_WAIT_S: Final = 30.0


@dataclass(slots=True)
class SendWindow:
    """Positions of this connection; `sent` is the last event that went out."""

    random: Random = field(default_factory=Random)
    sent: int = 0
    heard: int = 0
    _wait_s: float = FIRST_WAIT_S
    _due_at_s: float | None = None

    @property
    def is_open(self) -> bool:
        """Whether more events may go out."""
        return self.sent - self.heard < IN_FLIGHT

    def restart(self, heard: int) -> None:
        """A new connection, or another hub incarnation: everything after `heard` goes out at once."""
        self.sent = self.heard = heard
        self._wait_s, self._due_at_s = FIRST_WAIT_S, None

    def went_out(self, last: int, now_s: float) -> None:
        """Events up to `last` were sent."""
        self.sent = max(self.sent, last)
        if self._due_at_s is None and self.sent > self.heard:
            self._arm(now_s)

    def was_heard(self, heard: int, now_s: float) -> None:
        """The hub has applied up to `heard`."""
        if heard <= self.heard:
            return
        self.heard = heard
        self.sent = max(self.sent, heard)
        self._wait_s, self._due_at_s = FIRST_WAIT_S, None
        if self.sent > heard:
            self._arm(now_s)

    def greeted(self, now_s: float) -> bool:
        """The hub says that it is there: what went into the void need not wait out its long pause.

        Returns:
            Whether something is due now.
        """
        if self._due_at_s is None or self._wait_s <= FIRST_WAIT_S:
            return False
        self._wait_s, self._due_at_s = FIRST_WAIT_S, now_s
        return True

    def due_in_s(self, now_s: float) -> float | None:
        """Seconds until a resend; None when everything was heard."""
        return None if self._due_at_s is None else max(0.0, self._due_at_s - now_s)

    def resend(self, now_s: float) -> bool:
        """Begin again after `heard` if that is due; the next wait is twice as long."""
        if self._due_at_s is None or now_s < self._due_at_s:
            return False
        self.sent = self.heard
        self._wait_s = min(self._wait_s * 2, LONGEST_WAIT_S)
        self._arm(now_s)
        return True

    def _arm(self, now_s: float) -> None:
        self._due_at_s = now_s + self._wait_s * self.random.uniform(0.8, 1.2)
