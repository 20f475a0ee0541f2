"""Pictures that the virtual printer stores, and PDF417, on bytes written by hand from the reference."""

import json

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.simulators.printer.draw import elements_of
from devices.simulators.printer.drawing import draw_paper
from devices.simulators.printer.elements import GridPicture, Raster, Span
from devices.simulators.printer.face import Face
from devices.simulators.printer.machine import Machine
from devices.simulators.printer.memory import NV_LIMIT, memory_from_json
from devices.simulators.printer.pdf417 import Wish, pdf417
from devices.simulators.printer.pdf417_patterns import CODEWORDS, modules_of
from tests.unit.devices.test_escpos_interpreter import CUT, Tray, printed

KEPT = "1C 71 02 01 00 01 00 80 40 20 10 08 04 02 01 02 00 01 00" + " FF" * 16  # a falling line; 16 x 8 black
NV = "1D 28 4C 0D 00 30 43 30 41 42 01 08 00 02 00 31 FF 81"  # key AB, 8 x 2
DOWNLOAD_COLUMNS = "1D 28 4C 13 00 30 54 30 41 42 01 08 00 08 00 31 80 40 20 10 08 04 02 01"
FALLING = bytes((0x80, 0x40, 0x20, 0x10, 0x08, 0x04, 0x02, 0x01))


def rasters(tray: Tray) -> list[tuple[int, bytes, int, int]]:
    """Row bytes, dots and scales of every picture on paper."""
    found = [one for paper in tray.papers for one in paper.elements if isinstance(one, Raster)]
    return [(one.row_bytes, one.data, one.wide, one.high) for one in found]


def received(data: str) -> Tray:
    tray = Tray()
    tray.machine.receive(bytes.fromhex(data + CUT))
    return tray


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (f"{KEPT} 1C 70 01 00", [(1, FALLING, 1, 1)]),
        (f"{KEPT} 1C 70 02 33", [(2, b"\xff" * 16, 2, 2)]),
        (f"{KEPT} 1C 70 01 01 1C 70 01 32", [(1, FALLING, 2, 1), (1, FALLING, 1, 2)]),
        (f"{KEPT} 1B 40 1C 70 01 00", [(1, FALLING, 1, 1)]),
        (f"{KEPT} 1C 70 03 00 1C 70 01 04 41 1C 70 01 00", []),
        (f"{KEPT} 1C 71 01 01 00 01 00 {'00 ' * 8} 1C 70 01 00 1C 70 02 00", [(1, bytes(8), 1, 1)]),
        ("1D 2A 01 01 80 40 20 10 08 04 02 01 1D 2F 03", [(1, FALLING, 2, 2)]),
        ("1D 2A 01 01 80 40 20 10 08 04 02 01 1B 40 1D 2F 00", []),
        (f"{NV} 1B 40 1D 28 4C 06 00 30 45 41 42 02 01", [(1, b"\xff\x81", 2, 1)]),
        (f"{NV} 1D 28 4C 04 00 30 42 41 42 1D 28 4C 06 00 30 45 41 42 01 01", []),
        (f"{NV} 1D 28 4C 05 00 30 41 43 4C 52 1D 28 4C 06 00 30 45 41 42 01 01", []),
        (f"{NV} 1D 28 4C 06 00 30 45 41 43 01 01 1D 28 4C 06 00 30 45 41 42 03 01", []),
        (
            f"{DOWNLOAD_COLUMNS} 1D 28 4C 06 00 30 55 41 42 01 02",
            [(1, FALLING, 1, 2)],
        ),
        ("1D 28 4C 0D 00 30 53 30 41 42 01 08 00 02 00 31 FF 81 1B 40 1D 28 4C 06 00 30 55 41 42 01 01", []),
        (
            "1D 28 4C 12 00 30 71 30 01 01 31 08 00 08 00 80 40 20 10 08 04 02 01 1D 28 4C 02 00 30 32",
            [(1, FALLING, 1, 1)],
        ),
        ("1D 28 4C 0B 00 30 70 30 01 01 31 08 00 02 00 FF 1D 28 4C 02 00 30 32", []),
    ],
)
def test_stored_pictures_come_onto_paper(data: str, expected: list[tuple[int, bytes, int, int]]) -> None:
    assert rasters(received(data + " 0A 42 0A")) == expected


def test_what_has_no_room_is_not_taken_and_what_was_there_stays() -> None:
    tray = received(NV)
    wide, high = 1023, 250
    big = b"\x1d8L" + (11 + 128 * high).to_bytes(4, "little") + b"0C0ZZ\x01"
    picture = bytes((wide % 256, wide // 256, high, 0)) + b"1" + bytes(128 * high)
    for key in range(12):
        tray.machine.receive(big.replace(b"ZZ", b"Z" + bytes((65 + key,))) + picture)
    stored = tray.machine.memory
    assert "AB" in stored.nv
    assert sum(one.size for one in stored.nv.values()) <= NV_LIMIT
    assert len(stored.nv) == 1 + NV_LIMIT // (128 * high + 64)


def test_lasting_pictures_outlive_the_power_and_others_do_not() -> None:
    tray = received(f"{KEPT} {NV} 1D 2A 01 01 80 40 20 10 08 04 02 01")
    before = tray.machine.memory
    tray.machine.power_cycle()
    after = tray.machine.memory
    assert before.bit is not None
    assert (set(after.bits), set(after.nv), after.bit) == ({"1", "2"}, {"AB"}, None)
    tray.machine.receive(bytes.fromhex("1C 70 01 00 1D 2F 00" + CUT))
    assert rasters(tray) == [(1, FALLING, 1, 1)]


def test_a_paper_is_read_again_with_the_pictures_that_were_stored_before_it() -> None:
    tray = received(f"41 0A {CUT} {KEPT} 42 0A {CUT} 1C 70 01 00 {KEPT} 1C 70 02 00")
    assert len(tray.papers) == 3
    for paper in tray.papers:
        memory = memory_from_json(json.loads(json.dumps(paper.memory.to_json())))
        assert elements_of(bytes(paper.raw), 48, paper.modes, memory) == paper.elements


PDF = "1B 61 01 1D 28 6B 03 00 30 43 03"


@pytest.mark.parametrize(
    ("wishes", "columns", "rows"),
    [
        ("", None, None),
        ("1D 28 6B 03 00 30 41 03", 3, None),
        ("1D 28 6B 03 00 30 41 04 1D 28 6B 03 00 30 42 0A", 4, 10),
        ("1D 28 6B 04 00 30 45 30 35 1D 28 6B 03 00 30 44 02", None, None),
        ("1D 28 6B 04 00 30 45 31 28", None, None),
        ("1D 28 6B 03 00 30 46 01", None, None),
    ],
)
def test_a_pdf417_is_read_by_a_scanner(wishes: str, columns: int | None, rows: int | None) -> None:
    store = "1D 28 6B 0B 00 30 50 30 4F 4D 4F 20 E5 A5 BD 31"
    tray = received(f"{PDF} {wishes} {store} 1D 28 6B 03 00 30 51 30")
    assert tray.texts() == ["[PDF417 OMO 好1]\n"]
    (code,) = tray.papers[0].elements
    assert isinstance(code, GridPicture)
    (found,) = zxingcpp.read_barcodes(draw_paper((code,), 576, Face(None)))
    assert (found.format.name, found.bytes) == ("PDF417", "OMO 好1".encode())
    assert columns is None or len(code.rows[0]) == 17 * columns + 69
    assert rows is None or len(code.rows) == rows


@pytest.mark.parametrize(
    "wrong",
    [
        "1D 28 6B 03 00 30 41 1F",
        "1D 28 6B 03 00 30 42 02",
        "1D 28 6B 03 00 30 43 09",
        "1D 28 6B 04 00 30 45 30 39",
        "1D 28 6B 04 00 30 45 31 29",
        "1D 28 6B 03 00 30 45 30",
    ],
)
def test_settings_out_of_range_change_nothing(wrong: str) -> None:
    code = "1D 28 6B 04 00 30 50 30 41 1D 28 6B 03 00 30 51 30"
    assert (
        received(f"{PDF} {wrong} {code}").papers[0].elements == received(f"{PDF} {code}").papers[0].elements
    )


@pytest.mark.parametrize(
    "form", ["1D 28 6B 03 00 30 41 1E", "1D 28 6B 03 00 30 42 03 1D 28 6B 04 00 30 45 30 38"]
)
def test_a_pdf417_that_does_not_fit_prints_nothing(form: str) -> None:
    assert printed(f"{form} 1D 28 6B 04 00 30 50 30 41 1D 28 6B 03 00 30 51 30 42 0A") == "B\n"


@settings(max_examples=25, deadline=None)
@given(st.binary(min_size=1, max_size=400), st.integers(0, 6))
def test_any_data_in_a_pdf417_are_read_back(data: bytes, level: int) -> None:
    rows = pdf417(data, Wish(level=level), 500)
    assert rows is not None
    picture = draw_paper((GridPicture("PDF417", data, rows, 2, 6, Span(0, 30, 1200)),), 1300, Face(None))
    (found,) = zxingcpp.read_barcodes(picture)
    assert found.bytes == data


@pytest.mark.parametrize("cluster", [0, 1, 2])
def test_every_codeword_stands_in_its_cluster(cluster: int) -> None:
    """ISO/IEC 15438, 5.2: four bars and four spaces of 1 to 6 modules; the cluster follows from the bars."""
    patterns = [modules_of(word, cluster) for word in range(CODEWORDS)]
    assert len(set(patterns)) == CODEWORDS
    for pattern in patterns:
        widths = [len(run) for run in pattern.replace("10", "1 0").replace("01", "0 1").split()]
        assert (len(pattern), len(widths), max(widths) <= 6) == (17, 8, True)
        one, two, three, four = widths[::2]
        assert (one - two + three - four) % 9 == cluster * 3


def test_a_machine_alone_begins_with_what_it_is_given() -> None:
    memory = received(KEPT).machine.memory
    papers: list[object] = []
    machine = Machine(48, papers.append, lambda _raw: None, memory)
    assert machine.memory == memory
