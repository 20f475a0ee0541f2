"""A USB scanner that plays keyboard, read below the desktop and grabbed: its keys reach nobody else.

Needs the optional package ``evdev`` (extra ``evdev``) and the right to read ``/dev/input`` (group input). It
was tried against a stand-in for the kernel's device, never on hardware.
"""

import asyncio
import contextlib
import errno
from collections.abc import Callable
from typing import Any, Protocol

from devices.errors import PortAbsent, PortLost, PortTimeout
from devices.ports.owned_thread import OwnedThread
from devices.scanning.key_text import KeyText

_SYNC_EVENTS = 0  # EV_SYN
_KEY_EVENTS = 1  # EV_KEY
_KEYS_LOST = 3  # SYN_DROPPED: the kernel's buffer was full, and what came last is not in it
_SPOILT = b"\xff"
"""A byte that no code can hold: the one that it falls into is noise, up to its end."""
_OWNED = "another program has grabbed it"


class InputDevice(Protocol):
    """What is used of ``evdev.InputDevice``; it is open and does not block."""

    fd: int

    def grab(self) -> None:
        """Take its events away from everybody else."""

    def read(self) -> Any:
        """The events waiting: each with ``type``, ``code`` and ``value``; BlockingIOError for none."""

    def close(self) -> None:
        """Give it free."""


def open_input(path: str) -> InputDevice:
    """Open a device of the kernel.

    Raises:
        PortAbsent: the package is missing.
        OSError: the device cannot be opened.
    """
    try:
        from evdev import InputDevice as Evdev  # noqa: PLC0415 - an extra; most stores have no such scanner
    except ImportError as error:
        raise PortAbsent("keyboard scanners need the package evdev: install omo-retail-hub[evdev]") from error
    device: InputDevice = Evdev(path)
    return device


class HidPort:
    """One such scanner as a port: the text of its keys in UTF-8, read only.

    Args:
        path: ``/dev/input/by-id/…-event-kbd``: a name that stays when it is plugged in elsewhere.
        open_at: opens the device.
    """

    def __init__(self, path: str, open_at: Callable[[str], InputDevice] = open_input) -> None:
        self._path = path
        self._open_at = open_at
        self._device: InputDevice | None = None
        self._thread: OwnedThread | None = None
        self._held: list[InputDevice] = []
        self._keys = KeyText()

    @property
    def peer(self) -> str:
        """The device's name for logs and screens."""
        return f"hid:{self._path}"

    async def open(self, timeout_s: float) -> None:
        """Open, grab, and throw away keys from before; see ``Port.open``."""
        await self.close()
        thread, held = OwnedThread(self.peer), list[InputDevice]()
        self._thread, self._held = thread, held
        try:
            self._device = await thread.call(lambda: self._open_device(held), timeout_s)
        except PortTimeout as error:
            await self.close()
            raise PortAbsent(f"{self.peer} did not open within {timeout_s:g} s") from error
        except PortAbsent:
            await self.close()
            raise
        except (OSError, ValueError) as error:  # evdev refuses a path with a NUL as a wrong value
            await self.close()
            raise PortAbsent(f"{self.peer} cannot be opened: {_why(error)}") from error

    def _open_device(self, held: list[InputDevice]) -> InputDevice:
        device = self._open_at(self._path)
        held.append(device)
        device.grab()
        self._keys = KeyText()
        _waiting(device)
        return device

    async def write(self, data: bytes, timeout_s: float) -> None:
        """Refused: a keyboard is written to by nobody."""
        del data, timeout_s
        raise PortLost(f"{self.peer} can only be read")

    async def read(self, limit: int, timeout_s: float) -> bytes:
        """The text of the next keys, at most ``limit`` events at once by the kernel's own bound."""
        del limit
        device = self._device
        if device is None:
            raise PortLost(f"{self.peer} is not open")
        try:
            async with asyncio.timeout(timeout_s):
                while True:
                    await _readable(device.fd)
                    if data := b"".join(map(self._meaning, _waiting(device))):
                        return data
        except TimeoutError as error:
            raise PortTimeout(f"{self.peer} said nothing for {timeout_s:g} s") from error
        except OSError as error:
            raise PortLost(f"{self.peer} went away: {error.strerror or error}") from error

    def _meaning(self, event: Any) -> bytes:
        if event.type == _KEY_EVENTS:
            return self._keys.take(event.code, event.value).encode()
        if event.type == _SYNC_EVENTS and event.code == _KEYS_LOST:
            self._keys = KeyText()  # which keys are held is not known any more
            return _SPOILT
        return b""

    async def close(self) -> None:
        """Give the keyboard free, behind an opening that is stuck too."""
        held, self._held, self._device = self._held, [], None
        thread, self._thread = self._thread, None
        if thread is not None:
            await thread.end(lambda: _give_free(held))


def _give_free(held: list[InputDevice]) -> None:
    for device in held:
        with contextlib.suppress(OSError):  # it is gone already
            device.close()


def _why(error: OSError | ValueError) -> object:
    if not isinstance(error, OSError):
        return error
    return _OWNED if error.errno == errno.EBUSY else error.strerror or error


def _waiting(device: InputDevice) -> list[Any]:
    try:
        return list(device.read())
    except BlockingIOError:
        return []


async def _readable(fd: int) -> None:
    """Wait until there is something to read, or the device is gone."""
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(fd, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(fd)
