"""Papers as dots: single lines for printers that lack a character, whole papers to be looked at."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw

from devices.errors import FontMissing, LogoError
from devices.printing.bars import modules_of
from devices.printing.document import Barcode, Document, Style, Symbology, Text
from devices.printing.document import Logo as LogoBlock
from devices.printing.encode import encode
from devices.printing.face import Face, machine_face
from devices.printing.layout import LaidText, lay_out
from devices.printing.logo import MOST_HEIGHT, MOST_WIDTH, Logo, load_logo
from devices.printing.picture import LINE_ROWS, line_picture, paper_picture, png
from devices.printing.raster import band_bytes
from devices.printing.sample_page import sample_page
from devices.profiles import load_profile, profile_names
from tests.unit.devices.example_documents import RECEIPT_ZH
from tests.unit.devices.make_golden import PAPERS

pytestmark = pytest.mark.font
GOLDEN = Path(__file__).parent / "golden"
WIDE = load_profile("generic-80")
MOST_DIFFERENT = 0.01
"""Of the dots: another release of the same font moves single dots of a stroke."""


@pytest.mark.parametrize("key", ["generic-80", "generic-58"])
@pytest.mark.parametrize(("name", "document"), PAPERS.items(), ids=PAPERS)
def test_papers_look_like_this(name: str, document: Document, key: str, tmp_path: Path) -> None:
    profile = load_profile(key)
    picture = paper_picture(lay_out(document, profile), profile, machine_face())
    with Image.open(GOLDEN / f"{name}.{key}.png") as golden:
        assert picture.size == golden.size
        difference = ImageChops.logical_xor(picture, golden.convert("1"))
    share = difference.convert("L").histogram()[255] / (difference.width * difference.height)
    if share > MOST_DIFFERENT:
        (tmp_path / "now.png").write_bytes(png(picture))
        difference.save(tmp_path / "difference.png")
    assert share <= MOST_DIFFERENT, f"see {tmp_path}/difference.png"


@pytest.mark.parametrize("key", profile_names())
def test_what_a_picture_holds_is_read_back(key: str) -> None:
    profile = load_profile(key)
    page = sample_page("front", datetime(2025, 11, 23, 18, 7, tzinfo=UTC))
    picture = paper_picture(lay_out(page, profile), profile, machine_face())
    found = {(code.format.name, code.text) for code in zxingcpp.read_barcodes(picture.convert("L"))}
    assert found == {("EAN13", "6901234567892"), ("QRCode", "https://omo.example/test")}


@given(
    st.one_of(
        st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=20).map(Barcode),
        st.integers(0, 10**12 - 1).map(lambda n: _ean(f"{n:012d}", Symbology.EAN13)),
        st.integers(0, 10**7 - 1).map(lambda n: _ean(f"{n:07d}", Symbology.EAN8)),
    )
)
@settings(max_examples=60)
def test_any_bar_code_is_read_back_from_its_bars(barcode: Barcode) -> None:
    modules = f"{'0' * 12}{modules_of(barcode)}{'0' * 12}"
    row = Image.new("L", (len(modules), 1))
    row.putdata([0 if module == "1" else 255 for module in modules])
    picture = row.resize((len(modules) * 3, 90), Image.Resampling.NEAREST)
    assert barcode.data in [code.text for code in zxingcpp.read_barcodes(picture)]


def _ean(others: str, symbology: Symbology) -> Barcode:
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(others)))
    return Barcode(others + str(-total % 10), symbology)


def test_a_line_with_a_rare_character_is_sent_as_a_picture_and_the_others_as_text() -> None:
    sent = encode(Document((Text("前"), Text("𠮷野家"), Text("后"))), WIDE)
    before, after = sent.index("前".encode("gbk")), sent.index("后".encode("gbk"))
    command = b"\x1dv0\x00\x48\x00\x1e\x00"  # 72 bytes wide, 30 rows
    place = sent.index(command)
    assert before < place < after
    dots = sent[place + len(command) : place + len(command) + 72 * 30]
    line = LaidText("〓野家".encode("gbk"), drawn="𠮷野家")
    assert dots == line_picture(line, WIDE, machine_face()).convert("1").tobytes()
    assert any(dots)


def test_a_line_without_a_font_is_sent_with_the_missing_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("devices.printing.encode.chinese_font", lambda: None)
    assert "〓野家".encode("gbk") + b"\n" in encode(Document((Text("𠮷野家"),)), WIDE)


def test_a_printer_without_a_chinese_font_gets_every_line_as_a_picture() -> None:
    raster = replace(WIDE, cjk="raster")
    sent = encode(RECEIPT_ZH, raster)
    assert "欧莫便利".encode("gbk") not in sent
    lines = sum(isinstance(piece, LaidText) for piece in lay_out(RECEIPT_ZH, raster))
    assert sent.count(b"\x1dv0\x00\x48\x00") == lines
    assert b"\x1dk\x49" in sent  # bar codes stay the printer's


@given(st.text(max_size=60))
@settings(max_examples=100)
def test_any_line_is_drawn_as_wide_as_it_is_laid_out(text: str) -> None:
    for piece in lay_out(Document((Text(text),)), WIDE):
        if isinstance(piece, LaidText):
            picture = line_picture(piece, WIDE, machine_face())
            assert picture.size == (WIDE.dots, LINE_ROWS)


def test_a_character_that_no_font_has_is_the_missing_sign_and_no_box() -> None:
    face = machine_face()
    assert not face.has("\U0010fffd")
    assert face.cell("\U0010fffd", 2).tobytes() == face.cell("〓", 2).tobytes()
    assert face.cell("好", 2).tobytes() != face.cell("〓", 2).tobytes()


def test_a_file_that_is_no_font_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.ttf").write_bytes(b"no font")
    with pytest.raises(FontMissing, match="cannot be read as a font"):
        Face(tmp_path / "x.ttf")


def test_picture_commands_are_these_bytes() -> None:
    assert band_bytes(16, 2, b"\x80\x01\xff\x00", "gs_v_0") == bytes.fromhex(
        "1D 76 30 00 02 00 02 00 80 01 FF 00"
    )
    assert band_bytes(16, 2, b"\x80\x01\xff\x00", "gs_paren_l") == bytes.fromhex(
        "1D 28 4C 0E 00 30 70 30 01 01 31 10 00 02 00 80 01 FF 00 1D 28 4C 02 00 30 32"
    )


def test_a_logo_is_made_to_fit_and_stands_centred(tmp_path: Path) -> None:
    Image.new("RGBA", (1000, 500), (0, 0, 0, 255)).save(tmp_path / "logo.png")
    logo = load_logo(tmp_path / "logo.png")
    assert (logo.width, logo.height) == (MOST_WIDTH, 192)
    assert set(logo.dots) == {0xFF}
    document = Document((LogoBlock(), Text("A")))
    assert encode(document, WIDE) == encode(Document((Text("A"),)), WIDE)
    assert b"\x1ba\x01\x1dv0\x00\x30\x00\xc0\x00" + logo.dots + b"\x1ba\x00A\n" in encode(
        document, WIDE, logo=logo
    )


def test_what_is_clear_in_a_logo_is_white(tmp_path: Path) -> None:
    Image.new("RGBA", (10, 3), (0, 0, 0, 0)).save(tmp_path / "logo.png")
    assert load_logo(tmp_path / "logo.png") == Logo(16, 3, bytes(6))
    Image.new("L", (10, 900)).save(tmp_path / "tall.png")
    assert load_logo(tmp_path / "tall.png").height == MOST_HEIGHT


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"GIF89a", "no PNG"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 60, "PNG|read"),
        (b"x" * 600_000, "more than 512"),
    ],
)
def test_a_file_that_is_no_logo_is_refused(content: bytes, word: str, tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(content)
    with pytest.raises(LogoError, match=word):
        load_logo(tmp_path / "logo.png")
    with pytest.raises(LogoError, match="cannot be read"):
        load_logo(tmp_path / "none.png")


@pytest.mark.parametrize("characters", ["".join(map(chr, range(33, 127))), "ÉÅÇŸÂÑ", "店鬱龘，。（）￥"])
def test_no_character_is_cut_off_by_its_cell(characters: str) -> None:
    """It has nine tenths of the dots of one that is drawn with room around it: no tail or accent is lost."""
    face = machine_face()
    for character in characters:
        columns = 2 if ord(character) > 0x2E80 else 1
        size, room = (24 if columns == 2 else 22), 60
        font = face._font.font_variant(size=size)
        free = Image.new("L", (room, room))
        ImageDraw.Draw(free).text((18, 6), character, font=font, fill=255)
        ink = free.point([0] * 112 + [255] * 144).histogram()[255]
        assert face.cell(character, columns).histogram()[255] >= 0.9 * ink, character


def test_small_print_is_drawn_nine_dots_a_character() -> None:
    (line, *_), face = lay_out(Document((Text("g" * 64, Style.SMALL),)), WIDE), machine_face()
    assert isinstance(line, LaidText)
    picture = line_picture(line, WIDE, face)
    assert picture.height == LINE_ROWS
    cell = face.small_cell("g")
    assert cell.size == (9, 17)
    assert cell.getbbox() is not None
    for place in range(64):
        assert picture.crop((place * 9, 7, place * 9 + 9, 24)).tobytes() == cell.tobytes()
