"""The reference for orders: the same transaction without HTTP, `--at-once` callers on the one writer.

It runs on the database that a stopped hub left, with the hub's own command; nothing listens.
"""

import asyncio
import json
import random
import sqlite3
import sys
import time
from pathlib import Path
from typing import Any

from hub.kernel import Kernel
from hub.orders.place_order import PlaceOrder
from hub.orders.requests import OrderRequest
from hub.settings import HubSettings
from hub.start import running_kernel


async def measure(config: Path, at_once: int, count: int) -> dict[str, Any]:
    """Place orders by command; returns what came of it."""
    settings = HubSettings.load(config)
    async with running_kernel(settings) as kernel:
        skus = [row[0] for row in await kernel.reader.all("SELECT sku FROM sku")]
        requests = _requests(kernel, skus, count)
        before = (kernel.writer.batches, kernel.writer.commands)
        begun, cpu = time.perf_counter(), time.process_time()
        await asyncio.gather(*(_caller(kernel, requests) for _ in range(at_once)))
        took = time.perf_counter() - begun
        batches = kernel.writer.batches - before[0]
        return {
            "per_s": count / took,
            "cpu_ms": (time.process_time() - cpu) * 1000 / count,
            "per_commit": (kernel.writer.commands - before[1]) / max(1, batches),
        }


def plain_limit(path: Path, at_once: int, seconds: float = 2.0) -> float:
    """Transactions a second of one connection that commits `at_once` small inserts each time, fsync on."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE IF NOT EXISTS plain (id INTEGER PRIMARY KEY, body TEXT NOT NULL)")
    body, done = "x" * 400, 0
    ends = time.perf_counter() + seconds
    while time.perf_counter() < ends:
        connection.execute("BEGIN IMMEDIATE")
        for _ in range(at_once):
            connection.execute("INSERT INTO plain (body) VALUES (?)", (body,))
        connection.execute("COMMIT")
        done += at_once
    connection.close()
    return done / seconds


def _requests(kernel: Kernel, skus: list[str], count: int) -> list[PlaceOrder]:
    chance = random.Random(7)
    stores = kernel.directory.all()
    made = []
    for number in range(count):
        store = chance.choice(stores)
        request = OrderRequest.model_validate(
            {
                "store": store.id,
                "lines": [{"sku": chance.choice(skus), "qty": 1}],
                "contact": {"name": "Load Test", "phone": "+8613800138000"},
                "pay": "counter",
            }
        )
        made.append(
            PlaceOrder(
                kernel=kernel,
                request=request,
                store=store,
                key=f"raw-{time.time_ns()}-{number}",
                now=kernel.clock.now(),
                base_url="http://localhost",
            )
        )
    return made


async def _caller(kernel: Kernel, requests: list[PlaceOrder]) -> None:
    while requests:
        await kernel.writer.run(requests.pop())


if __name__ == "__main__":
    told = asyncio.run(measure(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
    sys.stdout.write(json.dumps(told))
