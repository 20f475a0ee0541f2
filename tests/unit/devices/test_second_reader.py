"""A second program reads the bars that we print: what two readers agree on, a shop's scanner reads."""

import subprocess
from pathlib import Path

import pytest

from devices.simulators.printer.draw import elements_of
from devices.simulators.printer.drawing import draw_paper
from devices.simulators.printer.face import Face
from devices.simulators.printer.modes import Modes

pytestmark = pytest.mark.zbar

GOLDEN = Path(__file__).parent / "golden"
CENTRE, CUT = "1B 61 01 1D 77 02 1D 68 50 ", " 1D 56 00"


def read_by_zbar(picture: Path) -> set[str]:
    """What zbarimg finds: `KIND:text` each."""
    done = subprocess.run(
        ["zbarimg", "-q", str(picture)], capture_output=True, text=True, check=False, timeout=30
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("paper", "expected"),
    [
        (
            "receipt_zh.generic-80",
            {
                "CODE-128:S01-20251123-0042",
                "QR-Code:https://omo.example/r/0193a5c2-7b1e-7f00-8000-5f2a9c3d4e10",
            },
        ),
        (
            "receipt_en.generic-58",
            {"EAN-13:6901234567892", "QR-Code:https://omo.example/r/0193a5c2-7b1e-7f00-8000-5f2a9c3d4e11"},
        ),
        (
            "receipt_zh.generic-58",
            {
                "QR-Code:https://omo.example/r/0193a5c2-7b1e-7f00-8000-5f2a9c3d4e10",
                "QR-Code:S01-20251123-0042",
            },
        ),
        ("pick_slip.generic-58", {"CODE-128:251123-01234567"}),
    ],
)
def test_bars_and_qr_of_golden_papers_are_read(paper: str, expected: set[str]) -> None:
    assert read_by_zbar(GOLDEN / f"{paper}.png") == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("1D 6B 43 0D 36 39 30 31 32 33 34 35 36 37 38 39 32", "EAN-13:6901234567892"),
        ("1D 6B 00 30 33 36 30 30 30 32 39 31 34 35 00", "EAN-13:0036000291452"),
        ("1D 6B 44 07 39 36 33 38 35 30 37", "EAN-8:96385074"),
        ("1D 6B 49 08 7B 42 53 30 31 2D 34 32", "CODE-128:S01-42"),
        ("1D 6B 45 06 41 42 2D 31 32 33", "CODE-39:AB-123"),
        ("1D 6B 46 08 31 32 33 34 35 36 37 38", "I2/5:12345678"),
        ("1D 6B 47 06 41 31 32 33 34 42", "Codabar:A1234B"),
        ("1D 28 6B 03 00 31 43 06 1D 28 6B 06 00 31 50 30 4F 4D 4F 1D 28 6B 03 00 31 51 30", "QR-Code:OMO"),
    ],
)
def test_bars_of_the_virtual_printer_are_read(data: str, expected: str, tmp_path: Path) -> None:
    elements = elements_of(bytes.fromhex(CENTRE + data + CUT), 48, Modes())
    draw_paper(elements, 576, Face(None)).save(tmp_path / "paper.png")
    assert read_by_zbar(tmp_path / "paper.png") == {expected}
