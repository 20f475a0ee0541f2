"""Many stores in one process: real wire, codec and store rules over ledgers in memory, one connection each.

`python -m tests.benchmarks.crowd` reads its job as one line of JSON, then a line for each phase (`open`,
`idle SECONDS`, `paced PER_S SECONDS`, `fast SECONDS`, `one COUNT`), and answers each with a line of JSON.
"""

import asyncio
import json
import resource
import sys
import time
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

import structlog

from sync.link.client_id import client_id
from sync.link.paho_link import PahoLink
from sync.link.port import Connected, LinkConfig, Message
from sync.messages.codec import decode, encode, parse_item
from sync.messages.topics import agent_subscriptions, store_topic
from sync.rules.books import StorePosition
from sync.rules.facts import Move, MoveLine
from sync.rules.rights import Allotment
from sync.rules.store import ledger
from sync.rules.store.receive_down import receive_down
from sync.rules.store.report_up import make_up
from sync.rules.streams import Down, Hello
from sync.simulator.books import StoreDictionary

AT: Final = "2026-05-01T06:17:00.000Z"
UNITS: Final = 100_000
HEALTH_S: Final = 30.0
AT_ONCE: Final = 25
"""Connections that are made at the same time."""
IN_FLIGHT: Final = 1_000
"""Events that are sent and not applied yet, over all stores, while selling as fast as it goes."""
LIMIT_S: Final = 60.0


@dataclass(slots=True)
class CrowdStore:
    """One store."""

    link: PahoLink
    book: StoreDictionary
    said: dict[int, float] = field(default_factory=dict)
    lags_ms: list[float] = field(default_factory=list)
    under_way: list[int] = field(default_factory=lambda: [0])
    sent: int = 0

    @property
    def id(self) -> str:
        """Its id."""
        return self.book.position().store

    @property
    def is_heard(self) -> bool:
        """Whether the hub has applied everything."""
        position = self.book.position()
        return position.heard == position.seq

    def move(self, sku: str, qty: int, *, out: bool) -> None:
        """Goods go out or come in, one transaction."""
        line = MoveLine(sku=sku, qty=qty, source="floor" if out else None, target=None if out else "floor")
        ledger.book_move(self.book, Move(reason="sale" if out else "receive", lines=(line,), at=AT))
        self.book.commit()

    def sell(self, sku: str) -> None:
        """One unit over the till, told at once."""
        self.move(sku, 1, out=True)
        self.said[self.book.position().seq] = time.perf_counter()
        self.under_way[0] += 1
        self.tell()

    def tell(self, *, again: bool = False) -> None:
        """Send what was not sent on this connection."""
        heard = self.book.position().heard
        up = make_up(self.book, heard if again else max(self.sent, heard))
        if self.link.publish(store_topic(self.id, "up"), encode(up)):
            self.sent = max(self.sent, up.first + len(up.events) - 1)

    def hello(self) -> None:
        """Where it stands."""
        at = self.book.position()
        said = Hello(
            store=at.store,
            sinc=at.sinc,
            hinc=at.hinc,
            seq=at.seq,
            chain=at.chain,
            dver=at.dver,
            wall_clock=AT,
        )
        self.link.publish(store_topic(self.id, "up"), encode(said))

    def health(self) -> None:
        """How it is, as each half minute."""
        told = {"sinc": self.book.position().sinc, "at": AT, "unsent": 0, "devices": [], "n": time.time()}
        self.link.publish(store_topic(self.id, "health"), json.dumps(told).encode(), retain=True)

    async def follow(self) -> None:
        """Hear the hub."""
        async for event in self.link.events():
            if isinstance(event, Connected):
                self.sent = self.book.position().heard
                self.hello()
                self.tell(again=True)
            elif isinstance(event, Message) and event.topic.endswith("/down"):
                message = decode(event.payload)
                if isinstance(message, Down):
                    self._take(message)

    def _take(self, down: Down) -> None:
        """Apply it, note lags, answer."""
        received = receive_down(self.book, down, parse_item, AT)
        self.book.commit()
        heard, now = self.book.position().heard, time.perf_counter()
        for seq in [seq for seq in self.said if seq <= heard]:
            self.lags_ms.append((now - self.said.pop(seq)) * 1000)
            self.under_way[0] -= 1
        if received.answer:
            self.tell()


class Crowd:
    """All stores of this process."""

    def __init__(self, job: dict[str, Any]) -> None:
        self.skus: list[str] = job["skus"]
        policy = dict.fromkeys(self.skus, Allotment(share_percent=50, reserve=0, last_unit="grant"))
        self._chance = Random(7)
        self._under_way = [0]
        self.stores = []
        for name in job["stores"]:
            config = LinkConfig(
                url=job["url"],
                user=name,
                secret=job["secret"],
                client_id=client_id(f"crowd-{name}", job["secret"]),
                subscriptions=agent_subscriptions(name),
                keepalive_s=60,
                connect_timeout_s=20,
            )
            book = StoreDictionary(StorePosition(store=name, sinc=1, hinc=1), policy)
            self.stores.append(CrowdStore(PahoLink(config), book, under_way=self._under_way))

    async def open(self) -> dict[str, Any]:
        """Connect every store and take goods in; over when the hub has applied all of it."""
        begun = time.perf_counter()
        for store in self.stores:
            for sku in self.skus:
                store.move(sku, UNITS, out=False)
        for start in range(0, len(self.stores), AT_ONCE):
            some = self.stores[start : start + AT_ONCE]
            for store in some:
                for work in (store.link.run(), store.follow()):
                    TASKS.append(asyncio.create_task(work))
            await until(lambda some=some: all(store.link.connected for store in some))
        connected_s = time.perf_counter() - begun
        await self._settled()
        TASKS.append(asyncio.create_task(self._tell_health()))
        events = sum(store.book.position().seq for store in self.stores)
        return {"connected_s": connected_s, "opened_s": time.perf_counter() - begun, "events": events}

    async def idle(self, seconds: float) -> dict[str, Any]:
        """Only health is told."""
        await asyncio.sleep(seconds)
        return {}

    async def paced(self, per_s: float, seconds: float) -> dict[str, Any]:
        """Sales at a pace, each at some store."""
        begun, sold = time.perf_counter(), 0
        while (now := time.perf_counter() - begun) < seconds:
            while sold < now * per_s:
                self._sell()
                sold += 1
            await asyncio.sleep(0.002)
        await self._settled()
        return {"sold": sold, "took_s": time.perf_counter() - begun, **self._lags()}

    async def fast(self, seconds: float) -> dict[str, Any]:
        """Sales as fast as they are applied."""
        begun, sold = time.perf_counter(), 0
        while time.perf_counter() - begun < seconds:
            for _ in range(min(200, max(0, IN_FLIGHT - self._under_way[0]))):
                self._sell()
                sold += 1
            await asyncio.sleep(0.001)
        await self._settled()
        return {"sold": sold, "took_s": time.perf_counter() - begun, **self._lags()}

    async def one(self, count: float) -> dict[str, Any]:
        """Single sales at the first store, a quarter of a second apart; returns the moment of each."""
        moments = []
        for _ in range(int(count)):
            moments.append(time.perf_counter())
            self.stores[0].sell(self.skus[0])
            await asyncio.sleep(0.25)
        await self._settled()
        return {"moments": moments, **self._lags()}

    def _sell(self) -> None:
        self._chance.choice(self.stores).sell(self._chance.choice(self.skus))

    def _lags(self) -> dict[str, Any]:
        """The lags since the last phase, and this process's own share of a processor."""
        lags = sorted(lag for store in self.stores for lag in store.lags_ms)
        for store in self.stores:
            store.lags_ms.clear()
        used = resource.getrusage(resource.RUSAGE_SELF)
        return {"lags_ms": lags, "cpu_s": used.ru_utime + used.ru_stime}

    async def _settled(self) -> None:
        """Wait until the hub has applied everything; what got lost is told again each second."""
        ends, again = time.perf_counter() + LIMIT_S, time.perf_counter() + 1
        while late := [store for store in self.stores if not store.is_heard]:
            if time.perf_counter() > ends:
                raise TimeoutError(f"{len(late)} stores are not heard")
            if time.perf_counter() > again:
                again = time.perf_counter() + 1
                for store in late:
                    store.tell(again=True)
            await asyncio.sleep(0.01)

    async def _tell_health(self) -> None:
        """Every store each half minute, spread."""
        while True:
            for store in self.stores:
                store.health()
                await asyncio.sleep(HEALTH_S / len(self.stores))


TASKS: Final[list["asyncio.Task[None]"]] = []


async def until(is_so: Any) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(LIMIT_S):
        while not is_so():  # noqa: ASYNC110 - connections have no event
            await asyncio.sleep(0.005)


async def play() -> None:
    """Phase after phase."""
    crowd = Crowd(json.loads(sys.stdin.readline()))
    for line in iter(lambda: sys.stdin.readline().split(), []):
        name, numbers = line[0], [float(text) for text in line[1:]]
        told = await getattr(crowd, name)(*numbers)
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
    for task in TASKS:
        task.cancel()


def main() -> None:
    """Quietly."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    asyncio.run(play())


if __name__ == "__main__":
    main()
