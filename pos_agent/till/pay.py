"""Pay a ticket: movement, payment, receipt number, print job and events are one commit.

Then the paper, then the hub: the customer never waits for either. Paying a ticket again answers with
what was booked the first time.
"""

import asyncio
from dataclasses import dataclass
from typing import Any, Final

from devices.printing.job import JobKind
from pos_agent.desk import Desk
from pos_agent.hardware.drawer import Opening
from pos_agent.ledger.store_book import SqliteStoreBook
from pos_agent.staff.queries import name_of
from pos_agent.till import ticket as tickets
from pos_agent.till.receipt import Receipt, ReceiptLine, keep, next_number
from pos_agent.till.receipt_document import receipt_document
from pos_agent.till.rules import SaleFrame, change_for, overridden_moves, sale_moves
from pos_agent.till.show_ticket import show_ticket
from sync.rules.errors import Refused, Short
from sync.rules.facts import Payment
from sync.rules.store.ledger import book_move, book_payment

ASK_HUB_S: Final = 0.5
"""How long a tender waits for units that the hub may give back (protocol, section 6)."""
_LOOK_AGAIN_S: Final = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Tendered:
    """What the clerk did: `override` is the reason for selling beyond the floor's units."""

    ticket: str
    till: str
    given_minor: int
    actor: str
    tender: str = "cash"
    override: str | None = None


async def pay(desk: Desk, tendered: Tendered) -> dict[str, Any]:
    """Book a sale; returns the completed ticket.

    Raises:
        Short: the floor lacks units; `facts["orders"]` are those that an override would hurt,
            `promised` the units they wait for, `online` those set aside for orders to come.
        Refused: `unknown_ticket`, `empty_ticket`, `too_little_given`.
    """
    try:
        paid = await desk.ledger.run(lambda book: book_sale(desk, book, tendered))
    except Short as short:
        if not desk.line.is_online:
            raise
        await _ask_hub(desk, short)
        paid = await desk.ledger.run(lambda book: book_sale(desk, book, tendered))
    show_ticket(desk, tendered.till, paid)
    if tendered.tender == "cash" and paid["total_minor"] and desk.drawer:
        number = paid["receipt"]["number"]
        desk.drawer.open_for_cash(
            Opening(at=desk.at, till=tendered.till, actor=tendered.actor, cause="cash", receipt=number)
        )
    return paid


def book_sale(desk: Desk, book: SqliteStoreBook, tendered: Tendered) -> dict[str, Any]:
    """The sale's one transaction."""
    row = book.tx.one("SELECT state, currency, till FROM ticket WHERE id = ?", (tendered.ticket,))
    # another till's ticket is another customer's: its receipt would come out here, its basket stay there
    if row is None or row[2] != tendered.till:
        raise Refused("unknown_ticket", ticket=tendered.ticket)
    if row[0] == "completed":
        return tickets.ticket_json(book, tendered.ticket)
    lines = tickets.lines_of(book.tx, tendered.ticket)
    if not lines:
        raise Refused("empty_ticket")
    total = sum(line["amount_minor"] for line in lines)
    change = change_for(total, tendered.given_minor)
    at = desk.at
    number = next_number(book.tx, book.position(), tendered.till)
    _move_goods(book, lines, SaleFrame(ref=number, at=at, actor=tendered.actor, why=tendered.override or ""))
    receipt = Receipt(
        number=number,
        kind="sale",
        till=tendered.till,
        at=at,
        actor=tendered.actor,
        currency=row[1],
        lines=tuple(_receipt_line(line) for line in lines),
        total_minor=total,
        paid_minor=total,
        given_minor=tendered.given_minor,
        change_minor=change,
        tender=tendered.tender,
        locale=desk.profile.locale,
        clerk=name_of(book.tx, tendered.actor, desk.profile.locale),
    )
    take_money(book, receipt)
    job = desk.papers.enqueue(book.tx, JobKind.RECEIPT, receipt_document(receipt, desk.profile))
    keep(book.tx, receipt, tendered.ticket, job)
    book.tx.execute(
        "UPDATE ticket SET state = 'completed', completed_at = ? WHERE id = ?", (at, tendered.ticket)
    )
    tickets.open_ticket(book.tx, tendered.till, at, desk.profile.currency)
    return tickets.ticket_json(book, tendered.ticket)


def take_money(book: SqliteStoreBook, receipt: Receipt) -> None:
    """Book the money that a receipt says was taken here; nothing for one that costs nothing."""
    if receipt.paid_minor:
        book_payment(
            book,
            Payment(
                ref=receipt.number,
                tender=receipt.tender,  # type: ignore[arg-type]  # the caller's model allows known tenders only
                minor=receipt.paid_minor,
                currency=receipt.currency,
                at=receipt.at,
                order=receipt.order,
                actor=receipt.actor,
            ),
        )


def _move_goods(book: SqliteStoreBook, lines: list[dict[str, Any]], frame: SaleFrame) -> None:
    """Take the goods off the floor, or say which orders that would hurt."""
    goods = [(line["sku"], line["qty"]) for line in lines]
    if frame.why:
        moves = overridden_moves(goods, {sku: book.stock(sku).free for sku, _qty in goods}, frame)
    else:
        moves = sale_moves(goods, frame)
    try:
        for move in moves:
            book_move(book, move)
    except Short as short:
        sku = str(short.facts["sku"])
        stock = book.stock(sku)
        short.facts |= {
            "orders": hurt_orders(book, sku),
            "promised": stock.open,
            "online": max(0, stock.online),
        }
        raise


def hurt_orders(book: SqliteStoreBook, sku: str) -> list[str]:
    """The numbers of open orders that still wait for units of a SKU, the newest first."""
    rows = book.tx.all(
        "SELECT h.order_id, json_extract(h.body, '$.number') FROM hold_line l"
        " JOIN hold h ON h.order_id = l.order_id WHERE l.sku = ?"
        " AND l.qty > l.done + l.short + l.released ORDER BY h.order_id DESC LIMIT 20",
        (sku,),
    )
    return [str(number or order) for order, number in rows]


def _receipt_line(line: dict[str, Any]) -> ReceiptLine:
    names = ("sku", "gtin", "names", "qty", "unit_minor", "per", "amount_minor", "unit", "is_label_price")
    return ReceiptLine(**{name: line[name] for name in names})


async def _ask_hub(desk: Desk, short: Short) -> None:
    """Ask the hub for the missing units and wait a moment for them to arrive."""
    sku, wanted, left = (short.facts[name] for name in ("sku", "wanted", "left"))
    assert isinstance(wanted, int)
    assert isinstance(left, int)
    desk.line.want({str(sku): wanted - left})
    for _ in range(int(ASK_HUB_S / _LOOK_AGAIN_S)):
        await asyncio.sleep(_LOOK_AGAIN_S)
        row = await desk.reader.one(
            "SELECT floor + staged - granted + returned + settled FROM stock WHERE sku = ?", (str(sku),)
        )
        if row is not None and row[0] >= wanted:
            return
