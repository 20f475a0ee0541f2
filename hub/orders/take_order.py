"""Taking an order from a buyer: same key, same answer; short of stock, the store is asked once more."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

from hub.catalogue.shop_queries import offers_everywhere
from hub.directory import StoreFacts
from hub.kernel import Kernel
from hub.orders.answers import find_answer
from hub.orders.place_order import PlaceOrder
from hub.orders.requests import OrderRequest
from hub.stock.queries import Shelf, shelves_of
from hub.stock.want_desk import ANOTHERS, WantDesk
from sync.rules.errors import Refused, Short
from sync.web.errors import N_, Problem

SAME_KEY_WAIT_S: Final = 2.0
ASK_ROUNDS: Final = 8


@dataclass(slots=True)
class OrderDesk:
    """Where orders come in.

    Args:
        kernel: the hub.
        wants: asks stores for more.
    """

    kernel: Kernel
    wants: WantDesk
    _running: dict[str, "asyncio.Future[None]"] = field(default_factory=dict)

    async def take(self, request: OrderRequest, key: str, base_url: str) -> str:
        """Place an order; returns the answer as JSON text.

        Raises:
            Problem: 404 unknown store, 409 short or the same key still at work, 422 not sold or the
                key used for another order, 503 busy. Nothing was changed.
        """
        store = self.kernel.directory.get(request.store)
        if store is None:
            raise Problem(404, "store.unknown", N_("There is no such store"), N_("Choose another store."))
        return await self._once(key, lambda: self._place(request, store, key, base_url))

    async def _once(self, key: str, act: Callable[[], Awaitable[str]]) -> str:
        """Run `act` alone among the calls with this key; a second call waits for the first."""
        while (running := self._running.get(key)) is not None:
            try:
                async with asyncio.timeout(SAME_KEY_WAIT_S):
                    await asyncio.shield(running)
            except TimeoutError as error:
                raise Problem(
                    409,
                    "idempotency.running",
                    N_("The same order is still being placed"),
                    N_("Wait a moment, then send it again with the same key."),
                    headers={"Retry-After": "1"},
                ) from error
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._running[key] = mine
        try:
            return await act()
        finally:
            del self._running[key]
            mine.set_result(None)

    async def _place(self, request: OrderRequest, store: StoreFacts, key: str, base_url: str) -> str:
        """Try, ask the store where units are short, and try again while there is hope."""
        until = self.kernel.clock.monotonic() + self.kernel.settings.shop.want_wait_ms / 1000
        command = PlaceOrder(
            kernel=self.kernel,
            request=request,
            store=store,
            key=key,
            now=self.kernel.clock.now(),
            base_url=base_url,
        )
        # a repeat needs no units; its answer is looked for only where somebody waits for one of them
        if self._is_awaited(request, store) and await find_answer(self.kernel.reader, key) is None:
            await self._stand_behind(request, store, until)
        rounds = ASK_ROUNDS
        while True:
            try:
                return await self.kernel.writer.run(command)
            except Short as short:
                rounds -= 1
                if not rounds or not await self._may_hope(store, short, until):
                    raise await self._short(request, store, short) from short
            except Refused as refused:
                raise as_problem(refused) from refused

    def _is_awaited(self, request: OrderRequest, store: StoreFacts) -> bool:
        """Whether others wait for one of the products already."""
        return any(self.wants.is_queued(store.id, line.sku) for line in request.lines)

    async def _stand_behind(self, request: OrderRequest, store: StoreFacts, until: float) -> None:
        """A newcomer waits behind those who wait for one of its products already."""
        for sku in dict.fromkeys(line.sku for line in request.lines):
            left = until - self.kernel.clock.monotonic()
            if self.wants.is_queued(store.id, sku) and self.kernel.directory.is_in_reach(store.id):
                qty = sum(line.qty for line in request.lines if line.sku == sku)
                await self.wants.ask(store.id, sku, qty, left)

    async def _may_hope(self, store: StoreFacts, short: Short, until: float) -> bool:
        """Ask the store for what is missing, when it is in reach and its floor may have it."""
        left = until - self.kernel.clock.monotonic()
        sku, wanted = str(short.facts["sku"]), int(str(short.facts["wanted"]))
        shelf = await self._shelf(store.id, sku)
        if shelf is None or left <= 0 or not self.kernel.directory.is_in_reach(store.id):
            return False
        if shelf.available >= wanted:
            return True
        if not self.wants.may_grant(shelf):
            return False
        granted = await self.wants.ask(store.id, sku, wanted - max(0, shelf.available), left)
        if granted is None:
            return False
        if granted != ANOTHERS:
            after = await self._shelf(store.id, sku)
            if after is not None and after.granted == granted:
                self.wants.said_no(after)
        return True

    async def _shelf(self, store: str, sku: str) -> Shelf | None:
        """A SKU at a store; None where it never was."""
        shelves = await shelves_of(self.kernel.reader, [sku], store)
        return shelves[0] if shelves else None

    async def _short(self, request: OrderRequest, store: StoreFacts, short: Short) -> Problem:
        """What is available here and elsewhere, for each line that is short.

        Of the product that was refused only what the hub itself may promise is here, where the store's floor
        seemed to have enough: it did not grant it.
        """
        wanted: dict[str, int] = {}
        for line in request.lines:
            wanted[line.sku] = wanted.get(line.sku, 0) + line.qty
        offers = await offers_everywhere(self.kernel.reader, self.kernel.directory, list(wanted))
        lines: list[dict[str, Any]] = []
        for sku, qty in wanted.items():
            units = {place: there[sku].units for place, there in offers.items()}
            here = units.pop(store.id)
            if here >= qty and sku == short.facts["sku"]:
                here = int(str(short.facts["left"]))
            if here < qty:
                elsewhere = [{"store": other, "available": found} for other, found in units.items() if found]
                lines.append({"sku": sku, "wanted": qty, "here": here, "elsewhere": elsewhere})
        return Problem(
            409,
            "stock.short",
            N_("Not enough in stock at this store"),
            N_("Take fewer, or choose another store. Nothing was ordered."),
            extra={"lines": lines, "store": store.id},
        )


def as_problem(refused: Refused) -> Problem:
    """A refusal of the rules as an answer."""
    match refused.code:
        case "key_reused":
            return Problem(
                422,
                "idempotency.reused",
                N_("This Idempotency-Key belongs to another order"),
                N_("Send a new key with a new order."),
            )
        case "not_merged":
            return Problem(
                503,
                "store.not_ready",
                N_("This store is being set up again"),
                N_("Try again in a few minutes, or choose another store."),
                headers={"Retry-After": "60"},
            )
        case "too_many":
            return Problem(
                422,
                "order.too_many",
                N_("Too many units of one product"),
                N_("At most %(most)s units of a product go into one order. Take fewer, then order again."),
                values={"most": refused.facts["most"]},
                extra={"sku": refused.facts["sku"], "most": refused.facts["most"]},
            )
        case "unknown_sku" | "not_sold":
            return Problem(
                422,
                "product.not_sold",
                N_("A product of this order is not on sale"),
                N_("Take it out of the basket, then order again."),
                extra={"sku": refused.facts.get("sku")},
            )
        case "no_price" | "mixed_currency":
            return Problem(
                422,
                "product.no_price",
                N_("A product of this order has no valid price"),
                N_("Take it out of the basket, then order again."),
                extra={"sku": refused.facts.get("sku")},
            )
    return Problem(409, "order.refused", N_("The order cannot be taken"), N_("Nothing was ordered."))
