"""The dealer: from a seed and recorded traffic, one hostile message after another.

What a store (or the hub) may say under its own credentials is no attack, it is speech: it may change the
speaker's own books and is fired under the name of a scapegoat alone. Everything else must change nothing.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sync.simulator.dice import Dice
from sync.simulator.fuzz import noise, twists

LONGEST_RUN: Final = 40
"""The most messages of one burst that replays a stretch of the recorded traffic out of order."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One message as it will arrive.

    Args:
        kind: what is hostile about it.
        topic: where.
        payload: its bytes.
        retained: whether the broker claims to have kept it.
    """

    kind: str
    topic: str
    payload: bytes
    retained: bool = False


@dataclass(frozen=True, slots=True)
class Recorded:
    """One message of real traffic; `is_goat` where it is the scapegoat's."""

    topic: str
    payload: bytes
    is_goat: bool


@dataclass(frozen=True, slots=True)
class Range:
    """What is fired at.

    Args:
        traffic: real messages, in the order they were heard.
        is_speech: whether a topic's owner may say this and change its books by it.
        forge: well-formed lies under the scapegoat's credentials.
        former: news for a witness that would be right, were it not of an earlier life of either side.
        names: of stores, the scapegoat's among them.
    """

    traffic: Sequence[Recorded]
    is_speech: Callable[[str, bytes], bool]
    forge: Callable[[Dice], tuple[str, bytes]]
    former: Callable[[Dice], tuple[str, bytes]]
    names: Sequence[str]


KINDS: Final = (
    ("any bytes", 14.0),
    ("any text", 6.0),
    ("bits flipped", 14.0),
    ("cut or glued", 7.0),
    ("packed bomb", 1.0),
    ("nested deeply", 2.0),
    ("huge number", 6.0),
    ("other version", 6.0),
    ("other incarnation", 7.0),
    ("other store", 6.0),
    ("other field", 14.0),
    ("replay", 9.0),
    ("replay out of order", 0.5),
    ("forged by its owner", 3.0),
    ("news of an earlier life", 3.0),
)
"""Kinds with their weights; one that deals a burst weighs less."""


class Dealer:
    """Deals shots from a seed: the same seed and traffic deal the same shots.

    Args:
        seed: of all draws.
        target: what they are dealt for.
    """

    def __init__(self, seed: int, target: Range) -> None:
        self._dice = Dice(seed)
        self._target = target
        self._ready: list[Shot] = []
        self.dealt: Counter[str] = Counter()
        self.withheld = 0

    def deal(self, count: int) -> Iterator[Shot]:
        """So many shots."""
        for _ in range(count):
            shot = self._next()
            self.dealt[shot.kind] += 1
            yield shot

    def _next(self) -> Shot:
        """The next one that is no honest speech of a witness."""
        while True:
            if not self._ready:
                self._ready = self._draw()
            shot = self._ready.pop()
            is_replay = shot.kind.startswith("replay")
            if is_replay or not self._target.is_speech(shot.topic, shot.payload):
                return shot
            self.withheld += 1

    def _draw(self) -> list[Shot]:
        """One shot, or a burst."""
        dice, traffic = self._dice, self._target.traffic
        kind = dice.weighted(KINDS)
        said = dice.one_of(traffic)
        retained = dice.hit(0.05)
        if kind == "any bytes":
            return [Shot(kind, self._topic(said), noise.any_bytes(dice), retained)]
        if kind == "any text":
            return [Shot(kind, self._topic(said), noise.any_text(dice), retained)]
        if kind == "replay":
            return [Shot(kind, said.topic, said.payload, retained)]
        if kind == "replay out of order":
            return self._stretch()
        if kind == "forged by its owner":
            run = [Shot(kind, *self._target.forge(dice)) for _ in range(dice.between(1, 6))]
            return run[::-1]  # the last is dealt first
        if kind == "news of an earlier life":
            return [Shot(kind, *self._target.former(dice), retained)]
        if kind == "other store" and dice.hit(0.5):
            return [Shot(kind, dice.one_of(traffic).topic, said.payload, retained)]
        return [Shot(kind, said.topic, twists.TWISTS[kind](dice, said.payload, self._target.names), retained)]

    def _topic(self, said: Recorded) -> str:
        """A topic of the traffic, or any."""
        return said.topic if self._dice.hit(0.6) else noise.any_topic(self._dice, said.topic)

    def _stretch(self) -> list[Shot]:
        """A stretch of the traffic, messages doubled, in any order."""
        dice, traffic = self._dice, self._target.traffic
        first = dice.below(len(traffic))
        run = [*traffic[first : first + dice.between(2, LONGEST_RUN)]]
        run += [dice.one_of(run) for _ in range(dice.below(len(run) + 1))]
        for place in range(len(run) - 1, 0, -1):
            other = dice.below(place + 1)
            run[place], run[other] = run[other], run[place]
        return [Shot("replay out of order", said.topic, said.payload) for said in run]
