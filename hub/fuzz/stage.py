"""The hub under fire: a kernel on a real file, its link worker on a link in memory, three played stores."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hub.db.migrate import migrate
from hub.db.open import FILE_NAME
from hub.fuzz.played_store import AT, PlayedStore
from hub.kernel import Kernel
from hub.link.hear import ReadDown
from hub.link.worker import LinkWorker
from hub.orders.answers import loaded
from hub.orders.place_order import PlaceOrder
from hub.orders.requests import OrderRequest
from hub.settings import HubSettings
from hub.start import make_folder, running_kernel
from hub.stock.want_desk import WantDesk
from hub.stores.enrol import Enrol, MakeCode, new_code
from hub.stores.keep_store import KeepStore, StoreDraft
from hub.stores.queries import load_directory
from sync.link.memory_broker import MemoryBroker
from sync.link.memory_link import MemoryLink
from sync.link.port import LinkConfig, Message
from sync.messages.topics import hub_subscriptions
from sync.rules.books import StorePosition
from sync.simulator.fuzz.shots import Recorded
from sync.storage.incarnations import Incarnations
from sync.storage.writer import Transaction

SKUS: Final = ("tea", "soap", "comb", "rice")
WITNESSES: Final = ("north", "south")
GOAT: Final = "goat"
"""Whose credentials the enemy has: what is said under its name may change its own books, and no others."""
STEP_S: Final = 0.001
LIMIT_S: Final = 60.0


@dataclass(slots=True)
class FuzzedHub:
    """The running parts."""

    kernel: Kernel
    worker: LinkWorker
    link: MemoryLink
    stores: dict[str, PlayedStore]
    path: Path
    sent: int = 0

    @property
    def waiting(self) -> int:
        """Messages that were fired and of which nothing is told yet."""
        return self.sent - sum(self.worker.outcomes.values()) - self.worker.overflowed

    async def hear(self, said: Recorded) -> None:
        """Let one message arrive, and wait until it was dealt with."""
        self.fire(Message(said.topic, said.payload, retained=False))
        await self.quiet()

    def fire(self, message: Message) -> None:
        """Let a message arrive."""
        self.sent += 1
        self.link.take(message)

    async def quiet(self) -> None:
        """Wait until every message was dealt with.

        Raises:
            TimeoutError: one never was.
        """
        async with asyncio.timeout(LIMIT_S):
            while self.waiting > 0 or self.kernel.writer.waiting:  # noqa: ASYNC110  # counters have no event
                await asyncio.sleep(STEP_S)


@asynccontextmanager
async def fuzzed_hub(folder: Path) -> AsyncIterator[FuzzedHub]:
    """A hub with three stores that have traded; everything that they said is kept."""
    settings = HubSettings(data_dir=folder)
    make_folder(settings)
    migrate(folder / FILE_NAME)
    Incarnations(folder).issue("hub")
    async with running_kernel(settings) as kernel:
        await kernel.writer.run(_fill_catalogue)
        stores = {name: await _enrolled(kernel, name) for name in (*WITNESSES, GOAT)}
        await load_directory(kernel)
        config = LinkConfig(
            url="mqtt://memory:1",
            user="hub",
            secret="-",  # noqa: S106  # the link in memory asks for none
            client_id="hub",
            subscriptions=hub_subscriptions(),
        )
        link = MemoryLink(config, MemoryBroker())
        worker = LinkWorker(kernel, link, WantDesk(kernel))
        hub = FuzzedHub(kernel, worker, link, stores, folder / FILE_NAME)
        serving = asyncio.create_task(worker.run())
        try:
            await _until_connected(worker, serving)
            for store in stores.values():
                await _trade(hub, store)
            yield hub
        finally:
            if serving.done():
                serving.result()
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)


async def _until_connected(worker: LinkWorker, serving: "asyncio.Task[None]") -> None:
    """Wait for the link."""
    while not worker.is_connected:
        if serving.done():
            serving.result()
        await asyncio.sleep(STEP_S)


def _fill_catalogue(transaction: Transaction) -> None:
    """Four SKUs."""
    for version, sku in enumerate(SKUS, 1):
        transaction.execute(
            "INSERT INTO sku (sku, handle, name_zh, name_en, options, price_minor, price_per, currency, unit,"
            " image, shelf, category, status, version)"
            " VALUES (?, ?, ?, ?, '[]', 300, 1, 'CNY', 'pcs', '', 'A-01', '[]', 'active', ?)",
            (sku, sku, f"商品{sku}", f"A {sku}", version),
        )


async def _enrolled(kernel: Kernel, name: str) -> PlayedStore:
    """A store and its agent."""
    writer = kernel.writer
    await writer.run(KeepStore(StoreDraft(id=name, names={"zh-CN": name, "en": name}), 0))
    code, _ = await writer.run(MakeCode(kernel, name, "fuzz", new_code()))
    incarnations = Incarnations(kernel.settings.data_dir)
    # A former agent served it before, so that there is an earlier incarnation to speak for.
    await writer.run(Enrol(kernel, incarnations, code, "$7$101$c2FsdA==$aGFzaA==", "0" * 64))
    position = StorePosition(store=name, sinc=1, hinc=kernel.hinc)
    return PlayedStore(position, SKUS, is_goat=name == GOAT)


async def _trade(hub: FuzzedHub, store: PlayedStore) -> None:
    """Deliveries, sales, orders that are collected or wait, and every kind of message beside them."""
    await hub.hear(store.hello())
    for sku in SKUS:
        store.move("receive", sku, 40)
    await _exchange(hub, store)
    orders = [await _order(hub, store.id, number) for number in range(4)]
    await _exchange(hub, store)
    for order in orders[:2]:
        store.hand_over(order)
    for number in range(12):
        store.move("sale", SKUS[number % len(SKUS)], 1)
        if number % 3 == 0:
            await _exchange(hub, store)
    for units in (2, 1):
        await hub.hear(store.up(wants={SKUS[0]: units}))
        await _exchange(hub, store)
    for said in (store.hello(), store.ask(), store.digest(), store.rows((0, 5, 200))):
        await hub.hear(said)
    for channel in ("presence", "health"):
        told = {"state": "online", "sinc": 1, "at": AT, "unsent": 0, "devices": [{"id": "p1", "state": "ok"}]}
        await hub.hear(store.record(json.dumps(told).encode(), channel))


async def _order(hub: FuzzedHub, store: str, number: int) -> str:
    """An online order of one unit."""
    facts = hub.kernel.directory.get(store)
    assert facts is not None
    body = {
        "store": store,
        "lines": [{"sku": SKUS[number % len(SKUS)], "qty": 1}],
        "contact": {"name": "王小明", "phone": "+8613800138000"},
        "pay": "counter",
    }
    command = PlaceOrder(
        kernel=hub.kernel,
        request=OrderRequest.model_validate(body),
        store=facts,
        key=f"{store}-{number}",
        now=hub.kernel.clock.now(),
        base_url="http://shop.test",
    )
    return str(loaded(await hub.kernel.writer.run(command))["id"])


async def _exchange(hub: FuzzedHub, store: PlayedStore) -> None:
    """To and fro until both sides know everything."""
    for _ in range(50):
        await hub.hear(store.up())
        down, position = await hub.kernel.writer.run(ReadDown(hub.kernel, store.id))
        store.take(down)
        mine = store.book.position()
        if (position.app, position.ver) == (mine.seq, mine.dver) and position.heard == position.ver:
            return
    msg = f"hub and {store.id} do not come to rest"
    raise RuntimeError(msg)
