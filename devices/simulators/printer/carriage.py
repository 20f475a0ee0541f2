"""Where print comes to stand: the line begun, the paper below it, and in page mode the page.

Commands (``commands``) move it; it knows nothing of their bytes. Without page mode a line ends on paper; in
page mode all is placed and comes onto paper with the page.
"""

from dataclasses import replace

from devices.simulators.printer.elements import (
    CELL,
    LINE,
    Blank,
    Element,
    Glyph,
    Raster,
    Span,
    TextLine,
    extent,
)
from devices.simulators.printer.memory import Memory
from devices.simulators.printer.modes import Modes
from devices.simulators.printer.page import PageDesk, area_of
from devices.simulators.printer.pictures import Strip

_ELEMENT_LIMIT = 20_000


class Carriage:
    """Gathers elements until ``take_paper``.

    Args:
        columns: half-width characters of the paper's width.
        modes: what the printer is set to.
        memory: its stored pictures.
    """

    def __init__(self, columns: int, modes: Modes | None = None, memory: Memory | None = None) -> None:
        self.paper_dots = columns * CELL
        self.modes = modes or Modes()
        self.memory = memory or Memory()
        self.stored: Raster | None = None
        """The picture that waits to be printed (GS ( L)."""
        self.x = 0
        """Dots from the line's beginning."""
        self.page = PageDesk(self.paper_dots)
        self._elements: list[Element] = []
        self._weight = 0
        self._line: list[Glyph] = []
        self._strip: Strip | None = None
        self._lines = 0
        self.turn_page()

    # -- the paper

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
        return self._weight + self.page.count > _ELEMENT_LIMIT or self.page.is_tiring

    def take_paper(self) -> tuple[Element, ...]:
        """End the paper: what is on it, a line begun included; a page that was not printed is lost."""
        self.end_line(only_if_begun=True)
        elements, self._elements, self._weight, self.stored = tuple(self._elements), [], 0, None
        self.page.forget()
        self.turn_page()
        return elements

    def reset(self) -> None:
        """All modes as at power-up; a line begun and the page are lost."""
        self.modes = Modes()
        self.memory = self.memory.lasting()
        self.drop_line()
        self.page.forget()
        self.turn_page()

    # -- the line

    @property
    def is_at_start(self) -> bool:
        """Whether no character stands on the line."""
        return not self._line

    @property
    def left(self) -> int:
        """Dots left of the line."""
        return min(self.modes.left, self.paper_dots - CELL)

    @property
    def width(self) -> int:
        """Dots of a line."""
        if self.modes.is_page:
            return max(self.page.length, 1)
        return max(CELL, min(self.modes.print_dots, self.paper_dots - self.left))

    @property
    def span(self) -> Span:
        """Where things on a line of their own stand."""
        if self.modes.is_page:
            return Span(0, 0, self.width)
        return Span(self.modes.align, self.left, self.width)

    @property
    def pitch(self) -> int:
        """Dots from line to line."""
        return self.modes.page_pitch if self.modes.is_page else self.modes.pitch

    def put(self, character: str, cell: int, *, is_kanji: bool) -> None:
        """Write a character; at the edge the line ends before it."""
        self.flush_strip()
        modes = self.modes
        wide = modes.kanji_wide if is_kanji else modes.wide
        high = modes.kanji_high if is_kanji else modes.high
        if self.x + cell * wide > self.width:
            self.end_line()
        glyph = Glyph(character, self.x, cell, wide, high, modes.bold, modes.underlined, modes.inverted)
        self._line.append(glyph)
        self.x += glyph.width

    def end_line(self, *, only_if_begun: bool = False) -> None:
        """The line is done: feed to the next."""
        if self.modes.is_page:
            self._end_page_line(only_if_begun=only_if_begun)
            return
        if self.flush_strip() or (only_if_begun and not self._line):
            self.x = 0
            return
        tallest = max((glyph.high for glyph in self._line), default=1) * LINE
        self._put_down(TextLine(tuple(self._line), self.span, max(self.pitch, tallest)))
        self._line, self.x = [], 0
        self._lines += 1

    def feed_lines(self, lines: int) -> None:
        """So many lines on, all of them white, from the beginning of a line."""
        if self.modes.is_page:
            self.page.y += lines * self.pitch
            return
        white = TextLine((), self.span, max(self.pitch, LINE))
        self._elements += [white] * lines
        self._weight += lines
        self._lines += lines

    def feed(self, dots: int) -> None:
        """The line is done if it has begun; then so many dots on."""
        if self.modes.is_page:
            self.flush_line()
            self.x = 0
            self.page.y += dots
        else:
            self.end_line(only_if_begun=True)
            self._put_down(Blank(dots))

    def _end_page_line(self, *, only_if_begun: bool) -> None:
        has_begun = self.flush_line() or self.x
        if has_begun or not only_if_begun:
            self.x = 0
            self.page.y += self.pitch

    def flush_line(self) -> bool:
        """In page mode: put what is written on the page, and stay where it ends; whether it was anything."""
        if not self._line:
            return self.flush_strip()
        first = self._line[0].x
        glyphs = tuple(replace(glyph, x=glyph.x - first) for glyph in self._line)
        self.page.put(TextLine(glyphs, Span(0, 0, self.width), self.pitch), first)
        self._line = []
        return True

    def drop_line(self) -> None:
        """What was written and is not yet on paper or page is lost."""
        self._line, self.x, self._strip = [], 0, None

    # -- what is no text

    def add(self, element: Element) -> None:
        """On paper below the line begun; on the page from where the line stands, to the right of it."""
        if self.modes.is_page:
            self.flush_line()
            self.page.put(element, self.x)
            self.x = min(self.x + extent(element)[0], self.width)
        else:
            self.end_line(only_if_begun=True)
            self._put_down(element)

    def _put_down(self, element: Element, weight: int = 1) -> None:
        self._elements.append(element)
        self._weight += weight

    def add_columns(self, strip: Strip) -> None:
        """Columns of ESC *: beside those that wait, if they are alike."""
        if self._line:
            self.flush_line() if self.modes.is_page else self.end_line()
        if self._strip is not None and self._strip.mode == strip.mode:
            self._strip.columns += strip.columns
        else:
            self.flush_strip()
            self._strip = strip

    def flush_strip(self) -> bool:
        """Put the waiting columns on paper or page; whether there were any."""
        if self._strip is None:
            return False
        strip, self._strip = self._strip.raster(self.span), None
        if self.modes.is_page:
            self.add(strip)
            return True
        height = len(strip.data) // strip.row_bytes * strip.high
        self._put_down(strip)
        self._put_down(Blank(max(0, self.pitch - height)))
        return True

    # -- the page

    def turn_page(self) -> None:
        """On to the corner where the set area and direction begin; what is written stays on the page."""
        if self.modes.is_page:
            self.flush_line()
        self.x = 0
        area = area_of(tuple(self.modes.area), self.paper_dots) if self.modes.area else None
        self.page.begin(area, self.modes.direction)

    def print_page(self) -> None:
        """Put the page on paper, where it may be put again."""
        self.flush_line()
        page = self.page.printed()
        if page is not None:
            self._put_down(page, 1 + len(page.placed))
