"""An order as its store hears of it: short enough for one message, readable there, no whole name."""

import json
from typing import Any, Final

from hub.orders.rules import masked
from sync.keys.signing import SigningKey
from sync.messages.codec import parse_item
from sync.rules.books import HubPosition
from sync.rules.canonical import to_raw
from sync.rules.errors import Refused, Unbookable
from sync.rules.items import HoldItem, HoldLine
from sync.rules.pickup_token import claims_of, encode_claims, fitted
from sync.storage.writer import Transaction

MOST_NAME: Final = 64
"""Characters of a product's name that travel with a hold: a hundred lines must fit one message."""


def item_of(transaction: Transaction, order: dict[str, Any], *, cancel: bool = False) -> HoldItem:
    """An order as its store hears of it."""
    lines = transaction.all(
        "SELECT line, sku, qty, names, gtin, amount_minor FROM order_line WHERE order_id = ? ORDER BY line",
        (order["id"],),
    )
    contact = transaction.one(
        "SELECT name, phone_tail FROM order_contact WHERE order_id = ?", (order["id"],)
    ) or ("", "")
    return HoldItem(
        order=order["id"],
        number=order["number"],
        code_hash=order["code_hash"],
        pay_at="counter" if order["pay"] == "counter" else "online",
        due_minor=order["total_minor"],
        currency=order["currency"],
        placed_at=order["placed_at"],
        ready_by=order["ready_by"],
        expires_at=order["expires_at"],
        lines=tuple(
            HoldLine(
                line=line,
                sku=sku,
                qty=qty,
                names=short_names(json.loads(names)),
                gtin=gtin,
                price_minor=amount,
            )
            for line, sku, qty, names, gtin, amount in lines
        ),
        contact=masked(contact[0]),
        phone_tail=contact[1],
        locale=order["locale"],
        cancel=cancel,
        prepaid_minor=order["prepaid_minor"],
        sinc=order["sinc"],
    )


def short_names(names: dict[str, str]) -> dict[str, str]:
    """A product's names as they travel with a hold."""
    return {locale: name[:MOST_NAME] for locale, name in names.items()}


def readable_code(order: HoldItem, position: HubPosition, key: SigningKey | None) -> str:
    """The order's pickup code, signed; empty without a key, for an order whose code is told once it is paid.

    An order that the store's end could not read would stop everything behind it; one that no pickup code
    could say, paid online, would be told only after its payment. Both are refused here.

    Raises:
        Refused: `unreadable_order`, with the field or the reason.
    """
    try:
        parse_item(to_raw(order))
        claims = claims_of(order, position)
        if key is not None:
            return key.sign(claims)
        encode_claims(fitted(claims))
    except Unbookable as error:
        raise Refused("unreadable_order", **error.facts) from error
    except ValueError as error:
        raise Refused("unreadable_order", why=str(error)) from error
    return ""
