"""The demo's line as a program: its ports, its orders, and what it does to connections."""

import argparse
import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from hub.demo.line_route import RouteSpec

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass
class RunningLine:
    """A line in a process of its own before an echo server."""

    process: asyncio.subprocess.Process
    control: int
    route: int
    opened: list[asyncio.StreamWriter] = field(default_factory=list)

    async def order(self, text: str) -> str:
        """Send one order and give the answer."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.control)
        writer.write(f"{text}\n".encode())
        async with asyncio.timeout(5):
            answer = await reader.readline()
        writer.close()
        await writer.wait_closed()
        return answer.decode().rstrip("\n")

    async def connect(self) -> Streams:
        """Connect through the line."""
        streams = await asyncio.open_connection("127.0.0.1", self.route)
        self.opened.append(streams[1])
        return streams

    async def close(self) -> None:
        """Close what was opened."""
        for writer in self.opened:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    writer.close()


@pytest.fixture
async def line() -> AsyncIterator[RunningLine]:
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-W", "error", "-m", "hub.demo.line", "--control-port", "0", "--route", f"0:127.0.0.1:{port}"),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    async with asyncio.timeout(10):
        said = json.loads(await process.stdout.readline())
    assert said["routes"][0]["to"] == f"127.0.0.1:{port}"
    running = RunningLine(process, said["control"], said["routes"][0]["listen"])
    yield running
    await running.close()
    process.terminate()
    assert await process.wait() == 0
    server.close()


async def ask(streams: Streams, data: bytes, limit_s: float = 5.0) -> bytes:
    streams[1].write(data)
    async with asyncio.timeout(limit_s):
        return await streams[0].readexactly(len(data))


async def ended(streams: Streams, limit_s: float = 2.0) -> bool:
    async with asyncio.timeout(limit_s):
        try:
            return await streams[0].read(1) == b""
        except OSError:
            return True


async def test_bytes_pass_unchanged_both_ways_and_the_end_passes_too(line: RunningLine) -> None:
    # given
    streams = await line.connect()
    data = bytes(range(256)) * 4096

    # when
    sending = asyncio.create_task(ask(streams, data))
    got = await sending
    streams[1].write_eof()

    # then
    assert got == data
    assert await ended(streams)
    assert await line.order("state") == "up"


async def test_a_cut_ends_what_stands_refuses_what_comes_and_is_mended(line: RunningLine) -> None:
    # given
    streams = await line.connect()
    assert await ask(streams, b"before") == b"before"

    # when
    assert await line.order("cut") == "ok"

    # then
    assert await line.order("state") == "cut"
    assert await ended(streams)
    with pytest.raises(ConnectionRefusedError):
        await line.connect()
    assert await line.order("cut") == "ok"

    # when
    assert await line.order("restore") == "ok"

    # then
    assert await line.order("state") == "up"
    again = await line.connect()
    assert await ask(again, b"after") == b"after"


async def test_a_half_open_line_swallows_and_keeps_until_it_is_mended(line: RunningLine) -> None:
    # given
    streams, idle = await line.connect(), await line.connect()
    assert await ask(streams, b"before") == b"before"
    assert await ask(idle, b"before") == b"before"

    # when
    assert await line.order("half-open") == "ok"

    # then
    assert await line.order("state") == "half-open"
    with pytest.raises(TimeoutError):
        await ask(streams, b"swallowed", limit_s=0.3)

    # when
    assert await line.order("restore") == "ok"

    # then
    assert await ended(streams)
    assert await ask(idle, b"after") == b"after"


async def test_a_delay_makes_each_answer_late_and_goes_again(line: RunningLine) -> None:
    # given
    streams = await line.connect()
    loop = asyncio.get_running_loop()

    # when
    assert await line.order("delay 60") == "ok"
    began_s = loop.time()
    await ask(streams, b"slow")
    slow_s = loop.time() - began_s
    assert await line.order("delay 0") == "ok"
    began_s = loop.time()
    await ask(streams, b"fast")
    fast_s = loop.time() - began_s

    # then
    assert slow_s >= 0.12
    assert fast_s < 0.06


async def test_a_dropping_line_ends_connections_and_takes_new_ones(line: RunningLine) -> None:
    # given
    streams = await line.connect()
    assert await ask(streams, b"before") == b"before"

    # when
    assert await line.order("drop 100") == "ok"

    # then
    assert await ended(streams)
    assert await line.order("state") == "up, drop 100"
    assert await ended(await line.connect())

    # when
    assert await line.order("drop 0") == "ok"

    # then
    assert await ask(await line.connect(), b"after") == b"after"


async def test_a_slow_line_carries_every_byte_at_its_pace(line: RunningLine) -> None:
    # given
    streams = await line.connect()
    data = bytes(range(256)) * 8
    loop = asyncio.get_running_loop()

    # when
    assert await line.order("slow 8000") == "ok"
    began_s = loop.time()
    got = await ask(streams, data)
    took_s = loop.time() - began_s

    # then
    assert got == data
    assert took_s >= 0.2
    assert await line.order("state") == "up, slow 8000"


async def test_clear_turns_every_knob_back(line: RunningLine) -> None:
    # given
    for order in ("delay 20 30", "drop 1", "slow 1000", "half-open"):
        assert await line.order(order) == "ok"
    assert await line.order("state") == "half-open, delay 20 30, drop 1, slow 1000"

    # when
    assert await line.order("clear") == "ok"

    # then
    assert await line.order("state") == "up"
    assert await ask(await line.connect(), b"after") == b"after"


@pytest.mark.parametrize(
    "order",
    [
        *("", "CUT", "cut now", "delay", "delay -1", "delay 60001", "delay ²", "\x00", "state x", "clear x"),
        *("delay 1 2 3", "delay 1 60001", "delay 1  2", "drop", "drop 101", "drop 1.5", "drop 1 2"),
        *("slow", "slow -1", "slow 1000000001", "slow 1 1", "half-open now", f"slow {'9' * 100}"),
    ],
)
async def test_an_unknown_order_is_an_error_and_changes_nothing(line: RunningLine, order: str) -> None:
    assert (await line.order(order)).startswith("error ")
    assert await line.order("state") == "up"


@pytest.mark.parametrize(
    "text", ["", "1", "1:h", "x:h:1", "1:h:0", "1::1", "70000:h:1", "1:h:70000", "-1:h:1"]
)
def test_a_malformed_route_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        RouteSpec.parse(text)


def test_a_route_is_read() -> None:
    assert RouteSpec.parse("8001:example.org:80") == RouteSpec(8001, "example.org", 80)
    assert RouteSpec.parse("0:[::1]:80") == RouteSpec(0, "::1", 80)
