"""HQ gives money back for an order that its store was asked to cancel and has not answered about.

A recorded loss: the goods may have been handed over in a store that the hub cannot hear. It frees no
units, since only the store can say that they are free. If the store releases them later, the loss is none
and nothing goes back again; if it handed them over, the loss stays and a person speaks to the customer.
"""

from dataclasses import dataclass

from hub.kernel import Kernel
from hub.orders.change_order import order_row, tell_page
from hub.orders.order_money import give_back, standing
from hub.orders.rules import CLOSED
from sync.rules.errors import Refused
from sync.storage.writer import Transaction


@dataclass(frozen=True, slots=True)
class ForceRefund:
    """Command: give back now what was paid online; returns minor units.

    Args:
        kernel: the hub.
        order: its id.
        by: the login of who decides.
        reason: why, in their words.
    """

    kernel: Kernel
    order: str
    by: str
    reason: str

    def __call__(self, transaction: Transaction) -> int:
        """Run in the writer.

        Raises:
            Refused: `unknown_order`; `closed`, its store has answered and money goes back by itself;
                `not_cancelling`, nobody asked to cancel; `nothing_paid`, no online money is left to give
                back; `no_reason`. Nothing changed.
        """
        order = order_row(transaction, self.order)
        found = standing(transaction, self.order)
        assert found is not None
        refusals = (
            ("no_reason", not self.reason.strip()),
            ("closed", order["stage"] in CLOSED),
            ("not_cancelling", order["cancel_asked_at"] is None),
            ("nothing_paid", found.money.left <= 0),
        )
        for code, is_so in refusals:
            if is_so:
                raise Refused(code, order=self.order)
        at, minor = self.kernel.instant(), found.money.left
        give_back(transaction, self.order, minor, at, "forced")
        transaction.execute(
            "INSERT INTO forced_refund (order_id, minor, at, by, reason) VALUES (?, ?, ?, ?, ?)",
            (self.order, minor, at, self.by, self.reason.strip()),
        )
        tell_page(transaction, self.kernel, order["token"])
        return minor
