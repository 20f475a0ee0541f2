"""Commands that move on: lines, feeds, tabs, places on the line, margins and alignment."""

from devices.simulators.printer.carriage import Carriage
from devices.simulators.printer.commands.table import Table, digit, number, signed
from devices.simulators.printer.elements import CELL, SMALL_CELL


def line_feed(carriage: Carriage, _args: bytes) -> None:
    """LF: print the line."""
    carriage.end_line()


def feed_lines(carriage: Carriage, args: bytes) -> None:
    """ESC d n: print the line and feed, n lines in all."""
    if args[0] or not carriage.is_at_start:
        carriage.end_line()
        carriage.feed_lines(max(args[0] - 1, 0))


def feed_dots(carriage: Carriage, args: bytes) -> None:
    """ESC J n: print the line and feed n dots."""
    carriage.feed(args[0])


def tab(carriage: Carriage, _args: bytes) -> None:
    """HT: on to the next stop; without one it is passed over."""
    modes = carriage.modes
    cell = (SMALL_CELL if modes.small else CELL) * modes.wide
    stops = (stop * cell for stop in modes.tabs)
    carriage.x = next((stop for stop in stops if carriage.x < stop <= carriage.width), carriage.x)


def set_tabs(carriage: Carriage, args: bytes) -> None:
    """ESC D n… NUL: the stops, in characters, each beyond the last."""
    carriage.modes.tabs = tuple(
        stop for place, stop in enumerate(args[:32]) if stop > max(args[:place], default=0)
    )


def place(carriage: Carriage, args: bytes) -> None:
    """ESC $ nL nH: on to a place in dots; on the page one outside its area is passed over."""
    _go_to(carriage, number(args))


def move(carriage: Carriage, args: bytes) -> None:
    r"""ESC \ nL nH: so many dots on, or back, as a signed number says."""
    _go_to(carriage, carriage.x + signed(args))


def _go_to(carriage: Carriage, dots: int) -> None:
    if not carriage.modes.is_page:
        carriage.x = min(max(dots, 0), carriage.width)
    elif 0 <= dots < carriage.width:
        carriage.flush_line()
        carriage.x = dots


def margin(carriage: Carriage, args: bytes) -> None:
    """GS L nL nH: the left margin in dots; at the beginning of a line only, and not meant for pages."""
    if carriage.is_at_start or carriage.modes.is_page:
        carriage.modes.left = number(args)


def print_area(carriage: Carriage, args: bytes) -> None:
    """GS W nL nH: the dots between the margins; at the beginning of a line only, and not meant for pages."""
    if carriage.is_at_start or carriage.modes.is_page:
        carriage.modes.print_dots = number(args)


def align(carriage: Carriage, args: bytes) -> None:
    """ESC a n: left, centre or right; at the beginning of a line only, and not meant for pages."""
    value = digit(args[0])
    if value <= 2 and (carriage.is_at_start or carriage.modes.is_page):
        carriage.modes.align = value


PLACES: Table = {
    b"\n": line_feed,
    b"\t": tab,
    b"\x1bd": feed_lines,
    b"\x1bJ": feed_dots,
    b"\x1bD": set_tabs,
    b"\x1b$": place,
    b"\x1b\\": move,
    b"\x1dL": margin,
    b"\x1dW": print_area,
    b"\x1ba": align,
}
