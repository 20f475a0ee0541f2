"""Events: frames on the wire, bounded queues, dropped laggards, a limit of listeners, an end at shutdown."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest
from starlette.requests import Request
from starlette.responses import StreamingResponse

from sync.web.errors import Problem
from sync.web.events import WAITING_MAX, EventHub, frame

REQUEST = cast("Request", None)


def frames(response: StreamingResponse) -> AsyncIterator[bytes]:
    return cast("AsyncIterator[bytes]", response.body_iterator.__aiter__())


async def listener(hub: EventHub, *channels: str) -> Any:
    stream = frames(hub.response(REQUEST, channels))
    assert await anext(stream) == b"retry: 2000\n\n"
    return stream


def test_a_frame_splits_lines() -> None:
    assert frame("part", b"<p>\r\na\rb</p>") == b"event: part\ndata: <p>\ndata: a\ndata: b</p>\n\n"


async def test_events_reach_their_channel_only() -> None:
    hub = EventHub()
    a, b = await listener(hub, "store/1"), await listener(hub, "store/2", "all")
    assert hub.publish("store/1", "order.changed", {"id": "李\n"}) == 1
    assert hub.publish_html("all", "tile", "<b>1</b>") == 1
    assert hub.publish("nobody", "x") == 0
    assert await anext(a) == 'event: order.changed\ndata: {"id":"李\\n"}\n\n'.encode()
    assert await anext(b) == b"event: tile\ndata: <b>1</b>\n\n"


async def test_a_quiet_line_beats() -> None:
    hub = EventHub(heartbeat_s=0.01)
    stream = await listener(hub, "a")
    assert await anext(stream) == b": still here\n\n"


async def test_a_listener_that_does_not_keep_up_is_dropped() -> None:
    hub = EventHub()
    slow = await listener(hub, "a")
    for number in range(WAITING_MAX):
        assert hub.publish("a", "n", number) == 1
    assert hub.publish("a", "n", "one too many") == 0
    assert (hub.dropped, hub.listeners) == (1, 0)
    received = [content async for content in slow]
    assert len(received) <= WAITING_MAX


async def test_no_more_listeners_than_the_limit() -> None:
    hub = EventHub(listeners_max=1)
    first = await listener(hub, "a")
    with pytest.raises(Problem) as caught:
        hub.response(REQUEST, ["a"])
    assert (caught.value.status, caught.value.headers) == (503, {"Retry-After": "5"})
    assert hub.listeners == 1
    await first.aclose()
    assert hub.listeners == 0


async def test_closing_ends_every_stream_and_takes_no_new_ones() -> None:
    hub = EventHub()
    stream = await listener(hub, "a")
    waiting = asyncio.ensure_future(anext(stream, None))
    await asyncio.sleep(0)
    hub.close()
    assert await waiting is None
    with pytest.raises(Problem):
        hub.response(REQUEST, ["a"])


async def test_a_browser_that_never_reads_leaves_nothing_behind() -> None:
    hub = EventHub()
    hub.response(REQUEST, ["a"])
    assert hub.listeners == 0


async def test_a_stream_that_begins_while_the_program_stops_ends_at_once() -> None:
    hub = EventHub()
    late = frames(hub.response(REQUEST, ["a"]))
    hub.close()
    assert [content async for content in late] == []
    assert hub.listeners == 0
