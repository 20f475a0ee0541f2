"""Figures of a store: scans, sales, events into the hub, the shop's delay, first byte on paper."""

import threading
import time
from dataclasses import dataclass
from statistics import median
from typing import Self
from urllib.parse import urlsplit

import httpx

from hub.walk.tools import order_control
from tests.benchmarks.figures import Figure, spread
from tests.benchmarks.machine import cpu_s
from tests.benchmarks.printer_tap import PrinterTap
from tests.benchmarks.stage import Stage, catalogue, wait

SKU = "BE1020"
SCANS = 400
LAGS = 100
PAPERS = 40
BACKLOG_S = 15.0
BACKLOGS_S = (5.0, 12.0, 30.0)
"""A till that sells as fast as it can writes more in the last of them than a store in an hour."""
SHOWN_LIMIT_S = 5.0


def scans(stage: Stage) -> list[Figure]:
    """A scan on the till's page until its line is answered."""
    gtins = [row["gtin"] for row in catalogue()][:150]
    took: list[float] = []
    with stage.agent() as till:
        till.post("/api/v1/till/clear", json={})
        for number in range(SCANS):
            if number % 100 == 0:
                till.post("/api/v1/till/clear", json={})
            begun = time.perf_counter()
            till.post("/api/v1/till/scan", json={"code": gtins[number % len(gtins)]}).raise_for_status()
            took.append((time.perf_counter() - begun) * 1000)
        till.post("/api/v1/till/clear", json={})
    facts = {**spread(took), "SKUs": len(catalogue())}
    return [Figure("scan -> line, till API", median(took), "ms", len(took), facts, "p95 50 ms painted")]


def lag(stage: Stage) -> list[Figure]:
    """A sale at the till until the shop shows it: pushed to an open page, and read by that page."""
    stage.fill([SKU], 1_000)
    store = stage.stores[0]
    pushed: list[float] = []
    shown: list[float] = []
    with (
        stage.agent() as till,
        PushedStock(stage.hub_url, store, SKU) as page,
        httpx.Client(base_url=stage.hub_url, trust_env=False) as shop,
    ):
        for _ in range(LAGS):
            units = _units(shop, store)
            page.forget()
            paid_at = sell(till, SKU)
            page.wait_for_push()
            pushed.append((page.pushed_at - paid_at) * 1000)
            while _units(shop, store) != units - 1:
                if time.perf_counter() - paid_at > SHOWN_LIMIT_S:
                    raise TimeoutError("the shop never showed the sale")
            shown.append((time.perf_counter() - paid_at) * 1000)
    floor = "p95 150 ms"
    return [
        Figure("sale answered -> pushed to the shop page", median(pushed), "ms", LAGS, spread(pushed), floor),
        Figure("sale answered -> shop shows it", median(shown), "ms", LAGS, spread(shown), floor),
    ]


@dataclass(frozen=True, slots=True)
class Outage:
    """Sales with the line cut, and how the hub took the log in afterwards."""

    sold: int
    sold_s: float
    unsent: int
    first: int
    """Events that were there when the clock of `took_s` began: what they took is not known."""
    took_s: float
    used_s: float
    is_once: bool

    @property
    def rate(self) -> float:
        """Events a second into the hub."""
        return self.unsent / max(self.took_s, 1e-6)

    @property
    def rate_after_first(self) -> float:
        """Events a second, only those counted whose time was."""
        return (self.unsent - self.first) / max(self.took_s, 1e-6)

    @property
    def facts(self) -> dict[str, str]:
        """What else is told of it."""
        return {
            "after the first": f"{self.took_s:.2f} s",
            "hub CPU/event": f"{self.used_s * 1000 / max(1, self.unsent):.3f} ms",
            "exactly once": "yes" if self.is_once else "NO",
        }


def outage(stage: Stage, backlog_s: float) -> Outage:
    """Sell for a while with the line cut, then restore it: each event once."""
    stage.fill([SKU], 20_000)
    store = stage.told["stores"][0]
    with stage.agent() as till, httpx.Client(base_url=stage.hub_url, trust_env=False) as shop:
        order_control(store["line"]["control"], "cut")
        begun, sold = time.perf_counter(), 0
        while time.perf_counter() - begun < backlog_s:
            sell(till, SKU)
            sold += 1
        sold_s = time.perf_counter() - begun
        unsent = till.get("/api/v1/status").json()["unsent"]
        pids, before = stage.pids(), _applied(shop)
        used = cpu_s([pids["hub"]])
        order_control(store["line"]["control"], "restore")
        while (first := _applied(shop) - before) == 0:
            wait(0.002)
        begun = time.perf_counter()
        while _applied(shop) - before < unsent:
            wait(0.002)
        took = time.perf_counter() - begun
        used = cpu_s([pids["hub"]]) - used
        stage.wait_sent(till)
        own = till.get(f"/api/v1/stock/{SKU}").json()
        exact = _units(shop, store["id"], SKU) == own["free"] + own["online"]
    return Outage(sold, sold_s, unsent, first, took, used, exact and _applied_twice(stage, unsent, before))


def events(stage: Stage) -> list[Figure]:
    """Sales with the line cut, then the line again: how fast the hub takes the log in, each event once."""
    one = outage(stage, BACKLOG_S)
    return [
        Figure("till sales, one till over HTTP", one.sold / one.sold_s, "/s", one.sold),
        Figure("till events into the hub", one.rate, "/s", one.unsent, one.facts, "5,000/s"),
    ]


def catch_up(stage: Stage) -> list[Figure]:
    """The same after outages of different lengths: whether a longer backlog costs more for each event."""
    found: list[Figure] = []
    for backlog_s in BACKLOGS_S:
        one = outage(stage, backlog_s)
        facts = dict(one.facts)
        if found:
            facts["time per event / the shortest's"] = (
                f"{found[0].value / max(one.rate_after_first, 1e-6):.2f}"
            )
        counted = one.unsent - one.first
        found.append(Figure(f"caught up {one.unsent:,} events", one.rate_after_first, "/s", counted, facts))
    return found


def paper(stage: Stage) -> list[Figure]:
    """A sale answered (committed) until the first byte of its receipt reaches the printer."""
    stage.fill([SKU], 1_000)
    took: list[float] = []
    with PrinterTap(stage.folder, stage.told["stores"][0]["printers"][0]) as tap, stage.agent() as till:
        tap.wait_connected()
        for _ in range(PAPERS):
            tap.forget()
            paid_at = sell(till, SKU)
            took.append((tap.first_byte_at() - paid_at) * 1000)
            wait(0.15)
    facts = spread(took)
    return [
        Figure(
            "sale answered -> first byte at the printer", median(took), "ms", len(took), facts, "p95 40 ms"
        )
    ]


def sell(till: httpx.Client, sku: str) -> float:
    """One unit for exact cash; returns the moment of the answer."""
    ticket = till.post("/api/v1/till/lines", json={"sku": sku, "qty": 1}).json()
    pay = {"tender": "cash", "ticket": ticket["id"], "given_minor": ticket["total_minor"]}
    till.post("/api/v1/till/pay", json=pay).raise_for_status()
    return time.perf_counter()


class PushedStock:
    """An open product page: notes when the hub pushes that the stock has changed."""

    def __init__(self, url: str, store: str, sku: str) -> None:
        parts = urlsplit(url)
        self._url = f"http://{parts.netloc}/s/{store}/p/{sku}/events"
        self._pushed = threading.Event()
        self._ending = threading.Event()
        self._open = threading.Event()
        self.pushed_at = 0.0
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._open.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()

    def forget(self) -> None:
        """Wait for the next push only."""
        self._pushed.clear()

    def wait_for_push(self) -> None:
        """Until the stock was pushed."""
        if not self._pushed.wait(SHOWN_LIMIT_S):
            raise TimeoutError("the stock was never pushed to the page")

    def _listen(self) -> None:
        with httpx.Client(trust_env=False, timeout=None) as client, client.stream("GET", self._url) as stream:
            self._open.set()
            for line in stream.iter_lines():
                if self._ending.is_set():
                    return
                if line.startswith(("event: stock", "event:stock")):
                    self.pushed_at = time.perf_counter()
                    self._pushed.set()


def _units(shop: httpx.Client, store: str, sku: str = SKU) -> int:
    stores = shop.get(f"/api/v1/stock/{sku}").json()["stores"]
    return int(next(one["available"] for one in stores if one["store"] == store))


def _applied(shop: httpx.Client) -> int:
    """Events that the hub has applied since its start."""
    for line in shop.get("/metrics").text.splitlines():
        if line.startswith("omo_hub_events_applied"):
            return int(float(line.split()[-1]))
    return 0


def _applied_twice(stage: Stage, unsent: int, before: int) -> bool:
    """Whether the hub's counter says that each waiting event was applied once."""
    with httpx.Client(base_url=stage.hub_url, trust_env=False) as shop:
        return _applied(shop) - before == unsent
