"""One store's downward stream: one DOWN with items under way at a time, resent with backoff."""

from dataclasses import dataclass, field
from random import Random
from typing import Final

RESEND_FIRST_S: Final = 1.0
RESEND_MOST_S: Final = 30.0


@dataclass(slots=True)
class Sender:
    """What the link remembers of a store between messages; losing it costs a resend, nothing else.

    Args:
        random: for jitter.
        under_way: the version up to which items were sent and not yet heard; 0 for none.
        resend_at: when they are due again, on the monotonic clock.
        pause_s: the pause before that, without jitter.
        is_busy: a DOWN is being read from the database at this moment.
        is_dirty: news came meanwhile.
    """

    random: Random = field(default_factory=Random)
    under_way: int = 0
    resend_at: float = 0.0
    pause_s: float = RESEND_FIRST_S
    is_busy: bool = False
    is_dirty: bool = False

    def may_send(self, now: float) -> bool:
        """Whether a DOWN with items may go now: none is under way, or it is due again."""
        return not self.is_busy and (self.under_way == 0 or now >= self.resend_at)

    def is_due(self, now: float) -> bool:
        """Whether what is under way should be sent again."""
        return self.under_way != 0 and now >= self.resend_at

    def sent(self, ver: int, now: float) -> None:
        """A DOWN up to `ver` has gone out; the pause grows only when it was due again."""
        if self.under_way != ver:
            self.pause_s = RESEND_FIRST_S
        elif now >= self.resend_at:
            self.pause_s = min(RESEND_MOST_S, self.pause_s * 2)
        self.under_way = ver
        self.resend_at = now + self.pause_s * (1 + self.random.random() / 4)

    def heard(self, dver: int) -> None:
        """The store said that it has applied items up to `dver`."""
        if self.under_way and dver >= self.under_way:
            self.reset()

    def reset(self) -> None:
        """Nothing is under way: it was heard, or the store has just connected."""
        self.under_way = 0
        self.pause_s = RESEND_FIRST_S
