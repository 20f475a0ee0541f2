r"""Page mode of the virtual printer, on bytes written by hand from the command reference, and as drawn.

ESC W sets an area (x, y, width, height), ESC T the corner where text begins and which way it runs. The first
base line lies one line of 24 dots inside the area; GS $ and GS \ count from there, ESC $ along the text.
"""

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from devices.simulators.printer.draw import elements_of
from devices.simulators.printer.drawing import draw_paper
from devices.simulators.printer.elements import Page
from devices.simulators.printer.face import Face
from devices.simulators.printer.modes import Modes
from devices.simulators.printer.page import MOST_WORK
from devices.simulators.printer.paper_text import as_text
from devices.simulators.printer.qr import qr_rows, qr_side
from tests.unit.devices.test_escpos_interpreter import CUT, Tray, printed

MARGIN = 24
WHOLE = "1B 57 00 00 00 00 40 02 90 01"  # 576 x 400
SMALL = "1B 57 64 00 32 00 C8 00 96 00"  # at 100, 50: 200 x 150


def drawn(data: str) -> Image.Image:
    """The paper of hex bytes, without its margins."""
    elements = elements_of(bytes.fromhex(data + CUT), 48, Modes())
    paper = draw_paper(elements, 576, Face(None))
    return paper.crop((0, MARGIN, paper.width, paper.height - MARGIN))


def ink(picture: Image.Image) -> tuple[int, int, int, int] | None:
    """Left, top, right and bottom of what is black; None on white."""
    return picture.point(lambda dot: 255 if dot < 128 else 0).getbbox()


# Without a font a character is a hollow box: 2 dots in from the left, 4 from the top, 4 from the bottom.
@pytest.mark.parametrize(
    ("direction", "expected"),
    [
        ("00", (102, 54, 110, 70)),
        ("01", (104, 190, 120, 198)),
        ("02", (290, 180, 298, 196)),
        ("03", (280, 52, 296, 60)),
        ("33", (280, 52, 296, 60)),
    ],
)
def test_text_begins_at_the_corner_of_its_direction_and_is_turned(
    direction: str, expected: tuple[int, int, int, int]
) -> None:
    assert ink(drawn(f"1B 4C {SMALL} 1B 54 {direction} 41 0C")) == expected


@pytest.mark.parametrize(
    ("direction", "expected"),
    [
        ("00", (132, 154, 140, 170)),
        ("01", (204, 160, 220, 168)),
        ("02", (260, 80, 268, 96)),
        ("03", (180, 82, 196, 90)),
    ],
)
def test_places_are_counted_along_and_across_the_text(
    direction: str, expected: tuple[int, int, int, int]
) -> None:
    placed = "1D 24 5A 00 1D 5C 0A 00 1B 24 28 00 1B 5C F6 FF"  # down 90 + 10, along 40 - 10
    assert ink(drawn(f"1B 4C {SMALL} 1B 54 {direction} {placed} 41 0C")) == expected


def test_a_page_reaches_to_the_foot_of_the_lowest_area_or_to_the_lowest_print() -> None:
    assert drawn(f"1B 4C {SMALL} 41 0C").size == (576, 200)
    assert drawn("1B 4C 41 0A 41 0C").size == (576, 24 + 30)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("41 1D 24 3C 00 42 1D 24 00 00 43 0C", "A C\n B\n"),
        ("1B 24 3C 00 42 1B 24 00 00 41 0C", "A    B\n"),
        ("41 1D 24 FF FF 42 1D 5C 9C FF 43 1B 24 FF FF 44 0C", "ABCD\n"),
        ("1B 33 3C 41 0A 42 1B 0C 0C", "A\nB\nA\nB\n"),
        (f"{SMALL} 41 {WHOLE} 42 0C", "B\nA\n"),
        (f"{SMALL} 41 1B 57 64 00 32 00 00 00 96 00 1B 57 FF 02 32 00 01 00 01 00 42 0C", "AB\n"),
        ("1B 57 64 00 32 00 18 00 96 00 41 42 43 0C", "AB\nC\n"),
        (f"{WHOLE} 41 {SMALL} 1D 24 3C 00 42 18 43 0C", "A\n C\n"),
        (f"{WHOLE} 41 1D 24 64 00 42 {SMALL} 18 43 1B 57 00 00 00 00 0C 00 0C 00 18 0C", " B\nC\n"),
        ("41 1B 53 42 0A", "B\n"),
        ("41 0C 1B 4C 42 0C", "A\nB\n"),
        ("1B 61 01 1D 4C 18 00 41 0C 42 0A", "A\n" + " " * 24 + "B\n"),
        ("1B 64 03 41 1B 4A 10 42 0C", "A\nB\n"),
        ("1C 71 01 01 00 01 00 80 80 80 80 80 80 80 80 1C 70 01 00 41 0C", "A\n"),
        ("1D 2A 01 01 80 80 80 80 80 80 80 80 41 1D 2F 00 42 0C", "AB\n[IMAGE 8x8]\n"),
        ("41 1B 2A 21 01 00 FF FF FF 0A 0C", "A\n[IMAGE 8x24]\n"),
    ],
)
def test_a_page_reads_as(data: str, expected: str) -> None:
    assert printed("1B 4C" + data) == expected


def test_area_and_direction_are_remembered_from_paper_and_only_the_direction_after_a_page() -> None:
    box = ink(drawn(f"1B 54 02 {SMALL} 1B 4C 41 0C"))
    assert box == (290, 180, 298, 196)
    second = drawn(f"1B 4C {SMALL} 1B 54 02 41 0C 1B 4C 42 0C").crop((0, 200, 576, 200 + 1662))
    assert ink(second) == (566, 1662 - 20, 574, 1662 - 4)


def test_spacing_on_the_page_and_on_paper_are_apart() -> None:
    tray = Tray()
    tray.machine.receive(bytes.fromhex("1B 4C 1B 33 64 41 0A 42 0C 43 0A 44 0A" + CUT))
    page, first, second = tray.papers[0].elements
    assert isinstance(page, Page)
    assert [one.y for one in page.placed] == [24, 124]
    assert {getattr(first, "pitch", 0), getattr(second, "pitch", 0)} == {30}


def test_large_print_on_the_first_line_loses_what_stands_over_the_edge() -> None:
    top = ink(drawn(f"1B 4C {SMALL} 1D 21 01 41 0C"))
    assert top is not None
    assert (top[1], top[3]) == (50, 50 + 24 - 4)
    whole = ink(drawn(f"1B 4C {SMALL} 1D 24 1E 00 1D 21 01 41 0C"))
    assert whole is not None
    assert (whole[1], whole[3]) == (50 + 54 - 48 + 4, 50 + 54 - 4)


@pytest.mark.parametrize("direction", ["00", "01", "02", "03"])
def test_codes_on_a_page_are_read_in_every_direction(direction: str) -> None:
    deep = "1D 24 B4 00"  # 180 down: bars of 80 stand above their base line
    bars = "1D 68 50 1D 77 02 1D 48 02 1D 6B 43 0C 36 39 30 31 32 33 34 35 36 37 38 39"
    stored = "1D 28 6B 03 00 31 43 05 1D 28 6B 05 00 31 50 30 4F 4B"
    code = f"1D 24 68 01 1B 24 00 00 {stored} 1D 28 6B 03 00 31 51 30"
    area = f"1B 57 14 00 14 00 F4 01 F4 01 1B 54 {direction}"
    picture = drawn(f"1B 4C {area} {deep} 1B 24 28 00 {bars} {code} 0C")
    assert {(one.format.name, one.text) for one in zxingcpp.read_barcodes(picture)} == {
        ("EAN13", "6901234567892"),
        ("QRCode", "OK"),
    }


def test_hostile_areas_and_pages_printed_again_and_again_stay_small() -> None:
    tray = Tray()
    tray.machine.receive(bytes.fromhex("1B 4C 1B 57 00 00 00 00 FF FF FF FF") + b"A\n" * 5000)
    tray.machine.receive(b"\x1b\x0c" * 5000)
    tray.machine.end_connection()
    assert tray.papers
    for paper in tray.papers:
        assert sum(len(one.placed) for one in paper.elements if isinstance(one, Page)) < 45_000
        assert draw_paper(paper.elements[:3], 576, Face(None)).height <= 40_000
    (page,) = {one for paper in tray.papers[:1] for one in paper.elements[:1] if isinstance(one, Page)}
    assert page.height == 1662


def test_a_page_printed_again_and_again_reads_the_same_each_time() -> None:
    tray = Tray()
    tray.machine.receive(b"\x1bL" + b"AB  CD\n" * 60 + b"\x1b\x0c" * 300)
    tray.machine.end_connection()
    texts = [as_text(paper.elements) for paper in tray.papers]
    assert "".join(texts) == "AB  CD\n" * 60 * 300


@pytest.mark.parametrize("level", ["L", "M", "Q", "H"])
def test_a_qr_codes_size_is_known_before_it_is_made(level: str) -> None:
    for size in (1, 7, 8, 17, 18, 106, 119, 120, 230, 231, 1273, 1274):
        rows = qr_rows(bytes(size), level)
        assert len(rows) == qr_side(size, level)
    assert (qr_side(2953, "L"), qr_side(2954, "L"), qr_rows(bytes(2954), "L")) == (177, 0, ())


def test_a_page_that_is_cleared_without_end_is_torn_off() -> None:
    tray = Tray()
    other = "1B 57 00 00 00 00 0C 00 0C 00 1D 24 0B 00"
    tray.machine.receive(bytes.fromhex(f"1B 4C {WHOLE} 1D 24 64 00") + b"A\n" * 60 + b"\x1b\x0c")
    desk = tray.machine._interpreter.page
    tray.machine.receive(bytes.fromhex(other) + b"\x18" * (MOST_WORK // 60))
    assert (len(tray.papers), desk.count) == (0, 60)
    tray.machine.receive(b"\x18")
    assert (len(tray.papers), desk.count, tray.machine.waiting) == (1, 0, 0)


COMMANDS = [
    *(
        "1B 4C",
        "1B 53",
        "0C",
        "1B 0C",
        "18",
        "0A",
        "1B 54 01",
        "1B 54 32",
        "1D 24",
        "1D 5C",
        "1B 24",
        "1B 5C",
    ),
    *("1B 57", "1D 6B 43 0C 36 39 30 31 32 33 34 35 36 37 38 39", "1B 2A 21 01 00 FF FF FF", "1D 2F 00"),
    *("1D 28 6B 05 00 31 50 30 4F 4B", "1D 28 6B 03 00 31 51 30", "1D 28 6B 05 00 30 50 30 4F 4B"),
    *(
        "1D 28 6B 03 00 30 51 30",
        "1C 71 01 01 00 01 00",
        "1C 70 01 00",
        "1D 2A 01 01",
        "1D 21 77",
        "1D 56 00",
    ),
    *("1D 28 4C 0D 00 30 43 30 41 42 01 08 00 02 00 31 FF 81", "1D 28 4C 06 00 30 45 41 42 01 01", "1B 40"),
]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(COMMANDS).map(bytes.fromhex), st.binary(max_size=9)), max_size=30))
def test_any_commands_of_pages_codes_and_stores_are_read_and_drawn(parts: list[bytes]) -> None:
    tray, data = Tray(), b"".join(parts)
    for at in range(0, len(data), 7):
        tray.machine.receive(data[at : at + 7])
    tray.machine.end_connection()
    for paper in tray.papers:
        raw = bytes(paper.raw)
        assert elements_of(raw, 48, paper.modes, paper.memory) == paper.elements
        assert draw_paper(paper.elements, 576, Face(None)).width == 576
