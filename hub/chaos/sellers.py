"""Clerks at the tills, and the manager who takes deliveries in. What they are told goes into the diary."""

from collections import Counter
from random import Random
from typing import Any, Final

from hub.chaos.caller import Answer, Caller, expected
from hub.chaos.diary import Diary, ToldReceipt
from sync.runtime.ids import new_id

MOST_LINES: Final = 3
REPRINTS, REPEATS = 0.06, 0.1
NOTE_MINOR: Final = 10_000
"""The banknote that customers give: 100 yuan."""


class Seller:
    """Sells at one till, one ticket after the other.

    Args:
        store: The store's id.
        till: The till's id.
        agent: The store's agent, signed in at this till.
        skus: What customers bring.
        diary: Where it writes what it is told.
        random: Its customers' whims.
    """

    think_s = (0.02, 0.4)

    def __init__(
        self, store: str, till: str, agent: Caller, skus: tuple[str, ...], diary: Diary, random: Random
    ) -> None:
        self.name = f"till {till} of {store}"
        self.random = random
        self._store = store
        self._agent = agent
        self._skus = skus
        self._diary = diary

    async def act(self) -> None:
        """Sell a ticket for cash; one that the shelf cannot serve is cleared."""
        expected(await self._agent.insist("POST", "/api/v1/till/clear", {}), 200)
        ticket: Any = {}
        for _ in range(self.random.randint(1, MOST_LINES)):
            line = {"sku": self.random.choice(self._skus), "qty": self.random.randint(1, 2)}
            ticket = expected(await self._agent.insist("POST", "/api/v1/till/lines", line), 200).body
        await self._pay(ticket)

    async def _pay(self, ticket: Any) -> None:
        """Take the money. An answer that got lost is asked for again: the same ticket is one sale."""
        total = int(ticket["total_minor"])
        body = {
            "tender": "cash",
            "ticket": ticket["id"],
            "given_minor": total - total % NOTE_MINOR + NOTE_MINOR,
        }
        paid = expected(await self._agent.insist("POST", "/api/v1/till/pay", body), 200, 409)
        if paid.status == 409:
            self._diary.counts[f"sales refused ({paid.code})"] += 1
            return
        sale = self._told(paid)
        self._diary.sales.append(sale)
        self._diary.counts["sales"] += 1
        if self.random.random() < REPEATS:
            again = self._told(await self._agent.insist("POST", "/api/v1/till/pay", body))
            if again != sale:
                self._diary.notice("sale answered anew", f"ticket {ticket['id']}: {sale}, then {again}")
        if self.random.random() < REPRINTS:
            await self._reprint(sale.number)

    async def _reprint(self, number: str) -> None:
        """Print a receipt once more; an answer that got lost makes no second copy."""
        wish = {"request": new_id()}
        answer = await self._agent.insist("POST", f"/api/v1/receipts/{number}/reprint", wish)
        expected(answer, 202)
        self._diary.copies[number] += 1
        self._diary.counts["reprints"] += 1

    def _told(self, paid: Answer) -> ToldReceipt:
        ticket, receipt = paid.body, paid.body["receipt"]
        lines: Counter[str] = Counter()
        for line in ticket["lines"]:
            lines[line["sku"]] += line["qty"]
        return ToldReceipt(
            store=self._store,
            number=receipt["number"],
            lines=lines,
            total_minor=ticket["total_minor"],
            given_minor=receipt["given_minor"],
            change_minor=receipt["change_minor"],
        )


class Receiver:
    """Takes deliveries in, each under a reference of its own; says some of them twice.

    Args:
        store: The store's id.
        agent: The store's agent, signed in as its manager.
        skus: What comes.
        diary: Where it writes what it is told.
        random: What is on the lorry.
    """

    think_s = (0.5, 3.0)

    def __init__(
        self, store: str, agent: Caller, skus: tuple[str, ...], diary: Diary, random: Random
    ) -> None:
        self.name = f"receiver of {store}"
        self.random = random
        self._store = store
        self._agent = agent
        self._skus = skus
        self._diary = diary
        self._came = 0

    async def act(self) -> None:
        """Book one delivery."""
        self._came += 1
        ref = f"chaos-{self._came}"
        lines = {sku: self.random.randint(2, 12) for sku in self.random.sample(self._skus, k=3)}
        body = {
            "ref": ref,
            "reason": "receive",
            "lines": [{"sku": sku, "qty": qty} for sku, qty in lines.items()],
        }
        for _ in range(2 if self.random.random() < REPEATS else 1):
            expected(await self._agent.insist("POST", "/api/v1/stock/receive", body), 200, 201)
            self._diary.delivered[self._store, ref] = lines
            self._diary.counts["deliveries"] += 1
