"""Bar codes as a printer takes them: it drops one that is too wide, and obeys some bytes inside of any data.

The bytes are read back here by the rules of Epson's reference, by no code of the product.
"""

import re
from dataclasses import dataclass, replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from devices.printing.bars import modules_of
from devices.printing.code128 import code128_modules, runs_of
from devices.printing.document import Barcode, Document, Qr, Symbology, Text
from devices.printing.encode import encode
from devices.printing.raster import band_bytes
from devices.profiles import load_profile, profile_names
from devices.profiles.loader import Profile, Raster
from devices.simulators.printer.codes import code128
from tests.unit.devices.store_papers import PICKED

OBEYED_AT_ONCE = re.compile(rb"\x10[\x04\x05\x14]")
BARS = re.compile(rb"\x1dh(.)\x1dw(.)\x1df\x00\x1dH\x02\x1dk(.)(.)", re.DOTALL)
# digits often, and those that make DLE in pairs
DATA = st.one_of(
    st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=80),
    st.lists(
        st.sampled_from(["16", "04", "05", "20", "01", "7", "-", "A", "{"]), min_size=1, max_size=20
    ).map("".join),
    st.from_regex(r"[0-9]{6}-[0-9]{8}|[a-z]{1,9}-[1-9]-[1-9]-[0-9]{6}|[0-9]{14}", fullmatch=True),
)


@dataclass(frozen=True)
class Sent:
    """A bar code as it was sent: dots of its narrowest bar, kind, data."""

    bar_dots: int
    kind: int
    data: bytes


def sent_in(content: bytes) -> Sent | None:
    found = BARS.search(content)
    if found is None:
        return None
    length = found[4][0]
    return Sent(found[2][0], found[3][0], content[found.end() : found.end() + length])


def qr_of(data: str) -> bytes:
    return (len(data) + 3).to_bytes(2, "little") + b"\x31\x50\x30" + data.encode()


def symbols_and_text(data: bytes) -> tuple[int, str]:
    """CODE128 in Epson's form: how many symbols before the check, and what it says."""
    symbols, text, code_set, place = 0, "", 0, 0
    while place < len(data):
        symbols += 1
        if data[place] == ord("{") and data[place + 1] != ord("{"):
            code_set, place = data[place + 1], place + 2
        elif code_set == ord("C"):
            text, place = text + f"{data[place]:02d}", place + 1
        else:
            text, place = text + chr(data[place]), place + 1 + (data[place] == ord("{"))
    return symbols, text


def assert_fits(modules: int, sent: Sent, profile: Profile) -> None:
    assert sent.bar_dots in {2, 3}
    beside = (profile.dots - modules * sent.bar_dots) // 2
    assert beside >= 11 * sent.bar_dots  # the widest quiet zone there is, EAN-13's left one


@given(DATA, st.sampled_from(profile_names()))
def test_bars_fit_the_paper_and_say_their_data_or_a_qr_does(data: str, key: str) -> None:
    profile = load_profile(key)
    content = encode(Document((Barcode(data),)), profile)
    if (sent := sent_in(content)) is None:
        assert qr_of(data) in content
        assert (code128_modules(data) + 22) * 2 > profile.dots
        return
    symbols, text = symbols_and_text(sent.data)
    assert (sent.kind, text) == (73, data)
    assert_fits(11 * (symbols + 1) + 13, sent, profile)
    assert not OBEYED_AT_ONCE.search(sent.data)


@given(DATA)
@example("16040")
@example("160401")
def test_picture_width_and_virtual_printer_agree_on_the_bars(data: str) -> None:
    modules = modules_of(Barcode(data))
    assert len(modules) == code128_modules(data)
    if not re.search("16(04|05|20)", data):  # what is written apart for the printer's sake takes more room
        assert len(modules) <= 11 * (len(data) + 2) + 13  # never wider than in set B alone
    content = encode(Document((Barcode(data),)), replace(load_profile("generic-80"), dots=1152 * 4))
    sent = sent_in(content)
    assert sent
    drawn = code128(sent.data)
    assert drawn
    assert (drawn.text, drawn.modules) == (data, modules)


@pytest.mark.parametrize("key", profile_names())
@pytest.mark.parametrize(("data", "kind"), [("6901234567892", Symbology.EAN13), ("96385074", Symbology.EAN8)])
def test_numbers_of_goods_fit_every_roll_with_wide_bars(data: str, kind: Symbology, key: str) -> None:
    profile = load_profile(key)
    sent = sent_in(encode(Document((Barcode(data, kind),)), profile))
    assert sent
    assert sent.bar_dots == 3
    assert_fits(95 if kind is Symbology.EAN13 else 67, sent, profile)


@pytest.mark.parametrize("key", profile_names())
def test_an_orders_number_has_bars_on_every_roll(key: str) -> None:
    sent = sent_in(encode(Document((Barcode(PICKED.number),)), load_profile(key)))
    assert sent
    assert sent.data == b"{C\x19\x0b\x17{B-{C\x01\x17\x2d\x43"


def test_a_paper_that_has_the_qr_gets_no_second_one_for_bars_that_do_not_fit() -> None:
    number = "jingan-1-1-005208"
    narrow = load_profile("generic-58")
    both = encode(Document((Barcode(number), Qr(number))), narrow)
    assert sent_in(both) is None
    assert (both.count(qr_of(number)), both.count(f"\x1ba\x01{number}\n".encode())) == (1, 1)
    alone = encode(Document((Barcode(number), Text("end"))), narrow)
    assert f"\x1ba\x01{number}\n".encode() not in alone  # it is centred as the QR before it was
    assert (alone.count(qr_of(number)), alone.count(f"{number}\n".encode())) == (1, 1)


def test_pairs_that_a_printer_would_obey_are_written_apart() -> None:
    expected = [("C", "00"), ("B", "16"), ("C", "040116"), ("B", "16"), ("C", "05")]
    assert [tuple(run) for run in runs_of("00160401161605")] == expected


@given(st.lists(st.sampled_from([0x00, 0x01, 0x04, 0x05, 0x10, 0x14, 0x18, 0xFF]), min_size=96, max_size=96))
def test_no_picture_holds_what_a_printer_would_obey(dots: list[int]) -> None:
    commands: tuple[Raster, ...] = ("gs_v_0", "gs_paren_l")
    for command in commands:
        content = band_bytes(96, 8, bytes(dots), command)
        assert not OBEYED_AT_ONCE.search(content)
        printed = content[8:] if command == "gs_v_0" else content[15:-7]
        assert len(printed) == len(dots)
        assert {was ^ now for was, now in zip(dots, printed, strict=True)} <= {0x00, 0x08}
