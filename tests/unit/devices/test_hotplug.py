"""What is plugged in is noticed, by the kernel's word or by looking."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from structlog.testing import capture_logs

from devices import hotplug


@asynccontextmanager
async def watching(on_change: Callable[[], None], root: Path) -> AsyncIterator[None]:
    task = asyncio.create_task(hotplug.watch_plugs(on_change, root))
    try:
        async with asyncio.timeout(60):
            yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def test_a_new_name_and_a_moved_one_are_noticed_by_looking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyudev", None)
    monkeypatch.setattr(hotplug, "LOOK_S", 0.01)
    folder = tmp_path / "dev" / "serial" / "by-id"
    folder.mkdir(parents=True)
    changes: asyncio.Queue[None] = asyncio.Queue()
    looks, looked, loop = 0, asyncio.Event(), asyncio.get_running_loop()
    look = hotplug.device_names

    def count(root: Path) -> frozenset[tuple[str, str]]:
        nonlocal looks
        looks += 1
        if looks == 3:
            loop.call_soon_threadsafe(looked.set)
        return look(root)

    monkeypatch.setattr(hotplug, "device_names", count)
    async with watching(lambda: changes.put_nowait(None), tmp_path):
        await looked.wait()
        assert changes.empty()
        (folder / "usb-scanner").symlink_to("../../ttyACM0")
        await changes.get()
        draft = folder / "draft"
        draft.symlink_to("../../ttyACM1")
        draft.replace(folder / "usb-scanner")
        await changes.get()


def test_folders_that_are_not_there_name_nothing(tmp_path: Path) -> None:
    assert hotplug.device_names(tmp_path) == frozenset()


async def test_the_kernels_word_is_passed_on_once_for_a_burst(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hotplug, "SETTLE_S", 0.0)
    end, tell = os.pipe()
    os.set_blocking(end, False)
    filters: list[str] = []

    def poll(timeout: float) -> object:
        assert timeout == 0
        try:
            return os.read(end, 1)
        except BlockingIOError:
            return None

    monitor = SimpleNamespace(filter_by=filters.append, start=lambda: None, fileno=lambda: end, poll=poll)
    pyudev = ModuleType("pyudev")
    pyudev.Context = object  # type: ignore[attr-defined]
    pyudev.Monitor = SimpleNamespace(from_netlink=lambda _context: monitor)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "pyudev", pyudev)
    told: list[None] = []
    changed = asyncio.Event()

    def take() -> None:
        told.append(None)
        changed.set()

    async with watching(take, tmp_path):
        os.write(tell, b"abc")
        await changed.wait()
    assert len(told) == 1
    assert filters == ["tty", "input", "usb", "usbmisc"]
    os.close(end)
    os.close(tell)


def test_a_kernel_that_tells_nothing_is_looked_at_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_context: object) -> object:
        raise OSError("Operation not permitted")

    pyudev = ModuleType("pyudev")
    pyudev.Context = object  # type: ignore[attr-defined]
    pyudev.Monitor = SimpleNamespace(from_netlink=refuse)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "pyudev", pyudev)
    with capture_logs() as logs:
        assert hotplug.open_monitor() is None
    assert [log["event"] for log in logs] == ["hotplug.not_told"]


async def test_only_devices_with_a_plug_are_woken(monkeypatch: pytest.MonkeyPatch) -> None:
    watched: list[str] = []
    began = asyncio.Event()

    async def watch(_wake: Callable[[], None]) -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            watched.append("ended")

    monkeypatch.setattr(hotplug, "watch_plugs", watch)
    async with hotplug.woken_by_plugs("tcp://10.0.0.9:9100", lambda: None):
        await asyncio.sleep(0)
        assert not began.is_set()
    async with hotplug.woken_by_plugs("usb:04b8:0202", lambda: None):
        async with asyncio.timeout(60):
            await began.wait()
        assert watched == []
    assert watched == ["ended"]
