"""An ear on a history: the same history again, with every message that was sent and what the line did to it.

It hears and changes nothing: a history under an ear has the story that it has without.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from sync.rules.streams import Down, Message, Up
from sync.simulator import history
from sync.simulator.dice import Dice
from sync.simulator.network import Direction, Line
from sync.simulator.world import Store, World

MOST_NAMED = 6
"""Events or items of one message that are named; the others are counted."""


@dataclass(slots=True)
class Ear:
    """What was heard.

    Args:
        world: the history's world, as it is at the end.
        sent: by step, the messages that were sent and what the line did to them.
        arrived: by step, the store whose line a message came from, and the message in words.
        last: the last action begun, and the store it began in.
    """

    world: World | None = None
    sent: dict[int, list[str]] = field(default_factory=dict)
    arrived: dict[int, tuple[str, str]] = field(default_factory=dict)
    last: tuple[str, str] = ("", "")

    def hear(self, line: Line, direction: Direction, message: Message, fate: str) -> None:
        """A message was sent."""
        assert self.world is not None
        store = self.store_of(line)
        sender = f"{store}'s agent sends" if direction == "up" else f"the hub sends {store}"
        self.sent.setdefault(self.world.step, []).append(f"{sender} {in_words(message)}{fate}")

    def store_of(self, line: Line) -> str:
        """The name of the store at the end of a line."""
        assert self.world is not None
        return next(store.name for store in self.world.stores if store.line is line)


@contextmanager
def listening() -> Iterator[Ear]:
    """Hear the histories that are played until the block ends; the last one's world is kept."""
    ear = Ear()
    send, take = Line.send, Line.take

    def made(seed: int) -> World:
        ear.world, ear.sent, ear.arrived = World(seed), {}, {}
        return ear.world

    def does(name: str, action: history.Action) -> history.Action:
        def heard_action(world: World, store: Store) -> str:
            ear.last = (name, store.name)
            return action(world, store)

        return heard_action

    def heard(line: Line, direction: Direction, message: Message, dice: Dice, step: int) -> None:
        before = line.faults.copy()
        send(line, direction, message, dice, step)
        if ear.world is not None and not ear.world.calm:
            ear.hear(line, direction, message, _fate(dict(line.faults - before)))

    def taken(line: Line, direction: Direction, dice: Dice) -> Message | None:
        message = take(line, direction, dice)
        if ear.world is not None:
            words = in_words(message) if message is not None else "torn bytes"
            ear.arrived[ear.world.step] = (ear.store_of(line), words)
        return message

    with (
        patch.object(history, "World", made),
        patch.dict(history.DOES, {name: does(name, action) for name, action in history.DOES.items()}),
        patch.object(Line, "send", heard),
        patch.object(Line, "take", taken),
    ):
        yield ear


def _fate(faults: dict[str, int]) -> str:
    """What the line does to a message, from the faults that it counted."""
    words = {
        "lost in a cut": "the line is cut, it is lost",
        "loss": "the line loses it",
        "torn": "the line tears it",
        "delay": "it will be late",
        "duplicate": "the line doubles it",
    }
    told = [text for fault, text in words.items() if faults.get(fault)]
    return f": {', '.join(told)}" if told else ""


def in_words(message: Message) -> str:
    """A message as people say it."""
    match message:
        case Up():
            return f"up {message.first}+{len(message.events)} ({_named(message.events, 'no events')})"
        case Down():
            held = _named(message.items, "no items")
            return f"down ({message.base},{message.ver}] ({held}; applied to {message.app})"
        case _:
            return message.kind


def _named(raws: tuple[dict[str, Any], ...], none: str) -> str:
    """Events or items by name."""
    named = [_name(raw) for raw in raws[:MOST_NAMED]]
    more = [f"{len(raws) - MOST_NAMED} more"] if len(raws) > MOST_NAMED else []
    return ", ".join([*named, *more]) or none


def _name(raw: dict[str, Any]) -> str:
    """One event or item: its kind, then what it is about, in the order of its fields."""
    kind = str(raw.get("reason") or raw["kind"])
    lines = raw.get("lines") or ()
    goods = [f"{line.get('qty', '')} {line['sku']}".strip() for line in lines]
    about = [_value(raw, name) for name in _ABOUT if name in raw]
    return " ".join([kind, *about, *goods])


_ABOUT = (
    "order",
    "to",
    "line",
    "n",
    "sku",
    "granted",
    "returned",
    "qty",
    "ref",
    "minor",
    "seq",
    "code",
    "cancel",
)


def _value(raw: dict[str, Any], name: str) -> str:
    """A field in words: an order by its last four characters, a counter by its name."""
    value = raw[name]
    if name == "order":
        return str(value)[-4:]
    return str(value) if name in {"to", "sku", "n", "qty", "ref", "code"} else f"{name} {value}"
