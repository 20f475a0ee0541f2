"""What every link promises, played on each kind of broker."""

import asyncio

import pytest

from sync.link.errors import BadTopicError, PacketTooLargeError
from sync.link.port import Connected, Disconnected, LossReason, Message, Will
from tests.integration.link.stages import Seated, Stage

UP1 = "omo/1/s1/7/up"
DOWN1 = "omo/1/s1/7/down"
PRESENCE1 = "omo/1/s1/7/presence"


async def test_connects_and_says_so(stage: Stage, sit: Seated) -> None:
    # given
    seat = sit(stage, "s1", "omo/1/s1/+/down")

    # when
    first = await seat.next()

    # then
    assert first == Connected()
    assert seat.link.connected


async def test_a_message_arrives_whole_at_who_subscribed(stage: Stage, sit: Seated) -> None:
    # given
    hub, store, other = (
        sit(stage, "hub", "omo/1/+/+/up"),
        sit(stage, "s1", "omo/1/s1/+/down"),
        sit(stage, "s2", "omo/1/s2/+/down"),
    )
    for seat in (hub, store, other):
        await seat.until(Connected)
    payload = bytes(range(256)) * 200

    # when
    sent = [
        store.link.publish(UP1, payload),
        hub.link.publish(DOWN1, b""),
        hub.link.publish("omo/1/s2/1/down", b"2"),
    ]

    # then
    assert sent == [True, True, True]
    assert await hub.next() == Message(UP1, payload, retained=False)
    assert await store.next() == Message(DOWN1, b"", retained=False)
    assert await other.next() == Message("omo/1/s2/1/down", b"2", retained=False)


async def test_a_thousand_messages_arrive_in_order_and_once(stage: Stage, sit: Seated) -> None:
    # given
    hub, store = sit(stage, "hub", "omo/1/#"), sit(stage, "s1")
    await hub.until(Connected)
    await store.until(Connected)

    # when
    for number in range(1000):
        while not store.link.publish(UP1, str(number).encode()):  # noqa: ASYNC110 - the queue has no event
            await asyncio.sleep(0.001)
    got = [(await hub.until(Message)).payload for _ in range(1000)]

    # then
    assert got == [str(number).encode() for number in range(1000)]


async def test_what_is_retained_meets_a_late_subscriber_and_only_by_its_filter(
    stage: Stage, sit: Seated
) -> None:
    # given
    store = sit(stage, "s1")
    witness = sit(stage, "hub", "omo/1/+/+/#")
    await store.until(Connected)
    await witness.until(Connected)
    store.link.publish(PRESENCE1, b"here", retain=True)
    store.link.publish("omo/1/s1/7/health", b"fine", retain=True)
    assert (await witness.next(), await witness.next()) == (
        Message(PRESENCE1, b"here", retained=False),
        Message("omo/1/s1/7/health", b"fine", retained=False),
    )

    # when
    late = sit(stage, "hub", "omo/1/+/+/presence")

    # then
    assert await late.next() == Connected()
    assert await late.next() == Message(PRESENCE1, b"here", retained=True)
    store.link.publish(PRESENCE1, b"end")
    assert await late.next() == Message(PRESENCE1, b"end", retained=False)


async def test_an_empty_retained_message_clears_it(stage: Stage, sit: Seated) -> None:
    # given
    store, witness = sit(stage, "s1"), sit(stage, "hub", "omo/1/+/+/presence")
    await store.until(Connected)
    await witness.until(Connected)
    store.link.publish(PRESENCE1, b"here", retain=True)
    store.link.publish(PRESENCE1, b"", retain=True)
    assert [(await witness.next()), (await witness.next())] == [
        Message(PRESENCE1, b"here", retained=False),
        Message(PRESENCE1, b"", retained=False),
    ]

    # when
    late = sit(stage, "hub", "omo/1/+/+/presence")
    await late.until(Connected)
    store.link.publish(PRESENCE1, b"again")

    # then
    assert await late.next() == Message(PRESENCE1, b"again", retained=False)


async def test_a_killed_program_speaks_its_will(stage: Stage, sit: Seated) -> None:
    # given
    hub = sit(stage, "hub", "omo/1/+/+/presence")
    await hub.until(Connected)
    store = sit(stage, "s1", will=Will(PRESENCE1, b"gone"))
    await store.until(Connected)

    # when
    await store.die()

    # then
    assert await hub.next() == Message(PRESENCE1, b"gone", retained=False)
    late = sit(stage, "hub", "omo/1/+/+/presence")
    await late.until(Connected)
    assert await late.next() == Message(PRESENCE1, b"gone", retained=True)


async def test_close_says_the_will_ends_the_events_and_run(stage: Stage, sit: Seated) -> None:
    # given
    hub = sit(stage, "hub", "omo/1/+/+/presence")
    await hub.until(Connected)
    store = sit(stage, "s1", will=Will(PRESENCE1, b"closed"))
    await store.until(Connected)

    # when
    await store.link.close()
    await store.link.close()

    # then
    assert await hub.next() == Message(PRESENCE1, b"closed", retained=False)
    assert await store.next() == Disconnected(LossReason.CLOSED)
    with pytest.raises(StopAsyncIteration):
        await store.next()
    async with asyncio.timeout(2):
        await store.task
    assert not store.link.connected
    assert not store.link.publish(UP1, b"late")


async def test_nothing_leaves_before_the_connection_stands(stage: Stage, sit: Seated) -> None:
    # given
    hub = sit(stage, "hub", "omo/1/#")
    await hub.until(Connected)
    store = sit(stage, "s1")

    # when
    early = store.link.publish(UP1, b"early")
    await store.until(Connected)
    store.link.publish(UP1, b"later")

    # then
    assert early is False
    assert await hub.next() == Message(UP1, b"later", retained=False)


async def test_what_mqtt_forbids_is_refused_before_it_is_sent(stage: Stage, sit: Seated) -> None:
    # given
    hub, store = sit(stage, "hub", "omo/1/#"), sit(stage, "s1", max_packet_bytes=100)
    await hub.until(Connected)
    await store.until(Connected)

    # when
    for topic in ("", "omo/1/+/7/up", "omo/1/#", "a\0b"):
        with pytest.raises(BadTopicError):
            store.link.publish(topic, b"x")
    with pytest.raises(PacketTooLargeError):
        store.link.publish(UP1, b"x" * 88)
    store.link.publish(UP1, b"x" * 87)

    # then
    assert await hub.next() == Message(UP1, b"x" * 87, retained=False)


async def test_a_message_above_the_own_limit_is_dropped_and_counted(stage: Stage, sit: Seated) -> None:
    # given
    hub, store = sit(stage, "hub"), sit(stage, "s1", "omo/1/s1/+/down", max_packet_bytes=100)
    await hub.until(Connected)
    await store.until(Connected)

    # when
    hub.link.publish(DOWN1, b"x" * 101)
    hub.link.publish(DOWN1, b"fits")

    # then
    assert await store.next() == Message(DOWN1, b"fits", retained=False)
    assert store.link.dropped == 1


async def test_wrong_secrets_are_told_once_and_nothing_gets_through(stage: Stage, sit: Seated) -> None:
    # given
    hub = sit(stage, "hub", "omo/1/#")
    await hub.until(Connected)

    # when
    stranger = sit(stage, "s1", secret="wrong")
    event = await stranger.next()

    # then
    assert isinstance(event, Disconnected)
    assert event.reason is LossReason.REFUSED_CREDENTIALS
    assert not stranger.link.connected
    assert not stranger.link.publish(UP1, b"x")
    with pytest.raises(TimeoutError):
        await stranger.next(limit_s=1.0)  # retried meanwhile, and told nothing new


async def test_a_store_cannot_write_what_is_not_its_own(stage: Stage, sit: Seated) -> None:
    # given
    hub, thief = sit(stage, "hub", "#"), sit(stage, "s1")
    if stage.kind == "embedded":
        hub = sit(stage, "hub", "omo/1/#")
    await hub.until(Connected)
    await thief.until(Connected)

    # when
    for topic in (
        "omo/1/s2/7/up",
        "omo/1/s2/7/presence",
        "omo/1/s2/7/down",
        "omo/1/s1/7/down",
        "omo/1/s1/up",
        "omo/1/all/catalog",
        "omo/1/hub/presence",
        "omo/2/s1/7/up",
        "free",
    ):
        thief.link.publish(topic, b"stolen", retain=True)
    thief.link.publish(UP1, b"own")

    # then
    assert await hub.next() == Message(UP1, b"own", retained=False)


async def test_a_will_cannot_speak_for_another_store(stage: Stage, sit: Seated) -> None:
    # given
    hub = sit(stage, "hub", "omo/1/#")
    await hub.until(Connected)
    thief = sit(stage, "s1", will=Will("omo/1/s2/7/presence", b"stolen"))
    await thief.next()  # the embedded broker does not even admit it

    # when
    await thief.die()
    honest = sit(stage, "s1")
    await honest.until(Connected)
    honest.link.publish(UP1, b"own")

    # then
    assert await hub.next() == Message(UP1, b"own", retained=False)


@pytest.mark.parametrize("spied", ["omo/1/s2/+/down", "omo/1/+/+/down", "omo/1/#", "omo/1/+/+/presence"])
async def test_a_store_cannot_read_what_is_not_its_own(stage: Stage, sit: Seated, spied: str) -> None:
    # given
    owner = sit(stage, "s2", "omo/1/s2/+/down")
    hub = sit(stage, "hub")
    await owner.until(Connected)
    await hub.until(Connected)
    owner.link.publish("omo/1/s2/7/presence", b"private", retain=True)

    # when
    spy = sit(stage, "s1", spied, "omo/1/all/#")
    first = await spy.next()
    hub.link.publish("omo/1/s2/7/down", b"private")
    hub.link.publish("omo/1/s2/7/health", b"private")
    hub.link.publish("omo/1/all/catalog", b"public")

    # then
    assert await owner.next() == Message("omo/1/s2/7/down", b"private", retained=False)
    if stage.kind == "embedded":
        assert isinstance(first, Disconnected)
        assert first.reason is LossReason.REFUSED_SUBSCRIPTION
    else:
        assert first == Connected()
        assert await spy.next() == Message("omo/1/all/catalog", b"public", retained=False)


async def test_a_restarted_broker_is_found_again_and_subscribed_again(stage: Stage, sit: Seated) -> None:
    # given
    hub, store = sit(stage, "hub", "omo/1/+/+/up"), sit(stage, "s1", "omo/1/s1/+/down")
    await hub.until(Connected)
    await store.until(Connected)

    # when
    await stage.restart()

    # then
    assert isinstance(await hub.next(), Disconnected)
    assert isinstance(await store.next(), Disconnected)
    await hub.until(Connected)
    await store.until(Connected)
    store.link.publish(UP1, b"after")
    hub.link.publish(DOWN1, b"too")
    assert await hub.next() == Message(UP1, b"after", retained=False)
    assert await store.next() == Message(DOWN1, b"too", retained=False)


async def test_a_new_store_is_admitted_and_nobody_is_cut(stage: Stage, sit: Seated) -> None:
    # given
    hub, store = sit(stage, "hub", "omo/1/+/+/up"), sit(stage, "s1")
    newcomer = sit(stage, "s3")
    await hub.until(Connected)
    await store.until(Connected)
    refused = await newcomer.next()

    # when
    await stage.set_users("hub", "s1", "s2", "s3")
    newcomer.link.reconnect_now()

    # then
    assert isinstance(refused, Disconnected)
    assert await newcomer.next() == Connected()
    newcomer.link.publish("omo/1/s3/7/up", b"new")
    store.link.publish(UP1, b"old")
    arrived = {(await hub.next()), (await hub.next())}
    assert arrived == {
        Message("omo/1/s3/7/up", b"new", retained=False),
        Message(UP1, b"old", retained=False),
    }


async def test_a_revoked_store_is_cut_within_seconds_and_others_stay(stage: Stage, sit: Seated) -> None:
    # given
    hub = sit(stage, "hub", "omo/1/+/+/up")
    revoked, other = sit(stage, "s1"), sit(stage, "s2")
    for seat in (hub, revoked, other):
        await seat.until(Connected)

    # when
    await stage.set_users("hub", "s2")

    # then
    gone = await revoked.next(limit_s=4)
    assert isinstance(gone, Disconnected)
    refused = await revoked.next(limit_s=4)
    assert isinstance(refused, Disconnected)
    assert refused.reason is LossReason.REFUSED_CREDENTIALS
    other.link.publish("omo/1/s2/7/up", b"still here")
    assert await hub.next() == Message("omo/1/s2/7/up", b"still here", retained=False)
