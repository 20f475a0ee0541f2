"""A customer wants to pay a counter order online after all: keep the intent before any provider is called."""

import secrets
from dataclasses import dataclass

from hub.kernel import Kernel
from hub.orders.change_order import order_row
from hub.orders.order_money import standing
from hub.orders.rules import CLOSED
from hub.stock.require_whole import require_whole
from sync.rules.errors import Refused
from sync.storage.writer import Transaction


@dataclass(frozen=True, slots=True)
class AskPayment:
    """Command: ask for what a counter order costs; returns the payment's id.

    Asking again gives the same payment, unless the sum has changed since: then the earlier one is void.
    """

    kernel: Kernel
    token: str

    def __call__(self, transaction: Transaction) -> str:
        """Run in the writer.

        Raises:
            Refused: `unknown_order`; `closed`; `cancelling`, it is being cancelled; `paid_online`, it is no
                counter order; `paid`, it is paid already; `nothing_due`; `not_merged`, its store may
                know of money that the hub has forgotten. Nothing changed.
        """
        row = transaction.one("SELECT id FROM orders WHERE token = ?", (self.token,))
        if row is None:
            raise Refused("unknown_order")
        order = order_row(transaction, row[0])
        found = standing(transaction, order["id"])
        assert found is not None
        _require_payable(order, found.worth)
        require_whole(transaction, order["store"])
        waiting = transaction.one(
            "SELECT id, minor FROM payment WHERE order_id = ? AND state = 'pending'", (order["id"],)
        )
        if waiting is not None and waiting[1] == found.worth:
            return str(waiting[0])
        at = self.kernel.instant()
        transaction.execute(
            "UPDATE payment SET state = 'failed', settled_at = ? WHERE order_id = ? AND state = 'pending'",
            (at, order["id"]),
        )
        payment = secrets.token_urlsafe(18)
        transaction.execute(
            "INSERT INTO payment (id, order_id, provider, state, minor, currency, reference, at)"
            " VALUES (?, ?, 'sandbox', 'pending', ?, ?, '', ?)",
            (payment, order["id"], found.worth, order["currency"], at),
        )
        return payment


def _require_payable(order: dict[str, object], due_minor: int) -> None:
    """Refuse an order that cannot be paid online now.

    Raises:
        Refused: see `AskPayment`.
    """
    refusals = (
        ("closed", order["stage"] in CLOSED),
        ("cancelling", order["cancel_asked_at"] is not None),
        ("paid_online", order["pay"] != "counter"),
        ("paid", order["payment"] != "unpaid"),
        ("nothing_due", due_minor <= 0),
    )
    for code, is_so in refusals:
        if is_so:
            raise Refused(code, order=order["id"])
