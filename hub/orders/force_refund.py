"""HQ gives money back that waits for a store's answer.

It is the money of an order that the store was asked to cancel, or that came while the store had not told
all that happened. A recorded loss: the goods may have been handed over in a store that the hub cannot
hear. It frees no units, since only the store can say that they are free. If the store releases them later,
the loss is none and nothing goes back again; if it handed them over, the loss stays and a person speaks to
the customer.
"""

from dataclasses import dataclass

from hub.kernel import Kernel
from hub.orders.change_order import order_row, tell_page
from hub.orders.order_money import give_back, standing
from hub.orders.rules import CLOSED
from hub.orders.wait_for_store import stop_waiting, waiting_minor
from hub.stock.close_trouble import GIVEN_BACK
from sync.rules.errors import Refused
from sync.storage.writer import Transaction

_DECIDED = "UPDATE capture SET outcome = 'refunded' WHERE order_id = ? AND outcome = 'waiting'"


@dataclass(frozen=True, slots=True)
class ForceRefund:
    """Command: give back now what was paid online; returns minor units.

    Of an order that nobody cancels only what waits for its store goes back.

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
        waiting, is_asked = waiting_minor(transaction, self.order), order["cancel_asked_at"] is not None
        refusals = (
            ("no_reason", not self.reason.strip()),
            ("closed", order["stage"] in CLOSED and not waiting),
            ("not_cancelling", not is_asked and not waiting),
            ("nothing_paid", found.money.left <= 0),
        )
        for code, is_so in refusals:
            if is_so:
                raise Refused(code, order=self.order)
        left = found.money.left
        at, minor = self.kernel.instant(), left if is_asked else min(left, waiting)
        give_back(transaction, self.order, minor, at, "forced")
        transaction.execute(
            "INSERT INTO forced_refund (order_id, minor, at, by, reason) VALUES (?, ?, ?, ?, ?)",
            (self.order, minor, at, self.by, self.reason.strip()),
        )
        transaction.execute(_DECIDED, (self.order,))
        stop_waiting(transaction, order, GIVEN_BACK, at)
        tell_page(transaction, self.kernel, order["token"])
        return minor
