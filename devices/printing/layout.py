"""A document laid out for one profile: lines whose width is counted in encoded bytes.

Invariants: no laid line is wider than the paper; a two-byte character is never split; nothing is dropped but
blanks at a line's end. Picture blocks are sized here, so every encoder draws them alike.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import structlog

from devices.printing.code128 import code128_modules
from devices.printing.document import (
    Align,
    Barcode,
    Block,
    Cell,
    Columns,
    Cut,
    Document,
    Feed,
    Logo,
    Qr,
    Row,
    Rule,
    Style,
    Symbology,
    Text,
)
from devices.printing.gb18030 import Missing, cells, text_of
from devices.printing.picture_sizes import qr_modules
from devices.printing.wrap import Line, pad, width_of, wrap
from devices.profiles.loader import HALF_DOTS, SMALL_DOTS, Profile

_log = structlog.get_logger(__name__)

_MIN_OPEN_CELL = 12
_MIN_LABEL = 8
_EAN_MODULES = {Symbology.EAN13: 95, Symbology.EAN8: 67}
_BAR_QUIET = 22  # EAN-13 wants 11 modules at its left, and stands in the middle
_QR_MIN_DOTS = 3
_QR_QUIET = 8


@dataclass(frozen=True, slots=True)
class LaidText:
    """One line: its encoded characters, look and place. Its columns grow with its style.

    ``drawn`` is the line's text where the printer's font lacks some of it, else empty.
    """

    encoded: bytes
    style: Style = Style.NORMAL
    align: Align = Align.LEFT
    drawn: str = ""

    @property
    def text(self) -> str:
        """What stands on the line."""
        return self.drawn or self.encoded.decode("gbk")

    @property
    def columns(self) -> int:
        """What the line takes of the paper's columns, a part of one as a whole."""
        if self.style is Style.SMALL:
            return -(-len(self.encoded) * SMALL_DOTS // HALF_DOTS)
        return len(self.encoded) * self.style.scale


@dataclass(frozen=True, slots=True)
class LaidBarcode:
    """A bar code and the width of its narrowest bar in dots."""

    barcode: Barcode
    bar_dots: int


@dataclass(frozen=True, slots=True)
class LaidQr:
    """A QR code's bytes and the side of one of its squares in dots."""

    data: bytes
    module_dots: int


@dataclass(frozen=True, slots=True)
class LaidFeed:
    """Blank lines."""

    lines: int


@dataclass(frozen=True, slots=True)
class LaidLogo:
    """The shop's picture."""


@dataclass(frozen=True, slots=True)
class LaidCut:
    """The end of a paper."""


Laid = LaidText | LaidBarcode | LaidQr | LaidLogo | LaidFeed | LaidCut


def lay_out(document: Document, profile: Profile) -> tuple[Laid, ...]:
    """The document on this profile's paper, ending with a cut."""
    blocks = _with_bars_that_fit(document.blocks, profile)
    laid = [piece for block in blocks for piece in _lay_block(block, profile)]
    if not isinstance(laid[-1], LaidCut):
        laid.append(LaidCut())
    return tuple(laid)


def _lay_block(block: Block, profile: Profile) -> Iterator[Laid]:
    match block:
        case Text():
            yield from _lay_text(block, profile)
        case Row():
            style = _style_for(block.style, (block.left, block.right), profile)
            yield from _styled(_row_lines(block, _columns_for(style, profile)), style)
        case Columns():
            style = _style_for(block.style, (cell.text for cell in block.cells), profile)
            yield from _styled(_column_lines(block, _columns_for(style, profile)), style)
        case Rule(double=double):
            yield LaidText((b"=" if double else b"-") * profile.columns)
        case Barcode():
            yield LaidBarcode(block, _bar_dots(block, profile))
        case Qr():
            yield from _lay_qr(block, profile)
        case Feed(lines=lines):
            yield LaidFeed(lines)
        case Logo():
            yield LaidLogo()
        case Cut():
            yield LaidCut()


def _columns_for(style: Style, profile: Profile) -> int:
    return profile.small_columns if style is Style.SMALL else profile.columns // style.scale


def _style_for(style: Style, texts: Iterable[str], profile: Profile) -> Style:
    """The style, or normal for what this printer's small font cannot hold."""
    if style is not Style.SMALL:
        return style
    fits = profile.small_columns and all(len(code) == 1 for text in texts for code in cells(text))
    return Style.SMALL if fits else Style.NORMAL


def _lay_text(block: Text, profile: Profile) -> Iterator[LaidText]:
    whole = _style_for(block.style, (block.text,), profile)
    for paragraph in block.text.split("\n"):
        characters = cells(paragraph)
        style = _fitting(whole, width_of(characters), profile)
        for line in wrap(characters, _columns_for(style, profile)):
            yield _laid(line, style, block.align)


def _fitting(style: Style, width: int, profile: Profile) -> Style:
    """The style, or large where a huge text would have to be broken: half a price is a wrong one."""
    is_too_wide = style is Style.HUGE and width > _columns_for(style, profile)
    return Style.LARGE if is_too_wide else style


def _styled(lines: list[Line], style: Style) -> Iterator[LaidText]:
    for line in lines:
        end = len(line)
        while end and line[end - 1] == b" ":
            end -= 1
        yield _laid(line[:end], style, Align.LEFT)


def _laid(line: Line, style: Style, align: Align) -> LaidText:
    drawn = text_of(line) if any(isinstance(cell, Missing) for cell in line) else ""
    return LaidText(b"".join(line), style, align, drawn)


def _row_lines(row: Row, columns: int) -> list[Line]:
    """Label left, amount right. An amount that leaves no room for its label stands below it."""
    left, right = cells(row.left.replace("\n", " ")), cells(row.right.replace("\n", " "))
    room = columns - width_of(right) - 1
    if room < max(2, min(_MIN_LABEL, width_of(left))):
        below = [pad(line, columns, Align.RIGHT) for line in wrap(right, columns)]
        return [*wrap(left, columns), *below] if left else below
    first, *rest = wrap(left, room)
    return [[*pad(first, room, Align.LEFT), b" ", *right], *rest]


def _column_lines(block: Columns, columns: int) -> list[Line]:
    """Cells side by side; the open cell above the others where the paper is too narrow for all."""
    room = columns - sum(cell.width or 0 for cell in block.cells) - (len(block.cells) - 1)
    if room >= _MIN_OPEN_CELL or len(block.cells) == 1:
        return _side_by_side(block.cells, [cell.width or room for cell in block.cells])
    above = [line for cell in block.cells if cell.width is None for line in _cell_lines(cell, columns)]
    others = tuple(cell for cell in block.cells if cell.width is not None)
    return [*above, *_others_below(others, columns)]


def _others_below(others: tuple[Cell, ...], columns: int) -> list[Line]:
    """The cells with a width as one group at the right edge, or under each other if even they do not fit."""
    widths = [cell.width or 0 for cell in others]
    spare = columns - sum(widths) - (len(others) - 1)
    if spare < 0:
        return [line for cell in others for line in _cell_lines(cell, columns)]
    return [[b" "] * spare + line for line in _side_by_side(others, widths)]


def _cell_lines(cell: Cell, width: int) -> list[Line]:
    return [pad(line, width, cell.align) for line in wrap(cells(cell.text.replace("\n", " ")), width)]


def _side_by_side(row: tuple[Cell, ...], widths: list[int]) -> list[Line]:
    stacks = [_cell_lines(cell, width) for cell, width in zip(row, widths, strict=True)]
    lines: list[Line] = []
    for index in range(max(map(len, stacks))):
        line: Line = []
        for stack, width in zip(stacks, widths, strict=True):
            line += [b" "] if line else []
            line += stack[index] if index < len(stack) else [b" "] * width
        lines.append(line)
    return lines


def _with_bars_that_fit(blocks: Iterable[Block], profile: Profile) -> Iterator[Block]:
    """A printer drops a bar code that is wider than its paper: a QR of the same data stands in its place.

    The data stands below it for who types it, as below bars. A paper that has this QR gets no second one.
    """
    blocks = tuple(blocks)
    codes = {block.data for block in blocks if isinstance(block, Qr)}
    for block in blocks:
        if not isinstance(block, Barcode) or _bar_dots(block, profile):
            yield block
            continue
        if block.data not in codes:
            yield Qr(block.data)
        yield Text(block.data, align=Align.CENTRE)


def _bar_dots(block: Barcode, profile: Profile) -> int:
    """How wide the narrowest bar can be with the quiet zones on the paper; 0 = the bar code does not fit."""
    modules = _EAN_MODULES.get(block.symbology) or code128_modules(block.data)
    return next((dots for dots in (3, 2) if (modules + _BAR_QUIET) * dots <= profile.dots), 0)


def _lay_qr(block: Qr, profile: Profile) -> Iterator[Laid]:
    data = block.data.encode()
    module_dots = min(block.module_dots, profile.dots // (qr_modules(len(data)) + _QR_QUIET))
    if module_dots >= _QR_MIN_DOTS:
        # The blank lines are the code's quiet zone: without them phones read it badly.
        yield LaidFeed(1)
        yield LaidQr(data, module_dots)
        yield LaidFeed(1)
    else:
        yield from _instead(block.data, profile)


def _instead(data: str, profile: Profile) -> Iterator[LaidText]:
    """A code too wide for the paper stands there as text: the till can still type it."""
    _log.warning("printing.code_too_wide", kind="qr", length=len(data), profile=profile.key)
    yield from _lay_text(Text(data, align=Align.CENTRE), profile)
