"""One connection to a broker that answers by a script."""

import asyncio
import contextlib
from typing import Any

from sync.link.paho_session import PahoSession
from sync.link.port import LinkConfig, LossReason, Message

CONNACK = b"\x20\x02\x00\x00"
PUBLISH = b"\x30\x08\x00\x05omo/1x"


async def test_a_broker_that_accepts_twice_does_not_end_the_reading() -> None:
    faults: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: faults.append(context))
    left = asyncio.Event()
    heard: asyncio.Queue[Message] = asyncio.Queue()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(CONNACK + CONNACK + PUBLISH)
        with contextlib.suppress(ConnectionError):
            await reader.read()
            writer.close()
            await writer.wait_closed()
        left.set()

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    url = f"mqtt://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    session = PahoSession(LinkConfig(url, "s1", "secret", "s1"), heard.put_nowait)
    try:
        await session.open()
        session.begin()
        async with asyncio.timeout(5):
            assert await heard.get() == Message("omo/1", b"x", retained=False)
    finally:
        session.drop(LossReason.CLOSED)
        server.close()
        await left.wait()
        await server.wait_closed()
    assert faults == []
