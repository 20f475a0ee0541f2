"""Many histories: played, counted, and told in one report."""

from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from os import cpu_count
from time import perf_counter
from typing import Any

from sync.simulator import branches
from sync.simulator.broken import NAMED, VARIANTS, broken
from sync.simulator.history import Story, play
from sync.simulator.odds import ACTIONS, FAULT_ACTIONS, FAULTS
from sync.simulator.shrink import shrink

TRACED = 50
"""Histories whose branches are traced: tracing takes ten times as long."""
MOST_FAILURES = 3
"""Failing histories that are told; the others are counted."""
MOST_FOR_BROKEN = 5_000
CHUNK = 250


@dataclass(slots=True)
class Tally:
    """What many histories came to."""

    histories: int = 0
    steps: int = 0
    rounds: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    failing: list[int] = field(default_factory=list)
    told: list[Story] = field(default_factory=list)

    def add(self, story: Story) -> None:
        """Count one story."""
        self.histories += 1
        self.steps += story.steps
        self.rounds = max(self.rounds, story.rounds)
        self.faults += story.faults
        self.done += story.done
        if story.violation or story.crash:
            self.failing.append(story.seed)
            if len(self.told) < MOST_FAILURES:
                self.told.append(story)

    def join(self, other: "Tally") -> None:
        """Count another tally's stories as well."""
        self.histories += other.histories
        self.steps += other.steps
        self.rounds = max(self.rounds, other.rounds)
        self.faults += other.faults
        self.done += other.done
        self.failing += other.failing
        self.told = (self.told + other.told)[:MOST_FAILURES]


def tally(seeds: Iterable[int]) -> Tally:
    """Play the histories of some seeds in this process."""
    result = Tally()
    for seed in seeds:
        result.add(play(seed))
    return result


def tally_all(histories: int, start: int) -> Tally:
    """Play histories from a seed on, in as many processes as there are processors if it is worth it."""
    chunks = [
        range(first, min(first + CHUNK, start + histories))
        for first in range(start, start + histories, CHUNK)
    ]
    result = Tally()
    if len(chunks) == 1:
        return tally(chunks[0])
    with ProcessPoolExecutor(cpu_count(), mp_context=get_context("spawn")) as pool:
        for part in pool.map(tally, chunks):
            result.join(part)
    return result


def traced(histories: int, start: int) -> tuple[list[branches.Branch], list[branches.Branch]]:
    """Branches of the rules reached and not reached by the first histories."""
    seen = branches.Seen()
    with branches.tracing(seen):
        for seed in range(start, start + min(histories, TRACED)):
            play(seed)
    return branches.judge(seen)


def simulate(histories: int, start: int) -> dict[str, Any]:
    """Play, trace and tell: the report as JSON values."""
    reached, missed = traced(histories, start)
    began = perf_counter()
    result = tally_all(histories, start)
    took = perf_counter() - began
    return {
        "histories": result.histories,
        "from": start,
        "steps": result.steps,
        "seconds": round(took, 2),
        "histories_per_s": round(result.histories / took, 1),
        "failing": result.failing,
        "most_rounds_to_agree": result.rounds,
        "faults": dict(result.faults.most_common()),
        "actions_and_verdicts": dict(sorted(result.done.items())),
        "odds": {
            "faults": FAULTS,
            "steps by weight": dict(ACTIONS),
            "of these faults": list(FAULT_ACTIONS),
        },
        "branches": {
            "traced_histories": min(histories, TRACED),
            "reached": len(reached),
            "all": len(reached) + len(missed),
            "not_reached": [str(branch) for branch in missed],
        },
        "told": [tell(story) for story in result.told],
    }


def tell(story: Story) -> dict[str, Any]:
    """A failing story: what broke, its last steps, and its shrunken form."""
    told: dict[str, Any] = {
        "seed": story.seed,
        "digest": story.digest,
        "what": str(story.violation or repr(story.crash)),
        "last_steps": story.lines[-15:],
    }
    if story.violation:
        told["shrunken"] = shrink(story).lines
    return told


def simulate_broken(name: str, start: int, most: int = MOST_FOR_BROKEN) -> list[dict[str, Any]]:
    """How many histories each broken variant (or `all`, or `named`) takes to be caught."""
    names = {"all": list(VARIANTS), "named": list(NAMED)}.get(name, [name])
    return [_caught(each, start, most) for each in names]


def _caught(name: str, start: int, most: int) -> dict[str, Any]:
    """Play a broken variant until an invariant breaks; any other fault is not a catch."""
    with broken(name) as variant:
        for seed in range(start, start + most):
            story = play(seed)
            if story.violation or story.crash:
                return {
                    "variant": name,
                    "says": variant.says,
                    "caught": story.violation is not None,
                    "histories": seed - start + 1,
                    "by": str(story.violation or repr(story.crash)),
                }
    return {"variant": name, "says": variant.says, "caught": False, "histories": most, "by": ""}
