"""A printer on USB that is spoken to directly, without the kernel's printer driver and without CUPS."""

import time
from typing import Final

from devices.errors import PortAbsent, PortLost, PortTimeout
from devices.ports.owned_thread import OwnedThread
from devices.ports.usb_bus import PyUsb, UsbBus, UsbLine, UsbName

_GRACE_S: Final = 1.0


class UsbPort:
    """One printer, found again by its name wherever it is plugged in.

    Args:
        name: vendor, product and, where two of a kind hang on one machine, the serial number.
        bus: the system's USB.
    """

    def __init__(self, name: UsbName, bus: UsbBus | None = None) -> None:
        self._name = name
        self._bus = bus or PyUsb()
        self._line: UsbLine | None = None
        self._thread: OwnedThread | None = None

    @property
    def peer(self) -> str:
        """The device's name for logs and screens."""
        return str(self._name)

    async def open(self, timeout_s: float) -> None:
        """Claim the printer; see ``Port.open``."""
        await self.close()
        self._thread = OwnedThread(self.peer)
        try:
            self._line = await self._thread.call(lambda: self._bus.open(self._name), timeout_s)
        except (OSError, PortTimeout) as error:
            await self.close()
            raise PortAbsent(f"{self.peer} cannot be opened: {error}") from error

    async def write(self, data: bytes, timeout_s: float) -> None:
        """Send all; see ``Port.write``."""
        line, thread = self._need()

        def send() -> None:
            left, ends_s = data, time.monotonic() + timeout_s
            while left:
                left_s = ends_s - time.monotonic()
                if left_s <= 0:  # one that takes a little at a time must not go on when nobody waits any more
                    raise TimeoutError
                left = left[line.write(left, left_s) :]

        try:
            await thread.call(send, timeout_s + _GRACE_S)
        except TimeoutError as error:
            raise PortTimeout(f"{self.peer} took no bytes for {timeout_s:g} s") from error
        except OSError as error:
            raise PortLost(f"{self.peer} went away: {error}") from error

    async def read(self, limit: int, timeout_s: float) -> bytes:
        """What the printer said; see ``Port.read``."""
        line, thread = self._need()
        try:
            data = await thread.call(lambda: line.read(limit, timeout_s), timeout_s + _GRACE_S)
        except TimeoutError as error:
            raise PortTimeout(f"{self.peer} said nothing for {timeout_s:g} s") from error
        except OSError as error:
            raise PortLost(f"{self.peer} went away: {error}") from error
        if not data:
            raise PortTimeout(f"{self.peer} said nothing for {timeout_s:g} s")
        return data

    async def close(self) -> None:
        """Give it back to the system; see ``Port.close``."""
        line, self._line = self._line, None
        thread, self._thread = self._thread, None
        if thread is None:
            return
        await thread.end(line.close if line is not None else _nothing, _GRACE_S)

    def _need(self) -> tuple[UsbLine, OwnedThread]:
        if self._line is None or self._thread is None:
            raise PortLost(f"{self.peer} is not open")
        return self._line, self._thread


def _nothing() -> None:
    """Nothing was claimed: nothing is to be given back."""
