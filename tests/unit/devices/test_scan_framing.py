"""Scans come out whole however their bytes arrive."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.scanning.aim import strip_identifier
from devices.scanning.bounce import BounceFilter
from devices.scanning.framer import Framer, decode

CODES = st.lists(
    st.text(st.characters(min_codepoint=0x20, exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30),
    max_size=20,
)
ENDS = st.sampled_from([b"\r", b"\n", b"\t", b"\r\n", b"\n\n\r"])


@given(CODES, ENDS, st.data())
def test_any_splitting_and_gluing_gives_the_same_codes(
    codes: list[str], end: bytes, data: st.DataObject
) -> None:
    stream = b"".join(code.encode() + end for code in codes)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=10)))
    framer = Framer()
    found: list[bytes] = []
    for start, stop in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        found += framer.feed(stream[start:stop])
    assert [decode(code) for code in found] == codes
    assert not framer.has_part


@given(st.binary(max_size=300))
def test_noise_never_breaks_the_framer(noise: bytes) -> None:
    framer = Framer(limit=40)
    for code in framer.feed(noise + b"\r"):
        assert 1 <= len(code) <= 40
    assert framer.feed(b"6901234567892\r") == [b"6901234567892"]


@given(st.lists(st.sampled_from(list(b"\x00\x01\x02\x07\x1b\x7f")), max_size=20))
def test_control_bytes_around_a_code_vanish(noise: list[int]) -> None:
    assert Framer().feed(bytes(noise) + b"690" + bytes(noise) + b"123\r") == [b"690123"]


def test_a_code_over_the_limit_is_dropped_whole_and_counted() -> None:
    framer = Framer(limit=5)
    assert framer.feed(b"123456\r12345\r") == [b"12345"]
    assert framer.dropped == 1


def test_separators_of_gs1_stay() -> None:
    assert Framer().feed(b"0106901234567892\x1d10A\r") == [b"0106901234567892\x1d10A"]


def test_prefix_and_suffix_are_taken_off() -> None:
    assert Framer(prefix=b"<", suffix=b">").feed(b"<690>\r691\r") == [b"690", b"691"]


def test_a_reset_forgets_half_a_code() -> None:
    framer = Framer()
    assert framer.feed(b"690") == []
    framer.reset()
    assert framer.feed(b"123\r") == [b"123"]


def test_chinese_from_either_encoding() -> None:
    assert decode("会员".encode()) == "会员"
    assert decode("会员".encode("gb18030")) == "会员"
    assert decode(b"\xff\xff\xff") is None


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("]E06901234567892", ("6901234567892", "ean13")),
        ("]C10106901234567892", ("0106901234567892", "gs1_128")),
        ("]Q1https://omo.example", ("https://omo.example", "qr")),
        ("]d2010690", ("010690", "gs1_datamatrix")),
        ("6901234567892", ("6901234567892", None)),
        ("]x9abc", ("]x9abc", None)),
        ("]E0", ("]E0", None)),
        ("]", ("]", None)),
    ],
)
def test_aim_identifiers_are_taken_off(code: str, expected: tuple[str, str | None]) -> None:
    assert strip_identifier(code) == expected


def test_an_echo_counts_once_and_a_second_piece_counts() -> None:
    bounce = BounceFilter(100)
    scans = [("a", 1.0), ("a", 1.05), ("b", 1.06), ("a", 1.07), ("a", 1.2)]
    assert [bounce.accepts(code, at) for code, at in scans] == [True, False, True, True, True]


def test_without_a_window_everything_counts() -> None:
    bounce = BounceFilter(0)
    assert [bounce.accepts("a", 1.0) for _ in range(3)] == [True, True, True]
