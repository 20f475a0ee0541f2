"""How far a long run is, on stderr: done, rate, time left. Nothing here changes what is reported."""

import sys
from time import perf_counter
from typing import Final, TextIO

EACH_S: Final = 1.0
EACH_S_IN_A_FILE: Final = 15.0


class Progress:
    """Tells a person from time to time; on a terminal one line that changes, else a line now and then.

    Args:
        total: how much there is to do.
        what: the name of what is counted.
        stream: where to tell it; stderr by default.
    """

    def __init__(self, total: int, what: str, stream: TextIO | None = None) -> None:
        self.total, self.what, self.done = total, what, 0
        self._stream = stream or sys.stderr
        self._is_terminal = self._stream.isatty()
        self._began = self._told = perf_counter()

    def went_on(self, count: int, more: str = "") -> None:
        """`count` more are done; `more` is told beside the rate."""
        self.done += count
        now = perf_counter()
        if now - self._told >= (EACH_S if self._is_terminal else EACH_S_IN_A_FILE):
            self._told = now
            self._tell(f"{self.line(now - self._began)}{', ' if more else ''}{more}")

    def line(self, took_s: float) -> str:
        """How far it is after `took_s` seconds."""
        rate = self.done / took_s if took_s > 0 else 0.0
        left = f", {duration((self.total - self.done) / rate)} left" if rate else ""
        return f"{self.done} of {self.total} {self.what}, {rate:.1f}/s{left}"

    def _tell(self, text: str) -> None:
        """Write over the last line, or below it."""
        self._stream.write(f"\r\x1b[K{text}" if self._is_terminal else f"{text}\n")
        self._stream.flush()

    def finish(self) -> None:
        """Leave the line free for what follows."""
        if self._is_terminal:
            self._tell("")


def duration(seconds: float) -> str:
    """Seconds in hours, minutes and seconds."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
