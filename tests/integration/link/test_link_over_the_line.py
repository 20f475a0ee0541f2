"""The real link behind the demo's line: cut, half-open, slow, and mended."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from hub.demo.line import Line
from hub.demo.line_route import RouteSpec
from sync.link.address import split_url
from sync.link.port import Connected, Disconnected, LossReason, Message, Will
from tests.integration.link.stages import RealStage, Seat, Seated

UP1 = "omo/1/s1/7/up"


@pytest.fixture
async def line(real_stage: RealStage) -> AsyncIterator[tuple[Line, str]]:
    host, port = split_url(real_stage.url())
    made = Line([RouteSpec(0, host, port)])
    ports = await made.open()
    yield made, f"mqtt://127.0.0.1:{ports[0]}"
    await made.close()


async def both(real_stage: RealStage, sit: Seated, url: str, **more: object) -> tuple[Seat, Seat]:
    hub = sit(real_stage, "hub", "omo/1/+/+/up", "omo/1/+/+/presence")
    await hub.until(Connected)
    store = sit(real_stage, "s1", "omo/1/s1/+/down", url=url, **more)
    await store.until(Connected)
    return hub, store


async def test_a_cut_is_noticed_at_once_and_mended_soon(
    real_stage: RealStage, line: tuple[Line, str], sit: Seated
) -> None:
    # given
    cable, url = line
    hub, store = await both(real_stage, sit, url, will=Will("omo/1/s1/7/presence", b"gone"))

    # when
    await cable.cut()

    # then
    lost = await store.next(limit_s=2)
    assert isinstance(lost, Disconnected)
    assert lost.reason is LossReason.LOST
    assert await hub.next(limit_s=3) == Message("omo/1/s1/7/presence", b"gone", retained=False)
    refused = await store.next(limit_s=2)
    assert isinstance(refused, Disconnected)
    assert refused.reason is LossReason.UNREACHABLE
    assert not store.link.publish(UP1, b"x")

    # when
    await cable.restore()

    # then
    assert await store.next(limit_s=2) == Connected()
    store.link.publish(UP1, b"back")
    assert await hub.next() == Message(UP1, b"back", retained=False)


async def test_a_dead_line_is_found_by_the_keepalive(
    real_stage: RealStage, line: tuple[Line, str], sit: Seated
) -> None:
    # given
    cable, url = line
    hub, store = await both(real_stage, sit, url, keepalive_s=1, connect_timeout_s=1.0)

    # when
    await cable.half_open()
    store.link.publish(UP1, b"swallowed")

    # then
    lost = await store.next(limit_s=6)
    assert isinstance(lost, Disconnected)
    assert lost.reason is LossReason.SILENT

    # when
    await cable.restore()

    # then
    await store.until(Connected, limit_s=4)
    store.link.publish(UP1, b"back")
    assert await hub.next() == Message(UP1, b"back", retained=False)


async def test_a_slow_line_carries_everything_in_order(
    real_stage: RealStage, line: tuple[Line, str], sit: Seated
) -> None:
    # given
    cable, url = line
    hub, store = await both(real_stage, sit, url)
    cable.weather.delay_ms = 50

    # when
    began = asyncio.get_running_loop().time()
    for number in range(100):
        assert store.link.publish(UP1, bytes([number]))
    got = [(await hub.until(Message)).payload for _ in range(100)]

    # then
    assert got == [bytes([number]) for number in range(100)]
    assert asyncio.get_running_loop().time() - began >= 0.05
