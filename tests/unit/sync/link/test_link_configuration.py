"""Addresses and configuration that could never work are refused at once."""

import pytest

from sync.link.address import BadAddressError, split_url
from sync.link.client_id import client_id
from sync.link.errors import BadTopicError, LinkError
from sync.link.memory_broker import MemoryBroker
from sync.link.memory_link import MemoryLink
from sync.link.paho_link import PahoLink
from sync.link.port import LinkConfig, Will


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("mqtt://broker:1884", ("broker", 1884)),
        ("mqtt://broker", ("broker", 1883)),
        ("mqtt://[::1]:1", ("::1", 1)),
        ("mqtt://127.0.0.1:1883/", ("127.0.0.1", 1883)),
    ],
)
def test_an_address_is_read(url: str, expected: tuple[str, int]) -> None:
    assert split_url(url) == expected


@pytest.mark.parametrize(
    "url", ["", "broker:1883", "http://broker", "mqtt://", "mqtt://h:x", "mqtt://h:70000"]
)
def test_an_unreadable_address_is_refused(url: str) -> None:
    with pytest.raises(BadAddressError) as caught:
        split_url(url)
    assert caught.value.code == "link.bad_address"


def config(**more: object) -> LinkConfig:
    return LinkConfig(**{"url": "mqtt://h", "user": "u", "secret": "hush", "client_id": "c", **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("made", "error"),
    [
        (config(url="tcp://h"), BadAddressError),
        (config(subscriptions=("a/#/b",)), BadTopicError),
        (config(will=Will("a/+", b"")), BadTopicError),
    ],
)
async def test_no_link_is_built_that_could_never_work(made: LinkConfig, error: type[LinkError]) -> None:
    with pytest.raises(error):
        PahoLink(made)
    with pytest.raises(error):
        MemoryLink(made, MemoryBroker())


def test_a_configuration_never_shows_its_secret() -> None:
    assert "hush" not in repr(config()) + str(config())


def test_a_client_id_is_stable_and_cannot_be_guessed_from_its_name() -> None:
    own = client_id("hub-1", "secret")
    assert own == client_id("hub-1", "secret") == "hub-1-cc6b904be1f07360"
    assert client_id("hub-1", "another") != own
    assert "secret" not in own
