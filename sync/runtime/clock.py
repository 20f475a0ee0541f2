"""The real clock: the one home of the machine's time."""

import time
from datetime import UTC, datetime


class SystemClock:
    """The clock of this machine; satisfies `sync.values.clock.Clock`."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        return datetime.now(UTC)  # noqa: TID251  # the one home of the wall clock

    def monotonic(self) -> float:
        """Return seconds from an arbitrary start that never run backwards."""
        return time.monotonic()
