"""What must not happen while shots are fired: exceptions in a log, memory that grows."""

import logging
from collections import Counter
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import structlog

MOST_TOLD: Final = 5
MOST_CHARS: Final = 1_500
KIB: Final = 1024


class Watch(logging.Handler):
    """Counts what is logged, and keeps the first lines that tell of an exception."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: Counter[str] = Counter()
        self.faults = 0
        self.told: list[str] = []

    def __call__(self, _: Any, __: str, event: MutableMapping[str, Any]) -> Any:
        """As the last of the log's processors: nothing is written.

        Raises:
            DropEvent: always.
        """
        name = str(event.get("event"))
        self.lines[name] += 1
        if "exception" in event:
            self._fault(f"{name}: {event['exception'][-MOST_CHARS:]}")
        raise structlog.DropEvent

    def emit(self, record: logging.LogRecord) -> None:
        """A line of the standard library's log."""
        self.lines[record.name] += 1
        self._fault(record.getMessage())

    def _fault(self, text: str) -> None:
        """Something that no message may bring about."""
        self.faults += 1
        if len(self.told) < MOST_TOLD:
            self.told.append(text[:MOST_CHARS])


@contextmanager
def watching() -> Iterator[Watch]:
    """Watch both logs until the block ends."""
    watch = Watch()
    before = structlog.get_config()
    structlog.configure(
        processors=[structlog.processors.ExceptionRenderer(), watch], cache_logger_on_first_use=False
    )
    root = logging.getLogger()
    root.addHandler(watch)
    try:
        yield watch
    finally:
        root.removeHandler(watch)
        structlog.configure(**before)


def memory_mb() -> float:
    """What this process holds in memory at this moment, MB (of Linux's /proc; 0 elsewhere)."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * 4 * KIB / 1e6
