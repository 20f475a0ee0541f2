"""Placing an order: one command that holds the units, keeps the order and tells the store.

Everything that a buyer is told stands in the same transaction: promise, order, item for the store
and the answer under its Idempotency-Key. The 201 is sent only after COMMIT.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from hub.directory import StoreFacts
from hub.kernel import Kernel
from hub.orders.answers import already_told, remember
from hub.orders.hold_item import readable_code, short_names
from hub.orders.numbering import free_code, free_number
from hub.orders.requests import OrderRequest
from hub.orders.rules import HOLD_HOURS, Wanted, masked, merged, ready_by
from hub.stock.book import SqliteHubBook, dump
from hub.stock.news import tell_shelves
from sync.rules.central import promise
from sync.rules.errors import Refused
from sync.rules.holds import HubLine
from sync.rules.items import HoldItem, HoldLine
from sync.rules.price import BasketLine, Priced, PriceEntry, price
from sync.runtime.ids import new_id
from sync.storage.writer import Transaction
from sync.values.clock import to_instant
from sync.values.pickup_code import code_hash

_SKU: Final = (
    "SELECT sku, gtin, name_zh, name_en, price_minor, price_per, currency, image, status, version, unit"
    " FROM sku WHERE sku = ?"
)
_ORDER: Final = (
    "INSERT INTO orders (id, number, token, store, sinc, stage, payment, pay, total_minor, currency, locale,"
    " code, code_hash, placed_at, ready_by, expires_at, lapses_at, paid_minor, price_version)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?)"
)
_LINE: Final = (
    "INSERT INTO order_line (order_id, line, sku, names, gtin, image, qty, unit_minor, per, amount_minor)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


@dataclass(frozen=True, slots=True)
class Bought:
    """A SKU as it is at this moment: what a line keeps of it."""

    sku: str
    gtin: str
    names: dict[str, str]
    image: str
    entry: PriceEntry
    unit: str


@dataclass(frozen=True, slots=True)
class Kept:
    """All that is written of an order: as its store hears of it, its code, the code's QR text, its prices."""

    order: HoldItem
    code: str
    qr: str
    bought: Sequence[Bought]
    priced: Priced


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceOrder:
    """Command: place an order; returns the answer as JSON text.

    Args:
        kernel: the hub.
        request: checked already.
        store: the request's store.
        key: the Idempotency-Key.
        now: the present.
        base_url: where the order's page will be.
        fingerprint: tells a repeat of the request from another order.
    """

    kernel: Kernel
    request: OrderRequest
    store: StoreFacts
    key: str
    now: datetime
    base_url: str
    fingerprint: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "fingerprint", self.request.fingerprint())

    def __call__(self, transaction: Transaction) -> str:
        """Run in the writer.

        Raises:
            KeyReused: nothing changed.
            sync.rules.errors.Short: fewer units than asked for; nothing changed.
            Refused: `unknown_sku`, `not_sold`, `too_many`, `not_merged`, `no_price`, `mixed_currency`,
                `unreadable_order`; nothing changed.
        """
        told = already_told(transaction, self.key, self.fingerprint)
        if told is not None:
            return told
        wanted = merged([Wanted(line.sku, line.qty) for line in self.request.lines])
        bought = [find_sold(transaction, line.sku) for line in wanted]
        require_few(wanted, bought, self.kernel.settings.shop.most_units)
        priced = price(
            [BasketLine(sku=line.sku, qty=line.qty) for line in wanted],
            {item.sku: item.entry for item in bought},
        )
        if priced.currency != self.store.currency:
            raise Refused("mixed_currency", currency=priced.currency, expected=self.store.currency)
        book = SqliteHubBook(transaction, self.store.id, self.kernel.hinc, to_instant(self.now))
        code = free_code(transaction, self.store.id)
        number = free_number(transaction, self.now, self.store)
        order = replace(self._new_order(code, number, bought, priced), sinc=book.position().sinc)
        is_unpaid = self.request.pay == "sandbox"
        promise.hold_units(
            book,
            [
                HubLine(
                    order=order.order, line=line.line, sku=line.sku, qty=line.qty, dispatched=not is_unpaid
                )
                for line in order.lines
            ],
        )
        # After the promise, not before: who is short of units, which many are in a rush, needs no code.
        qr = readable_code(order, book.position(), None if is_unpaid else self.kernel.key)
        if not is_unpaid:
            promise.dispatch(book, order)
        book.finish()
        kept = Kept(order, code, qr, bought, priced)
        answer = self._keep(transaction, book, kept)
        transaction.after_commit(self._tell)
        return answer

    def _tell(self) -> None:
        """After COMMIT: the store has news unless the order waits for its money, the shelves changed."""
        if self.request.pay != "sandbox":
            self.kernel.wake(self.store.id)
        tell_shelves(self.kernel.events, self.store.id, {line.sku for line in self.request.lines})

    def _new_order(self, code: str, number: str, bought: Sequence[Bought], priced: Priced) -> HoldItem:
        """The order as the store will hear of it."""
        pickup = self.store.settings.get("pickup", {})
        ready = ready_by(
            self.now, self.store.hours, self.store.zone, timedelta(minutes=pickup.get("lead_minutes", 30))
        )
        lines = tuple(
            HoldLine(
                line=place,
                sku=line.sku,
                qty=line.qty,
                names=short_names(item.names),
                gtin=item.gtin,
                price_minor=line.amount_minor,
            )
            for place, (line, item) in enumerate(zip(priced.lines, bought, strict=True), start=1)
        )
        return HoldItem(
            order=new_id(),
            number=number,
            code_hash=code_hash(self.store.id, code),
            pay_at="counter" if self.request.pay == "counter" else "online",
            due_minor=priced.total_minor,
            currency=priced.currency,
            placed_at=to_instant(self.now),
            ready_by=to_instant(ready),
            expires_at=to_instant(ready + timedelta(hours=pickup.get("hold_hours", HOLD_HOURS))),
            lines=lines,
            contact=masked(self.request.contact.name),
            phone_tail=self.request.contact.phone[-4:],
            locale=self.request.locale,
        )

    def _keep(  # what one transaction writes
        self,
        transaction: Transaction,
        book: SqliteHubBook,
        kept: Kept,
    ) -> str:
        """Write order, lines, contact, payment and answer; returns the answer."""
        order, code, priced = kept.order, kept.code, kept.priced
        is_unpaid = self.request.pay == "sandbox"
        lapses = self.now + timedelta(minutes=self.kernel.settings.shop.hold_unpaid_minutes)
        token, stage = secrets.token_urlsafe(18), "unpaid" if is_unpaid else "pending_store"
        transaction.execute(
            _ORDER,
            (
                order.order,
                order.number,
                token,
                self.store.id,
                book.position().sinc,
                stage,
                "pending" if is_unpaid else "unpaid",
                self.request.pay,
                priced.total_minor,
                priced.currency,
                self.request.locale,
                code,
                order.code_hash,
                order.placed_at,
                order.ready_by,
                order.expires_at,
                to_instant(lapses) if is_unpaid else None,
                max(priced.versions, default=0),
            ),
        )
        self._keep_lines(transaction, order.order, kept.bought, priced)
        payment = self._ask_payment(transaction, order) if is_unpaid else None
        answer = {
            "id": order.order,
            "number": order.number,
            "state": stage,
            "total": {"minor": priced.total_minor, "currency": priced.currency},
            "pickup_code": code,
            "qr": kept.qr,
            "url": f"{self.base_url}/o/{token}",
            "pay_url": f"{self.base_url}/pay/sandbox/{payment}" if payment else None,
        }
        text = dump(answer)
        remember(transaction, self.key, self.fingerprint, text, order.placed_at)
        return text

    def _keep_lines(
        self, transaction: Transaction, order: str, bought: Sequence[Bought], priced: Priced
    ) -> None:
        """Write what was bought and who collects it."""
        for number, (line, item) in enumerate(zip(priced.lines, bought, strict=True), start=1):
            transaction.execute(
                _LINE,
                (
                    order,
                    number,
                    line.sku,
                    dump(item.names),
                    item.gtin,
                    item.image,
                    line.qty,
                    line.price_minor,
                    line.per,
                    line.amount_minor,
                ),
            )
        contact = self.request.contact
        transaction.execute(
            "INSERT INTO order_contact (order_id, name, phone, phone_tail) VALUES (?, ?, ?, ?)",
            (order, contact.name, contact.phone, contact.phone[-4:]),
        )

    def _ask_payment(self, transaction: Transaction, order: HoldItem) -> str:
        """Keep the intent to pay before any provider is called; returns its id."""
        payment = secrets.token_urlsafe(18)
        transaction.execute(
            "INSERT INTO payment (id, order_id, provider, state, minor, currency, reference, at)"
            " VALUES (?, ?, 'sandbox', 'pending', ?, ?, '', ?)",
            (payment, order.order, order.due_minor, order.currency, order.placed_at),
        )
        return payment


def find_sold(transaction: Transaction, sku: str) -> Bought:
    """A SKU that is on sale.

    Raises:
        Refused: `unknown_sku`, or `not_sold` when it was taken down.
    """
    row = transaction.one(_SKU, (sku,))
    if row is None:
        raise Refused("unknown_sku", sku=sku)
    if row[8] != "active":
        raise Refused("not_sold", sku=sku)
    entry = PriceEntry(sku=row[0], price_minor=row[4], currency=row[6], per=row[5], version=row[9])
    return Bought(row[0], row[1] or "", {"zh-CN": row[2], "en": row[3]}, row[7], entry, row[10])


def require_few(wanted: Sequence[Wanted], bought: Sequence[Bought], most: int) -> None:
    """Refuse more pieces of one SKU than an order may have; weighed goods count in g and have no limit.

    Raises:
        Refused: `too_many`, with SKU and limit.
    """
    for line, item in zip(wanted, bought, strict=True):
        if item.unit == "pcs" and line.qty > most:
            raise Refused("too_many", sku=line.sku, most=most)
