"""Shrinking: the fewest steps of a failing history that still break the same invariant.

Each step has draws of its own, so steps can be left out and the others stay what they were.
"""

from sync.simulator.history import Story, play
from sync.simulator.odds import STEPS

MOST_TRIALS = 400


def shrink(story: Story) -> Story:
    """A shorter story of the same seed with the same broken invariant; at worst the same story."""
    assert story.violation is not None
    invariant, trials = story.violation.invariant, MOST_TRIALS
    left, best = list(range(1, STEPS + 1)), story
    size = len(left) // 2
    while size and trials:
        for start in range(0, len(left), size):
            trials -= 1
            tried = left[:start] + left[start + size :]
            shorter = play(story.seed, frozenset(range(1, STEPS + 1)) - frozenset(tried))
            if shorter.violation is not None and shorter.violation.invariant == invariant:
                left, best = tried, shorter
                break
            if not trials:
                break
        else:
            size //= 2
    return best
