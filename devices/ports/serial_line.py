"""A serial device: RS-232, a USB adapter, or a pty. pyserial blocks, so each port owns one thread."""

import termios
from collections.abc import Callable
from dataclasses import dataclass

import serial

from devices.errors import PortAbsent, PortLost, PortTimeout
from devices.ports.owned_thread import OwnedThread

# pyserial reports a device that went away with any of these, depending on the call that notices.
_GONE = (OSError, TypeError, ValueError, AttributeError, termios.error)
_GRACE_S = 1.0


@dataclass(frozen=True, slots=True)
class SerialSettings:
    """How to open a serial line: device path, speed in baud, hardware or software handshake."""

    path: str
    baud: int = 9600
    rtscts: bool = False
    xonxoff: bool = False


class SerialPort:
    """One serial line; every call into pyserial runs in the port's own thread, one at a time."""

    def __init__(self, settings: SerialSettings) -> None:
        self._settings = settings
        self._line: serial.Serial | None = None
        self._thread: OwnedThread | None = None
        self._holds_rest = False  # the system holds bytes that the device did not take in time

    @property
    def peer(self) -> str:
        """The device's name for logs and screens."""
        return f"serial:{self._settings.path}"

    async def open(self, timeout_s: float) -> None:
        """Open the device exclusively and flush its input; see ``Port.open``."""
        await self.close()
        self._thread = OwnedThread(self.peer)
        try:
            self._line = await self._thread.call(self._open_line, timeout_s)
        except PortTimeout as error:
            await self.close()
            raise PortAbsent(f"{self.peer} did not open within {timeout_s:g} s") from error
        except _GONE as error:
            await self.close()
            raise PortAbsent(f"{self.peer} cannot be opened: {error}") from error

    def _open_line(self) -> serial.Serial:
        line = serial.Serial(
            self._settings.path,
            self._settings.baud,
            rtscts=self._settings.rtscts,
            xonxoff=self._settings.xonxoff,
            exclusive=True,
        )
        line.reset_input_buffer()
        return line

    async def write(self, data: bytes, timeout_s: float) -> None:
        """Write with a limit; see ``Port.write``."""
        line = self._opened()

        def write() -> None:
            line.write_timeout = timeout_s
            line.write(data)
            line.flush()

        try:
            await self._need_thread().call(write, timeout_s + _GRACE_S)
        except serial.SerialTimeoutException as error:
            self._holds_rest = True
            raise PortTimeout(f"{self.peer} took no bytes for {timeout_s:g} s") from error
        except _GONE as error:
            raise PortLost(f"{self.peer} went away: {error}") from error

    async def read(self, limit: int, timeout_s: float) -> bytes:
        """Read what is there, waiting for the first byte only; see ``Port.read``."""
        line = self._opened()

        def read() -> bytes:
            line.timeout = timeout_s
            first = line.read(1)
            waiting = min(line.in_waiting, limit - 1) if first else 0
            return first + line.read(waiting) if waiting else first

        try:
            data = await self._need_thread().call(read, timeout_s + _GRACE_S)
        except _GONE as error:
            raise PortLost(f"{self.peer} went away: {error}") from error
        if not data:
            raise PortTimeout(f"{self.peer} said nothing for {timeout_s:g} s")
        return data

    async def close(self) -> None:
        """Wake a waiting read, close the device, which is soon free again, and end the thread."""
        line, self._line = self._line, None
        thread, self._thread = self._thread, None
        if thread is None:
            return
        if line is not None:
            _quietly(line.cancel_read)
            _quietly(line.cancel_write)
            if self._holds_rest or thread.is_stuck:  # it must not come out later; a drain ends by this
                _quietly(line.reset_output_buffer)
        self._holds_rest = False
        # the line is opened exclusively: who opens it next must not meet this one still on its way out
        await thread.end(lambda: _give_free(line), _GRACE_S)

    def _opened(self) -> serial.Serial:
        if self._line is None:
            raise PortLost(f"{self.peer} is not open")
        return self._line

    def _need_thread(self) -> OwnedThread:
        assert self._thread is not None, "calls come between open and close"
        return self._thread


def _give_free(line: serial.Serial | None) -> None:
    if line is not None:
        _quietly(line.close)


def _quietly(work: Callable[[], object]) -> None:
    """Run a closing step on a device that may already be gone."""
    try:
        work()
    except _GONE:
        return
