"""The load client: many keep-alive connections on plain sockets, in a process of its own.

`python -m tests.benchmarks.load` reads a job as JSON from standard input and writes what it saw as JSON.
Every connection sends its next request when the answer to the last one is whole. Requests are bytes made
beforehand, so that the client costs as little as Python allows; its own CPU time is part of the answer.
"""

import asyncio
import json
import random
import resource
import socket
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

HEAD_END = b"\r\n\r\n"
ANSWER_LIMIT_S = 60.0


@dataclass(slots=True)
class Run:
    """Requests still to send and answers seen."""

    requests: list[bytes]
    ends_at: float
    keep_bodies: bool
    next: int = 0
    open: int = 0
    latencies_s: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    bodies: list[str] = field(default_factory=list)
    done: asyncio.Event = field(default_factory=asyncio.Event)

    def take(self) -> bytes | None:
        """The next request; None when there is none, or no time."""
        if self.next >= len(self.requests) or time.perf_counter() >= self.ends_at:
            return None
        self.next += 1
        return self.requests[self.next - 1]

    def answered(self, status: int, body: bytes, took_s: float) -> None:
        """Note one answer."""
        self.statuses[status] += 1
        self.latencies_s.append(took_s)
        if self.keep_bodies:
            self.bodies.append(body.decode("utf-8", "replace"))

    def closed(self) -> None:
        """A connection is through."""
        self.open -= 1
        if self.open == 0:
            self.done.set()


class Connection(asyncio.Protocol):
    """One keep-alive connection: request, answer, next request."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._buffer = b""
        self._need = -1
        self._status = 0
        self._sent_at = 0.0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the first request."""
        assert isinstance(transport, asyncio.Transport)
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        """Collect an answer; when it is whole, go on."""
        self._buffer += data
        if self._need < 0 and not self._read_head():
            return
        if len(self._buffer) < self._need:
            return
        body, self._buffer = self._buffer[: self._need], self._buffer[self._need :]
        self._need = -1
        self._run.answered(self._status, body, time.perf_counter() - self._sent_at)
        self._send()

    def connection_lost(self, _error: Exception | None) -> None:
        """The server hung up, or we are through."""
        if self._sent_at:
            self._run.statuses[0] += 1
        self._run.closed()

    def _read_head(self) -> bool:
        head, found, rest = self._buffer.partition(HEAD_END)
        if not found:
            return False
        self._status = int(head[9:12])
        lower = head.lower()
        place = lower.find(b"content-length:")
        self._need = int(lower[place + 15 :].split(b"\r\n", 1)[0]) if place >= 0 else 0
        self._buffer = rest
        return True

    def _send(self) -> None:
        assert self._transport is not None
        request = self._run.take()
        if request is None:
            self._sent_at = 0.0
            self._transport.close()
            return
        self._sent_at = time.perf_counter()
        self._transport.write(request)


def order_requests(job: dict[str, Any]) -> list[bytes]:
    """Requests for orders of one unit each, over all the given SKUs and stores, in a random order."""
    chance = random.Random(job["seed"])
    made = []
    for number in range(job["count"]):
        body = {
            "store": chance.choice(job["stores"]),
            "lines": [{"sku": chance.choice(job["skus"]), "qty": 1}],
            "contact": {"name": "Load Test", "phone": "+8613800138000"},
            "pay": "counter",
            "locale": "en",
        }
        made.append(_post(job, "/api/v1/orders", body, f"bench-{job['seed']}-{number}"))
    return made


def same_requests(job: dict[str, Any]) -> list[bytes]:
    """The same request again and again."""
    one = _post(job, job["path"], job["body"], job.get("key", "")) if job["body"] is not None else _get(job)
    return [one] * int(job["count"])


def _post(job: dict[str, Any], path: str, body: object, key: str) -> bytes:
    content = json.dumps(body).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nhost: {job['host']}:{job['port']}\r\ncontent-type: application/json\r\n"
        f"accept: application/json\r\ncontent-length: {len(content)}\r\n"
    )
    key_line = f"idempotency-key: {key}\r\n" if key else ""
    return f"{head}{key_line}\r\n".encode() + content


def _get(job: dict[str, Any]) -> bytes:
    return f"GET {job['path']} HTTP/1.1\r\nhost: {job['host']}:{job['port']}\r\n\r\n".encode()


async def play(job: dict[str, Any]) -> dict[str, Any]:
    """Do the job; returns what was seen."""
    requests = order_requests(job) if job["kind"] == "orders" else same_requests(job)
    run = Run(requests, time.perf_counter() + job["seconds"], bool(job.get("keep")))
    begun, cpu = time.perf_counter(), _cpu_s()
    run.open = int(job["connections"])
    loop = asyncio.get_running_loop()
    for _ in range(run.open):
        await loop.create_connection(lambda: Connection(run), job["host"], job["port"])
    async with asyncio.timeout(job["seconds"] + ANSWER_LIMIT_S):
        await run.done.wait()
    return {
        "elapsed_s": time.perf_counter() - begun,
        "client_cpu_s": _cpu_s() - cpu,
        "statuses": {str(status): count for status, count in run.statuses.items()},
        "latencies_ms": sorted(round(took * 1000, 3) for took in run.latencies_s),
        "bodies": run.bodies,
    }


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Read the job, do it, answer."""
    job = json.loads(sys.stdin.read())
    json.dump(asyncio.run(play(job)), sys.stdout)


if __name__ == "__main__":
    main()
