"""Orders end to end over HTTP, beside an empty POST and the same transaction without HTTP."""

import contextlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.benchmarks.figures import Figure, percentile
from tests.benchmarks.machine import cpu_s
from tests.benchmarks.raw_orders import plain_limit
from tests.benchmarks.stage import ROOT, Stage, catalogue, load

SECONDS = 8.0
AT_ONCE = (1, 8, 32)
HOT = "BE1001"
PER_S_MOST = 4_000
FLOOR_PER_S, FLOOR_P99, FLOOR_CPU = "600/s", "p99 < 150 ms", "4 ms CPU"


def orders(stage: Stage) -> list[Figure]:
    """All concurrencies over all SKUs, then one hot SKU; every 201 looked for after SIGKILL."""
    skus = [row["sku"] for row in catalogue()]
    stage.fill(skus)
    reference = empty_post(32)
    told: list[str] = []
    found: list[Figure] = []
    for name, chosen, at_once in [
        *((f"orders, {len(skus)} SKUs, {n} at a time", skus, n) for n in AT_ONCE),
        (f"orders, one hot SKU, {AT_ONCE[-1]} at a time", [HOT], AT_ONCE[-1]),
    ]:
        figure, ids = one_load(stage, name, chosen, at_once, reference)
        found.append(figure)
        told += ids
    stage.quiet()
    found += [reference, _kept(stage, told), *_raw(stage)]
    return found


def one_load(
    stage: Stage, name: str, skus: list[str], at_once: int, reference: Figure | None
) -> tuple[Figure, list[str]]:
    """One concurrency; returns the figure and the ids that were told."""
    host, port = stage.address
    job = {
        "kind": "orders",
        "host": host,
        "port": port,
        "stores": stage.stores,
        "skus": skus,
        "seed": random.randrange(2**32),
        "count": int(SECONDS * PER_S_MOST * min(1.0, at_once / 8)),
        "connections": at_once,
        "seconds": SECONDS,
        "keep": True,
    }
    pids = stage.pids()
    before = {name: cpu_s([pid]) for name, pid in pids.items()}
    seen = load(job)
    used = {name: cpu_s([pid]) - before[name] for name, pid in pids.items()}
    ids = [json.loads(body)["id"] for body in seen["bodies"] if '"pickup_code"' in body]
    per_s = len(ids) / seen["elapsed_s"]
    took = seen["latencies_ms"]
    facts: dict[str, Any] = {
        "p50": f"{percentile(took, 0.5):.1f} ms",
        "p99": f"{percentile(took, 0.99):.1f} ms",
        "CPU/order": f"{sum(used.values()) * 1000 / max(1, len(ids)):.2f} ms",
        "of it hub": f"{used['hub'] * 1000 / max(1, len(ids)):.2f} ms",
        "statuses": json.dumps(seen["statuses"]),
    }
    if reference is not None:
        facts["of an empty POST"] = f"{per_s / reference.value:.0%}"
    floor = f"{FLOOR_PER_S}, {FLOOR_P99}, {FLOOR_CPU}" if at_once == 32 else ""
    return Figure(name, per_s, "/s", len(ids), facts, floor), ids


def empty_post(at_once: int, engine: str = "uvicorn") -> Figure:
    """The same server with nothing behind it."""
    with _server(engine) as port:
        job = {
            "kind": "same",
            "host": "127.0.0.1",
            "port": port,
            "path": "/",
            "body": {"store": "renmin", "lines": [{"sku": HOT, "qty": 1}], "pay": "counter"},
            "count": 60_000,
            "connections": at_once,
            "seconds": 4.0,
        }
        seen = load(job)
    took = seen["latencies_ms"]
    facts = {"p50": f"{percentile(took, 0.5):.1f} ms", "p99": f"{percentile(took, 0.99):.1f} ms"}
    name = f"empty POST, {engine}, {at_once} at a time"
    return Figure(name, len(took) / seen["elapsed_s"], "/s", len(took), facts)


@contextlib.contextmanager
def _server(engine: str) -> Iterator[int]:
    argv = [sys.executable, "-m", "tests.benchmarks.empty_server", engine]
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait(20)


def _kept(stage: Stage, told: list[str]) -> Figure:
    """SIGKILL to the hub; every order that was told must be in the file."""
    pid = int(stage.told["hub"]["pid"])
    os.kill(pid, signal.SIGKILL)
    connection = sqlite3.connect(f"file:{stage.database}?mode=ro", uri=True)
    kept = {row[0] for row in connection.execute("SELECT id FROM orders")}
    connection.close()
    lost = len(set(told) - kept)
    facts = {"lost": lost, "doubled": len(told) - len(set(told)), "in the file": len(kept)}
    return Figure(
        "orders answered 201, found after SIGKILL", float(len(told) - lost), "orders", len(told), facts
    )


def _raw(stage: Stage) -> list[Figure]:
    """The same transaction without HTTP, on the file the killed hub left; and the file system's own limit."""
    config = stage.folder / "hub" / "hub.toml"
    found = []
    for at_once in (1, 32):
        count = 2_000 if at_once > 1 else 500
        argv = [sys.executable, "-m", "tests.benchmarks.raw_orders", str(config), str(at_once), str(count)]
        done = subprocess.run(argv, capture_output=True, text=True, cwd=ROOT, check=True, timeout=120)
        told = json.loads(done.stdout)
        facts = {"CPU/order": f"{told['cpu_ms']:.2f} ms", "per commit": told["per_commit"]}
        name = f"the same transaction raw, {at_once} at a time"
        found.append(Figure(name, told["per_s"], "/s", count, {**facts, **synchronous(stage.database)}))
    limit = plain_limit(stage.folder / "plain.sqlite", 64)
    return [*found, Figure("plain insert, 64 a commit, fsync on", limit, "/s", int(limit * 2))]


def synchronous(path: Path) -> dict[str, str]:
    """PRAGMA synchronous and journal mode, read back from a connection opened as the writer opens its own."""
    from sync.storage.connection import open_for_writing  # noqa: PLC0415 - only this reads it

    connection = open_for_writing(path)
    level = connection.execute("PRAGMA synchronous").fetchone()[0]
    mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
    connection.close()
    return {"synchronous": {0: "OFF", 1: "NORMAL", 2: "FULL", 3: "EXTRA"}[level], "journal": mode}
