"""An order that a store knows and the hub has lost: made anew from what the store's log says of it.

Who ordered is not on the log: the customer's own code still opens it in the store, and a person finds
the payment at the provider by its number.
"""

import secrets
from datetime import timedelta

from hub.orders.order_money import assume_paid
from hub.orders.rules import HOLD_HOURS
from sync.rules.facts import Held, HoldStep
from sync.storage.writer import Transaction
from sync.values.clock import from_instant, to_instant

_ORDER = (
    "INSERT INTO orders (id, number, token, store, sinc, stage, payment, pay, total_minor, currency, locale,"
    " code, code_hash, placed_at, ready_by, expires_at, paid_minor, price_version)"
    " SELECT ?, ?, ?, ?, sinc, 'pending_store', ?, ?, ?, ?, ?, '', ?, ?, ?, ?, 0, 0 FROM store_stream"
    " WHERE store = ?"
)
_LINE = (
    "INSERT INTO order_line (order_id, line, sku, names, gtin, image, qty, unit_minor, per, amount_minor)"
    " SELECT ?, ?, sku, json_object('zh-CN', name_zh, 'en', name_en), coalesce(gtin, ''), image, ?,"
    " price_minor, price_per, ? FROM sku WHERE sku = ?"
)

FORGOTTEN = frozenset({"unpaid", "cancelled", "expired"})
"""Stages in which a hub that was put back takes an order for never paid."""
_HOLD_HOURS = "SELECT json_extract(settings, '$.pickup.hold_hours') FROM store WHERE id = ?"


def recover_order(transaction: Transaction, store: str, step: HoldStep, held: Held) -> None:
    """Make a lost order anew, or take back its cancelling where only its payment was lost."""
    row = transaction.one("SELECT stage FROM orders WHERE id = ?", (step.order,))
    if row is None:
        _make(transaction, store, step, held)
    elif row[0] not in FORGOTTEN:
        return
    reopen(transaction, step.order, held.due_minor if held.pay_at == "online" else 0, step.at)


def reopen(transaction: Transaction, order: str, paid_minor: int, at: str) -> None:
    """The store has it, so it was given to the store: go on, and count what was paid online for it."""
    transaction.execute(
        "UPDATE orders SET stage = 'pending_store', closed_at = NULL, lapses_at = NULL WHERE id = ?", (order,)
    )
    if paid_minor:
        assume_paid(transaction, order, paid_minor, at)


def _make(transaction: Transaction, store: str, step: HoldStep, held: Held) -> None:
    """The order and its lines; nobody's."""
    taken = transaction.one("SELECT 1 FROM orders WHERE number = ?", (held.number,))
    number = f"{held.number}-{secrets.token_hex(2)}" if taken else held.number
    pay = "counter" if held.pay_at == "counter" else "sandbox"
    transaction.execute(
        _ORDER,
        (
            step.order,
            number,
            secrets.token_urlsafe(18),
            store,
            "unpaid",
            pay,
            held.due_minor,
            held.currency,
            held.locale,
            held.code_hash,
            step.at,
            _promise(transaction, store, step, held),
            held.expires_at,
            store,
        ),
    )
    for line in held.lines:
        transaction.execute(_LINE, (step.order, line.line, line.qty, line.price_minor, line.sku))
    transaction.execute(
        "INSERT INTO order_contact (order_id, name, phone, phone_tail) VALUES (?, '', '', '')", (step.order,)
    )


def _promise(transaction: Transaction, store: str, step: HoldStep, held: Held) -> str:
    """When it was to be ready: an order is kept for a fixed time from then on, and until when the log says.

    Never before the store had it, so that other settings since make no order late that was not.
    """
    (hours,) = transaction.one(_HOLD_HOURS, (store,)) or (None,)
    kept = timedelta(hours=HOLD_HOURS if hours is None else hours)
    return to_instant(max(from_instant(held.expires_at) - kept, from_instant(step.at)))
