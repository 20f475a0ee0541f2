"""Stages on which the same link contract is played: in memory, over mosquitto, over the embedded broker."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from random import Random
from typing import Any, Protocol

from hub.broker.files import BrokerUser
from hub.broker.rules import HUB_USER, may_read, may_write
from hub.broker.sync_users import write_broker_users
from hub.demo.broker import RunningBroker, broker_folder, start_broker, stop_broker
from sync.link.address import open_socket, split_url
from sync.link.errors import LinkLostError
from sync.link.memory_broker import MemoryBroker
from sync.link.memory_link import MemoryLink
from sync.link.paho_link import PahoLink
from sync.link.port import Link, LinkConfig, LinkEvent

FIRST_USERS = (HUB_USER, "s1", "s2")


def secret_of(user: str) -> str:
    return f"secret of {user}"


class Seat:
    """A running link with its events."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self.task = asyncio.create_task(link.run())
        self._events = link.events()

    async def next(self, limit_s: float = 5.0) -> LinkEvent:
        """Give the next event."""
        async with asyncio.timeout(limit_s):
            return await anext(self._events)

    async def until(self, wanted: type[Any], limit_s: float = 10.0) -> Any:
        """Skip events up to the first of a kind."""
        async with asyncio.timeout(limit_s):
            while True:
                event = await anext(self._events)
                if isinstance(event, wanted):
                    return event

    async def die(self) -> None:
        """End without a goodbye, as a killed process does."""
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


class Stage(Protocol):
    """A broker that a test can act on."""

    kind: str

    def build(self, config: LinkConfig) -> Link:
        """Make a link that fits this broker."""

    def url(self) -> str:
        """Give the broker's address."""

    async def set_users(self, *names: str) -> None:
        """Let exactly these connect."""

    async def restart(self) -> None:
        """Kill the broker and bring it back."""


class MemoryStage:
    """The broker inside this process."""

    kind = "memory"

    def __init__(self) -> None:
        self.broker = MemoryBroker(secrets={}, may_write=may_write, may_read=may_read)
        self._names: set[str] = set()

    def build(self, config: LinkConfig) -> Link:
        """Make a link to it."""
        return MemoryLink(config, self.broker, random=Random(1))

    def url(self) -> str:
        """Give its address."""
        return "mqtt://memory"

    async def set_users(self, *names: str) -> None:
        """Let exactly these connect."""
        for name in self._names - set(names):
            self.broker.revoke(name)
        for name in names:
            self.broker.admit(name, secret_of(name))
        self._names = set(names)

    async def restart(self) -> None:
        """Break every connection and forget what is retained."""
        self.broker.forget()


class RealStage:
    """A broker in a process of its own, as the demo starts it."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._broker: RunningBroker | None = None
        self._users: dict[str, BrokerUser] = {}
        self._again: asyncio.subprocess.Process | None = None
        self.kind = ""

    @property
    def broker(self) -> RunningBroker:
        """The broker as started."""
        assert self._broker is not None
        return self._broker

    async def start(self, kind: str) -> None:
        """Start it and wait until it accepts."""
        self._broker = await start_broker(kind, self._data_dir, 0)
        self.kind = kind

    async def stop(self) -> None:
        """End it, also the one brought back."""
        await stop_broker(self.broker)
        if self._again is not None:
            with contextlib.suppress(ProcessLookupError):
                self._again.kill()
            await self._again.wait()

    def build(self, config: LinkConfig) -> Link:
        """Make a link to it."""
        return PahoLink(config, random=Random(1))

    def url(self) -> str:
        """Give its address."""
        return self.broker.url

    async def set_users(self, *names: str) -> None:
        """Let exactly these connect."""
        for name in names:
            self._users.setdefault(name, BrokerUser.with_secret(name, secret_of(name)))
        users = [self._users[name] for name in names]
        await asyncio.to_thread(write_broker_users, users, broker_folder(self._data_dir))

    async def restart(self) -> None:
        """SIGKILL, then the argv that the demo promises brings it back."""
        assert self.broker.process is not None
        self.broker.process.kill()
        await self.broker.process.wait()
        self._again = await asyncio.create_subprocess_exec(
            *self.broker.start,
            cwd="/",
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        await accepting(self.broker.url)


async def accepting(url: str) -> None:
    async with asyncio.timeout(10):
        while True:
            try:
                (await open_socket(*split_url(url))).close()
            except LinkLostError:
                await asyncio.sleep(0.02)
            else:
                return


async def open_stage(kind: str, folder: Path) -> tuple[Stage, Callable[[], Awaitable[None]]]:
    if kind == "memory":
        memory = MemoryStage()
        await memory.set_users(*FIRST_USERS)

        async def nothing() -> None:
            return

        return memory, nothing
    real = RealStage(folder)
    await real.set_users(*FIRST_USERS)
    await real.start(kind)
    return real, real.stop


Seated = Callable[..., Seat]
