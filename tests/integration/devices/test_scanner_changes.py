"""Scanners that come, change, go and are lent while the agent reads, over real pseudo-terminals."""

import asyncio
import os
import pty
import tty
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from pos_agent.hardware.board import DeviceBoard
from pos_agent.hardware.scanners import Scanners
from pos_agent.settings import AgentSettings
from sync.runtime.supervision import Lifetime

LIMIT_S = 10.0


class Gun:
    """A scanner on a pty."""

    def __init__(self) -> None:
        self.handle, line = pty.openpty()
        tty.setraw(line)
        self.uri = f"serial:{os.ttyname(line)}"

    def scan(self, code: str) -> None:
        """Send a code."""
        os.write(self.handle, code.encode() + b"\r")


def named(folder: Path, *scanners: dict[str, object]) -> AgentSettings:
    return AgentSettings.model_validate(
        {"data_dir": folder, "tills": ("1", "2"), "scanner": [{"debounce_ms": 0, **one} for one in scanners]}
    )


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(LIMIT_S):
        while not condition():  # noqa: ASYNC110  # what is watched has no event
            await asyncio.sleep(0.01)


class Rig:
    """Scanners that read, their board, and what was scanned."""

    def __init__(self, settings: AgentSettings) -> None:
        self.scans: list[tuple[str, str]] = []
        self.board = DeviceBoard(settings)
        self.scanners = Scanners(settings, self.board, self._take)

    async def _take(self, code: str, till: str) -> None:
        self.scans.append((code, till))

    def use(self, settings: AgentSettings) -> None:
        """Change the devices."""
        self.board.use(settings)
        self.scanners.use(settings)

    async def ready(self, *names: str) -> None:
        """Wait until these are open."""
        await until(lambda: all(self.board.scanners[name].state == "ready" for name in names))


@asynccontextmanager
async def reading(settings: AgentSettings) -> AsyncIterator[Rig]:
    rig, lifetime = Rig(settings), Lifetime()
    task = asyncio.create_task(rig.scanners.run(lifetime))
    try:
        yield rig
    finally:
        lifetime.stopping.set()
        async with asyncio.timeout(LIMIT_S):
            await task


async def test_a_scanner_that_stays_reads_on_while_others_come_and_go(tmp_path: Path) -> None:
    one, two = Gun(), Gun()
    async with reading(named(tmp_path, {"id": "a", "uri": one.uri})) as rig:
        await rig.ready("a")
        task = rig.scanners._tasks.running["a"][1]
        rig.use(named(tmp_path, {"id": "a", "uri": one.uri, "till": "2"}, {"id": "b", "uri": two.uri}))
        await rig.ready("a", "b")
        one.scan("111")
        two.scan("222")
        await until(lambda: len(rig.scans) == 2)
        assert sorted(rig.scans) == [("111", "2"), ("222", "1")]
        assert rig.scanners._tasks.running["a"][1] is task

        rig.use(named(tmp_path, {"id": "b", "uri": two.uri, "prefix": "X"}))
        assert [(one.id, one.state) for one in rig.board.scanners.values()] == [("b", "unknown")]
        await until(task.done)
        one.scan("333")
        await rig.ready("b")
        two.scan("X444")
        await until(lambda: len(rig.scans) == 3)
    assert rig.scans[2] == ("444", "1")


async def test_a_lent_scanner_is_let_go_and_comes_back(tmp_path: Path) -> None:
    gun = Gun()
    async with reading(named(tmp_path, {"id": "a", "uri": gun.uri})) as rig:
        await rig.ready("a")
        async with rig.scanners.lent(gun.uri + "?baud=9600"):
            assert (rig.scanners._tasks.running, rig.board.scanners["a"].state) == ({}, "unknown")
            gun.scan("111")
        await rig.ready("a")
        gun.scan("222")
        await until(lambda: bool(rig.scans))
    assert rig.scans == [("222", "1")]
