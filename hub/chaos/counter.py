"""The pickup counter: a clerk who picks, and customers who come for their goods with QR or code."""

import asyncio
from collections import Counter
from random import Random
from typing import Any, Final

from hub.chaos.caller import INSIST_LIMIT_S, PAUSE_S, Answer, Caller, expected
from hub.chaos.diary import Diary, ToldOrder, ToldReceipt, ToldShort
from hub.chaos.errors import Surprise

SHORTS, GIVES_UP, BY_CODE, SHOWS_AGAIN, AT_ANOTHER = 0.06, 0.03, 0.4, 0.2, 0.05
MEETS: Final = (200, 404, 409)
"""What a step at the counter may be answered while others work on the same order."""


class Picker:
    """Picks the orders of one store.

    Args:
        store: The store's id.
        agent: Its agent, signed in.
        diary: Where it writes what it is told.
        random: What it finds and does not find.
    """

    think_s = (0.02, 0.3)

    def __init__(self, store: str, agent: Caller, diary: Diary, random: Random) -> None:
        self.name = f"picker of {store}"
        self.random = random
        self._store = store
        self._agent = agent
        self._diary = diary

    async def act(self) -> None:
        """Serve one order of the counter's lists."""
        lists = expected(await self._agent.insist("GET", "/api/v1/counter"), 200).body
        if lists["put_back"]:
            await self._put_back(self.random.choice(lists["put_back"]))
        if not lists["to_pick"]:
            return
        order = self.random.choice(lists["to_pick"])
        if self.random.random() < GIVES_UP:
            await self._step(order, "release", {"why": "cannot be served"})
            return
        await self._pick(order)

    async def _pick(self, order: Any) -> None:
        """Scan unit by unit, report what is missing, make ready."""
        if (await self._step(order, "pick", {})).status != 200:
            return
        for line in order["lines"]:
            owed = line["qty"] - line["done"] - line["short"] - line["released"]
            if owed and self.random.random() < SHORTS:
                await self._short(order, line)
                owed -= 1
            for _ in range(owed - line["picked"]):
                await self._step(order, "scan", {"code": line["gtin"]})
        if (await self._step(order, "ready", {})).status == 200:
            self._diary.counts["orders made ready"] += 1

    async def _short(self, order: Any, line: Any) -> None:
        """One unit is not there. Said once only: when the answer gets lost, the clerk looks again."""
        path = f"/api/v1/counter/orders/{order['order']}/short"
        answer = await self._agent.once("POST", path, {"line": line["line"], "n": 1})
        if answer is None:
            is_told = await self._short_of(order["order"], line["line"]) > line["short"]
        else:
            is_told = answer.status == 200
        if is_told:
            self._diary.shorts.append(ToldShort(self._store, order["order"], line["sku"], 1))
            self._diary.counts["units reported short"] += 1

    async def _short_of(self, order: str, line: int) -> int:
        """Units of a line that are short, as the counter finds the order by its code, closed or not."""
        code = await self._code_of(order)
        answer = await self._agent.insist("POST", "/api/v1/counter/find", {"code": code})
        shown = expected(answer, 200).body
        return next(int(one["short"]) for one in shown["lines"] if one["line"] == line)

    async def _code_of(self, order: str) -> str:
        """An order's code, once its customer was told: the store may know the order first."""
        async with asyncio.timeout(INSIST_LIMIT_S):
            while True:
                for told in self._diary.at(self._store):
                    if told.id == order and told.code:
                        return told.code
                await asyncio.sleep(PAUSE_S)

    async def _put_back(self, order: Any) -> None:
        """Put one unit of a closed order back on the shelf."""
        line = next(line for line in order["lines"] if line["to_put_back"])
        await self._step(order, "put-back", {"line": line["line"]})
        self._diary.counts["units put back"] += 1

    async def _step(self, order: Any, step: str, body: dict[str, Any]) -> Answer:
        path = f"/api/v1/counter/orders/{order['order']}/{step}"
        return expected(await self._agent.insist("POST", path, body), *MEETS)


class Collector:
    """The customers of one store, one after the other at the counter.

    Args:
        store: The store's id.
        agent: Its agent, signed in.
        others: The agents of the other stores, signed in: some customers go to the wrong one first.
        diary: The orders they were told, and where they write what they are told.
        random: Their whims.
    """

    think_s = (0.02, 0.4)

    def __init__(self, store: str, agent: Caller, others: list[Caller], diary: Diary, random: Random) -> None:
        self.name = f"customer at {store}"
        self.random = random
        self._store = store
        self._agent = agent
        self._others = others
        self._diary = diary

    async def act(self) -> None:
        """One customer comes, with goods to collect or once more with a code that was used."""
        waiting = [order for order in self._diary.at(self._store) if order.is_owed and not order.is_busy]
        if not waiting:
            return
        order = self.random.choice(waiting[-40:])
        order.is_busy = True
        try:
            if self._others and self.random.random() < AT_ANOTHER:
                await self._at_another(order)
            await self._collect(order)
            if order.collected and self.random.random() < SHOWS_AGAIN:
                await self._collect(order)
        finally:
            order.is_busy = False

    async def _at_another(self, order: ToldOrder) -> None:
        """The wrong store refuses."""
        agent = self.random.choice(self._others)
        answer = await agent.insist("POST", "/api/v1/counter/find", {"token": order.qr})
        expected(answer, 409)
        self._diary.counts["refused at another store"] += 1

    async def _collect(self, order: ToldOrder) -> None:
        """Show QR or code, pay if it is paid here, take the goods."""
        by_code = self.random.random() < BY_CODE
        proof = {"code": order.code} if by_code else {"token": order.qr}
        path = f"/api/v1/counter/orders/{order.id}/hand-over"
        answer = await self._agent.insist("POST", path, proof)
        lost = answer.lost
        if answer.status == 402:
            tender = {"tender": "cash", "given_minor": int(answer.body["due_minor"])}
            answer = await self._agent.insist("POST", path, {**proof, "tender": tender})
            lost += answer.lost
        expected(answer, 200, 404, 409)
        if answer.status == 200:
            await self._take(order, answer.body["receipt"]["number"])
        elif answer.code == "finished":
            await self._is_finished(order, answer.body.get("receipt"), lost)
        else:
            self._diary.counts[f"hand-overs refused ({answer.code})"] += 1

    async def _is_finished(self, order: ToldOrder, number: str | None, lost: int) -> None:
        """The counter says that it was handed over, or given up, before."""
        if number is None:
            self._diary.counts["hand-overs refused (given up)"] += 1
            order.is_given_up = True
        elif order.collected:
            self._diary.counts["second shows refused"] += 1
            if number != order.collected[0].number:
                self._diary.notice(
                    "hand-over on another receipt", f"{order.number}: {number}, {order.collected}"
                )
        elif lost:
            await self._take(order, number)
        else:
            self._diary.notice("handed over to nobody", f"{order.number}: the counter says {number}")

    async def _take(self, order: ToldOrder, number: str) -> None:
        """The goods are handed over; the customer looks at the receipt."""
        content = expected(await self._agent.insist("GET", f"/api/v1/receipts/{number}"), 200).body
        if content["order"] != order.id:
            raise Surprise(f"receipt {number} of {order.number} names {content['order']}")
        lines: Counter[str] = Counter()
        for line in content["lines"]:
            lines[line["sku"]] += line["qty"]
        order.collected.append(
            ToldReceipt(
                store=self._store,
                number=number,
                lines=lines,
                total_minor=content["total_minor"],
                given_minor=content["given_minor"],
                change_minor=content["change_minor"],
                order=order.id,
            )
        )
        self._diary.counts["hand-overs"] += 1
