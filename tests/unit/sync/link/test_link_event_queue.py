"""The bounded queue between a link and its consumer."""

from sync.link.event_queue import EventQueue
from sync.link.port import Connected, Disconnected, LinkEvent, LossReason, Message


def numbered(number: int) -> Message:
    return Message("t", str(number).encode(), retained=False)


async def drained(queue: EventQueue) -> list[LinkEvent]:
    queue.end()
    return [event async for event in queue.events()]


async def test_events_come_in_order_and_end() -> None:
    # given
    queue = EventQueue(limit=3)

    # when
    for event in (Connected(), numbered(1), numbered(2)):
        queue.put(event)

    # then
    assert await drained(queue) == [Connected(), numbered(1), numbered(2)]
    assert queue.dropped == 0


async def test_a_full_queue_drops_the_newest_message_and_counts() -> None:
    # given
    queue = EventQueue(limit=2)

    # when
    for number in range(5):
        queue.put(numbered(number))

    # then
    assert queue.dropped == 3
    assert await drained(queue) == [numbered(0), numbered(1)]


async def test_news_of_the_connection_gets_into_a_full_queue() -> None:
    # given
    queue = EventQueue(limit=2)
    queue.put(numbered(0))
    queue.put(numbered(1))

    # when
    queue.put(Disconnected(LossReason.LOST))

    # then
    assert queue.dropped == 1
    assert await drained(queue) == [numbered(0), Disconnected(LossReason.LOST)]


async def test_nothing_is_taken_after_the_end() -> None:
    # given
    queue = EventQueue()
    queue.end()

    # when
    queue.put(numbered(1))

    # then
    assert await drained(queue) == []
