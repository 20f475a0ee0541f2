"""Services start in order, stop in the opposite order, and fall together."""

import asyncio
import os
import signal
import socket
import urllib.request
import uuid
from datetime import UTC, timedelta
from typing import Any

import pytest

from sync.runtime.clock import SystemClock
from sync.runtime.ids import new_id
from sync.runtime.loop_watch import loop_watch
from sync.runtime.server import Listener, ServerOptions, http_service
from sync.runtime.supervision import Lifetime, Service, supervise


def recorder(name: str, book: list[str]) -> Service:
    async def run(lifetime: Lifetime) -> None:
        book.append(f"+{name}")
        lifetime.ready()
        await lifetime.until_stopping()
        book.append(f"-{name}")

    return Service(name, run)


def signaller(number: signal.Signals) -> Service:
    async def run(lifetime: Lifetime) -> None:
        lifetime.ready()
        os.kill(os.getpid(), number)
        await lifetime.until_stopping()

    return Service("signaller", run)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_stops_in_the_opposite_order(number: signal.Signals) -> None:
    book: list[str] = []
    code = await supervise([recorder("a", book), recorder("b", book), signaller(number)])
    assert (code, book) == (0, ["+a", "+b", "-b", "-a"])


async def test_a_crash_stops_all_and_is_exit_code_1() -> None:
    book: list[str] = []

    async def crash(lifetime: Lifetime) -> None:
        lifetime.ready()
        await asyncio.sleep(0)
        raise ValueError("boom")

    code = await supervise([recorder("a", book), Service("crash", crash)], signals=False)
    assert (code, book) == (1, ["+a", "-a"])


async def test_a_service_that_ends_unasked_is_a_failure_unless_it_may() -> None:
    book: list[str] = []

    async def chore(lifetime: Lifetime) -> None:
        book.append("chore")

    assert await supervise([Service("chore", chore, may_finish=True)], signals=False) == 0
    assert await supervise([Service("chore", chore)], signals=False) == 1
    assert book == ["chore", "chore"]


async def test_a_failure_while_starting_keeps_the_rest_from_starting() -> None:
    book: list[str] = []

    async def crash(lifetime: Lifetime) -> None:
        raise ValueError("boom")

    assert await supervise([Service("crash", crash), recorder("late", book)], signals=False) == 1
    assert book == []


async def test_a_service_that_does_not_listen_is_cancelled() -> None:
    book: list[str] = []

    async def deaf(lifetime: Lifetime) -> None:
        lifetime.ready()
        try:
            await asyncio.Event().wait()
        finally:
            book.append("cancelled")

    async def crash(lifetime: Lifetime) -> None:
        raise ValueError("boom")

    code = await supervise([Service("deaf", deaf), Service("crash", crash)], grace_s=0.01, signals=False)
    assert (code, book) == (1, ["cancelled"])


async def hello(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


def fetch(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=5) as answer:  # called in a thread
        body: bytes = answer.read()
        return body


@pytest.mark.parametrize("engine", ["uvicorn", "granian"])
async def test_the_server_answers_and_stops(engine: Any) -> None:
    listener = Listener(ServerOptions(port=0, engine=engine))
    told: list[str] = []
    bodies: list[bytes] = []

    async def visit(lifetime: Lifetime) -> None:
        lifetime.ready()
        bodies.append(await asyncio.to_thread(retrying_fetch, f"http://127.0.0.1:{listener.port}/"))

    server = http_service(hello, listener, before_stop=lambda: told.append("closing"))
    code = await supervise([server, Service("visit", visit)], signals=False)
    assert (bodies, told, code) == ([b"ok"], ["closing"], 1)  # the visitor left: that ends the program


def retrying_fetch(url: str) -> bytes:
    for _ in range(200):
        try:
            return fetch(url)
        except OSError:
            pass
    return fetch(url)


def test_a_taken_port_is_told_at_once() -> None:
    first = Listener(ServerOptions(port=0))
    try:
        with pytest.raises(OSError, match=f"cannot listen at 127.0.0.1, port {first.port}: .* in use"):
            Listener(ServerOptions(port=first.port))
        assert first.socket.proto == socket.IPPROTO_TCP  # else Nagle's delay stays on
        assert first.url == f"http://127.0.0.1:{first.port}"
    finally:
        first.socket.close()


async def test_a_blocked_loop_is_reported() -> None:
    delays: list[float] = []
    blocked = asyncio.Event()

    def report(delay_s: float) -> None:
        delays.append(delay_s)
        blocked.set()

    async def block(lifetime: Lifetime) -> None:
        lifetime.ready()
        spin_until = asyncio.get_running_loop().time() + 0.4
        await asyncio.sleep(0.01)
        while asyncio.get_running_loop().time() < spin_until:
            pass
        await blocked.wait()

    async with asyncio.timeout(5):
        await supervise([loop_watch(report, late_s=0.05), Service("block", block)], signals=False)
    assert len(delays) == 1
    assert 0.05 < delays[0] < 2


def test_the_clock_is_aware_and_in_utc() -> None:
    clock = SystemClock()
    first, second = clock.monotonic(), clock.monotonic()
    assert clock.now().utcoffset() == timedelta(0)
    assert clock.now().tzinfo is UTC
    assert second >= first


def test_ids_are_version_7_and_rise() -> None:
    ids = [new_id() for _ in range(1000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == 1000
    assert {uuid.UUID(one).version for one in ids} == {7}
