"""Commands of page mode: begin, place, print and leave a page (``page`` says what a page is)."""

from devices.simulators.printer.carriage import Carriage
from devices.simulators.printer.commands.table import Table, digit, number, signed
from devices.simulators.printer.page import area_of


def begin_page(carriage: Carriage, _args: bytes) -> None:
    """ESC L: gather a page; at the beginning of a line only."""
    if carriage.is_at_start and not carriage.modes.is_page:
        carriage.flush_strip()
        carriage.modes.is_page = True
        carriage.turn_page()


def leave_page(carriage: Carriage, _args: bytes) -> None:
    """ESC S: back to lines; what the page held is gone, its area too, its direction stays."""
    if carriage.modes.is_page:
        carriage.drop_line()
        carriage.modes.area, carriage.modes.is_page = None, False
        carriage.page.forget()


def clear_page(carriage: Carriage, _args: bytes) -> None:
    """CAN: what stands in the area now set is gone."""
    if carriage.modes.is_page:
        x = carriage.x
        carriage.flush_line()
        carriage.page.clear()
        carriage.x = x


def print_page(carriage: Carriage, _args: bytes) -> None:
    """ESC FF: print the page, which stays to be printed again."""
    if carriage.modes.is_page:
        carriage.print_page()


def form_feed(carriage: Carriage, args: bytes) -> None:
    """FF: print the page and go back to lines; without a page print the line."""
    if carriage.modes.is_page:
        carriage.print_page()
        leave_page(carriage, args)
    else:
        carriage.end_line(only_if_begun=True)


def set_area(carriage: Carriage, args: bytes) -> None:
    """ESC W xL xH yL yH dxL dxH dyL dyH: the area; one without size or outside is passed over."""
    left, top, width, height = (number(args[at : at + 2]) for at in range(0, 8, 2))
    if area_of((left, top, width, height), carriage.paper_dots) is None:
        return
    carriage.modes.area = (left, top, width, height)
    if carriage.modes.is_page:
        carriage.turn_page()


def set_direction(carriage: Carriage, args: bytes) -> None:
    """ESC T n: where text begins and runs; on paper it is remembered for the next page."""
    direction = digit(args[0])
    if direction <= 3:
        carriage.modes.direction = direction
        if carriage.modes.is_page:
            carriage.turn_page()


def place_down(carriage: Carriage, args: bytes) -> None:
    """GS $ nL nH: the base line so far from its first place; outside the area it is passed over."""
    _go_down_to(carriage, number(args))


def move_down(carriage: Carriage, args: bytes) -> None:
    r"""GS \ nL nH: the base line so far on, or back, as a signed number says."""
    _go_down_to(carriage, carriage.page.y + signed(args))


def _go_down_to(carriage: Carriage, dots: int) -> None:
    if carriage.modes.is_page and 0 <= dots < carriage.page.depth:
        carriage.flush_line()
        carriage.page.y = dots


PAGES: Table = {
    b"\x1bL": begin_page,
    b"\x1bS": leave_page,
    b"\x18": clear_page,
    b"\x1b\x0c": print_page,
    b"\x0c": form_feed,
    b"\x1bW": set_area,
    b"\x1bT": set_direction,
    b"\x1d$": place_down,
    b"\x1d\\": move_down,
}
