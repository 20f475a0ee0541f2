"""The stage of a benchmark: a demo of its own on disk, with its processes' ids, and a person signed in."""

import asyncio
import contextlib
import csv
import json
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from hub.demo.broker import module_argv
from hub.demo.chain import chain_folder
from tests.benchmarks.machine import file_system

UNITS = 100_000
PART = 100
ROOT = Path(__file__).resolve().parents[2]


@dataclass(slots=True)
class Stage:
    """A running demo.

    Attributes:
        folder: Its data, on disk.
        told: Its JSON line.
        process: The demo itself.
    """

    folder: Path
    told: dict[str, Any]
    process: subprocess.Popen[str]
    up_s: float
    since: float

    @property
    def hub_url(self) -> str:
        """The hub's address."""
        return str(self.told["hub"]["url"])

    @property
    def address(self) -> tuple[str, int]:
        """The hub's host and port."""
        parts = urlsplit(self.hub_url)
        return str(parts.hostname), int(parts.port or 80)

    @property
    def stores(self) -> list[str]:
        """The stores' ids."""
        return [store["id"] for store in self.told["stores"]]

    @property
    def database(self) -> Path:
        """The hub's database."""
        return self.folder / "hub" / "data" / "hub.sqlite"

    def pids(self) -> dict[str, int]:
        """Hub, broker, agents and lines: everything an order passes through."""
        kept = json.loads((self.folder / "demo.json").read_text("utf-8"))["children"]
        lines = {f"line {pid}": pid for pid, argv in kept if "hub.demo.line" in argv}
        agents = {f"agent {store['id']}": store["pid"] for store in self.told["stores"]}
        main = {"hub": self.told["hub"]["pid"], "broker": self.told["broker"]["pid"]}
        return {**{name: pid for name, pid in main.items() if pid}, **agents, **lines}

    def agent(self, number: int = 0) -> httpx.Client:
        """A client signed in at an agent as its manager."""
        store = self.told["stores"][number]
        person = store["staff"][0]
        answer = httpx.post(
            f"{store['agent_url']}/api/v1/session",
            json={"login": person["user"], "pin": person["pin"]},
            trust_env=False,
        )
        answer.raise_for_status()
        headers = {"authorization": f"Bearer {answer.json()['token']}"}
        return httpx.Client(base_url=store["agent_url"], trust_env=False, timeout=30, headers=headers)

    def fill(self, skus: Sequence[str], units: int = UNITS) -> None:
        """Take in so many units of each SKU at every store that no order is refused, and wait until told."""
        for number in range(len(self.stores)):
            with self.agent(number) as client:
                for start in range(0, len(skus), PART):
                    lines = [{"sku": sku, "qty": units} for sku in skus[start : start + PART]]
                    body = {"ref": f"bench-{start}-{time.time_ns()}", "reason": "receive", "lines": lines}
                    client.post("/api/v1/stock/receive", json=body).raise_for_status()
                self.wait_sent(client)

    def wait_sent(self, client: httpx.Client, limit_s: float = 60) -> float:
        """Wait until an agent has nothing unsent; returns the seconds."""
        begun = time.perf_counter()
        while client.get("/api/v1/status").json()["unsent"]:
            if time.perf_counter() - begun > limit_s:
                raise TimeoutError("an agent still has unsent events")
            wait(0.02)
        return time.perf_counter() - begun

    def quiet(self, limit_s: float = 60) -> None:
        """Wait until no agent has anything unsent."""
        for number in range(len(self.stores)):
            with self.agent(number) as client:
                self.wait_sent(client, limit_s)


def catalogue() -> list[dict[str, str]]:
    """The demo's products as its file has them: sku, gtin, price_minor and more."""
    with (chain_folder() / "products.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def wait(seconds: float) -> None:
    """Let time pass; a benchmark has nothing else to wait on."""
    asyncio.run(asyncio.sleep(seconds))


@contextlib.contextmanager
def stage(*options: str, folder: Path | None = None, keep: bool = False) -> Iterator[Stage]:
    """A demo without slips; stopped at the end, its folder removed unless it is kept."""
    home = folder or Path(tempfile.mkdtemp(prefix="omo-bench-", dir=ROOT if _is_tmpfs() else None))
    argv = module_argv("hub.demo", "--json", "--no-browser", "--no-slips", "--data", str(home), *options)
    begun = time.perf_counter()
    with (home / "bench-demo.log").open("ab") as log:
        process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=log, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(f"the demo did not come up; see {home}/bench-demo.log")
        now = time.perf_counter()
        yield Stage(home, json.loads(line), process, now - begun, now)
    finally:
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(60)
        if process.poll() is None:
            process.kill()
        if not keep:
            shutil.rmtree(home, ignore_errors=True)


def load(job: dict[str, Any]) -> dict[str, Any]:
    """Run the load client in a process of its own; returns what it saw."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.load"],
        input=json.dumps(job),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
        timeout=job["seconds"] + 120,
    )
    seen: dict[str, Any] = json.loads(done.stdout)
    return seen


def _is_tmpfs() -> bool:
    """Whether temporary folders are in memory."""
    return file_system(Path(tempfile.gettempdir())) == "tmpfs"
