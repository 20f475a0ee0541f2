"""Laid-out lines fit the paper, to the byte."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from devices.printing.document import Align, Barcode, Cell, Columns, Document, Qr, Row, Style, Text
from devices.printing.gb18030 import cells
from devices.printing.layout import Laid, LaidBarcode, LaidCut, LaidQr, LaidText, lay_out
from devices.printing.sample_page import sample_page
from devices.printing.wrap import width_of, wrap
from devices.profiles import load_profile, profile_names
from tests.unit.devices.test_receipt_documents import DOCUMENTS, TEXTS

WIDE, NARROW = load_profile("generic-80"), load_profile("generic-58")


def lines(document: Document, profile_key: str = "generic-80") -> list[str]:
    laid = lay_out(document, load_profile(profile_key))
    return [piece.encoded.decode("gbk") for piece in laid if isinstance(piece, LaidText)]


@given(DOCUMENTS, st.sampled_from(["generic-80", "generic-58"]))
def test_no_line_is_wider_than_the_paper_and_no_character_is_split(document: Document, key: str) -> None:
    profile = load_profile(key)
    laid: tuple[Laid, ...] = lay_out(document, profile)
    assert isinstance(laid[-1], LaidCut)
    for piece in laid:
        if isinstance(piece, LaidText):
            assert piece.columns <= profile.columns
            if piece.style is Style.SMALL:
                assert len(piece.encoded) <= profile.small_columns
                assert len(piece.text) == len(piece.encoded)
            piece.encoded.decode("gbk")
        if isinstance(piece, LaidQr):
            assert 3 <= piece.module_dots <= 16


@given(TEXTS, st.integers(2, 60))
def test_wrapping_loses_nothing_but_blanks(text: str, width: int) -> None:
    line = cells(text)
    wrapped = wrap(line, width)
    assert all(width_of(each) <= width for each in wrapped)
    assert [cell for each in wrapped for cell in each if cell != b" "] == [c for c in line if c != b" "]


def test_english_breaks_at_blanks_and_chinese_between_characters() -> None:
    assert lines(Document((Text("one two three " * 5),)), "generic-58") == [
        "one two three one two three one",
        "two three one two three one two",
        "three",
    ]
    assert lines(Document((Text("谢" * 17),)), "generic-58") == ["谢" * 16, "谢"]


def test_a_closing_mark_never_begins_a_line() -> None:
    assert lines(Document((Text("谢" * 16 + "。"),)), "generic-58") == ["谢" * 15, "谢。"]


def test_amounts_end_at_the_right_edge() -> None:
    (line,) = lines(Document((Row("合计", "¥388.50"),)))
    assert line == "合计" + " " * 36 + "￥388.50"
    assert len(line.encode("gbk")) == 48


def test_a_large_amount_counts_double() -> None:
    (line,) = lines(Document((Row("应付", "¥388.50", Style.LARGE),)))
    assert len(line.encode("gbk")) == 24


def test_a_long_label_wraps_beside_its_amount() -> None:
    assert lines(Document((Row("农夫山泉饮用天然水五百五十毫升", "¥2.00"),)), "generic-58") == [
        "农夫山泉饮用天然水五百五  ￥2.00",
        "十毫升",
    ]


def test_an_amount_without_room_stands_below_its_label() -> None:
    row = Row("小票号码", "0193a5c2-7b1e-7f00-8000-5f2a9c")
    assert lines(Document((row,)), "generic-58") == ["小票号码", "  0193a5c2-7b1e-7f00-8000-5f2a9c"]


def test_columns_stand_side_by_side_on_wide_paper_and_stacked_on_narrow() -> None:
    item = Columns(
        (
            Cell("三顿半 超即溶咖啡"),
            Cell("2", 4, Align.RIGHT),
            Cell("129.00", 8, Align.RIGHT),
            Cell("258.00", 9, Align.RIGHT),
        )
    )
    assert lines(Document((item,))) == ["三顿半 超即溶咖啡" + " " * 7 + "    2   129.00    258.00"]
    assert lines(Document((item,)), "generic-58") == ["三顿半 超即溶咖啡", "            2   129.00    258.00"]


def test_codes_are_sized_to_the_paper() -> None:
    (wide, *_) = lay_out(Document((Barcode("20251042"),)), WIDE)
    assert isinstance(wide, LaidBarcode)
    assert wide.bar_dots == 3
    qr = [p for p in lay_out(Document((Qr("x" * 200, 8),)), NARROW) if isinstance(p, LaidQr)]
    assert [piece.module_dots for piece in qr] == [5]


def test_a_code_too_wide_for_the_paper_stands_as_text_and_is_logged() -> None:
    tiny = replace(NARROW, dots=192, columns=16)
    with capture_logs() as logs:
        laid = lay_out(Document((Qr("x" * 250),)), tiny)
    assert "".join(piece.text for piece in laid if isinstance(piece, LaidText)) == "x" * 250
    assert [log["event"] for log in logs] == ["printing.code_too_wide"]


@pytest.mark.parametrize("key", profile_names())
def test_a_document_that_cuts_itself_is_cut_once(key: str) -> None:
    laid = lay_out(Document((Text("a"),)), load_profile(key))
    assert [type(piece).__name__ for piece in laid] == ["LaidText", "LaidCut"]


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
@pytest.mark.parametrize("key", profile_names())
def test_the_sample_page_fits_every_profile_and_loses_no_character(locale: str, key: str) -> None:
    with capture_logs() as logs:
        page = sample_page("front", datetime(2025, 11, 23, 18, 7, tzinfo=UTC), locale)
        laid = lay_out(page, load_profile(key))
    # one line of it is there to be drawn
    assert {code for log in logs for code in log["code_points"]} <= {"U+3402", "U+20BB7"}
    assert sum(bool(piece.drawn) for piece in laid if isinstance(piece, LaidText)) == 1
    assert [type(piece) for piece in laid].count(LaidBarcode) == 1
    assert [type(piece) for piece in laid].count(LaidQr) == 1
    profile = load_profile(key)
    assert all(piece.columns <= profile.columns for piece in laid if isinstance(piece, LaidText))
