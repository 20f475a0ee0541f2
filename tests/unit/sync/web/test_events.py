"""Events: frames on the wire, bounded queues, dropped laggards, a limit of listeners, an end at shutdown."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest
from starlette.requests import Request
from starlette.responses import StreamingResponse

from sync.web.errors import Problem
from sync.web.events import WAITING_MAX, EventHub, frame
from sync.web.permissions import Identity


def from_address(host: str, subject: str = "") -> Request:
    """A request from an address, of a visitor or of somebody who is signed in."""
    state = {"identity": Identity(subject)} if subject else {}
    return Request({"type": "http", "client": (host, 40000), "state": state})


REQUEST = from_address("192.0.2.1")


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


async def test_an_address_has_its_share_and_leaves_the_others_theirs() -> None:
    hub = EventHub(address_max=2)
    first = await listener(hub, "a")
    await listener(hub, "a")
    with pytest.raises(Problem) as caught:
        hub.response(REQUEST, ["a"])
    assert (caught.value.status, caught.value.headers) == (503, {"Retry-After": "5"})
    for other in (from_address("192.0.2.2"), from_address("192.0.2.1", "wang")):
        assert await anext(frames(hub.response(other, ["a"]))) == b"retry: 2000\n\n"
    await first.aclose()
    await listener(hub, "a")
    assert hub.listeners == 4


async def test_visitors_leave_places_to_people_at_work() -> None:
    hub = EventHub(listeners_max=3, reserved=1)
    held = [frames(hub.response(from_address(f"192.0.2.{number}"), ["a"])) for number in (1, 2)]
    for stream in held:
        await anext(stream)
    with pytest.raises(Problem):
        hub.response(from_address("192.0.2.3"), ["a"])
    await anext(frames(hub.response(from_address("192.0.2.3", "wang"), ["a"])))
    assert hub.listeners == 3


async def test_an_ipv6_line_is_one_address_whatever_it_calls_itself() -> None:
    hub = EventHub(address_max=1)
    await anext(frames(hub.response(from_address("2001:db8::1"), ["a"])))
    for host, fits in (("2001:db8::ffff", False), ("2001:db8:0:1::1", True), ("::ffff:192.0.2.9", True)):
        if fits:
            await anext(frames(hub.response(from_address(host), ["a"])))
        else:
            with pytest.raises(Problem):
                hub.response(from_address(host), ["a"])
    with pytest.raises(Problem):
        hub.response(from_address("192.0.2.9"), ["a"])


async def test_streams_that_begin_at_once_do_not_pass_the_limit() -> None:
    hub = EventHub(address_max=1)
    both = [frames(hub.response(REQUEST, ["a"])) for _ in range(2)]
    assert [await anext(stream, None) for stream in both] == [b"retry: 2000\n\n", None]
    assert hub.listeners == 1
