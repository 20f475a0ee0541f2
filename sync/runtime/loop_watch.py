"""Notices a blocked event loop: a heartbeat that comes late was held up by a synchronous call."""

import asyncio
from collections.abc import Callable

from sync.runtime.logging import get_logger
from sync.runtime.supervision import Lifetime, Service

log = get_logger(__name__)

BEAT_S = 0.25
LATE_S = 0.2


def loop_watch(report: Callable[[float], None] | None = None, *, late_s: float = LATE_S) -> Service:
    """Return a service that reports each delay of the loop longer than `late_s`.

    Args:
        report: Called with the delay in seconds (a metric, say), after the log line.
        late_s: The shortest delay that is reported.
    """

    async def watch(lifetime: Lifetime) -> None:
        lifetime.ready()
        loop = asyncio.get_running_loop()
        while not lifetime.stopping.is_set():
            due = loop.time() + BEAT_S
            try:
                async with asyncio.timeout(BEAT_S):
                    await lifetime.stopping.wait()
            except TimeoutError:
                delay_s = loop.time() - due
                if delay_s > late_s:
                    log.warning("loop.blocked", delay_s=round(delay_s, 3))
                    if report is not None:
                        report(delay_s)

    return Service("loop watch", watch)
