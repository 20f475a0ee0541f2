"""Notices that a device was plugged in or out, so that nobody waits for the next attempt.

With pyudev (extra ``hotplug``) the kernel says so at once; without it the folders of device names are looked
at every second. Neither says which device: whoever is told looks for his own.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, NoReturn

import structlog

_log = structlog.get_logger(__name__)

LOOK_S: Final = 1.0
SETTLE_S: Final = 0.3
"""A plug makes several events, and the lasting name comes a moment after the device."""
_PLUGGED: Final = frozenset({"serial", "usb", "file", "hid"})
_FOLDERS: Final = ("dev/serial/by-id", "dev/input/by-id", "dev/usb", "dev/bus/usb/*")
_SUBSYSTEMS: Final = ("tty", "input", "usb", "usbmisc")
_MOST_NAMES: Final = 4096
MISSING: Final = "what is plugged in is noticed within a second; at once: pip install omo-retail-hub[hotplug]"


@asynccontextmanager
async def woken_by_plugs(peer: str, wake: Callable[[], None]) -> AsyncIterator[None]:
    """While inside, call ``wake`` after each change, if ``peer`` (``Port.peer``) is a device with a plug."""
    if peer.partition(":")[0] not in _PLUGGED:
        yield
        return
    watching = asyncio.create_task(watch_plugs(wake), name=f"plugs for {peer}")
    try:
        yield
    finally:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching


async def watch_plugs(on_change: Callable[[], None], root: Path = Path("/")) -> NoReturn:
    """Call ``on_change`` after each change, from the event loop; cancel to stop.

    Args:
        on_change: must not block.
        root: where ``dev`` is.
    """
    monitor = open_monitor()
    if monitor is None:
        await _look(on_change, root)
    await _listen(monitor, on_change)


def open_monitor() -> Any:
    """The kernel's events by pyudev; None where the package is missing or the kernel tells nothing."""
    try:
        import pyudev  # noqa: PLC0415 - an extra
    except ImportError:
        return None
    try:
        monitor = pyudev.Monitor.from_netlink(pyudev.Context())
        for subsystem in _SUBSYSTEMS:
            monitor.filter_by(subsystem)
        monitor.start()
    except (OSError, ValueError) as error:
        _log.warning("hotplug.not_told", reason=str(error))
        return None
    return monitor


async def _listen(monitor: Any, on_change: Callable[[], None]) -> NoReturn:
    loop, came = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(monitor.fileno(), came.set)
    try:
        while True:
            await came.wait()
            await asyncio.sleep(SETTLE_S)
            came.clear()
            _read_all(monitor)
            on_change()
    finally:
        loop.remove_reader(monitor.fileno())


def _read_all(monitor: Any) -> None:
    """Take what the kernel told; a burst that was too long for its buffer is a change like any other."""
    with contextlib.suppress(OSError):
        while monitor.poll(timeout=0) is not None:
            pass


async def _look(on_change: Callable[[], None], root: Path) -> NoReturn:
    known = await asyncio.to_thread(device_names, root)
    while True:
        await asyncio.sleep(LOOK_S)
        now = await asyncio.to_thread(device_names, root)
        if now != known:
            known = now
            on_change()


def device_names(root: Path) -> frozenset[tuple[str, str]]:
    """The names of all that is plugged in, each with the device behind it."""
    found: set[tuple[str, str]] = set()
    for pattern in _FOLDERS:
        for folder in root.glob(pattern):
            found |= _names_in(folder)
    return frozenset(found)


def _names_in(folder: Path) -> set[tuple[str, str]]:
    try:
        paths = list(folder.iterdir())[:_MOST_NAMES]
        return {(str(path), str(path.readlink()) if path.is_symlink() else "") for path in paths}
    except OSError:
        return set()  # it went away while it was looked at
