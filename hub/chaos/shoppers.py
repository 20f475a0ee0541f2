"""Customers of the online shop: they order, repeat themselves, pay in the sandbox, and change their minds."""

from random import Random
from typing import Final

from hub.chaos.caller import Caller, expected
from hub.chaos.diary import Diary, ToldOrder

CONTACT: Final = {"name": "Li Na", "phone": "+8613800138000"}
REPEATS, PAYS_ONLINE, PAYS, REGRETS = 0.15, 0.25, 0.9, 0.12


class Shopper:
    """Orders again and again, one order after the other.

    Args:
        number: Which of the shoppers; its keys are its own.
        hub: The shop.
        stores: Where it may collect.
        skus: What it may want.
        diary: Where it writes what it is told.
        random: Its whims.
    """

    think_s = (0.02, 0.5)

    def __init__(
        self,
        number: int,
        hub: Caller,
        stores: tuple[str, ...],
        skus: tuple[str, ...],
        diary: Diary,
        random: Random,
    ) -> None:
        self.name = f"shopper {number}"
        self.random = random
        self._hub = hub
        self._stores = stores
        self._skus = skus
        self._diary = diary
        self._asked = 0

    async def act(self) -> None:
        """Order; perhaps say it twice, pay, or cancel."""
        order = await self._order()
        if order is None:
            return
        if order.pay == "sandbox" and self.random.random() < PAYS:
            await self._pay(order)
        if self.random.random() < REGRETS:
            await self.cancel(order)

    async def _order(self) -> ToldOrder | None:
        """Order; None when it was refused politely."""
        self._asked += 1
        key = f"{self.name.replace(' ', '-')}-{self._asked}"
        lines = {sku: self.random.randint(1, 2) for sku in self.random.sample(self._skus, k=self._wish())}
        body: dict[str, object] = {
            "store": self.random.choice(self._stores),
            "lines": [{"sku": sku, "qty": qty} for sku, qty in lines.items()],
            "contact": CONTACT,
            "pay": "sandbox" if self.random.random() < PAYS_ONLINE else "counter",
            "locale": "en",
        }
        answer = await self._hub.insist("POST", "/api/v1/orders", body, {"idempotency-key": key})
        if answer.status == 409:
            self._diary.counts[f"orders refused ({answer.code})"] += 1
            return None
        expected(answer, 201)
        order = ToldOrder(
            key=key,
            store=str(body["store"]),
            pay=str(body["pay"]),
            lines=lines,
            answer=answer.body,
            shown=answer.body,
        )
        self._diary.orders.append(order)
        self._diary.counts["orders placed"] += 1
        if self.random.random() < REPEATS:
            await self._say_again(order, body)
        return order

    def _wish(self) -> int:
        return 1 if self.random.random() < 0.6 else 2

    async def _say_again(self, order: ToldOrder, body: dict[str, object]) -> None:
        """The same call once more: the same answer, word for word."""
        answer = await self._hub.insist("POST", "/api/v1/orders", body, {"idempotency-key": order.key})
        self._diary.counts["orders repeated"] += 1
        if answer.status != 201 or answer.body != order.answer:
            self._diary.notice(
                "order answered anew", f"key {order.key}: {order.answer}, then {answer.status} {answer.text}"
            )

    async def _pay(self, order: ToldOrder) -> None:
        """Pay in the sandbox; an order whose time is over is not paid."""
        answer = await self._hub.send_form(str(order.answer["pay_url"]), {"outcome": "paid"})
        if expected(answer, 303, 409).status == 303:
            order.is_paid = True
            self._diary.counts["orders paid online"] += 1
            order.shown = expected(await self._hub.insist("GET", f"/api/v1/orders/{order.token}"), 200).body

    async def cancel(self, order: ToldOrder) -> None:
        """Ask to cancel; what happens first at the store wins."""
        expected(await self._hub.send_form(f"/o/{order.token}/cancel", {}), 303)
        order.is_cancel_asked = True
        self._diary.counts["cancels asked"] += 1
