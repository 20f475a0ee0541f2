"""A provider tells that it took money: the one way in for every provider's notification.

The sandbox's page is its first caller; the webhook of a real provider will be another. Money that was
taken is never forgotten: it pays its order, is asked of the store, promises a lapsed order's units again,
or goes back by itself, as all of it does for an order that its buyer cancelled. What cannot be told to which
order it belongs is a matter for a person.
"""

from dataclasses import dataclass
from typing import Any, Final, Literal

from hub.kernel import Kernel
from hub.orders.change_order import BY_CUSTOMER, order_row, tell_page
from hub.orders.hold_item import item_of
from hub.orders.order_money import RECOVERED, label_money, settle_money, standing
from hub.orders.rules import CLOSED
from hub.orders.tell_double_paid import tell_double_paid
from hub.orders.wait_for_store import must_wait, start_waiting, was_asked_after_log
from hub.stock.book import SqliteHubBook
from hub.stock.news import tell_shelves
from hub.stock.open_trouble import NewTrouble, open_trouble
from sync.rules.central import promise
from sync.rules.holds import HubLine
from sync.rules.money import captured
from sync.runtime.ids import new_id
from sync.storage.writer import Transaction

Outcome = Literal[
    "known", "unknown", "mismatch", "paid", "asked", "held_again", "refunded", "surplus", "waiting"
]
SETTLED: Final = frozenset({"paid", "asked", "held_again", "refunded", "surplus", "waiting"})
_KEEP: Final = (
    "INSERT INTO capture (provider, reference, payment_id, order_id, minor, currency, at, outcome)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (provider, reference)"
    " DO UPDATE SET payment_id = excluded.payment_id, order_id = excluded.order_id, minor = excluded.minor,"
    " currency = excluded.currency, outcome = excluded.outcome"
)


@dataclass(frozen=True, slots=True)
class Captured:
    """What a provider tells.

    Args:
        provider: its name.
        payment: the id under which the hub asked for the money.
        reference: the provider's own name of the capture: what makes it one.
        minor: what was taken, minor units.
        currency: ISO 4217.
    """

    provider: str
    payment: str
    reference: str
    minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What a capture came to. `token` opens the order's page; None where no order is known."""

    outcome: Outcome
    token: str | None = None


@dataclass(frozen=True, slots=True)
class TakeCapture:
    """Command: book a capture, once for each of the provider's references.

    `known`: it was booked before. `unknown`: nobody asked for this payment. `mismatch`: another amount
    than was asked for. Both are kept and raise `payment_unknown`; nothing is guessed. `paid`: it pays its
    order, whose store is told. `asked`: the store is asked to take no money for a counter order.
    `held_again`: the order had lapsed and its units are promised again. `refunded`: the order is over, the
    money goes back. `surplus`: it was paid before, what is too much goes back. `waiting`: it stands on its
    order, whose store has not told all that happened; what it means is decided once the store has.
    """

    kernel: Kernel
    told: Captured

    def __call__(self, transaction: Transaction) -> Taken:
        """Run in the writer."""
        told, at = self.told, self.kernel.instant()
        before = transaction.one(
            "SELECT outcome, order_id FROM capture WHERE provider = ? AND reference = ?",
            (told.provider, told.reference),
        )
        if before is not None and before[0] in SETTLED:
            return Taken("known", str(order_row(transaction, before[1])["token"]))
        asked = transaction.one(
            "SELECT p.order_id, p.minor, p.currency FROM payment p JOIN orders o ON o.id = p.order_id"
            " WHERE p.id = ? AND p.provider = ? AND p.minor > 0",
            (told.payment, told.provider),
        )
        if asked is None:
            return self._leave(transaction, "unknown", None, at)
        order = order_row(transaction, asked[0])
        if (asked[1], asked[2]) != (told.minor, told.currency):
            return self._leave(transaction, "mismatch", order, at)
        if was_asked_after_log(transaction, order["id"], told.payment):
            return self._leave(transaction, "unknown", order, at)
        self._book(transaction, order["id"], at)
        if must_wait(transaction, order):
            self._keep(transaction, order["id"], "waiting", at)
            start_waiting(transaction, order, at)
            tell_page(transaction, self.kernel, order["token"])
            return Taken("waiting", order["token"])
        return self.conclude(transaction, order, at)

    def conclude(self, transaction: Transaction, order: dict[str, Any], at: str) -> Taken:
        """Decide what booked money means for its order, and give back what is too much."""
        outcome = self._answer(transaction, order, at)
        back = settle_money(transaction, order["id"], at, "late" if outcome == "refunded" else "surplus")
        if not back and outcome in {"refunded", "surplus"}:  # for goods, and no other money is known
            outcome = "paid"
        self._keep(transaction, order["id"], outcome, at)
        if back:
            self._tell_if_double(transaction, order, back, at)
        tell_page(transaction, self.kernel, order["token"])
        return Taken(outcome, order["token"])

    def _leave(
        self, transaction: Transaction, outcome: Outcome, order: dict[str, Any] | None, at: str
    ) -> Taken:
        """Keep a capture that nobody can place, and call a person."""
        told = self.told
        facts: dict[str, object] = {"order": order["id"]} if order else {}
        facts |= {"payment": told.payment, "ref": told.reference, "minor": told.minor}
        facts |= {"provider": told.provider}
        store = order["store"] if order else ""
        self._keep(transaction, order["id"] if order else None, outcome, at)
        subject = f"{told.provider}:{told.reference}"
        new = NewTrouble(kind="payment_unknown", store=store, facts=facts, at=at, subject=subject)
        open_trouble(transaction, new)
        return Taken(outcome, order["token"] if order else None)

    def _tell_if_double(self, transaction: Transaction, order: dict[str, Any], back: int, at: str) -> None:
        """Money went back because the order had been paid before: HQ can see both payments."""
        found = standing(transaction, order["id"])
        assert found is not None
        others = found.money.online - self.told.minor + found.money.till
        if others <= 0:
            return
        facts = {"order": order["id"], "ref": self.told.reference, "online_minor": self.told.minor,
                 "minor": others, "refunded_minor": back}  # fmt: skip
        subject = f"{order['id']}:{self.told.reference}"
        tell_double_paid(transaction, order["store"], facts, subject, at)

    def _keep(self, transaction: Transaction, order: str | None, outcome: Outcome, at: str) -> None:
        """Remember the capture and what it came to."""
        told = self.told
        row = (told.provider, told.reference, told.payment, order, told.minor, told.currency, at, outcome)
        transaction.execute(_KEEP, row)

    def _book(self, transaction: Transaction, order: str, at: str) -> None:
        """The money stands on the order; what a store's log had told of it already is the same money."""
        told = self.told
        found = standing(transaction, order)
        assert found is not None
        after = captured(found.money, told.minor)
        transaction.execute(
            "DELETE FROM payment WHERE order_id = ? AND state = 'captured' AND reference = ?",
            (order, RECOVERED),
        )
        if after.assumed:
            self._insert(transaction, order, after.assumed, RECOVERED, at)
        updated = transaction.execute(
            "UPDATE payment SET state = 'captured', settled_at = ?, reference = ?"
            " WHERE id = ? AND state IN ('pending', 'failed')",
            (at, told.reference, told.payment),
        ).rowcount
        if not updated:
            self._insert(transaction, order, told.minor, told.reference, at)
        transaction.execute(
            "UPDATE orders SET paid_minor = paid_minor + ? WHERE id = ?",
            (after.online - found.money.online, order),
        )
        label_money(transaction, order)

    def _insert(self, transaction: Transaction, order: str, minor: int, reference: str, at: str) -> None:
        """One more captured row."""
        transaction.execute(
            "INSERT INTO payment (id, order_id, provider, state, minor, currency, reference, at, settled_at)"
            " VALUES (?, ?, ?, 'captured', ?, ?, ?, ?, ?)",
            (new_id(), order, self.told.provider, minor, self.told.currency, reference, at, at),
        )

    def _answer(self, transaction: Transaction, order: dict[str, Any], at: str) -> Outcome:
        """What the money means for its order."""
        book = SqliteHubBook(transaction, order["store"], self.kernel.hinc, at)
        outcome = self._decide(transaction, book, order, at)
        book.finish()
        if outcome in {"paid", "asked", "held_again"}:
            transaction.after_commit(lambda: self.kernel.wake(order["store"]))
        return outcome

    def _decide(
        self, transaction: Transaction, book: SqliteHubBook, order: dict[str, Any], at: str
    ) -> Outcome:
        """Pay it, hold it again, ask its store, or let the money go back."""
        lines = book.lines(order["id"])
        if order["stage"] == "unpaid" and lines:
            promise.dispatch(book, item_of(transaction, order))
            _reopen(transaction, order["id"])
            return "paid"
        if not lines:
            return "held_again" if self._hold_again(transaction, book, order, at) else "refunded"
        if order["stage"] in CLOSED:
            return "refunded"
        if order["pay"] != "counter" or order["payment"] == "paid":
            return "surplus"
        return ask_store(transaction, book, order)

    def _hold_again(
        self, transaction: Transaction, book: SqliteHubBook, order: dict[str, Any], at: str
    ) -> bool:
        """Promise the units of an order that lapsed before any store was told, while its time lasts.

        What its buyer cancelled stays cancelled.
        """
        if order["expires_at"] <= at or order["closed_why"] == BY_CUSTOMER:
            return False
        item = item_of(transaction, order)
        lines = [HubLine(order=item.order, line=line.line, sku=line.sku, qty=line.qty) for line in item.lines]
        if not promise.hold_again(book, lines, item):
            return False
        _reopen(transaction, order["id"])
        transaction.execute("UPDATE orders SET sinc = ? WHERE id = ?", (book.position().sinc, order["id"]))
        skus = {line.sku for line in lines}
        transaction.after_commit(lambda: tell_shelves(self.kernel.events, order["store"], skus))
        return True


def _reopen(transaction: Transaction, order: str) -> None:
    """A paid order goes to its store."""
    transaction.execute(
        "UPDATE orders SET stage = 'pending_store', lapses_at = NULL, closed_at = NULL, closed_why = ''"
        " WHERE id = ?",
        (order,),
    )


def ask_store(transaction: Transaction, book: SqliteHubBook, order: dict[str, Any]) -> Outcome:
    """Ask the store to take no money for a counter order that was paid online."""
    found = standing(transaction, order["id"])
    assert found is not None
    transaction.execute("UPDATE orders SET prepaid_minor = ? WHERE id = ?", (found.money.left, order["id"]))
    told = book.item(order["id"])
    if told is not None:
        promise.ask_prepaid(book, told, found.money.left)
    else:
        promise.dispatch(book, item_of(transaction, {**order, "prepaid_minor": found.money.left}))
    return "asked"
