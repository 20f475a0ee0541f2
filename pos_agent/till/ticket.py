"""The open ticket of a till: add, change and clear lines. Each change is one commit: a kill loses nothing."""

import json
from dataclasses import dataclass
from typing import Any

from pos_agent.catalogue.queries import Goods, Product
from pos_agent.hardware.papers import printed_state
from pos_agent.ledger.store_book import SqliteStoreBook
from pos_agent.till.cases import Cases, cases_of, together, within
from pos_agent.till.rules import MOST_LINES, MOST_UNITS_PER_LINE, items_of
from sync.rules.errors import Refused
from sync.rules.price import BasketLine, PriceEntry, price
from sync.runtime.ids import new_id
from sync.storage.writer import Transaction
from sync.values.bounds import MOST_COUNTER
from sync.values.money import half_up

_LINES = (
    "SELECT line, sku, gtin, names, unit_minor, per, qty, amount_minor, price_version, unit, is_measured,"
    " cases FROM ticket_line WHERE ticket_id = ? ORDER BY line"
)
_PUT_LINE = (
    "INSERT INTO ticket_line (ticket_id, line, sku, gtin, names, unit_minor, per, qty, amount_minor,"
    " price_version, unit, is_measured, cases) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_SET_QTY = "UPDATE ticket_line SET qty = ?, amount_minor = ?, cases = ? WHERE ticket_id = ? AND line = ?"
_FIELDS = (
    *("line", "sku", "gtin", "names", "unit_minor", "per", "qty", "amount_minor", "price_version"),
    *("unit", "is_measured", "cases"),
)


def open_ticket(tx: Transaction, till: str, at: str, currency: str) -> str:
    """The id of the till's open ticket; a new one where there is none."""
    row = tx.one("SELECT id FROM ticket WHERE till = ? AND state = 'open'", (till,))
    if row is not None:
        return str(row[0])
    ticket = new_id()
    tx.execute(
        "INSERT INTO ticket (id, till, state, opened_at, currency) VALUES (?, ?, 'open', ?, ?)",
        (ticket, till, at, currency),
    )
    return ticket


def lines_of(tx: Transaction, ticket: str) -> list[dict[str, Any]]:
    """A ticket's lines as they are stored."""
    found = [dict(zip(_FIELDS, row, strict=True)) for row in tx.all(_LINES, (ticket,))]
    return [
        {
            **line,
            "names": json.loads(line["names"]),
            "is_measured": bool(line["is_measured"]),
            "cases": tuple(Cases(*one) for one in json.loads(line["cases"])),
            "is_label_price": _is_label_price(line),
        }
        for line in found
    ]


def _is_label_price(line: dict[str, Any]) -> bool:
    """Whether the label's amount is not what the list price comes to: then no sum of the two is shown."""
    listed = half_up(line["unit_minor"] * line["qty"], line["per"])
    return bool(line["is_measured"]) and line["amount_minor"] != listed


def add_units(tx: Transaction, ticket: str, goods: Goods, times: int = 1) -> int:
    """Add what a code stands for, `times` over: more of the product's line, or a new line.

    Returns:
        The line's number.

    Raises:
        Refused: `not_for_sale`, `no_price`, `mixed_currency`, `ticket_full`, `bad_quantity`,
            `total_too_large`.
    """
    product, qty = goods.product, goods.units * times
    same = next(
        (line for line in lines_of(tx, ticket) if line["sku"] == product.sku and not line["is_measured"]),
        None,
    )
    cases = cases_of(goods, times)
    if same is not None and product.is_on:
        _set_units(tx, ticket, same["line"], same["qty"] + qty, together((*same["cases"], *cases)))
        return int(same["line"])
    return _put_line(tx, ticket, product, qty, _Marks(is_measured=False, cases=cases))


def add_measured(tx: Transaction, ticket: str, product: Product, qty: int, amount_minor: int | None) -> int:
    """Add goods whose label says how many units they are: a line of their own, since each label is a piece.

    Args:
        tx: the command's transaction.
        ticket: where to.
        product: the goods.
        qty: stock units.
        amount_minor: what the label says they cost; it is what the customer read, so it wins over the list.

    Returns:
        The line's number.

    Raises:
        Refused: as `add_units`.
    """
    return _put_line(tx, ticket, product, qty, _Marks(is_measured=True, amount_minor=amount_minor))


@dataclass(frozen=True, slots=True)
class _Marks:
    """What a new line is marked with: its label's amount, the cases it came in."""

    is_measured: bool
    amount_minor: int | None = None
    cases: tuple[Cases, ...] = ()


def _put_line(tx: Transaction, ticket: str, product: Product, qty: int, marks: _Marks) -> int:
    if not product.is_on:
        raise Refused("not_for_sale", sku=product.sku)
    lines = lines_of(tx, ticket)
    if len(lines) >= MOST_LINES:
        raise Refused("ticket_full", most=MOST_LINES)
    _same_currency(tx, ticket, product, is_first=not lines)
    listed = _amount(product.price_entry, qty)
    amount = listed if marks.amount_minor is None else marks.amount_minor
    _need_total(amount, lines)
    number = max((line["line"] for line in lines), default=0) + 1
    names = json.dumps(product.names, ensure_ascii=False)
    row = (ticket, number, product.sku, product.gtin, names, product.price_minor, product.per)
    kept = (amount, product.version, product.unit, marks.is_measured, json.dumps(marks.cases))
    tx.execute(_PUT_LINE, (*row, qty, *kept))
    return int(number)


def set_units(tx: Transaction, ticket: str, number: int, qty: int) -> None:
    """Change a line's units; the price it was shown at stays, so do the cases that still fit.

    Raises:
        Refused: `unknown_line`, `measured_line`, `bad_quantity`, `total_too_large`.
    """
    _set_units(tx, ticket, number, qty)


def _set_units(
    tx: Transaction, ticket: str, number: int, qty: int, cases: tuple[Cases, ...] | None = None
) -> None:
    lines = lines_of(tx, ticket)
    line = next((line for line in lines if line["line"] == number), None)
    if line is None:
        raise Refused("unknown_line", line=number)
    if line["is_measured"]:
        raise Refused("measured_line", line=number)
    entry = PriceEntry(
        sku=line["sku"], price_minor=line["unit_minor"], currency="XXX", per=line["per"], version=0
    )
    amount = _amount(entry, qty)
    _need_total(amount, [other for other in lines if other is not line])
    kept = within(line["cases"] if cases is None else cases, qty)
    tx.execute(_SET_QTY, (qty, amount, json.dumps(kept), ticket, number))


def drop_line(tx: Transaction, ticket: str, number: int) -> None:
    """Take a line off.

    Raises:
        Refused: `unknown_line`.
    """
    gone = tx.execute("DELETE FROM ticket_line WHERE ticket_id = ? AND line = ?", (ticket, number)).rowcount
    if not gone:
        raise Refused("unknown_line", line=number)


def clear(tx: Transaction, ticket: str) -> None:
    """Take all lines off."""
    tx.execute("DELETE FROM ticket_line WHERE ticket_id = ?", (ticket,))


def ticket_json(book: SqliteStoreBook, ticket: str) -> dict[str, Any]:
    """A ticket as a screen shows it."""
    row = book.tx.one("SELECT state, currency FROM ticket WHERE id = ?", (ticket,))
    assert row is not None
    lines = lines_of(book.tx, ticket)
    shown = (
        *("line", "sku", "gtin", "names", "unit_minor", "per", "unit", "qty", "amount_minor"),
        *("is_measured", "is_label_price"),
    )
    return {
        "id": ticket,
        "state": row[0],
        "lines": [
            {
                **{name: line[name] for name in shown},
                "cases": [one._asdict() for one in line["cases"]],
                "free": book.stock(line["sku"]).free,
            }
            for line in lines
        ],
        "count": sum(items_of(line["unit"], line["qty"]) for line in lines),
        "total_minor": sum(line["amount_minor"] for line in lines),
        "currency": row[1],
        "receipt": _receipt_json(book.tx, ticket) if row[0] == "completed" else None,
    }


def _receipt_json(tx: Transaction, ticket: str) -> dict[str, Any] | None:
    row = tx.one(
        "SELECT number, change_minor, given_minor, tender, job_id FROM receipt WHERE ticket_id = ?", (ticket,)
    )
    if row is None:
        return None
    number, change, given, tender, job = row
    return {
        "number": number,
        "change_minor": change,
        "given_minor": given,
        "tender": tender,
        "printed": printed_state(tx, job),
    }


def _same_currency(tx: Transaction, ticket: str, product: Product, *, is_first: bool) -> None:
    """A ticket has one currency: that of its first line."""
    if is_first:
        tx.execute("UPDATE ticket SET currency = ? WHERE id = ?", (product.currency, ticket))
        return
    row = tx.one("SELECT currency FROM ticket WHERE id = ?", (ticket,))
    if row is not None and row[0] != product.currency:
        raise Refused("mixed_currency", sku=product.sku, currency=product.currency, expected=row[0])


def _need_total(amount_minor: int, others: list[dict[str, Any]]) -> None:
    """Refuse a ticket whose total no payment could carry."""
    if amount_minor + sum(line["amount_minor"] for line in others) > MOST_COUNTER:
        raise Refused("total_too_large", most_minor=MOST_COUNTER)


def _amount(entry: PriceEntry, qty: int) -> int:
    """What a line costs, by the one price engine."""
    if not 1 <= qty <= MOST_UNITS_PER_LINE:
        raise Refused("bad_quantity", sku=entry.sku, qty=qty)
    return price([BasketLine(sku=entry.sku, qty=qty)], {entry.sku: entry}).total_minor
