"""Runs the long-lived parts of a program together, and stops them in order.

A `Service` has a name and a coroutine function that is given its `Lifetime`. Services start in the order
given, each when the one before said `lifetime.ready()`; they stop in the opposite order, each having
`grace_s` to return after `lifetime.stopping` is set before it is cancelled. SIGTERM and SIGINT stop the
program with exit code 0. A service that raises, or returns although nobody asked it to, is logged, stops
all the others in order, and makes the exit code 1: half a program is worse than none.
"""

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field

from sync.runtime.logging import bound, get_logger

log = get_logger(__name__)

GRACE_S = 10.0
START_LIMIT_S = 60.0


@dataclass(slots=True)
class Lifetime:
    """What a service hears from and says to its supervisor."""

    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _ready: asyncio.Event = field(default_factory=asyncio.Event)

    def ready(self) -> None:
        """Say that the service works, so that the next one may start."""
        self._ready.set()

    async def until_stopping(self) -> None:
        """Wait until the service is asked to stop."""
        await self.stopping.wait()


@dataclass(frozen=True, slots=True)
class Service:
    """One long-lived part of a program.

    Attributes:
        name: Shown in logs.
        run: The work; calls `ready()` once and returns soon after `stopping` is set.
        may_finish: True when returning early is no fault (a start-up chore).
    """

    name: str
    run: Callable[[Lifetime], Awaitable[None]]
    may_finish: bool = False


@dataclass(slots=True)
class _Running:
    service: Service
    lifetime: Lifetime
    task: asyncio.Task[None]


class _Programme:
    def __init__(self, grace_s: float) -> None:
        self.grace_s = grace_s
        self.ending = asyncio.Event()
        self.failed = False
        self.running: list[_Running] = []

    def fail(self, name: str, why: BaseException | None) -> None:
        self.failed = True
        log.error("service.failed", service=name, exc_info=why)
        self.ending.set()

    async def guard(self, service: Service, lifetime: Lifetime) -> None:
        try:
            with bound(service=service.name):
                await service.run(lifetime)
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001  # the loop guard: whatever fell, the others stop in order
            self.fail(service.name, error)
        else:
            if not service.may_finish and not lifetime.stopping.is_set():
                self.fail(service.name, None)
        finally:
            lifetime.ready()

    async def start(self, services: Sequence[Service], group: asyncio.TaskGroup) -> None:
        for service in services:
            if self.ending.is_set():
                return
            lifetime = Lifetime()
            task = group.create_task(self.guard(service, lifetime), name=service.name)
            self.running.append(_Running(service, lifetime, task))
            await self.first_of(lifetime)
            log.info("service.started", service=service.name)

    async def first_of(self, lifetime: Lifetime) -> None:
        """Wait for the service to be ready or the program to end, within the limit."""
        waits = [asyncio.ensure_future(event.wait()) for event in (lifetime._ready, self.ending)]  # noqa: SLF001
        try:
            done, _ = await asyncio.wait(waits, timeout=START_LIMIT_S, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        if not done:
            self.fail("start", TimeoutError(f"a service was not ready within {START_LIMIT_S:.0f} s"))

    async def stop(self) -> None:
        for running in reversed(self.running):
            running.lifetime.stopping.set()
            _, pending = await asyncio.wait([running.task], timeout=self.grace_s)
            if pending:
                log.warning("service.cancelled", service=running.service.name, grace_s=self.grace_s)
                running.task.cancel()
                await asyncio.wait([running.task], timeout=self.grace_s)
            log.info("service.stopped", service=running.service.name)


async def supervise(services: Sequence[Service], *, grace_s: float = GRACE_S, signals: bool = True) -> int:
    """Run `services` until a signal or a failure; return the exit code.

    Args:
        services: In the order of starting.
        grace_s: Seconds each service has to return once asked.
        signals: False leaves SIGTERM and SIGINT alone (for tests and embedding).

    Returns:
        0 after a signal or when all services finished, 1 after a failure.
    """
    programme = _Programme(grace_s)
    with _signals(programme.ending) if signals else contextlib.nullcontext():
        async with asyncio.TaskGroup() as group:
            try:
                await programme.start(services, group)
                if any(not running.service.may_finish for running in programme.running):
                    await programme.ending.wait()
            finally:
                await programme.stop()
    return 1 if programme.failed else 0


@contextlib.contextmanager
def _signals(ending: asyncio.Event) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    taken = (signal.SIGTERM, signal.SIGINT)
    for number in taken:
        loop.add_signal_handler(number, ending.set)
    try:
        yield
    finally:
        for number in taken:
            loop.remove_signal_handler(number)
