"""Topics: a store's own, and nobody else's."""

import pytest

from sync.messages.topics import (
    CHANNELS,
    StoreTopic,
    agent_subscriptions,
    hub_subscriptions,
    parse_topic,
    store_topic,
)


def test_a_stores_topic_names_its_part_and_is_read_back() -> None:
    for channel in CHANNELS:
        topic = store_topic("store-1", channel)
        assert topic == f"omo/1/store-1/56/{channel}"
        assert parse_topic(topic) == StoreTopic("store-1", 56, channel)


@pytest.mark.parametrize(
    "topic",
    [
        "",
        "omo/1/store-1/56",
        "omo/1/store-1/57/up",
        "omo/1/store-1/056/up",
        "omo/1/store-1/56/sideways",
        "omo/2/store-1/56/up",
        "omo/1/store-1/56/up/more",
        "omo/1/all/catalog",
    ],
)
def test_other_topics_are_no_stores(topic: str) -> None:
    assert parse_topic(topic) is None


def test_each_side_listens_to_what_concerns_it() -> None:
    assert hub_subscriptions() == ("omo/1/+/+/up", "omo/1/+/+/presence", "omo/1/+/+/health")
    assert agent_subscriptions("store-1") == ("omo/1/store-1/56/down", "omo/1/all/#", "omo/1/hub/#")
