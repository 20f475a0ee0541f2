"""Chance from a seed, step by step: each step has draws of its own, so one can be left out."""

from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Draws for one history; only `Random.random` is used, which never changed between Pythons."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._random = Random(seed)

    def start_step(self, step: int) -> None:
        """Begin the draws of a step."""
        self._random.seed(self._seed * 1_000_003 + step)

    def hit(self, odds: float) -> bool:
        """Whether something of these odds (0 to 1) happens."""
        return self._random.random() < odds

    def below(self, limit: int) -> int:
        """A whole number from 0 to `limit` - 1."""
        return int(self._random.random() * limit)

    def between(self, least: int, most: int) -> int:
        """A whole number from `least` to `most`."""
        return least + self.below(most - least + 1)

    def one_of(self, choices: Sequence[T]) -> T:
        """One of the choices, each as likely."""
        return choices[self.below(len(choices))]

    def weighted(self, choices: Sequence[tuple[T, float]]) -> T:
        """One of the choices by weight."""
        mark = self._random.random() * sum(weight for _, weight in choices)
        for choice, weight in choices:
            mark -= weight
            if mark < 0:
                return choice
        return choices[-1][0]
