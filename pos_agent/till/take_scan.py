"""Take a scan at the till: a product becomes a line of the open ticket, in one commit."""

from collections.abc import Callable
from typing import Any

from pos_agent.catalogue.queries import Goods
from pos_agent.desk import Desk
from pos_agent.ledger.store_book import SqliteStoreBook
from pos_agent.till import ticket as tickets
from pos_agent.till.cases import cases_of
from pos_agent.till.classify import Classified, need_fresh
from pos_agent.till.find_goods import find_goods, units_of
from pos_agent.till.show_ticket import show_ticket
from sync.rules.errors import Refused

Act = Callable[[SqliteStoreBook, str], dict[str, Any] | None]
"""A change of a ticket; what it returns is told to the screens as `scanned`."""


async def take_scan(desk: Desk, till: str, scan: Classified, times: int = 1) -> dict[str, Any]:
    """Add what was scanned to the till's ticket, `times` over; returns the ticket.

    The screens are told too which line it went to and what one scan was, so that a page that asked for
    several of what its scanner reads can add the rest.

    Raises:
        Refused: as `find_goods`; `not_for_sale`, `no_price`, `ticket_full`; `empty_label`;
            `measured_line`, a label was to count several times; `out_of_date`, its own code says so.
    """
    need_fresh(scan, desk.today)
    return await change(desk, till, lambda book, ticket: _add(book, ticket, scan, times))


async def add_lines(desk: Desk, till: str, sku: str, qty: int, pieces: int = 1) -> dict[str, Any]:
    """Add units of a SKU picked from the search, or `qty` cases of `pieces` units; returns the ticket.

    Raises:
        Refused: as `take_scan`.
    """

    def act(book: SqliteStoreBook, ticket: str) -> None:
        product = find_goods(book.tx, Classified("internal", sku)).product
        tickets.add_units(book.tx, ticket, Goods(product, pieces), qty)

    return await change(desk, till, act)


async def set_quantity(desk: Desk, till: str, line: int, qty: int) -> dict[str, Any]:
    """Change a line's units; returns the ticket."""
    return await change(desk, till, lambda book, ticket: tickets.set_units(book.tx, ticket, line, qty))


async def drop_line(desk: Desk, till: str, line: int) -> dict[str, Any]:
    """Take a line off; returns the ticket."""
    return await change(desk, till, lambda book, ticket: tickets.drop_line(book.tx, ticket, line))


async def clear_ticket(desk: Desk, till: str) -> dict[str, Any]:
    """Take all lines off; returns the ticket."""
    return await change(desk, till, lambda book, ticket: tickets.clear(book.tx, ticket))


async def current_ticket(desk: Desk, till: str) -> dict[str, Any]:
    """The till's open ticket."""
    currency, at = desk.profile.currency, desk.at

    def read(book: SqliteStoreBook) -> dict[str, Any]:
        return tickets.ticket_json(book, tickets.open_ticket(book.tx, till, at, currency))

    return await desk.ledger.run(read)


async def change(desk: Desk, till: str, act: Act) -> dict[str, Any]:
    """Change the till's open ticket by `act(book, ticket id)`, show it on the screens, and return it."""
    currency, at = desk.profile.currency, desk.at

    def command(book: SqliteStoreBook) -> tuple[dict[str, Any], dict[str, Any] | None]:
        ticket = tickets.open_ticket(book.tx, till, at, currency)
        scanned = act(book, ticket)
        return tickets.ticket_json(book, ticket), scanned

    changed, scanned = await desk.ledger.run(command)
    _ask_for_missing(desk, changed)
    show_ticket(desk, till, changed if scanned is None else {**changed, "scanned": scanned})
    return changed


def _add(book: SqliteStoreBook, ticket: str, scan: Classified, times: int) -> dict[str, Any]:
    goods = find_goods(book.tx, scan)
    product = goods.product
    if not scan.is_measured:
        line = tickets.add_units(book.tx, ticket, goods, times)
        pieces, packs = cases_of(goods)[0] if cases_of(goods) else (1, 1)
        return {"line": line, "sku": product.sku, "pieces": pieces, "packs": packs}
    if times > 1:
        raise Refused("measured_line")
    line = tickets.add_measured(book.tx, ticket, product, units_of(scan, goods), scan.amount_minor)
    return {"line": line, "sku": product.sku, "pieces": 1, "packs": 1}


def _ask_for_missing(desk: Desk, ticket: dict[str, Any]) -> None:
    """Ask the hub for units beyond the floor's at once, so that they are here when the customer pays."""
    missing = {
        line["sku"]: line["qty"] - line["free"] for line in ticket["lines"] if line["qty"] > line["free"]
    }
    if missing and desk.line.is_online:
        desk.line.want(missing)
