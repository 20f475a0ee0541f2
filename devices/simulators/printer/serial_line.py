"""The printer on a serial line: a pty that the till opens. Nobody hangs up here: only a cut ends a paper."""

import asyncio
import contextlib
import os
from pathlib import Path

from devices.simulators.printer.device import PrinterDevice
from devices.simulators.pty_line import PtyLine


class SerialLine:
    """A pty with a stable name.

    Args:
        device: the printer.
        link: the name that the till opens, as /dev/serial/by-id has.
    """

    def __init__(self, device: PrinterDevice, link: Path) -> None:
        self._device = device
        self._line = PtyLine(link)
        self._reading: asyncio.Task[None] | None = None

    @property
    def is_plugged(self) -> bool:
        """Whether the line is there."""
        return self._line.is_plugged

    @property
    def uri(self) -> str:
        """Its address; the speed of a pty is nobody's."""
        return f"serial:{self._line.name}"

    async def plug(self) -> None:
        """Be there under the stable name."""
        self._plug()

    def _plug(self) -> None:
        if not self._line.is_plugged:
            self._line.plug()
            self._device.begin(self._speak)
            self._reading = asyncio.create_task(self._read())

    async def unplug(self) -> None:
        """The device goes away, and with it what was under way; a paper begun comes out."""
        self._unplug()

    def _unplug(self) -> None:
        if self._reading is not None:
            if self._line.is_plugged:
                asyncio.get_running_loop().remove_reader(self._line.near)
            if self._reading is not asyncio.current_task():
                self._reading.cancel()
            self._reading = None
            self._line.unplug()
            self._device.end()

    def power_off(self) -> None:
        """A serial line does not tell."""

    def break_off(self) -> None:
        """The adapter drops out and comes back under the same name, as another device."""
        self._unplug()
        self._plug()

    async def _read(self) -> None:
        while True:
            await self._device.room()
            await self._readable()
            with contextlib.suppress(BlockingIOError):
                if not self._device.take(os.read(self._line.near, self._device.chunk)):
                    self.break_off()
                    return

    async def _readable(self) -> None:
        """Wait for bytes."""
        loop, near, came = asyncio.get_running_loop(), self._line.near, asyncio.Event()
        loop.add_reader(near, came.set)
        try:
            await came.wait()
        finally:
            loop.remove_reader(near)

    def _speak(self, answers: bytes) -> None:
        """Answer; what nobody reads is lost, as on a real line."""
        with contextlib.suppress(OSError):
            if self._line.is_plugged:
                os.write(self._line.near, answers)
