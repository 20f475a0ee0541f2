"""Receipt bytes: golden files, and python-escpos as a second opinion where it is right."""

from dataclasses import replace
from pathlib import Path

import pytest
from escpos.printer import Dummy

from devices.printing.document import Align, Barcode, Cut, Document, Qr, Row, Style, Symbology, Text
from devices.printing.encode import encode
from devices.profiles import load_profile
from tests.unit.devices.make_golden import PAPERS

GOLDEN = Path(__file__).parent / "golden"
PROFILE = load_profile("generic-80")
START = b"\x1b@\x1c&\x1bR\x00"
END = b"\x1dVB\x00"
END_58 = b"\x1bd\x04\x1dV\x01"


@pytest.mark.parametrize("key", ["generic-80", "generic-58"])
@pytest.mark.parametrize(("name", "document"), PAPERS.items(), ids=PAPERS)
def test_receipts_are_these_bytes(name: str, document: Document, key: str) -> None:
    golden = bytes.fromhex((GOLDEN / f"{name}.{key}.hex").read_text())
    assert encode(document, load_profile(key)) == golden


def test_a_line_is_its_text_between_start_cut_and_mark() -> None:
    assert encode(Document((Text("¥5 好"),)), PROFILE) == START + b"\xa3\xa45 \xba\xc3\n" + END


def test_settings_are_sent_when_they_change_and_taken_back() -> None:
    document = Document((Text("A", Style.LARGE, Align.CENTRE), Text("B", Style.BOLD), Text("C")))
    assert encode(document, PROFILE) == (
        START + b"\x1ba\x01\x1d!\x11A\n" + b"\x1ba\x00\x1d!\x00\x1bE\x01B\n" + b"\x1bE\x00C\n" + END
    )


def test_small_print_is_font_b_and_chinese_stays_as_large_as_it_is() -> None:
    document = Document((Text("a" * 65, Style.SMALL), Text("好 a", Style.SMALL), Row("b", "c", Style.SMALL)))
    row = b"b" + b" " * 62 + b"c\n"
    assert encode(document, PROFILE) == (
        START
        + b"\x1bM\x01"
        + b"a" * 64
        + b"\na\n"
        + b"\x1bM\x00\xba\xc3 a\n"
        + b"\x1bM\x01"
        + row
        + b"\x1bM\x00"
        + END
    )
    without = replace(PROFILE, small_columns=0)
    assert encode(Document((Text("a", Style.SMALL),)), without) == START + b"a\n" + END


def test_a_huge_price_is_three_times_as_large_or_else_large() -> None:
    narrow = load_profile("generic-58")
    assert encode(Document((Text("¥9999.50", Style.HUGE),)), narrow) == (
        START + b"\x1d!\x22\xa3\xa49999.50\n\x1d!\x00" + END_58
    )
    assert encode(Document((Text("¥99999999.50", Style.HUGE),)), narrow) == (
        START + b"\x1d!\x11\xa3\xa499999999.50\n\x1d!\x00" + END_58
    )


def test_each_paper_starts_afresh() -> None:
    document = Document((Text("A", Style.BOLD), Cut(), Text("B")))
    cut = b"\x1dVB\x00"
    assert encode(document, PROFILE) == (START + b"\x1bE\x01A\n\x1bE\x00" + cut + START + b"B\n" + cut)


def test_a_printer_that_tells_by_itself_is_asked_to_behind_each_start_which_silences_it() -> None:
    content = encode(Document((Text("A"), Cut(), Text("B"))), load_profile("epson-tm-t82"), copies=2)
    assert content == (START + b"\x1da\x0fA\n" + END + START + b"\x1da\x0fB\n" + END) * 2


def test_copies_are_equal_papers() -> None:
    once = encode(Document((Text("A"),)), PROFILE)
    assert encode(Document((Text("A"),)), PROFILE, copies=3) == once * 3


def test_a_qr_is_what_python_escpos_sends() -> None:
    theirs = Dummy()
    theirs.qr("https://omo.example/a", ec=1, size=6, model=2, native=True)
    ours = encode(Document((Qr("https://omo.example/a"),)), PROFILE)
    commands = theirs.output[: theirs.output.index(b"\x1d(k\x03\x00\x31\x51\x30") + 8]
    assert commands.startswith(b"\x1d(k")
    assert commands in ours


def test_bar_codes_are_what_python_escpos_sends() -> None:
    theirs = Dummy(profile="TM-T88V")
    for data, kind in (("6901234567892", "EAN13"), ("{BS01-42", "CODE128")):
        theirs.barcode(data, kind, 80, 3, align_ct=False, function_type="B", check=False)
    ean13 = encode(Document((Barcode("6901234567892", Symbology.EAN13),)), PROFILE)
    code128 = encode(Document((Barcode("S01-42"),)), PROFILE)
    assert theirs.output.count(b"\x1dk\x43\x0d6901234567892") == 1
    assert b"\x1dk\x43\x0d6901234567892" in ean13
    assert theirs.output.count(b"\x1dk\x49\x08{BS01-42") == 1
    assert b"\x1dk\x49\x08{BS01-42" in code128


def test_digits_go_in_pairs_and_a_brace_twice() -> None:
    assert b"\x1dk\x49\x06{C\x14\x19\x0a\x2a" in encode(Document((Barcode("20251042"),)), PROFILE)
    assert b"\x1dk\x49\x05{B7{{" in encode(Document((Barcode("7{"),)), PROFILE)
