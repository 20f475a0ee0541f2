"""Pole displays: the bytes by hand from the makers' sheets, whole characters, a display that comes back."""

import asyncio
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.backoff import Backoff
from devices.display.digits import encode as encode_digits
from devices.display.driver import DisplayConfig, DisplayKind, PoleDisplay, encode, opening
from devices.display.two_rows import COLUMNS, rows_of
from devices.display.view import Lamp, PoleView
from devices.errors import DocumentError, PortAbsent, PortLost
from devices.ports.port import Port
from devices.simulators.display.sign import Sign
from devices.supervisor import DeviceState, DeviceStatus

SALE = PoleView(uppers=("可乐 3.50", "Cola 3.50"), lowers=("合计", "Total"), number="12.80", lamp=Lamp.TOTAL)
NUMBERS = st.from_regex(r"-?[0-9]{1,12}(\.[0-9]{1,3})?", fullmatch=True)
TEXTS = st.lists(st.text(max_size=60), max_size=3).map(tuple)


@pytest.mark.parametrize(
    ("view", "kind", "sent"),
    [
        (SALE, "digits", "1b 51 41 31 32 2e 38 30 0d 1b 73 32"),
        (PoleView(number="7.20", lamp=Lamp.CHANGE), "digits", "1b 51 41 37 2e 32 30 0d 1b 73 34"),
        (PoleView(uppers=("x",)), "digits", "0c 1b 73 30"),
        (
            PoleView(uppers=("Cola",), lowers=("Total",), number="3.50"),
            "text",
            "1f 24 01 01 43 6f 6c 61"
            + " 20" * 16
            + " 1f 24 01 02 54 6f 74 61 6c"
            + " 20" * 11
            + " 33 2e 35 30",
        ),
        (
            PoleView(uppers=("可",)),
            "text_cn",
            "1f 24 01 01 bf c9" + " 20" * 18 + " 1f 24 01 02" + " 20" * 20,
        ),
    ],
)
def test_a_view_is_sent_as_the_makers_write(view: PoleView, kind: DisplayKind, sent: str) -> None:
    assert encode(view, kind).hex(" ") == sent


def test_a_display_is_opened_without_a_cursor_and_with_chinese_where_it_has_it() -> None:
    assert opening("text").hex(" ") == "1b 40 1f 01 1f 43 00"
    assert opening("text_cn").hex(" ") == "1b 40 1f 01 1f 43 00 1c 26"
    assert opening("digits").hex(" ") == "1b 40"


def test_the_first_text_that_can_be_shown_whole_is_taken() -> None:
    assert rows_of(SALE, chinese=False) == (b"Cola 3.50".ljust(20), b"Total".ljust(15) + b"12.80")
    assert rows_of(SALE, chinese=True)[0] == "可乐 3.50".encode("gbk").ljust(20)
    assert rows_of(PoleView(uppers=("𠮷", "ok")), chinese=True)[0] == b"ok".ljust(20)
    assert rows_of(PoleView(uppers=("𠮷",)), chinese=True)[0] == b" " * 20


def test_a_number_that_does_not_fit_is_no_number() -> None:
    assert encode_digits(PoleView(number="12345678.90")) == b"\x1bQA--------\r\x1bs0"
    assert encode_digits(PoleView(number="123456.78")) == b"\x1bQA123456.78\r\x1bs0"


@pytest.mark.parametrize("number", ["1,50", "￥1", "1.2.3", "", "٣"])
def test_what_is_no_number_is_refused(number: str) -> None:
    if number:
        with pytest.raises(DocumentError, match="no number"):
            PoleView(number=number)
    else:
        assert PoleView(number=number).number == ""


@given(TEXTS, TEXTS, NUMBERS | st.just(""), st.booleans())
def test_each_row_has_exactly_its_columns_in_whole_characters(
    uppers: tuple[str, ...], lowers: tuple[str, ...], number: str, chinese: bool
) -> None:
    for row in rows_of(PoleView(uppers=uppers, lowers=lowers, number=number), chinese=chinese):
        assert len(row) == COLUMNS
        text = row.decode("gbk" if chinese else "ascii")
        assert all(character.isprintable() for character in text)


@given(TEXTS, NUMBERS, st.lists(st.integers(1, 30), max_size=12))
def test_the_sign_shows_what_was_meant_however_the_bytes_are_cut(
    uppers: tuple[str, ...], number: str, cuts: list[int]
) -> None:
    view = PoleView(uppers=uppers, number=number)
    sent, sign = opening("text_cn") + encode(view, "text_cn"), Sign()
    for cut in cuts:
        sign.feed(sent[:cut])
        sent = sent[cut:]
    sign.feed(sent)
    assert sign.rows == tuple(row.decode("gbk") for row in rows_of(view, chinese=True))


@given(st.lists(st.binary(max_size=40), max_size=20))
def test_any_bytes_leave_a_sign_that_still_works(noise: list[bytes]) -> None:
    sign = Sign()
    for part in noise:
        sign.feed(part)
    assert all(isinstance(row, str) for row in sign.rows)
    # whatever command was begun is over after as many blanks as the longest takes
    sign.feed(b" " * 20 + b"\r" + opening("text") + encode(SALE, "text"))
    assert sign.rows == ("Cola 3.50".ljust(20), "Total".ljust(15) + "12.80")


class GlassPort:
    """A port in memory whose other end is a sign; `is_there` says whether it is plugged in."""

    def __init__(self) -> None:
        self.is_there = True
        self.sign = Sign()
        self.writes = 0
        self.written = asyncio.Event()

    @property
    def peer(self) -> str:
        """Its name."""
        return "glass"

    async def open(self, timeout_s: float) -> None:
        """Open it, if it is plugged in."""
        if not self.is_there:
            raise PortAbsent(f"nothing there within {timeout_s} s")

    async def write(self, data: bytes, timeout_s: float) -> None:
        """The sign takes the bytes."""
        if not self.is_there:
            raise PortLost(f"gone within {timeout_s} s")
        self.sign.feed(data)
        self.writes += 1
        self.written.set()

    async def read(self, limit: int, timeout_s: float) -> bytes:
        """Nothing ever comes."""
        raise PortLost(f"a display says nothing: {limit} {timeout_s}")

    async def close(self) -> None:
        """Nothing to do."""
        return

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until a write made it so."""
        async with asyncio.timeout(60):
            while not is_so():
                self.written.clear()
                await self.written.wait()


async def test_a_display_that_was_unplugged_shows_the_newest_view_when_it_is_back() -> None:
    port, told, back = GlassPort(), list[DeviceStatus](), asyncio.Event()

    def on_status(status: DeviceStatus) -> None:
        told.append(status)
        back.set()

    def at(_uri: str) -> Port:
        return port

    display = PoleDisplay(DisplayConfig("pole", "tcp://x", "text"), at, Backoff(0.001, 0.002), again_s=0.01)
    display.show(PoleView(uppers=("one",), number="1.00"))
    running = asyncio.create_task(display.run(on_status))
    await port.until(lambda: port.sign.rows[1].endswith("1.00"))
    before = port.writes
    await port.until(lambda: port.writes > before)  # sent again without being asked: it may have lost power
    port.is_there = False
    async with asyncio.timeout(60):
        while told[-1].state not in {DeviceState.LOST, DeviceState.ABSENT}:
            back.clear()
            await back.wait()
    display.show(PoleView(uppers=("two",), number="2.00"))
    port.sign, port.is_there = Sign(), True
    await port.until(lambda: port.sign.rows[1].endswith("2.00"))
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    states = [one.state for one in told]
    assert DeviceState.LOST in states
    assert states[-1] == DeviceState.READY
    assert port.sign.rows[0] == "two".ljust(20)
