"""Scanners that play keyboard, that connect to us, and that end a code with a pause.

The keyboard is a stand-in for the kernel's device: a pipe that says when there is something to read.
"""

import asyncio
import contextlib
import os
import socket
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.errors import AddressError, ConfigurationError, PortAbsent, PortLost, PortTimeout
from devices.ports.port import Port
from devices.scanning.address import scanner_port_at
from devices.scanning.framer import End, Framer
from devices.scanning.hid_port import HidPort, InputDevice, open_input
from devices.scanning.key_text import KeyText
from devices.scanning.listen_port import ListenPort
from devices.scanning.scan import Scan
from devices.scanning.serial_source import ScannerConfig, ScannerSource
from devices.supervisor import DeviceState, DeviceStatus

LETTERS = "abcdefghijklmnopqrstuvwxyz"
# by hand from input-event-codes.h: KEY_A is 30, KEY_B 48 …
LETTER_KEYS = dict(
    zip(
        LETTERS,
        (
            30,
            48,
            46,
            32,
            18,
            33,
            34,
            35,
            23,
            36,
            37,
            38,
            50,
            49,
            24,
            25,
            16,
            19,
            31,
            20,
            22,
            47,
            17,
            45,
            21,
            44,
        ),
        strict=True,
    )
)
DIGIT_KEYS = {**{str(digit): digit + 1 for digit in range(1, 10)}, "0": 11}
SHIFT, CTRL, ENTER, CAPS, RIGHT_BRACKET = 42, 29, 28, 58, 27


@dataclass(frozen=True)
class Event:
    """A key event as the kernel tells it."""

    code: int
    value: int
    type: int = 1


@dataclass
class Keyboard:
    """The kernel's device: an end of a pipe, and the events waiting behind it."""

    events: list[Event] = field(default_factory=list)
    grab_error: int = 0
    is_gone: bool = False
    calls: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.fd, self._far = os.pipe()

    def press(self, *events: Event) -> None:
        """Some keys."""
        self.events += events
        os.write(self._far, b"x")

    def unplug(self) -> None:
        """Pull it out."""
        self.is_gone = True
        os.write(self._far, b"x")

    def grab(self) -> None:
        """See `InputDevice`."""
        self.calls.append("grab")
        if self.grab_error:
            raise OSError(self.grab_error, os.strerror(self.grab_error))

    def read(self) -> list[Event]:
        """See `InputDevice`."""
        if self.is_gone:
            raise OSError(19, "No such device")
        if not self.events:
            raise BlockingIOError
        os.read(self.fd, 100)
        events, self.events = self.events, []
        return events

    def close(self) -> None:
        """See `InputDevice`."""
        self.calls.append("close")
        for end in (self.fd, self._far):
            with contextlib.suppress(OSError):
                os.close(end)


def typed(text: str) -> list[Event]:
    """The events of a keyboard scanner for a text."""
    found = []
    for character in text:
        key = (LETTER_KEYS | DIGIT_KEYS | {"\r": ENTER})[character.lower()]
        held = [Event(SHIFT, 1)] if character.isupper() else []
        released = [Event(SHIFT, 0)] if held else []
        found += [*held, Event(key, 1), Event(key, 2), Event(key, 0), *released]
    return found


def hid(keyboard: Keyboard) -> HidPort:
    return HidPort("/dev/input/x", lambda _path: keyboard)


@given(st.text(LETTERS + LETTERS.upper() + "0123456789", max_size=40))
def test_keys_write_what_the_scanner_read(text: str) -> None:
    keys = KeyText()
    assert "".join(keys.take(event.code, event.value) for event in typed(text)) == text


@pytest.mark.parametrize(
    ("events", "text"),
    [
        ([(SHIFT, 1), (3, 1), (SHIFT, 0), (3, 1)], "@2"),
        ([(54, 1), (39, 1), (54, 0), (39, 1)], ":;"),
        ([(CAPS, 1), (30, 1), (2, 1), (CAPS, 1), (30, 1)], "A1a"),
        ([(CAPS, 1), (SHIFT, 1), (30, 1)], "a"),
        ([(71, 1), (82, 1), (83, 1), (98, 1), (96, 1)], "70./\r"),
        ([(CTRL, 1), (RIGHT_BRACKET, 1), (30, 1), (CTRL, 0), (RIGHT_BRACKET, 1)], "\x1d]"),
        ([(15, 1), (57, 1), (1, 1), (59, 1), (999, 1)], "\t "),
        ([(26, 1), (40, 1), (41, 1), (43, 1), (12, 1), (53, 1)], "['`\\-/"),
    ],
)
def test_other_keys(events: list[tuple[int, int]], text: str) -> None:
    keys = KeyText()
    assert "".join(keys.take(key, value) for key, value in events) == text


async def test_a_keyboard_scanner_is_grabbed_and_read_from_now_on() -> None:
    keyboard = Keyboard()
    keyboard.press(*typed("stale\r"))
    port = hid(keyboard)
    await port.open(1)
    assert keyboard.calls == ["grab"]
    keyboard.press(Event(4, 4, 4), *typed("Fresh1\r"))
    assert await port.read(4096, 1) == b"Fresh1\r"
    with pytest.raises(PortTimeout):
        await port.read(4096, 0.01)
    keyboard.unplug()
    with pytest.raises(PortLost, match="went away: No such device"):
        await port.read(4096, 1)
    await port.close()
    await port.close()
    assert keyboard.calls == ["grab", "close"]
    with pytest.raises(PortLost, match="not open"):
        await port.read(1, 1)
    with pytest.raises(PortLost, match="only be read"):
        await port.write(b"x", 1)


async def test_a_keyboard_that_somebody_else_grabbed_is_absent_and_given_free() -> None:
    keyboard = Keyboard(grab_error=16)
    with pytest.raises(PortAbsent, match="another program has grabbed it"):
        await hid(keyboard).open(1)
    assert keyboard.calls == ["grab", "close"]


async def test_a_keyboard_that_is_not_there_is_absent() -> None:
    def missing(_path: str) -> InputDevice:
        raise FileNotFoundError(2, "No such file or directory")

    with pytest.raises(PortAbsent, match="cannot be opened: No such file"):
        await HidPort("/dev/input/x", missing).open(1)


def test_without_the_extra_a_person_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "evdev", None)
    with pytest.raises(PortAbsent, match=r"install omo-retail-hub\[evdev\]"):
        open_input("/dev/input/x")


@dataclass
class Till:
    """What reached the till."""

    scans: list[Scan] = field(default_factory=list)
    states: list[DeviceStatus] = field(default_factory=list)

    async def until(self, is_so: Callable[["Till"], Any]) -> None:
        """Wait for it."""
        async with asyncio.timeout(60):
            while not is_so(self):  # noqa: ASYNC110
                await asyncio.sleep(0.005)

    @property
    def codes(self) -> list[str]:
        """The codes that came."""
        return [scan.code for scan in self.scans]

    @property
    def is_ready(self) -> bool:
        """Whether the scanner is there."""
        return self.states[-1:] != [] and self.states[-1].state is DeviceState.READY


@asynccontextmanager
async def listening(config: ScannerConfig, open_at: Callable[[str], Port]) -> AsyncIterator[Till]:
    till = Till()
    task = asyncio.create_task(ScannerSource(config, open_at).run(till.scans.append, till.states.append))
    try:
        yield till
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def test_a_keyboard_scanner_comes_back() -> None:
    plugged = [Keyboard(), Keyboard()]
    waiting = list(plugged)
    async with listening(
        ScannerConfig("hand", "hid:/x"), lambda _uri: HidPort("/x", lambda _path: waiting.pop(0))
    ) as till:
        await till.until(lambda it: it.is_ready)
        plugged[0].press(*typed("one\rtw"))
        await till.until(lambda it: it.codes == ["one"])
        plugged[0].unplug()
        await till.until(lambda it: plugged[1].calls and it.is_ready)
        plugged[1].press(*typed("two\r"))
        await till.until(lambda it: it.codes == ["one", "two"])
    assert plugged[1].calls == ["grab", "close"]


async def test_a_code_that_keys_were_lost_of_is_dropped_whole() -> None:
    """The kernel says so when its buffer was full: a code without its middle is another code."""
    keyboard = Keyboard()
    async with listening(ScannerConfig("hand", "hid:/x"), lambda _uri: hid(keyboard)) as till:
        await till.until(lambda it: it.is_ready)
        keyboard.press(Event(SHIFT, 1), *typed("690"), Event(3, 0, type=0), *typed("123\r456\r"))
        await till.until(lambda it: it.codes)
    assert till.codes == ["456"]


async def test_the_rest_of_a_code_under_way_at_the_opening_is_no_code() -> None:
    pieces = ["567", "89", "2\r"]

    class Busy(Keyboard):
        """It is in the middle of a code when it is grabbed, and goes on with each look."""

        def read(self) -> list[Event]:
            events = super().read() if self.events else []
            if pieces:
                self.press(*typed(pieces.pop(0)))
            return events

    keyboard = Busy()
    async with listening(ScannerConfig("hand", "hid:/x"), lambda _uri: hid(keyboard)) as till:
        await till.until(lambda it: it.is_ready)
        keyboard.press(*typed("next\r"))
        await till.until(lambda it: it.codes)
    assert (pieces, till.codes) == ([], ["next"])


async def test_an_opening_that_takes_too_long_is_given_up_and_its_device_given_free() -> None:
    keyboard, let_go = Keyboard(), threading.Event()

    def open_late(_path: str) -> Keyboard:
        let_go.wait(10)
        return keyboard

    port = HidPort("/dev/input/x", open_late)
    with pytest.raises(PortAbsent, match=r"did not open within 0\.05 s"):
        await port.open(0.05)
    threads = [thread for thread in threading.enumerate() if thread.name == port.peer]
    assert len(threads) == 1
    let_go.set()
    await asyncio.to_thread(threads[0].join, 10)
    assert keyboard.calls == ["grab", "close"]


async def test_a_path_that_no_system_takes_is_an_absent_scanner() -> None:
    def refuse(_path: str) -> InputDevice:
        raise ValueError("embedded null byte")

    with pytest.raises(PortAbsent, match="cannot be opened: embedded null byte"):
        await HidPort("/dev/input/x", refuse).open(1)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_a_scanner_connects_to_us_and_the_newest_line_counts() -> None:
    number = free_port()
    async with listening(ScannerConfig("wifi", f"listen://127.0.0.1:{number}"), scanner_port_at) as till:
        await till.until(lambda it: it.states)
        first = await _connect(number)
        await till.until(lambda it: it.is_ready)
        first.write(b"69012345")
        second = await _connect(number)  # it lost power: its old line stays, half a code with it
        second.write(b"6901234567892\r")
        await till.until(lambda it: it.codes == ["6901234567892"])
        for writer in (first, second):
            writer.close()
    with pytest.raises(OSError, match="Connect call failed"):
        await asyncio.open_connection("127.0.0.1", number)


async def _connect(number: int) -> asyncio.StreamWriter:
    async with asyncio.timeout(60):
        while True:
            try:
                return (await asyncio.open_connection("127.0.0.1", number))[1]
            except OSError:
                await asyncio.sleep(0.01)


async def test_a_taken_port_and_a_silent_one_are_told() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(PortAbsent, match="cannot be listened on"):
            await ListenPort("127.0.0.1", other.getsockname()[1]).open(1)
    port = ListenPort("127.0.0.1", free_port())
    with pytest.raises(PortAbsent, match="no scanner has connected"):
        await port.open(0.01)
    await port.stop()
    with pytest.raises(PortLost, match="not open"):
        await port.read(1, 1)
    with pytest.raises(PortLost, match="not open"):
        await port.write(b"x", 1)


async def test_a_pause_ends_a_code_where_nothing_else_does() -> None:
    number = free_port()
    config = ScannerConfig("old", f"listen://127.0.0.1:{number}", end="gap", gap_ms=10)
    async with listening(config, scanner_port_at) as till:
        writer = await _connect(number)
        writer.write(b"690")
        await till.until(lambda it: it.codes == ["690"])
        writer.write(b"691")
        await till.until(lambda it: it.codes == ["690", "691"])
        writer.close()
    assert till.codes == ["690", "691"]


@pytest.mark.parametrize(
    ("end", "stream", "codes"),
    [
        ("line", b"69\x030\r", [b"690"]),
        ("etx", b"\x02690\x03\x02691\x03", [b"690", b"691"]),
        ("etx", b"690\x03\r\n691\t", [b"690", b"691"]),
        ("gap", b"690\r691", [b"690"]),
    ],
)
def test_what_ends_a_code(end: End, stream: bytes, codes: list[bytes]) -> None:
    assert Framer(end=end).feed(stream) == codes


@pytest.mark.parametrize(
    ("uri", "peer"),
    [
        ("hid:/dev/input/by-id/usb-x-event-kbd", "hid:/dev/input/by-id/usb-x-event-kbd"),
        ("listen://0.0.0.0:9200", "listen://0.0.0.0:9200"),
        ("tcp://10.0.0.9:4000", "tcp://10.0.0.9:4000"),
        ("serial:/dev/ttyACM0", "serial:/dev/ttyACM0"),
    ],
)
def test_addresses_of_scanners(uri: str, peer: str) -> None:
    assert scanner_port_at(uri).peer == peer


@pytest.mark.parametrize(
    "uri",
    [
        "hid:",
        "hid:x",
        "listen://",
        "listen://a",
        "listen://a:0",
        "listen://a:99999",
        "listen://a:1/x",
        "usb:",
    ],
)
def test_addresses_that_cannot_work(uri: str) -> None:
    with pytest.raises(AddressError, match="write "):
        scanner_port_at(uri)


@pytest.mark.parametrize("gap_ms", [9, 1001])
def test_a_pause_out_of_range_is_refused(gap_ms: int) -> None:
    with pytest.raises(ConfigurationError, match="gap_ms is 10 to 1000"):
        ScannerConfig("x", "hid:/x", gap_ms=gap_ms)
