"""The virtual printer's reading of ESC/POS, on bytes written by hand from the command reference."""

import itertools

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from devices.simulators.printer import carriage, machine
from devices.simulators.printer.archive import Paper
from devices.simulators.printer.code93 import code93
from devices.simulators.printer.codes import code128, ean13
from devices.simulators.printer.draw import elements_of
from devices.simulators.printer.drawing import draw_paper
from devices.simulators.printer.elements import BarPicture, Span, TextLine
from devices.simulators.printer.face import Face
from devices.simulators.printer.fonts import find_font
from devices.simulators.printer.linear_codes import upc_e, with_zeros
from devices.simulators.printer.machine import Machine
from devices.simulators.printer.modes import Modes
from devices.simulators.printer.paper_text import as_text
from devices.simulators.printer.tokens import next_token

CUT = "1D 56 00 "


class Tray:
    """What fell out of a machine."""

    def __init__(self, columns: int = 48) -> None:
        self.papers: list[Paper] = []
        self.late: list[bytes] = []
        self.columns = columns
        self.machine = Machine(columns, self.papers.append, self.late.append)

    def texts(self) -> list[str]:
        """Each paper as it reads."""
        return [as_text(paper.elements) for paper in self.papers]


def printed(text: str, columns: int = 48) -> str:
    """The first paper of hex bytes, cut at the end."""
    tray = Tray(columns)
    tray.machine.receive(bytes.fromhex(text + CUT))
    (paper,) = tray.texts()
    return paper


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("41 42 0A", "AB\n"),
        ("BA C3 A3 A4 33 0A", "好￥3\n"),
        ("81 39 F9 33 0A", "㑩\n"),
        ("1C 2E 80 0A", "Ç\n"),
        ("1C 2E 80 1C 26 BA C3 0A", "Ç好\n"),
        ("20 20 41 20 0A 0A 42 0A", "  A \n\nB\n"),
        ("1B 61 01 41 42 0A", " " * 23 + "AB\n"),
        ("1B 61 02 41 42 0A", " " * 46 + "AB\n"),
        ("1B 61 32 1D 21 11 41 0A", " " * 46 + "A\n"),
        ("1B 61 01 41 1B 61 02 42 0A", " " * 23 + "AB\n"),
        ("41 1B 64 03 42 0A", "A\n\n\nB\n"),
        ("1B 52 0F 24 0A 1B 52 00 24 0A", "￥\n$\n"),
        ("41 09 42 0A", "A       B\n"),
        ("1B 24 3C 00 41 0A", "     A\n"),
        ("1B 40 41", "A\n"),
        ("1B 70 00 19 FA 41 0A", "A\n"),
        ("1D 28 41 02 00 00 02 41 0A", "A\n"),
        ("1B 44 08 10 00 41 0A", "A\n"),
        ("1C 70 01 00 41 0A", "A\n"),
        ("1D 76 30 00 02 00 01 00 FF 00 41 0A", "[IMAGE 16x1]\nA\n"),
        ("1B 2A 21 02 00 01 02 03 04 05 06 41 0A", "[IMAGE 8x24]\nA\n"),
        ("1B 2A 00 02 00 80 01 0A 41 0A", "[IMAGE 8x8]\nA\n"),
        ("1B 44 04 0A 00 41 09 42 09 43 09 44 0A", "A   B     CD\n"),
        ("1B 4D 01 " + "41 " * 65 + "0A", "A" * 64 + "\nA\n"),
        ("1B 21 01 " + "41 " * 65 + "1B 21 00 42 0A", "A" * 64 + "\nAB\n"),
        ("1D 28 4C 0C 00 30 70 30 01 01 31 08 00 02 00 FF 81 1D 28 4C 02 00 30 32", "[IMAGE 8x2]\n"),
        ("1D 38 4C 0B 00 00 00 30 70 30 01 01 31 08 00 01 00 FF 1D 28 4C 02 00 30 02", "[IMAGE 8x1]\n"),
        ("1D 28 4C 02 00 30 32 41 0A", "A\n"),
        ("1D 6B 03 39 36 33 38 35 30 37 00", "[EAN8 96385074]\n"),
        ("1D 6B 00 30 33 36 30 30 30 32 39 31 34 35 00", "[UPC-A 036000291452]\n"),
        ("1D 6B 46 03 31 32 33 41 0A", "A\n"),
        ("1D 6B 01 30 34 32 35 32 36 31 34 00", "[UPC-E 04252614]\n"),
        ("1D 6B 42 0B 30 34 32 31 30 30 30 30 35 32 36", "[UPC-E 04252614]\n"),
        ("1D 6B 42 0B 30 31 32 33 34 35 36 37 38 39 30 41 0A", "A\n"),
        ("1D 6B 01 30 34 32 35 32 36 31 35 00 41 0A", "A\n"),
        ("1D 77 02 1D 6B 48 03 61 2D 31", "[CODE93 a-1]\n"),
        ("1D 4C 18 00 41 0A 1B 40 42 0A", "  A\nB\n"),
        ("1D 57 30 00 41 42 43 44 45 0A", "ABCD\nE\n"),
        ("1D 4C 0C 00 1D 57 3C 00 1B 61 02 41 42 0A", "    AB\n"),
        ("1D 4C FF FF 41 42 0A", " " * 47 + "A\n" + " " * 47 + "B\n"),
        ("41 1D 4C 18 00 42 0A", "AB\n"),
        ("1B 24 3C 00 1B 5C E8 FF 41 0A", "   A\n"),
        ("1B 3D 02 42 42 1B 40 0A 1B 3D 01 41 0A", "A\n"),
        ("1B 4C 1B 57 00 00 00 00 00 02 00 02 1B 54 00 1D 24 18 00 42 0A 0C 41 0A", "B\nA\n"),
        ("1B 4C 42 1B 53 41 0A", "A\n"),
        ("1B 4C 42 18 43 1B 0C 0C 41 0A", " C\n C\nA\n"),
        ("1C 71 01 01 00 01 00 1B 40 0A 41 42 1D 56 00 43 41 0A", "CA\n"),
        ("1C 71 02 01 00 01 00 01 02 03 04 05 06 07 08 01 00 01 00 0A 0A 0A 0A 0A 0A 0A 0A 41 0A", "A\n"),
        ("1D 28 4C 06 00 30 43 42 42 42 42 41 0A", "A\n"),
        ("1C 67 31 00 00 00 00 00 02 00 42 42 41 0A", "A\n"),
        ("1C 67 32 00 00 00 00 00 02 00 41 0A", "A\n"),
        ("1B 26 03 41 42 01 42 42 42 02 42 42 42 42 42 42 41 0A", "A\n"),
        ("1B 28 41 04 00 30 33 01 01 41 0A", "A\n"),
        ("10 14 03 01 01 02 05 05 41 0A", "A\n"),
        ("1D 43 30 02 01 1D 43 32 01 00 1D 63 41 0A", "A\n"),
        ("1B 78 41 0A", "A\n"),
        ("1D 38 4C FF FF FF FF 41 0A", "L" + "\xa0" * 4 + "A\n"),
        ("1D 6B 43 0D 36 39 30 31 32 33 34 35 36 37 38 39 32", "[EAN13 6901234567892]\n"),
        ("1D 6B 02 36 39 30 31 32 33 34 35 36 37 38 39 00", "[EAN13 6901234567892]\n"),
        ("1D 77 02 1D 6B 49 06 7B 42 53 2D 34 32", "[CODE128 S-42]\n"),
        ("1D 77 02 1D 6B 49 04 7B 43 14 2A", "[CODE128 2042]\n"),
        ("1D 77 02 1D 6B 49 06 7B 42 41 7B 43 2A", "[CODE128 A42]\n"),
        ("1D 6B 49 03 41 42 43 41 0A", "A\n"),
        (
            "1D 28 6B 05 00 31 50 30 48 69 1D 28 6B 03 00 31 51 30",
            "[QR Hi]\n",
        ),
    ],
)
def test_bytes_read_as(data: str, expected: str) -> None:
    assert printed(data) == expected


def test_a_line_wraps_at_the_papers_edge_without_splitting_a_character() -> None:
    assert printed("41 " * 31 + "BA C3 0A", columns=32) == "A" * 31 + "\n好\n"


def test_styles_are_on_the_paper() -> None:
    tray = Tray()
    bold, large, dressed = "1B 45 01 41 1B 45 00", "1D 21 11 BA C3 1D 21 00", "1B 2D 01 1D 42 01 42 0A"
    tray.machine.receive(bytes.fromhex(bold + large + dressed + CUT))
    (line,) = tray.papers[0].elements
    assert isinstance(line, TextLine)
    assert [(g.character, g.x, g.width, g.high, g.bold, g.underlined, g.inverted) for g in line.glyphs] == [
        ("A", 0, 12, 1, True, False, False),
        ("好", 12, 48, 2, False, False, False),
        ("B", 60, 12, 1, False, True, True),
    ]
    assert line.pitch == 48


def test_initialise_takes_every_mode_back() -> None:
    tray = Tray()
    tray.machine.receive(bytes.fromhex("1B 45 01 1D 21 77 1B 61 02 1C 2E 1B 40 BA C3 0A" + CUT))
    assert tray.texts() == ["好\n"]


@given(st.binary(max_size=200), st.lists(st.integers(0, 200), max_size=6))
def test_any_bytes_however_split_give_the_same_papers(data: bytes, cuts: list[int]) -> None:
    whole, parts = Tray(), Tray()
    whole.machine.receive(data)
    whole.machine.end_connection()
    edges = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    for start, stop in itertools.pairwise(edges):
        parts.machine.receive(data[start:stop])
    parts.machine.end_connection()
    assert parts.texts() == whole.texts()


@given(st.binary(max_size=100))
def test_after_garbage_and_a_new_connection_a_receipt_is_right(data: bytes) -> None:
    tray = Tray()
    tray.machine.receive(data)
    tray.machine.end_connection()
    tray.machine.receive(bytes.fromhex("1B 40 BA C3 0A" + CUT))
    assert tray.texts()[-1] == "好\n"


@given(st.binary(max_size=60), st.booleans())
def test_tokens_join_to_the_bytes_they_were_cut_from(data: bytes, kanji: bool) -> None:
    place = 0
    while token := next_token(data, place, kanji=kanji):
        assert data[place : place + len(token.raw)] == token.raw != b""
        place += len(token.raw)


def test_papers_are_split_at_the_cut_and_keep_their_bytes() -> None:
    tray = Tray()
    first, second = bytes.fromhex("1B 40 41 0A" + CUT), bytes.fromhex("42 0A 1D 56 42 00")
    tray.machine.receive(first + second)
    assert [bytes(paper.raw) for paper in tray.papers] == [first, second]


def test_a_paper_is_read_again_from_its_bytes_and_first_modes() -> None:
    tray = Tray()
    tray.machine.receive(bytes.fromhex("1B 45 01 1B 61 01 41 0A" + CUT + "42 0A" + CUT))
    for paper in tray.papers:
        assert elements_of(bytes(paper.raw), 48, paper.modes) == paper.elements


def test_what_is_not_cut_comes_out_at_the_end_and_white_paper_does_not() -> None:
    tray = Tray()
    for data in ("41 42", "1B 40", "0A 0A", "10 04 01", "0A" + CUT):
        tray.machine.receive(bytes.fromhex(data))
        tray.machine.end_connection()
    assert tray.texts() == ["AB\n"]


def test_a_request_after_the_cut_belongs_to_that_paper_and_is_answered_when_it_is_kept() -> None:
    tray = Tray()
    data = bytes.fromhex("41 0A" + CUT + "1D 72 01")
    assert tray.machine.receive(data) == b"\x00"
    assert [bytes(paper.raw) for paper in tray.papers] == [data]
    assert tray.machine.receive(bytes.fromhex("1D 72 01")) == b"\x00"
    assert tray.late == [bytes.fromhex("1D 72 01")]


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("1D 49 01", "20"),
        ("1D 49 32", "03"),
        ("1D 49 03", "01"),
        ("1D 49 42", "5F 4F 4D 4F 00"),
        ("1D 49 43", "5F 56 49 52 54 55 41 4C 2D 34 38 00"),
        ("1D 49 70", ""),
        ("1B 76", "00"),
        ("1B 75 00", "00"),
        ("1B 3D 02 1D 49 01 1D 72 01", ""),
        ("1B 3D 02 10 04 01", "12"),
        ("1B 3D 02 1B 3D 03 1D 49 01", "20"),
    ],
)
def test_it_says_what_it_is_if_it_is_meant(asked: str, answer: str) -> None:
    assert Tray().machine.receive(bytes.fromhex(asked)) == bytes.fromhex(answer)


def test_drawer_and_buzzer_are_counted_unless_the_display_is_meant() -> None:
    machine = Tray().machine
    moves = "1B 70 00 19 FA 1B 42 03 02 1B 28 41 04 00 30 33 01 01 10 14 03 01 01 02 05 05 10 14 01 00 01"
    machine.receive(bytes.fromhex(moves + "1D 56 00 1D 28 41 02 00 00 02"))
    assert (machine.condition.kicks, machine.condition.beeps) == (2, 3)
    machine.receive(bytes.fromhex("1B 3D 02 1B 70 00 19 FA 1B 42 03 02"))
    assert (machine.condition.kicks, machine.condition.beeps) == (2, 3)


def test_unknown_commands_are_counted_and_the_first_of_them_named() -> None:
    machine = Tray().machine
    machine.receive(bytes.fromhex("1B 78 1B 78 1D 7E 1B 40"))
    assert machine.unknown == (3, {"1B 78": 2, "1D 7E": 1})
    machine.receive(b"".join(bytes((0x1B, code)) for code in range(0x80, 0x100)))
    count, names = machine.unknown
    assert (count, len(names)) == (131, 32)


@pytest.mark.parametrize(
    ("piece", "is_white"),
    [
        (b"\n", True),
        (b"A", False),
        (b"\x1bLA\n\x1b\x0c", False),
        (b"\x1b*\x21\x10\x00" + bytes(48), False),
        (b"\x1dv0\x00\xff\xff\xff\xffA", False),
    ],
    ids=["lines", "text", "pages", "columns", "too large a picture"],
)
def test_what_is_never_cut_is_torn_off_and_nothing_grows_for_ever(
    piece: bytes, is_white: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "_PAPER_LIMIT", 2000)
    monkeypatch.setattr(carriage, "_ELEMENT_LIMIT", 100)
    tray = Tray()
    for _ in range(3):
        tray.machine.receive(piece * (4000 // len(piece)))
        assert tray.machine.waiting < 100
    tray.machine.end_connection()
    assert len(tray.papers) > 1 or is_white
    assert all(len(paper.raw) < 6100 and len(paper.elements) < 300 for paper in tray.papers)
    for paper in tray.papers:
        # what is torn off may end within a command: its last line may differ
        assert elements_of(bytes(paper.raw), 48, paper.modes)[:-1] == paper.elements[:-1]


def test_clients_that_say_nothing_leave_nothing_behind() -> None:
    tray = Tray()
    tray.machine.condition.is_offline = True
    tray.machine.receive(bytes.fromhex("41 0A"))
    for _ in range(1000):
        tray.machine.end_connection()
    assert len(tray.machine._jobs) == 2
    tray.machine.condition.is_offline = False
    tray.machine.print_waiting()
    assert tray.texts() == ["A\n"]


def test_a_process_id_comes_back() -> None:
    asked = bytes.fromhex("1D 28 48 06 00 30 30 31 32 33 34")
    assert Tray().machine.receive(asked) == bytes.fromhex("37 22 31 32 33 34 00")


def test_status_requests_are_answered_also_in_two_pieces() -> None:
    machine = Tray().machine
    assert machine.receive(b"\x10\x04\x01\x10\x04\x02\x10\x04\x04") == b"\x12\x12\x12"
    assert machine.receive(b"\x10") + machine.receive(b"\x04") + machine.receive(b"\x01") == b"\x12"


def test_without_paper_it_answers_waits_and_prints_when_there_is_some() -> None:
    tray = Tray()
    tray.machine.condition.paper = "out"
    job = bytes.fromhex("41 0A" + CUT + "1D 72 01")
    assert tray.machine.receive(job) == b""
    assert tray.machine.receive(b"\x10\x04\x01\x10\x04\x02\x10\x04\x04") == b"\x1a\x32\x7e"
    tray.machine.end_connection()
    assert tray.papers == []
    tray.machine.condition.paper = "ok"
    assert tray.machine.print_waiting() == b"\x00"
    assert tray.texts() == ["A\n"]


def test_a_mute_machine_prints_and_says_nothing() -> None:
    tray = Tray()
    tray.machine.condition.is_mute = True
    assert tray.machine.receive(bytes.fromhex("10 04 01 41 0A" + CUT + "1D 72 01")) == b""
    assert tray.texts() == ["A\n"]


def test_a_power_cycle_loses_what_waited() -> None:
    tray = Tray()
    tray.machine.condition.is_offline = True
    tray.machine.receive(bytes.fromhex("41 0A" + CUT))
    tray.machine.power_cycle()
    tray.machine.condition.is_offline = False
    tray.machine.print_waiting()
    assert tray.papers == []


@pytest.mark.parametrize(
    ("data", "kind", "text"),
    [
        ("1B 61 01 1D 77 03 1D 68 50 1D 48 02 1D 6B 43 0C" + " 36" + " 39" + " 30" * 10, "EAN13", None),
        ("1B 61 01 1D 77 02 1D 6B 49 07 7B 42 41 61 7E 7B 7B", "Code128", "Aa~{"),
        ("1B 61 01 1D 77 02 1D 6B 49 05 7B 43 00 63 0A", "Code128", "009910"),
        ("1B 61 01 1D 77 02 1D 6B 49 05 7B 41 41 0D 42", "Code128", "A\rB"),
        ("1B 61 01 1D 6B 44 07 39 36 33 38 35 30 37", "EAN8", "96385074"),
        ("1B 61 01 1D 77 02 1D 6B 45 06 41 42 2D 31 32 33", "Code39", "AB-123"),
        ("1B 61 01 1D 77 02 1D 6B 05 31 32 33 34 35 36 37 38 00", "ITF", "12345678"),
        ("1B 61 01 1D 77 02 1D 6B 48 08 41 62 7E 3A 3B 40 25 60", "Code93", "Ab~:;@%`"),
        ("1B 61 01 1D 77 02 1D 6B 47 06 41 31 32 33 34 42", "Codabar", "A1234B"),
        (
            "1B 61 01 1D 28 6B 03 00 31 43 06 1D 28 6B 06 00 31 50 30 E5 A5 BD 1D 28 6B 03 00 31 51 30",
            "QRCode",
            "好",
        ),
    ],
)
def test_drawn_codes_are_read_by_a_scanner(data: str, kind: str, text: str | None) -> None:
    tray = Tray()
    tray.machine.receive(bytes.fromhex(data + CUT))
    picture = draw_paper(tray.papers[0].elements, 576, Face(None))
    (found,) = zxingcpp.read_barcodes(picture)
    assert found.format.name == kind
    expected = tray.texts()[0].split(" ", 1)[1].removesuffix("]\n")
    assert found.text == (expected if text is None else text) == expected


@pytest.mark.parametrize("digits", ["425261", "123450", "123451", "123452", "123453", "123454", "123459"])
def test_an_upc_e_is_read_as_the_article_that_it_stands_for(digits: str) -> None:
    tray = Tray()
    tray.machine.receive(b"\x1ba1\x1dw\x03\x1dkB\x06" + digits.encode() + bytes.fromhex("0A" + CUT))
    (found,) = zxingcpp.read_barcodes(draw_paper(tray.papers[0].elements, 576, Face(None)))
    short = tray.texts()[0].split(" ")[1]
    assert (found.format.name, short[1:7]) == ("UPCE", digits)
    long = upc_e(found.text[1:].encode())
    assert long is not None
    assert with_zeros(long.text[1:7]) == found.text[1:12]


@pytest.mark.parametrize(
    "data", [bytes(range(start, start + 32)) for start in range(0, 128, 32)] + [b"A", b"0" * 40, b""]
)
def test_code93_of_every_character_is_read_back(data: bytes) -> None:
    bars = code93(data)
    if not data:
        assert bars is None
        return
    assert bars is not None
    picture = draw_paper((BarPicture(bars, 1, 60, 0, Span(0, 40, 1200)),), 1280, Face(None))
    (found,) = zxingcpp.read_barcodes(picture)
    assert found.bytes == data


@given(st.from_regex(r"[0-9]{12}", fullmatch=True))
def test_any_ean13_is_drawn_readable(digits: str) -> None:
    bars = ean13(digits.encode())
    assert bars is not None
    assert len(bars.modules) == 95
    assert bars.text.startswith(digits)


@pytest.mark.parametrize("data", [b"", b"12", b"12345678901a", b"12345678901234"])
def test_what_is_no_ean13_prints_nothing(data: bytes) -> None:
    assert ean13(data) is None


@pytest.mark.parametrize("data", [b"", b"{B", b"ABC", b"{B\xe9", b"{C\x64", b"{Z12", b"{BA{"])
def test_what_is_no_code128_prints_nothing(data: bytes) -> None:
    assert code128(data) is None


def test_pictures_have_the_papers_width_and_a_box_where_there_is_no_font() -> None:
    elements = elements_of(bytes.fromhex("41 0A" + CUT), 32, Modes())
    picture = draw_paper(elements, 384, Face(None))
    assert picture.size == (384, 78)
    assert picture.getpixel((2, 30)) == 0
    assert picture.getpixel((6, 36)) == 255


def test_a_chinese_glyph_is_no_box(tmp_path: object) -> None:
    font = find_font()
    if font is None:
        pytest.skip("no Chinese font on this machine")
    face = Face(font)
    one, other = (
        draw_paper(elements_of(f"{text}\n".encode("gbk") + b"\x1dV\x00", 32, Modes()), 384, face)
        for text in "好您"
    )
    assert one.tobytes() != other.tobytes()
    assert any(pixel == 0 for pixel in one.crop((0, 24, 24, 48)).get_flattened_data())
    assert all(pixel == 255 for pixel in one.crop((26, 24, 384, 48)).get_flattened_data())
