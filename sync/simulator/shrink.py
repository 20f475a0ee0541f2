"""Shrinking: the fewest steps of a failing history that still break the same invariant.

Each step has draws of its own, so steps can be left out and the others stay what they were.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sync.simulator.history import Story, play
from sync.simulator.odds import STEPS

MOST_TRIALS = 2_000
"""Histories played to shrink one; each is shorter than the one before."""
MOST_FOR_PAIRS = 40
"""Up to so many steps are also left out two at a time."""

Steps = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Core:
    """What is left of a failing history.

    Args:
        story: the shortest story found that fails alike; at worst the one that came.
        left: its steps; none of them alone can be left out, unless trials ran out.
        before: how many steps the failing history had.
        trials: how many histories were played to find it.
        is_minimal: whether it was tried to leave out every single step.
    """

    story: Story
    left: Steps
    before: int
    trials: int
    is_minimal: bool


def shrink(story: Story) -> Story:
    """A shorter story of the same seed that fails alike; at worst the same story."""
    return find_core(story).story


def failure_of(story: Story) -> str:
    """What broke, without the figures: the invariant, or the kind of fault; empty if nothing did."""
    if story.violation is not None:
        return story.violation.invariant
    return type(story.crash).__name__ if story.crash is not None else ""


def find_core(story: Story, most_trials: int = MOST_TRIALS) -> Core:
    """Leave out whole stores, then runs of steps, then single ones and pairs, while it fails alike."""
    failure = failure_of(story)
    assert failure, "only a story that fails can be shrunk"
    search = _Search(story, failure, most_trials, tuple(range(1, STEPS + 1)))
    search.try_all(_without_stores(story, search.left))
    size = len(search.left) // 2
    while size > 1:
        search.leave_out_runs(size)
        size //= 2
    is_minimal = search.leave_out_singles()
    if len(search.left) <= MOST_FOR_PAIRS and search.try_all(_without_pairs(search.left)):
        is_minimal = search.leave_out_singles()
    return Core(search.best, search.left, story.steps, search.trials, is_minimal)


@dataclass(slots=True)
class _Search:
    """The best story so far, and how many trials are left."""

    best: Story
    failure: str
    most_trials: int
    left: Steps
    trials: int = 0
    tried: set[Steps] = field(default_factory=set)

    def fails_without(self, left: Steps) -> bool:
        """Play with `left` alone; keep it if it fails alike."""
        if self.trials >= self.most_trials or left in self.tried:
            return False
        self.tried.add(left)
        self.trials += 1
        shorter = play(self.best.seed, frozenset(range(1, STEPS + 1)) - frozenset(left))
        if failure_of(shorter) != self.failure:
            return False
        self.left, self.best = left, shorter
        return True

    def try_all(self, candidates: Iterator[Steps]) -> bool:
        """Try candidates, each made from what was there at first; returns whether any failed alike."""
        has_shrunk = False
        for left in candidates:
            has_shrunk |= self.fails_without(_both(left, self.left))
        return has_shrunk

    def leave_out_runs(self, size: int) -> None:
        """Leave out runs of `size` steps where it fails alike without them."""
        start = 0
        while start < len(self.left):
            if not self.fails_without(self.left[:start] + self.left[start + size :]):
                start += size

    def leave_out_singles(self) -> bool:
        """Leave out single steps until none can go; returns whether each one left was tried."""
        before: Steps = ()
        while before != self.left:
            before = self.left
            self.leave_out_runs(1)
        return self.trials < self.most_trials


def _both(first: Sequence[int], second: Sequence[int]) -> Steps:
    """The steps that both hold, in order."""
    other = frozenset(second)
    return tuple(step for step in first if step in other)


def _without_stores(story: Story, left: Steps) -> Iterator[Steps]:
    """The steps without those of one store, for each store that the story names."""
    at: dict[str, set[int]] = {}
    for line in story.lines:
        words = line.split()
        if len(words) > 1 and words[0].isdigit():
            at.setdefault(words[1], set()).add(int(words[0]))
    for steps in at.values():
        yield tuple(step for step in left if step not in steps)


def _without_pairs(left: Steps) -> Iterator[Steps]:
    """The steps without two of them, for each two."""
    for first, one in enumerate(left):
        for other in left[first + 1 :]:
            yield tuple(step for step in left if step not in {one, other})
