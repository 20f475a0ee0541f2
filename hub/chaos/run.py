"""One run from end to end: set up, let people and monkey act, restore calm, drain, verify, reconcile."""

import asyncio
import contextlib
import subprocess
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Final

from hub.chaos.books import read_books
from hub.chaos.caller import Caller
from hub.chaos.calm import wait_for_calm
from hub.chaos.counter import Collector, Picker
from hub.chaos.diary import Diary, Row
from hub.chaos.monkey import Monkey
from hub.chaos.papers import papers_in
from hub.chaos.person import Person, live, sign_in
from hub.chaos.plan import plan
from hub.chaos.reconcile import reconcile
from hub.chaos.sellers import Receiver, Seller
from hub.chaos.shoppers import Shopper
from hub.chaos.stage import Stage
from hub.demo.chain import make_chain

SHOPPERS: Final = 3
GOODS: Final = 10
"""So few products that shop, tills and counter want the same units."""
VERIFY_LIMIT_S: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What was asked for.

    Attributes:
        folder: An empty one for the demo and its logs.
        seed: Of the monkey's plan and of people's whims.
        seconds: How long people and monkey act.
        stores: How many stores.
        broker: As `demo --broker`.
    """

    folder: Path
    seed: int
    seconds: float
    stores: int
    broker: str = "auto"


@dataclass(slots=True)
class Report:
    """What came of a run; `rows` is empty if everybody was told the truth."""

    wish: Wish
    faults: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    rows: list[Row] = field(default_factory=list)
    calm_s: float = 0.0
    verified: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "seed": self.wish.seed,
            "seconds": self.wish.seconds,
            "stores": self.wish.stores,
            "broker": self.wish.broker,
            "faults": dict(sorted(self.faults.items())),
            "told": dict(sorted(self.counts.items())),
            "calm_s": round(self.calm_s, 1),
            "verified": self.verified,
            "rows": [{"kind": row.kind, "what": row.what} for row in self.rows],
        }


async def run(wish: Wish, say: Callable[[str], None]) -> Report:
    """Do a whole run.

    Raises:
        NoStage: The demo did not come up.
    """
    stage = await Stage.set_up(wish.folder / "demo", wish.stores, wish.broker)
    try:
        say(
            f"hub, {wish.stores} stores and a broker ({stage.broker_kind}) run; {wish.seconds:.0f} s of chaos"
        )
        return await _on_stage(stage, wish, say)
    finally:
        await stage.close()


async def _on_stage(stage: Stage, wish: Wish, say: Callable[[str], None]) -> Report:
    report, diary, loop = Report(wish), Diary(), asyncio.get_running_loop()
    monkey = Monkey(stage, diary, say)
    chain = make_chain(wish.stores, stage.folder / "chain")
    opening = {store.id: store.opening for store in chain.stores}
    async with contextlib.AsyncExitStack() as stack:
        people = await _people(stage, diary, wish, stack)
        over = asyncio.Event()
        lives = [asyncio.create_task(live(person, diary, over)) for person in people]
        faults = plan(wish.seed, wish.seconds, stage.stores)
        await asyncio.gather(monkey.shake(faults), asyncio.sleep(wish.seconds))
        await monkey.make_calm()
        over.set()
        say("calm is restored; people finish what they began")
        began_s = loop.time()
        await asyncio.gather(*lives)
        say(f"everybody went home after {loop.time() - began_s:.1f} s")
        for left in await wait_for_calm(stage, say):
            diary.notice("never arrived", left)
        report.calm_s = loop.time() - began_s
    say("all has arrived; comparing the books")
    await _verify(stage, diary, report)
    books = read_books(stage.hub_database, {store: stage.ledger(store) for store in stage.stores})
    printed = {
        store.id: papers_in([printer.papers for printer in store.printers]) for store in stage.place.stores
    }
    report.rows = reconcile(diary, books, opening, printed)
    report.faults, report.counts = monkey.faults, diary.counts
    return report


async def _people(
    stage: Stage, diary: Diary, wish: Wish, stack: contextlib.AsyncExitStack
) -> Sequence[Person]:
    """Everybody, signed in: shoppers, and for each store its tills, a picker, customers, a receiver."""
    random = Random(wish.seed)
    chain = make_chain(wish.stores, stage.folder / "chain")
    common = set.intersection(*({sku for sku, qty in one.opening.items() if qty} for one in chain.stores))
    skus = tuple(random.sample(sorted(common), k=GOODS))
    people: list[Person] = []
    for number in range(SHOPPERS):
        shop = await stack.enter_async_context(Caller(stage.place.hub_url, diary))
        people.append(Shopper(number, shop, stage.stores, skus, diary, Random(random.random())))

    async def signed_in(store: str, role: str, till: str = "1") -> Caller:
        place = next(one for one in stage.place.stores if one.id == store)
        person = next((one for one in place.staff if one["role"] == role), place.staff[0])
        caller = await stack.enter_async_context(Caller(place.agent_url, diary))
        await sign_in(caller, person["user"], person["pin"], till)
        return caller

    for store in chain.stores:
        for till in range(1, store.tills + 1):
            agent = await signed_in(store.id, "clerk", str(till))
            people.append(Seller(store.id, str(till), agent, skus, diary, Random(random.random())))
        others = [await signed_in(other, "clerk") for other in stage.stores if other != store.id]
        picker, counter = await signed_in(store.id, "clerk"), await signed_in(store.id, "clerk")
        manager = await signed_in(store.id, "manager")
        people.append(Picker(store.id, picker, diary, Random(random.random())))
        people.append(Collector(store.id, counter, others, diary, Random(random.random())))
        people.append(Receiver(store.id, manager, skus, diary, Random(random.random())))
    return people


async def _verify(stage: Stage, diary: Diary, report: Report) -> None:
    """The programs' own checks of their books."""
    for name in ("hub", *stage.stores):
        argv = stage.verify_argv(name)
        done = await asyncio.to_thread(
            subprocess.run, argv, capture_output=True, text=True, timeout=VERIFY_LIMIT_S, check=False
        )
        said = (done.stdout + done.stderr).strip()
        if done.returncode:
            diary.notice(f"{'hub' if name == 'hub' else 'agent'} verify", f"{name}: {said[-2000:]}")
        report.verified.append(f"{name}: {said.splitlines()[-1] if said else 'nothing said'}")
