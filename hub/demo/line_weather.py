"""What the demo's line does to the bytes and connections it carries: the knobs, and what they come to.

TCP stays a stream of bytes whatever the weather: bytes come late, slowly or not at all, a connection may
end at any moment, but none ever loses bytes in the middle and goes on.
"""

import math
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

MAX_DELAY_MS = 60_000
MAX_BYTES_PER_S = 1_000_000_000
TICK_S = 0.1
"""How often a connection's life is diced for while it may be dropped."""
_PIECES_PER_S = 20


class LineState(StrEnum):
    """What the line does with bytes."""

    UP = "up"
    CUT = "cut"
    HALF_OPEN = "half-open"


@dataclass(slots=True)
class Weather:
    """The knobs of a line.

    Attributes:
        state: Whether bytes pass at all.
        delay_ms: How late each piece of data comes, each way, 0 to MAX_DELAY_MS.
        jitter_ms: Up to so much later still, anew for each piece; the order of the bytes stays.
        drop_percent: How likely a connection is dropped within any second, 0 to 100.
        bytes_per_s: What each connection carries each way; 0 means as much as it can.
        random: The source of jitter and drops.
    """

    state: LineState = LineState.UP
    delay_ms: int = 0
    jitter_ms: int = 0
    drop_percent: int = 0
    bytes_per_s: int = 0
    random: Random = field(default_factory=Random)

    def swallows(self) -> bool:
        """Tell whether bytes vanish at this moment."""
        return self.state is LineState.HALF_OPEN

    def delay_s(self) -> float:
        """Give the delay of the next piece of data, seconds."""
        return (self.delay_ms + self.random.random() * self.jitter_ms) / 1000

    def drops(self) -> bool:
        """Tell whether a connection is dropped in this TICK_S; over a second that is `drop_percent`."""
        return self.random.random() < 1 - math.pow(1 - self.drop_percent / 100, TICK_S)

    def piece_bytes(self) -> int | None:
        """Give how many bytes go at once on a slow line; None where it is not slow."""
        return max(1, self.bytes_per_s // _PIECES_PER_S) if self.bytes_per_s else None

    def pace_s(self, sent: int) -> float:
        """Give how long to rest after so many bytes, seconds."""
        return sent / self.bytes_per_s if self.bytes_per_s else 0.0

    def calm(self) -> None:
        """Turn every knob back, but for the state."""
        self.delay_ms = self.jitter_ms = self.drop_percent = self.bytes_per_s = 0

    def told(self) -> str:
        """Give the state in words, with every knob that is turned."""
        knobs = {
            "delay": f"{self.delay_ms} {self.jitter_ms}" if self.delay_ms or self.jitter_ms else "",
            "drop": str(self.drop_percent or ""),
            "slow": str(self.bytes_per_s or ""),
        }
        return ", ".join([str(self.state), *(f"{name} {value}" for name, value in knobs.items() if value)])
