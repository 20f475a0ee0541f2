"""The people of the trials: buyers over HTTP, a till that sells, and somebody who reads both books."""

import asyncio
import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx

from hub.walk.tools import order_control, run_command, with_word
from tests.benchmarks.load import play

LIMIT_S = 90.0
"""What only a hung program reaches: the demo alone takes two minutes to start on a busy machine."""
LATE_SEED = 1000
"""Of buyers who come one by one: no order of theirs has the key of another."""


@dataclass
class Scene:
    """A running demo, seen from its first store."""

    told: dict[str, Any]
    restarted: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.store = self.told["stores"][0]
        self.hub = httpx.Client(base_url=self.told["hub"]["url"], trust_env=False, timeout=10)
        self.agent = httpx.Client(base_url=self.store["agent_url"], trust_env=False, timeout=10)
        person = self.store["staff"][0]
        answer = self.agent.post("/api/v1/session", json={"login": person["user"], "pin": person["pin"]})
        self.token = answer.json()["token"]
        self.agent.headers["authorization"] = f"Bearer {self.token}"

    def close(self) -> None:
        """Let go of everything; end what was started again here."""
        self.hub.close()
        self.agent.close()
        for process in self.restarted.values():
            process.terminate()
        for process in self.restarted.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(LIMIT_S)

    def balance(self, sku: str) -> dict[str, int]:
        """The store's own numbers for a SKU."""
        found: dict[str, int] = self.agent.get(f"/api/v1/stock/{sku}").json()
        return found

    def offered(self, sku: str) -> int:
        """What the shop offers at the store."""
        stores = self.hub.get(f"/api/v1/stock/{sku}").json()["stores"]
        return int(next(one["available"] for one in stores if one["store"] == self.store["id"]))

    def line(self, order: str) -> None:
        """Cut or restore the store's line."""
        order_control(self.store["line"]["control"], order)

    def is_online(self) -> bool:
        """Whether the store says so."""
        return bool(self.agent.get("/api/v1/status").json()["online"])

    def order_job(self, sku: str, seed: int, buyers: int) -> dict[str, Any]:
        """So many buyers of one unit each, all at once."""
        parts = urlsplit(self.told["hub"]["url"])
        return {
            "kind": "orders",
            "host": parts.hostname,
            "port": parts.port,
            "stores": [self.store["id"]],
            "skus": [sku],
            "seed": seed,
            "count": buyers,
            "connections": buyers,
            "seconds": LIMIT_S,
            "keep": True,
        }

    def answers(self) -> bool:
        """Whether the hub is ready, broker included, and the store's agent answers."""
        try:
            return all(one.get("/readyz").status_code == 200 for one in (self.hub, self.agent))
        except httpx.HTTPError:
            return False

    def in_step(self) -> bool:
        """Whether the hub answers and has applied all that the store has booked."""
        try:
            status = self.agent.get("/api/v1/status").json()
            ready = self.hub.get("/readyz").status_code == 200
        except (httpx.HTTPError, ValueError):
            return False
        return bool(ready and status["online"] and not status["unsent"])

    def assert_books_are_right(self, *skus: str) -> None:
        """Both programs verify clean, and both sides name the same units."""
        until(self.in_step)
        for start, word in ((self.told["hub"]["start"], "serve"), (self.store["start"], "run")):
            code, said = run_command(with_word(start, word, "verify"))
            assert code == 0, said
        for sku in skus:
            own = self.balance(sku)
            assert self.offered(sku) == own["free"] + own["online"], own

    def kill(self, name: str) -> None:
        """SIGKILL to the broker, the hub or the store's agent."""
        os.kill(self._pid(name), signal.SIGKILL)
        if name in self.restarted:
            self.restarted[name].wait(LIMIT_S)

    def start(self, name: str) -> None:
        """Bring it back with the argv of the JSON line."""
        start = self.store["start"] if name == "agent" else self.told[name]["start"]
        self.restarted[name] = subprocess.Popen(
            start, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def _pid(self, name: str) -> int:
        if name in self.restarted:
            return self.restarted[name].pid
        return int(self.store["pid"] if name == "agent" else self.told[name]["pid"])


def until(is_so: Callable[[], bool], limit_s: float = LIMIT_S) -> None:
    """Wait until something is so."""
    ends, pause = time.monotonic() + limit_s, threading.Event()
    while not is_so():
        assert time.monotonic() < ends, f"{is_so} did not come true within {limit_s} s"
        pause.wait(0.05)


async def sell_until_short(scene: Scene, sku: str, most: int) -> int:
    """The till sells one unit after the other until the shelf refuses; returns the units sold."""
    headers = {"authorization": f"Bearer {scene.token}"}
    sold = 0
    async with httpx.AsyncClient(
        base_url=scene.store["agent_url"], trust_env=False, timeout=10, headers=headers
    ) as till:
        await till.post("/api/v1/till/clear", json={})
        while sold < most:
            ticket = (await till.post("/api/v1/till/lines", json={"sku": sku, "qty": 1})).json()
            pay = {"tender": "cash", "ticket": ticket["id"], "given_minor": ticket["total_minor"]}
            answer = await till.post("/api/v1/till/pay", json=pay)
            if answer.status_code == 409:
                assert answer.json()["code"] == "short"
                await till.post("/api/v1/till/clear", json={})
                return sold
            assert answer.status_code == 200, answer.text
            sold += 1
    return sold


async def sell_out(scene: Scene, sku: str, units: int) -> tuple[int, int]:
    """Buyers come one by one, and the till sells between them, until so many units are gone.

    A right to a unit may be on its way from one side to the other whenever somebody asks: then both refuse.

    Returns:
        The units sold online and at the till.
    """
    online = at_till = buyers = 0
    ends = time.monotonic() + LIMIT_S
    while online + at_till < units:
        assert time.monotonic() < ends, f"{units - online - at_till} of {units} units are for nobody"
        buyers += 1
        answer = await play(scene.order_job(sku, LATE_SEED + buyers, 1))
        online += answer["statuses"].get("201", 0)
        at_till += await sell_until_short(scene, sku, units - online - at_till)
    return online, at_till


async def buy_and_sell(scene: Scene, sku: str, seed: int, units: int) -> tuple[dict[str, Any], int]:
    """200 buyers and the till go for the same units at the same moment."""
    seen, sold = await asyncio.gather(
        play(scene.order_job(sku, seed, 200)), sell_until_short(scene, sku, units)
    )
    return seen, sold
