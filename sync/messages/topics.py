"""Topics: one store's two streams, what all stores hear, and who is present."""

from dataclasses import dataclass
from typing import Final, Literal

from sync.values.parts import PARTS, part_of

ROOT: Final = "omo/1"
CATALOG: Final = f"{ROOT}/all/catalog"
HUB_PRESENCE: Final = f"{ROOT}/hub/presence"
Channel = Literal["up", "down", "presence", "health"]
CHANNELS: tuple[Channel, ...] = ("up", "down", "presence", "health")


@dataclass(frozen=True, slots=True)
class StoreTopic:
    """A topic of one store, taken apart."""

    store: str
    part: int
    channel: Channel


def store_topic(store: str, channel: Channel) -> str:
    """The topic of a store's channel."""
    return f"{ROOT}/{store}/{part_of(store)}/{channel}"


def parse_topic(topic: str) -> StoreTopic | None:
    """A store's topic taken apart; None for any other, or where the part is not the store's."""
    pieces = topic.split("/")
    if len(pieces) != 5 or "/".join(pieces[:2]) != ROOT:
        return None
    store, part, channel = pieces[2:]
    for known in CHANNELS:
        if channel == known and part == str(part_of(store)):
            return StoreTopic(store, part_of(store), known)
    return None


def hub_subscriptions() -> tuple[str, ...]:
    """What a hub that serves all parts listens to."""
    return tuple(f"{ROOT}/+/+/{channel}" for channel in ("up", "presence", "health"))


def agent_subscriptions(store: str) -> tuple[str, ...]:
    """What a store's agent listens to."""
    return (store_topic(store, "down"), f"{ROOT}/all/#", f"{ROOT}/hub/#")


assert 0 < PARTS <= 64
