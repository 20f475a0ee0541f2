"""The meaning of ESC/POS commands: what they set, what they put on the paper, where a paper ends.

Unknown commands are counted and passed over, as printers do. In page mode what comes is gathered line below
line and printed with the page; where a page places it (ESC W, ESC T, GS $) is passed over.

The bytes of a paper and the modes it began with give the same elements again.
"""

from collections.abc import Callable

from devices.simulators.printer.barcodes import bars_of
from devices.simulators.printer.elements import (
    CELL,
    LINE,
    SMALL_CELL,
    BarPicture,
    Blank,
    Element,
    Glyph,
    QrPicture,
    Raster,
    Span,
    TextLine,
)
from devices.simulators.printer.modes import Modes
from devices.simulators.printer.pictures import Strip, prints_stored, read_graphics, read_strip, stored
from devices.simulators.printer.tokens import Token, character_length

_CODE_PAGES = {0: "cp437", 2: "cp850", 3: "cp860", 4: "cp863", 5: "cp865", 16: "cp1252", 17: "cp866"}
# ESC R: characters that differ from ASCII, for the countries receipts meet.
_COUNTRIES = {3: {"#": "£"}, 15: {"$": "￥"}}
_ELEMENT_LIMIT = 20_000
_UNKNOWN_LIMIT = 32
_QR_LEVELS = {48: "L", 49: "M", 50: "Q", 51: "H"}


class Interpreter:
    """Reads tokens; gathers elements until ``take_paper``."""

    def __init__(self, columns: int, modes: Modes | None = None) -> None:
        self.paper_dots = columns * CELL
        self.modes = modes or Modes()
        self.unknown: dict[bytes, int] = {}
        """How often commands came that nobody knows; of their names the first few alone."""
        self.unknown_count = 0
        self._elements: list[Element] = []
        self._page: list[Element] = []
        self._line: list[Glyph] = []
        self._x = 0
        self._strip: Strip | None = None
        self._stored: Raster | None = None
        self._lines = 0

    def take_lines(self) -> int:
        """Lines that came onto paper since this was asked last."""
        lines, self._lines = self._lines, 0
        return lines

    @property
    def has_print(self) -> bool:
        """Whether anything but white is on the paper."""
        has_begun = bool(self._line or self._strip) and not self.modes.is_page
        return has_begun or any(
            element.glyphs if isinstance(element, TextLine) else not isinstance(element, Blank)
            for element in self._elements
        )

    @property
    def is_full(self) -> bool:
        """Whether more is gathered than a paper may hold."""
        return len(self._elements) + len(self._page) > _ELEMENT_LIMIT

    def take_paper(self) -> tuple[Element, ...]:
        """End the paper: what is on it, a line begun included; a page that was not printed is lost."""
        self._end_line(only_if_begun=True)
        elements, self._elements, self._page, self._stored = tuple(self._elements), [], [], None
        return elements

    @property
    def _left(self) -> int:
        return min(self.modes.left, self.paper_dots - CELL)

    @property
    def _width(self) -> int:
        return max(CELL, min(self.modes.print_dots, self.paper_dots - self._left))

    @property
    def _span(self) -> Span:
        return Span(self.modes.align, self._left, self._width)

    def _add(self, *elements: Element) -> None:
        """Put on the paper, or on the page that is gathered."""
        (self._page if self.modes.is_page else self._elements).extend(elements)

    def read(self, token: Token) -> bool:
        """Obey one token.

        Returns:
            True if it cuts the paper.
        """
        if not self.modes.is_selected and token.name != b"\x1b=":
            return False
        if not token.name:
            self._write(token.args)
            return False
        if not token.known:
            self._count_unknown(token.name)
            return False
        if token.name in (b"\x1dV", b"\x1bi", b"\x1bm"):
            self._end_line(only_if_begun=True)
            return True
        obey = _COMMANDS.get(token.name)
        if obey is not None:
            obey(self, token.args)
        return False

    def _count_unknown(self, name: bytes) -> None:
        self.unknown_count += 1
        if name in self.unknown or len(self.unknown) < _UNKNOWN_LIMIT:
            self.unknown[name] = self.unknown.get(name, 0) + 1

    # -- text

    def _write(self, run: bytes) -> None:
        place = 0
        while place < len(run):
            step = character_length(run, place) if self.modes.kanji else 1
            code = run[place : place + step]
            cell = SMALL_CELL if self.modes.small else CELL
            self._put(self._character(code), CELL * 2 if step > 1 else cell, is_kanji=step > 1)
            place += step

    def _character(self, code: bytes) -> str:
        if len(code) > 1:
            text = code.decode("gb18030", "replace")
            return text if len(text) == 1 else "\ufffd"
        if code[0] < 0x80:
            plain = chr(code[0])
            return _COUNTRIES.get(self.modes.country, {}).get(plain, plain)
        return code.decode(_CODE_PAGES.get(self.modes.code_page, "cp437"), "replace")

    def _put(self, character: str, cell: int, *, is_kanji: bool) -> None:
        self._flush_strip()
        modes = self.modes
        wide = modes.kanji_wide if is_kanji else modes.wide
        high = modes.kanji_high if is_kanji else modes.high
        if self._x + cell * wide > self._width:
            self._end_line()
        glyph = Glyph(character, self._x, cell, wide, high, modes.bold, modes.underlined, modes.inverted)
        self._line.append(glyph)
        self._x += glyph.width

    def _end_line(self, *, only_if_begun: bool = False) -> None:
        if self._flush_strip() or (only_if_begun and not self._line):
            self._x = 0
            return
        tallest = max((glyph.high for glyph in self._line), default=1) * LINE
        pitch = max(self.modes.pitch, tallest)
        self._add(TextLine(tuple(self._line), self._span, pitch))
        self._line, self._x = [], 0
        self._lines += not self.modes.is_page

    # -- feeding and placing

    def line_feed(self, _args: bytes) -> None:
        """LF: print the line."""
        self._end_line()

    def feed_lines(self, args: bytes) -> None:
        """ESC d n: print the line and feed, n lines in all."""
        lines = args[0]
        if self._line:
            self._end_line()
            lines -= 1
        for _ in range(lines):
            self._end_line()

    def feed_dots(self, args: bytes) -> None:
        """ESC J n: print the line and feed n dots."""
        self._end_line(only_if_begun=True)
        self._add(Blank(args[0]))

    def tab(self, _args: bytes) -> None:
        """HT: on to the next stop; without one it is passed over."""
        cell = (SMALL_CELL if self.modes.small else CELL) * self.modes.wide
        stops = (stop * cell for stop in self.modes.tabs)
        self._x = next((stop for stop in stops if self._x < stop <= self._width), self._x)

    def set_tabs(self, args: bytes) -> None:
        """ESC D n… NUL: the stops, in characters, each beyond the last."""
        self.modes.tabs = tuple(
            stop for place, stop in enumerate(args[:32]) if stop > max(args[:place], default=0)
        )

    def place(self, args: bytes) -> None:
        """ESC $ nL nH: on to a place in dots."""
        self._x = min(args[0] + args[1] * 256, self._width)

    def move(self, args: bytes) -> None:
        r"""ESC \ nL nH: so many dots on, or back, as a signed number says."""
        dots = int.from_bytes(args, "little", signed=True)
        self._x = min(max(self._x + dots, 0), self._width)

    # -- settings

    def initialise(self, _args: bytes) -> None:
        """ESC @: all modes as at power-up; a line begun is lost."""
        self.modes = Modes()
        self._line, self._x, self._strip, self._page = [], 0, None, []

    def margin(self, args: bytes) -> None:
        """GS L nL nH: the left margin in dots; at the beginning of a line only."""
        if not self._line:
            self.modes.left = args[0] + args[1] * 256

    def print_area(self, args: bytes) -> None:
        """GS W nL nH: the dots between the margins; at the beginning of a line only."""
        if not self._line:
            self.modes.print_dots = args[0] + args[1] * 256

    # -- page mode

    def begin_page(self, _args: bytes) -> None:
        """ESC L: gather a page; at the beginning of a line only."""
        if not self._line and not self.modes.is_page:
            self._flush_strip()
            self.modes.is_page = True

    def leave_page(self, _args: bytes) -> None:
        """ESC S: back to lines; what the page held is gone."""
        if self.modes.is_page:
            self.clear_page(_args)
            self.modes.is_page = False

    def clear_page(self, _args: bytes) -> None:
        """CAN: the page is empty again."""
        if self.modes.is_page:
            self._page, self._line, self._x, self._strip = [], [], 0, None

    def print_page(self, _args: bytes) -> None:
        """ESC FF: print the page, which stays to be printed again."""
        if self.modes.is_page:
            self._end_line(only_if_begun=True)
            self._elements += self._page

    def form_feed(self, args: bytes) -> None:
        """FF: print the page and go back to lines; without a page print the line."""
        if self.modes.is_page:
            self.print_page(args)
            self.leave_page(args)
        else:
            self._end_line(only_if_begun=True)

    def print_mode(self, args: bytes) -> None:
        """ESC ! n: bold, underline and size at once."""
        bits = args[0]
        self.modes.small = bool(bits & 0x01)
        self.modes.bold, self.modes.underlined = bool(bits & 0x08), bool(bits & 0x80)
        self._set_size(2 if bits & 0x20 else 1, 2 if bits & 0x10 else 1)

    def kanji_print_mode(self, args: bytes) -> None:
        """FS ! n: the size of Chinese characters alone."""
        bits = args[0]
        self.modes.kanji_wide = 2 if bits & 0x04 else 1
        self.modes.kanji_high = 2 if bits & 0x08 else 1

    def kanji_quadruple(self, args: bytes) -> None:
        """FS W n: Chinese characters twice as wide and high."""
        self.modes.kanji_wide = self.modes.kanji_high = 2 if args[0] & 1 else 1

    def size(self, args: bytes) -> None:
        """GS ! n: the size of all characters."""
        self._set_size((args[0] >> 4 & 7) + 1, (args[0] & 7) + 1)

    def _set_size(self, wide: int, high: int) -> None:
        self.modes.wide = self.modes.kanji_wide = wide
        self.modes.high = self.modes.kanji_high = high

    def align(self, args: bytes) -> None:
        """ESC a n: left, centre or right; at the beginning of a line only."""
        value = args[0] - 48 if args[0] >= 48 else args[0]
        if value <= 2 and not self._line:
            self.modes.align = value

    # -- codes and pictures

    def barcode(self, args: bytes) -> None:
        """GS k: print a bar code; nothing if its data are wrong or too wide."""
        self._end_line(only_if_begun=True)
        bars = bars_of(args)
        modes = self.modes
        if bars and len(bars.modules) * modes.bar_width <= self._width:
            picture = BarPicture(bars, modes.bar_width, modes.bar_height, modes.bar_text, self._span)
            self._add(picture)

    def of_functions(self, args: bytes) -> None:
        """GS ( k: two-dimensional codes; GS ( L: graphics; others are passed over."""
        if args[:1] == b"L":
            self._graphics(args[3:])
        elif args[:1] == b"k":
            self._two_dimensional(args)

    def long_graphics(self, args: bytes) -> None:
        """GS 8 L p1 p2 p3 p4 m fn …: graphics of any length."""
        self._graphics(args[5:])

    def _graphics(self, args: bytes) -> None:
        function, rest = read_graphics(args)
        self._stored = stored(function, rest, self._span) or self._stored
        if prints_stored(function) and self._stored is not None:
            self._end_line(only_if_begun=True)
            self._add(self._stored)
            self._stored = None

    def columns(self, args: bytes) -> None:
        """ESC * m nL nH d…: columns, printed with the line."""
        strip = read_strip(args)
        if strip is None:
            return
        if self._line:
            self._end_line()
        if self._strip is not None and self._strip.mode == strip.mode:
            self._strip.columns += strip.columns
        else:
            self._flush_strip()
            self._strip = strip

    def _flush_strip(self) -> bool:
        """Put the waiting columns on the paper; whether there were any."""
        if self._strip is None:
            return False
        strip, self._strip = self._strip.raster(self._span), None
        height = len(strip.data) // strip.row_bytes * strip.high
        self._add(strip, Blank(max(0, self.modes.pitch - height)))
        return True

    def _two_dimensional(self, args: bytes) -> None:
        """GS ( k pL pH cn fn …: set, store and print a QR code (cn 49)."""
        if len(args) < 6 or args[3] != 49:
            return
        function, value = args[4], args[5]
        if function == 67 and 1 <= value <= 16:
            self.modes.qr_square = value
        elif function == 69 and value in _QR_LEVELS:
            self.modes.qr_level = _QR_LEVELS[value]
        elif function == 80:
            self.modes.qr_data = args[6:].decode("latin-1")
        elif function == 81 and self.modes.qr_data:
            self._end_line(only_if_begun=True)
            data = self.modes.qr_data.encode("latin-1")
            self._add(QrPicture(data, self.modes.qr_square, self.modes.qr_level, self._span))

    def raster(self, args: bytes) -> None:
        """GS v 0 m xL xH yL yH d…: print a picture."""
        self._end_line(only_if_begun=True)
        row_bytes = args[2] + args[3] * 256
        if args[0] == ord("0") and row_bytes and len(args) > 6:
            wide, high = 1 + (args[1] & 1), 1 + (args[1] >> 1 & 1)
            self._add(Raster(row_bytes, args[6:], wide, high, self._span))


def _setting(name: str, convert: Callable[[int], object]) -> Callable[[Interpreter, bytes], None]:
    """A command whose one argument sets one mode."""

    def obey(interpreter: Interpreter, args: bytes) -> None:
        setattr(interpreter.modes, name, convert(args[0]))

    return obey


def _constant(name: str, value: object) -> Callable[[Interpreter, bytes], None]:
    def obey(interpreter: Interpreter, _args: bytes) -> None:
        setattr(interpreter.modes, name, value)

    return obey


def _lowest_bit(value: int) -> bool:
    return bool(value & 1)


_COMMANDS: dict[bytes, Callable[[Interpreter, bytes], None]] = {
    b"\n": Interpreter.line_feed,
    b"\t": Interpreter.tab,
    b"\x1b@": Interpreter.initialise,
    b"\x1bd": Interpreter.feed_lines,
    b"\x1bJ": Interpreter.feed_dots,
    b"\x1b$": Interpreter.place,
    b"\x1b\\": Interpreter.move,
    b"\x1dL": Interpreter.margin,
    b"\x1dW": Interpreter.print_area,
    b"\x1bL": Interpreter.begin_page,
    b"\x1bS": Interpreter.leave_page,
    b"\x18": Interpreter.clear_page,
    b"\x1b\x0c": Interpreter.print_page,
    b"\x0c": Interpreter.form_feed,
    b"\x1b=": _setting("is_selected", _lowest_bit),
    b"\x1b!": Interpreter.print_mode,
    b"\x1ba": Interpreter.align,
    b"\x1bE": _setting("bold", _lowest_bit),
    b"\x1bG": _setting("bold", _lowest_bit),
    b"\x1b-": _setting("underlined", lambda value: value in (1, 2, 49, 50)),
    b"\x1b3": _setting("pitch", int),
    b"\x1b2": _constant("pitch", 30),
    b"\x1bt": _setting("code_page", int),
    b"\x1bR": _setting("country", int),
    b"\x1c&": _constant("kanji", value=True),
    b"\x1c.": _constant("kanji", value=False),
    b"\x1c!": Interpreter.kanji_print_mode,
    b"\x1cW": Interpreter.kanji_quadruple,
    b"\x1d!": Interpreter.size,
    b"\x1dB": _setting("inverted", _lowest_bit),
    b"\x1dh": _setting("bar_height", lambda value: max(1, value)),
    b"\x1dw": _setting("bar_width", lambda value: min(max(value, 2), 6)),
    b"\x1dH": _setting("bar_text", lambda value: value & 3),
    b"\x1dk": Interpreter.barcode,
    b"\x1d(": Interpreter.of_functions,
    b"\x1d8": Interpreter.long_graphics,
    b"\x1b*": Interpreter.columns,
    b"\x1bD": Interpreter.set_tabs,
    b"\x1bM": _setting("small", _lowest_bit),
    b"\x1dv": Interpreter.raster,
}
