"""An order that was paid twice, and of which the hub gave one payment back by itself: HQ is told.

For information: the trouble is resolved as it is raised, since nothing is left for a person to do. Both
payments stand in it, so that somebody whom the customer calls can see them.
"""

from collections.abc import Mapping
from typing import Any

from hub.stock.open_trouble import NewTrouble, open_trouble
from sync.storage.writer import Transaction


def tell_double_paid(
    transaction: Transaction, store: str, facts: Mapping[str, Any], subject: str, at: str
) -> None:
    """Keep both payments as a resolved trouble.

    Args:
        transaction: the one that gives the money back.
        store: whose order it is.
        facts: the order, both payments, what went back.
        subject: what makes it one.
        at: when.
    """
    open_trouble(
        transaction, NewTrouble(kind="double_paid", store=store, facts=facts, at=at, subject=subject)
    )
    transaction.execute(
        "UPDATE trouble SET state = 'resolved', resolved_at = ?, resolved_by = '', action = 'given_back'"
        " WHERE store = ? AND kind = 'double_paid' AND subject = ? AND state <> 'resolved'",
        (at, store, subject),
    )
