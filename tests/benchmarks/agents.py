"""One hub and 1 to 1,000 stores over a real broker: memory, lag, events a second, CPU an event.

The stores are a crowd in one process: real connections, codec and store rules, ledgers in memory. So the
hub and the broker are measured, and not a thousand agents' disks; the crowd shares the processors with them.
"""

import asyncio
import contextlib
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

import httpx
import structlog

from hub.broker.secret_hash import hash_secret, new_secret
from hub.db.migrate import migrate
from hub.db.open import FILE_NAME
from hub.demo.broker import broker_folder, start_broker, stop_broker
from hub.demo.line_route import free_port
from hub.demo.programs import hub_argv
from hub.kernel import Kernel
from hub.settings import HubSettings
from hub.start import make_folder, running_kernel
from hub.stores.enrol import Enrol, MakeCode, new_code
from hub.stores.keep_store import KeepStore, StoreDraft
from sync.storage.incarnations import Incarnations
from sync.storage.writer import Transaction
from tests.benchmarks.crowd import IN_FLIGHT
from tests.benchmarks.figures import Figure, percentile
from tests.benchmarks.machine import cpu_s, pss_mb
from tests.benchmarks.stage import ROOT, _is_tmpfs, wait
from tests.benchmarks.store import PushedStock

COUNTS: Final = (1, 10, 100, 1_000)
PAPER: Final = 10_000
PACED_PER_S: Final = 50
PACED_S, FAST_S, IDLE_S = 10, 6, 10
SINGLES: Final = 12
SKUS: Final = tuple(f"sku-{number:02d}" for number in range(8))
LIMIT_S: Final = 90.0


@dataclass(slots=True)
class Chain:
    """A hub with its stores.

    Attributes:
        url: the hub's.
        hub: its process id.
        broker: the broker's.
        enrolled_s: what enrolling every store took.
    """

    url: str
    hub: int
    broker: int
    enrolled_s: float
    crowd: "subprocess.Popen[str]"

    def phase(self, *words: object) -> dict[str, Any]:
        """Let the crowd do something; with the CPU seconds that the hub spent on it."""
        before = cpu_s([self.hub]), cpu_s([self.broker])
        assert self.crowd.stdin is not None
        assert self.crowd.stdout is not None
        self.crowd.stdin.write(" ".join(map(str, words)) + "\n")
        self.crowd.stdin.flush()
        line = self.crowd.stdout.readline()
        if not line:
            raise RuntimeError(f"the crowd ended in {words[0]}")
        told: dict[str, Any] = json.loads(line)
        told |= {"hub_s": cpu_s([self.hub]) - before[0], "broker_s": cpu_s([self.broker]) - before[1]}
        return told


def agents() -> list[Figure]:
    """All sizes, then the step from there to PAPER stores on paper."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    found: list[Figure] = []
    seen: dict[int, dict[str, float]] = {}
    for count in COUNTS:
        with chain(count) as running:
            figures, seen[count] = _measured(running, count)
            found += figures
    return [*found, *_on_paper(seen)]


def _measured(running: Chain, count: int) -> tuple[list[Figure], dict[str, float]]:
    """One size."""
    opened = running.phase("open")
    idle = running.phase("idle", IDLE_S)
    paced = running.phase("paced", PACED_PER_S, PACED_S)
    memory, broker = pss_mb(running.hub), pss_mb(running.broker)
    pushed = _pushed(running)
    crowd = paced["cpu_s"]
    fast = running.phase("fast", FAST_S)
    answers = _api(running)
    name = f"{count:,} stores" if count > 1 else "1 store"
    per_s = fast["sold"] / fast["took_s"]
    cost = fast["hub_s"] * 1000 / fast["sold"]
    idle_share = idle["hub_s"] / IDLE_S
    lags = paced["lags_ms"]
    working_s = max(0.0, paced["hub_s"] - idle_share * paced["took_s"])
    figures = [
        Figure(
            f"{name}: enrolled",
            running.enrolled_s,
            "s",
            count,
            {
                "all connected": f"{opened['connected_s']:.1f} s",
                "opening stock applied": f"{opened['opened_s']:.1f} s",
                "events": opened["events"],
                "hub CPU": f"{opened['hub_s']:.1f} s",
            },
        ),
        Figure(
            f"{name}: memory of the hub (PSS)",
            memory,
            "MB",
            1,
            {
                "broker": f"{broker:.1f} MB",
                "after the rush": f"{pss_mb(running.hub):.0f} MB",
                "idle CPU": f"{idle_share:.1%}",
                "idle broker CPU": f"{idle['broker_s'] / IDLE_S:.1%}",
            },
        ),
        Figure(
            f"{name}: sale -> applied, at {PACED_PER_S}/s",
            median(lags),
            "ms",
            len(lags),
            {
                "p95": f"{percentile(lags, 0.95):.1f} ms",
                "max": f"{lags[-1]:.1f} ms",
                "hub CPU/event": f"{working_s * 1000 / paced['sold']:.2f} ms",
            },
        ),
        Figure(
            f"{name}: sale -> pushed to the shop page",
            median(pushed),
            "ms",
            len(pushed),
            {
                "p95": f"{percentile(pushed, 0.95):.1f} ms",
                "API shows all stores in": f"{median(answers):.1f} ms",
            },
        ),
        Figure(
            f"{name}: sales applied, as fast as it goes",
            per_s,
            "/s",
            fast["sold"],
            {
                "under way": IN_FLIGHT,
                "hub CPU/event": f"{cost:.3f} ms",
                "broker CPU/event": f"{fast['broker_s'] * 1000 / fast['sold']:.3f} ms",
                "crowd CPU/event": f"{(fast['cpu_s'] - crowd) * 1000 / fast['sold']:.3f} ms",
            },
        ),
    ]
    return figures, {"memory": memory, "broker": broker, "idle": idle_share, "cost": cost}


def _pushed(running: Chain) -> list[float]:
    """From a sale at one store to the push to its open shop page, ms."""
    lags: list[float] = []
    with PushedStock(running.url, "store-0000", SKUS[0]) as page:
        for _ in range(SINGLES):
            page.forget()
            told = running.phase("one", 1)
            page.wait_for_push()
            lags.append((page.pushed_at - told["moments"][0]) * 1000)
    return lags


def _api(running: Chain) -> list[float]:
    """How long the shop's API takes to say what every store has of a SKU, ms."""
    took = []
    with httpx.Client(base_url=running.url, trust_env=False, timeout=30) as shop:
        for _ in range(10):
            begun = time.perf_counter()
            shop.get(f"/api/v1/stock/{SKUS[0]}").raise_for_status()
            took.append((time.perf_counter() - begun) * 1000)
    return took


def _on_paper(seen: dict[int, dict[str, float]]) -> list[Figure]:
    """From the unit costs of the largest two sizes to PAPER stores: reckoned, not measured."""
    large, small = seen[COUNTS[-1]], seen[COUNTS[-2]]
    steps = COUNTS[-1] - COUNTS[-2]

    def reckoned(what: str) -> float:
        each = max(0.0, large[what] - small[what]) / steps
        return large[what] + each * (PAPER - COUNTS[-1])

    left = 1 - reckoned("idle")
    name = f"{PAPER:,} stores ON PAPER"
    per_s = max(0.0, left) * 1000 / large["cost"]
    return [
        Figure(
            f"{name}: memory of the hub",
            reckoned("memory"),
            "MB",
            0,
            {"broker": f"{reckoned('broker'):.0f} MB"},
        ),
        Figure(
            f"{name}: events/s on one core of the hub",
            per_s,
            "/s",
            0,
            {"idle CPU": f"{reckoned('idle'):.0%}", "from CPU/event": f"{large['cost']:.3f} ms"},
        ),
    ]


@contextlib.contextmanager
def chain(count: int) -> Iterator[Chain]:
    """Broker, hub and crowd; all ended and the folder removed afterwards."""
    home = Path(tempfile.mkdtemp(prefix="omo-crowd-", dir=ROOT if _is_tmpfs() else None))
    stores = [f"store-{number:04d}" for number in range(count)]
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, home, ignore_errors=True)
        loop = stack.enter_context(contextlib.closing(asyncio.new_event_loop()))
        broker = loop.run_until_complete(start_broker("mosquitto", home, 0))
        stack.callback(lambda: loop.run_until_complete(stop_broker(broker)))
        config = _write_config(home, broker.url)
        secret = new_secret()
        enrolled_s = asyncio.run(_enrol(HubSettings.load(config), stores, secret))
        log = stack.enter_context((home / "hub.log").open("wb"))
        serving = subprocess.Popen(hub_argv(config, "serve"), stdout=log, stderr=log)
        stack.callback(_end, serving)
        url = f"http://127.0.0.1:{HubSettings.load(config).port}"
        _wait_ready(url, serving)
        crowd = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.crowd"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        stack.callback(_end, crowd)
        assert crowd.stdin is not None
        job = {"url": broker.url, "stores": stores, "skus": SKUS, "secret": secret}
        crowd.stdin.write(json.dumps(job) + "\n")
        assert broker.pid is not None
        yield Chain(url, serving.pid, broker.pid, enrolled_s, crowd)


def _write_config(home: Path, broker_url: str) -> Path:
    """The hub's settings."""
    path = home / "hub.toml"
    port = free_port()
    path.write_text(
        f'data_dir = "{home / "data"}"\nhost = "127.0.0.1"\nport = {port}\n'
        f'public_url = "http://127.0.0.1:{port}"\n\n[broker]\nurl = "{broker_url}"\n'
        f'folder = "{broker_folder(home)}"\n',
        "utf-8",
    )
    return path


async def _enrol(settings: HubSettings, stores: list[str], secret: str) -> float:
    """Every store with an agent, by the hub's own commands; one secret for all. Returns the seconds."""
    make_folder(settings)
    migrate(settings.data_dir / FILE_NAME)
    Incarnations(settings.data_dir).issue("hub")
    hashed = hash_secret(secret)
    async with running_kernel(settings) as kernel:
        await kernel.writer.run(_fill_catalogue)
        begun = time.perf_counter()
        for place, store in enumerate(stores):
            await _enrol_one(kernel, store, place, hashed)
        return time.perf_counter() - begun


async def _enrol_one(kernel: Kernel, store: str, place: int, hashed: str) -> None:
    """One store and its code, used at once."""
    draft = StoreDraft(id=store, names={"zh-CN": store, "en": store})
    await kernel.writer.run(KeepStore(draft, place))
    code, _ = await kernel.writer.run(MakeCode(kernel, store, "bench", new_code()))
    incarnations = Incarnations(kernel.settings.data_dir)
    await kernel.writer.run(Enrol(kernel, incarnations, code, hashed, "0" * 64))


def _fill_catalogue(transaction: Transaction) -> None:
    """A few products, shown in the shop."""
    for version, sku in enumerate(SKUS, 1):
        transaction.execute(
            "INSERT INTO product (handle, name_zh, name_en, description_zh, description_en, brand, category,"
            " category_key, tags, images, status, is_online, content_hash, search_text, position)"
            " VALUES (?, ?, ?, '', '', '', '[]', '', '[]', '[]', 'active', 1, '', '', ?)",
            (sku, sku, sku, version),
        )
        transaction.execute(
            "INSERT INTO sku (sku, handle, name_zh, name_en, options, price_minor, price_per, currency, unit,"
            " image, shelf, category, status, version)"
            " VALUES (?, ?, ?, ?, '[]', 300, 1, 'CNY', 'pcs', '', 'A-01', '[]', 'active', ?)",
            (sku, sku, sku, sku, version),
        )


def _wait_ready(url: str, process: "subprocess.Popen[bytes]") -> None:
    """Until the hub answers and its broker is there."""
    ends = time.monotonic() + LIMIT_S
    while time.monotonic() < ends:
        if process.poll() is not None:
            raise RuntimeError(f"the hub ended with exit code {process.returncode}")
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"{url}/readyz", trust_env=False, timeout=2).status_code == 200:
                return
        wait(0.05)
    raise TimeoutError(f"{url} is not ready")


def _end(process: "subprocess.Popen[Any]") -> None:
    """End a process that was started here."""
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(10)
    if process.poll() is None:
        process.kill()
        process.wait(10)
