"""Every text becomes bytes a GBK printer prints: never four bytes, never a control character."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from devices.printing.gb18030 import MISSING, cells, encode


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("￥3.50", "A3A4332E3530"),
        ("¥3.50", "A3A4332E3530"),
        ("：，（）", "A3BAA3ACA3A8A3A9"),
        ("×÷·—…", "A1C1A1C2A1A42D2E2E2E"),
        ("价×2…", "BCDBA1C132A1AD"),
        ("“好”", "A1B0BAC3A1B1"),
        ("“ok”, it’s", "226F6B222C2069742773"),
        ("½ ™", "312F322028544D29"),
        ("€5", "45555235"),
        ("niño café", "6E696E6F20636166A8A6"),
        ("①", "A2D9"),
        ("a\u00a0b\u202fc\td", "612062206320" + "64"),
    ],
)
def test_text_becomes_these_bytes(text: str, expected: str) -> None:
    assert encode(text).hex().upper() == expected


def test_what_the_font_lacks_becomes_the_missing_sign_and_one_log_entry() -> None:
    with capture_logs() as logs:
        assert encode("笑😀𠮷👍🏽") == "笑".encode("gbk") + MISSING * 4
    assert [(log["event"], log["code_points"]) for log in logs] == [
        ("printing.characters_replaced", ["U+1F3FD", "U+1F44D", "U+1F600", "U+20BB7"])
    ]


def test_a_printable_text_is_not_logged() -> None:
    with capture_logs() as logs:
        encode("农夫山泉 ¥2.00")
    assert logs == []


@given(st.text())
def test_any_text_is_cells_of_one_or_two_bytes_without_controls(text: str) -> None:
    for cell in cells(text):
        if len(cell) == 1:
            assert 0x20 <= cell[0] <= 0x7E
        else:
            assert len(cell) == 2
            assert 0x81 <= cell[0] <= 0xFE
            assert 0x40 <= cell[1] <= 0xFE


@pytest.fixture
def quiet() -> Iterator[None]:
    """Sixty thousand replaced characters are not worth as many lines."""
    with capture_logs():
        yield


@pytest.mark.usefixtures("quiet")
def test_each_character_of_the_first_plane_reads_back_or_was_replaced() -> None:
    for code_point in [*range(0x20, 0xD800), *range(0xE000, 0x10000)]:
        character = chr(code_point)
        for cell in cells(character):
            assert len(cell) <= 2
            assert cell.decode("gb18030") == cell.decode("gbk")


def test_escape_codes_in_a_name_never_reach_the_printer() -> None:
    assert encode("a\x1b@\x1dV\x00b\x10\x04\x01") == b"a@Vb"
