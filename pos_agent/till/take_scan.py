"""Take a scan at the till: a product becomes a line of the open ticket, in one commit."""

from dataclasses import dataclass
from typing import Any, Final

from pos_agent.catalogue.queries import Product, product_by_gtin, product_by_sku
from pos_agent.codes.queries import alias_of
from pos_agent.desk import Desk
from pos_agent.ledger.store_book import SqliteStoreBook
from pos_agent.till import ticket as tickets
from pos_agent.till.classify import Classified, is_payment_code, measured_units, need_fresh
from pos_agent.till.show_ticket import show_ticket
from sync.rules.errors import Refused
from sync.storage.writer import Transaction

_NO_GOODS: Final = {"payment": "payment_code", "member": "member_code"}


@dataclass(frozen=True, slots=True)
class Goods:
    """What a code stands for: a product, and how many of its stock units (a case holds several)."""

    product: Product
    pieces: int = 1


def find_goods(tx: Transaction, scan: Classified) -> Goods:
    """What a code stands for: by the catalogue, then by what this store's manager said.

    Raises:
        Refused: `payment_code`, it is somebody's money, not goods; `member_code`; `unknown_receipt`, it has
            the form of one and stands for no goods; `unknown_code`.
    """
    if scan.meaning in _NO_GOODS:
        raise Refused(_NO_GOODS[scan.meaning])
    for code in (scan.code, *scan.others):
        found = product_by_gtin(tx, code) if code.isdigit() else None
        found = found or product_by_sku(tx, code)
        if found is not None:
            return Goods(found)
    for code in (scan.code, *scan.others):
        if (alias := alias_of(tx, code)) and (named := product_by_sku(tx, alias[0])):
            return Goods(named, alias[1])
    if scan.meaning == "receipt":
        raise Refused("unknown_receipt")
    scanned = scan.others[-1] if scan.others else scan.code
    if is_payment_code(scanned):  # a label of no goods of ours: more likely somebody's money, so never shown
        raise Refused("payment_code")
    raise Refused("unknown_code", scanned=scanned)


async def take_scan(desk: Desk, till: str, scan: Classified) -> dict[str, Any]:
    """Add what was scanned to the till's ticket; returns the ticket.

    Raises:
        Refused: as `find_goods`; `not_for_sale`, `no_price`, `ticket_full`; `empty_label`;
            `out_of_date`, its own code says so.
    """
    need_fresh(scan, desk.today)
    return await change(desk, till, lambda book, ticket: _add(book, ticket, scan))


async def add_lines(desk: Desk, till: str, sku: str, qty: int) -> dict[str, Any]:
    """Add units of a SKU picked from the search; returns the ticket.

    Raises:
        Refused: as `take_scan`.
    """

    def act(book: SqliteStoreBook, ticket: str) -> None:
        tickets.add_units(book.tx, ticket, find_goods(book.tx, Classified("internal", sku)).product, qty)

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


async def change(desk: Desk, till: str, act: Any) -> dict[str, Any]:
    """Change the till's open ticket by `act(book, ticket id)`, show it on the screens, and return it."""
    currency, at = desk.profile.currency, desk.at

    def command(book: SqliteStoreBook) -> dict[str, Any]:
        ticket = tickets.open_ticket(book.tx, till, at, currency)
        act(book, ticket)
        return tickets.ticket_json(book, ticket)

    changed = await desk.ledger.run(command)
    _ask_for_missing(desk, changed)
    show_ticket(desk, till, changed)
    return changed


def _add(book: SqliteStoreBook, ticket: str, scan: Classified) -> None:
    goods = find_goods(book.tx, scan)
    product = goods.product
    if not scan.is_measured:
        tickets.add_units(book.tx, ticket, product, goods.pieces)
        return
    units = measured_units(scan, product.unit, product.price_minor, product.per)
    tickets.add_measured(book.tx, ticket, product, units, scan.amount_minor)


def _ask_for_missing(desk: Desk, ticket: dict[str, Any]) -> None:
    """Ask the hub for units beyond the floor's at once, so that they are here when the customer pays."""
    missing = {
        line["sku"]: line["qty"] - line["free"] for line in ticket["lines"] if line["qty"] > line["free"]
    }
    if missing and desk.line.is_online:
        desk.line.want(missing)
