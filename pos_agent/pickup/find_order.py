"""Find an order by what the customer shows: the signed QR, or the code that is read out.

A good QR opens an order that this store has never received: the customer carries the message.
"""

from dataclasses import replace
from typing import Any, Final

from pos_agent.desk import Desk
from pos_agent.ledger.store_book import SqliteStoreBook
from pos_agent.pickup.queries import goods_of, order_view
from pos_agent.pickup.rules import TryLimit
from pos_agent.pickup.view import order_json
from sync.rules.errors import Refused, TokenRefused
from sync.rules.holds import LineCount, StoreHold
from sync.rules.items import HoldItem
from sync.rules.pickup_token import Claims, hold_from_claims, judge
from sync.rules.store.prepaid import due_minor
from sync.values.pickup_code import code_hash, normalise

_OF_NUMBER: Final = (
    "SELECT order_id FROM hold WHERE body IS NOT NULL AND json_extract(body, '$.number') = ?"
    " ORDER BY stage = 'closed', order_id DESC LIMIT 1"
)


def read_token(desk: Desk, text: str) -> Claims:
    """The claims of a pickup QR that the hub signed.

    Raises:
        TokenRefused: `not_a_token`, `damaged`, `unknown_key`, `forged`.
    """
    return desk.profile.keys.verify(text.strip())


def check_claims(desk: Desk, book: SqliteStoreBook, claims: Claims) -> StoreHold | None:
    """The hold that claims are about, or None where this ledger may accept it from them.

    Raises:
        TokenRefused: this store must not serve it, or the code was issued anew (`revoked`).
    """
    hold = book.hold(claims.order)
    now_unix = int(desk.clock.now().timestamp())
    judge(claims, book.position(), known=hold is not None, now_unix=now_unix)
    if hold is not None and hold.body is not None and hold.body.code_hash != claims.code_hash:
        raise TokenRefused("revoked", order=claims.order)
    return hold


async def find_by_token(desk: Desk, text: str) -> dict[str, Any]:
    """The order of a scanned QR; nothing is booked yet."""
    claims = read_token(desk, text)

    def command(book: SqliteStoreBook) -> dict[str, Any]:
        if check_claims(desk, book, claims) is not None:
            return order_view(book, claims.order, desk.profile.currency)
        return _preview(book, hold_from_claims(claims), desk.profile.currency)

    return await desk.ledger.run(command)


async def find_by_receipt(desk: Desk, number: str) -> dict[str, Any]:
    """The order that a receipt was printed for. A receipt proves nothing: it hands nothing over.

    Raises:
        Refused: `unknown_receipt`; `no_order`, it is of a sale at a till.
    """
    row = await desk.reader.one("SELECT order_id FROM receipt WHERE number = ?", (number.strip(),))
    if row is None:
        raise Refused("unknown_receipt")
    if row[0] is None:
        raise Refused("no_order")
    return await desk.ledger.run(lambda book: order_view(book, str(row[0]), desk.profile.currency))


async def find_by_number(desk: Desk, number: str) -> dict[str, Any]:
    """The order of a number, as slips and bag labels carry it. It proves nothing: it hands nothing over.

    Raises:
        Refused: `unknown_order`.
    """
    order = await order_of_number(desk, number)
    if order is None:
        raise Refused("unknown_order")
    return await desk.ledger.run(lambda book: order_view(book, order, desk.profile.currency))


async def order_of_number(desk: Desk, number: str) -> str | None:
    """The order that has this number here, an open one first; None where none has."""
    row = await desk.reader.one(_OF_NUMBER, (number.strip(),))
    return str(row[0]) if row else None


async def find_by_code(desk: Desk, limit: TryLimit, text: str, phone_tail: str = "") -> dict[str, Any]:
    """The order of a typed code.

    Raises:
        Refused: `wrong_code`; `locked` after too many wrong ones.
    """
    code = normalise(text)
    hashed = code_hash(desk.enrolment.store, code) if code else ""

    def command(book: SqliteStoreBook) -> dict[str, Any]:
        order = _order_by_hash(book, hashed, phone_tail)
        if order is None:
            raise Refused("wrong_code")
        return order_view(book, order, desk.profile.currency)

    with limit.trying(desk.clock.monotonic()):
        return await desk.ledger.run(command)


def _order_by_hash(book: SqliteStoreBook, hashed: str, phone_tail: str) -> str | None:
    """The order with a code's hash, open ones first."""
    if not hashed:
        return None
    rows = book.tx.all(
        "SELECT order_id, json_extract(body, '$.phone_tail') FROM hold WHERE code_hash = ?"
        " ORDER BY stage = 'closed', order_id DESC",
        (hashed,),
    )
    fitting = [order for order, tail in rows if not phone_tail or tail == phone_tail]
    return fitting[0] if fitting else None


def _preview(book: SqliteStoreBook, item: HoldItem, currency: str) -> dict[str, Any]:
    """An order that this store has never received, as its QR tells it."""
    lines = tuple(LineCount(line=line.line, sku=line.sku, qty=line.qty) for line in item.lines)
    hold = StoreHold(order=item.order, stage="received", lines=lines, body=item)
    goods = goods_of(book, {line.sku for line in lines})
    named = replace(
        item,
        lines=tuple(
            replace(line, names=goods[line.sku].names, gtin=goods[line.sku].gtin) for line in item.lines
        ),
    )
    return order_json(replace(hold, body=named), goods, currency, due_minor(hold))
