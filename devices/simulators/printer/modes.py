"""What a printer is set to. ESC @ brings all of it back to what it was at power-up."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(slots=True)
class Modes:
    """Power-up values are those of a Chinese model: kanji mode on, 30 dots a line."""

    kanji: bool = True
    bold: bool = False
    underlined: bool = False
    inverted: bool = False
    wide: int = 1
    high: int = 1
    kanji_wide: int = 1
    kanji_high: int = 1
    small: bool = False
    tabs: tuple[int, ...] = tuple(range(8, 256, 8))
    align: int = 0
    left: int = 0
    """Dots of the left margin."""
    print_dots: int = 65_535
    """Dots between the margins; more than the paper has means all of it."""
    is_selected: bool = True
    """Whether it listens (ESC =); the display on the same line is meant else."""
    is_page: bool = False
    """Page mode: nothing is on paper before the page is printed."""
    area: tuple[int, int, int, int] | None = None
    """The area that ESC W set on the page: left, top, width, height as they came; None = the whole page."""
    direction: int = 0
    """Where text runs on the page (ESC T): 0 right, 1 up, 2 left, 3 down."""
    pitch: int = 30
    page_pitch: int = 30
    """Dots of a line in page mode, which is set apart from lines on paper."""
    code_page: int = 0
    country: int = 0
    bar_height: int = 162
    bar_width: int = 3
    bar_text: int = 0
    qr_square: int = 3
    qr_level: str = "L"
    qr_data: str = ""
    pdf_columns: int = 0
    pdf_rows: int = 0
    pdf_wide: int = 3
    pdf_high: int = 3
    pdf_level: int | None = None
    """0 to 8; None = by the ratio."""
    pdf_tenths: int = 1
    pdf_is_truncated: bool = False
    pdf_data: str = ""

    def to_json(self) -> dict[str, Any]:
        """For the drawing process; QR data as one character a byte."""
        return asdict(self)
