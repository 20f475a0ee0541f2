"""A store has told all that happened: what money means that waited for it is decided now."""

from typing import Final

from hub.kernel import Kernel
from hub.orders.change_order import order_row
from hub.orders.take_capture import Captured, TakeCapture
from hub.orders.wait_for_store import stop_waiting
from hub.stock.close_trouble import TOLD
from sync.storage.writer import Transaction

_WAITING: Final = (
    "SELECT c.order_id, c.provider, c.payment_id, c.reference, c.minor, c.currency"
    " FROM capture c JOIN orders o ON o.id = c.order_id WHERE c.outcome = 'waiting' AND o.store = ?"
    " ORDER BY c.at, c.provider, c.reference"
)


def decide_waiting(transaction: Transaction, kernel: Kernel, store: str, at: str) -> None:
    """Hold again, give back, or leave it to the order that the store's log has brought back."""
    for order, *told in transaction.all(_WAITING, (store,)):
        row = order_row(transaction, order)
        TakeCapture(kernel, Captured(*told)).conclude(transaction, row, at)
        stop_waiting(transaction, row, TOLD, at)
