"""Many histories: played, counted, and told in one report."""

from collections import Counter
from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from sync.simulator import branches
from sync.simulator.broken import NAMED, VARIANTS, broken
from sync.simulator.history import Story, play
from sync.simulator.jobs import default_jobs, is_stopping, spread
from sync.simulator.odds import ACTIONS, FAULT_ACTIONS, FAULTS
from sync.simulator.progress import Progress
from sync.simulator.shrink import find_core
from sync.simulator.story import tell_shrunken, tell_whole

TRACED = 50
"""Histories whose branches are traced: tracing takes ten times as long."""
MOST_FAILURES = 3
"""Failing histories that are told; the others are counted."""
MOST_FOR_BROKEN = 5_000
IN_ONE_PROCESS = 50
"""Up to so many histories no further processes are worth starting."""
CHUNK = 50
"""Histories that a process plays before it tells what they came to."""
Trial = tuple[str, int, int]
"""A broken variant, the first seed, and the most histories it is given."""


@dataclass(slots=True)
class Tally:
    """What many histories came to."""

    histories: int = 0
    steps: int = 0
    rounds: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    failing: list[int] = field(default_factory=list)
    is_broken_off: bool = False

    def add(self, story: Story) -> None:
        """Count one story."""
        self.histories += 1
        self.steps += story.steps
        self.rounds = max(self.rounds, story.rounds)
        self.faults += story.faults
        self.done += story.done
        if story.violation or story.crash:
            self.failing.append(story.seed)

    def join(self, other: "Tally") -> None:
        """Count another tally's stories as well."""
        self.histories += other.histories
        self.steps += other.steps
        self.rounds = max(self.rounds, other.rounds)
        self.faults += other.faults
        self.done += other.done
        self.failing = sorted(self.failing + other.failing)


def tally(seeds: Iterable[int]) -> Tally:
    """Play the histories of some seeds in this process, as far as it is wanted."""
    result = Tally()
    for seed in seeds:
        if is_stopping():
            break
        result.add(play(seed))
    return result


def tally_all(histories: int, start: int, jobs: int | None = None) -> Tally:
    """Play histories from a seed on: the same tally however many processes play them.

    Ctrl-C ends it early: what was played by then is counted, and `is_broken_off` is set.

    Args:
        histories: how many.
        start: the first seed.
        jobs: how many processes; None for as many as there are processors, if that is worth it.
    """
    progress = Progress(histories, "histories")
    result = Tally()
    jobs = jobs or worth(histories)

    def took(_: range, part: Tally) -> None:
        result.join(part)
        progress.went_on(part.histories, _so_far(result))

    size = 1 if jobs == 1 else max(1, min(CHUNK, histories // jobs))
    seeds = range(start, start + histories)
    try:
        spread(tally, [seeds[first : first + size] for first in range(0, histories, size)], jobs, took)
    except KeyboardInterrupt:
        result.is_broken_off = True
    progress.finish()
    return result


def worth(histories: int) -> int:
    """How many processes so many histories are worth."""
    return 1 if histories <= IN_ONE_PROCESS else default_jobs()


def _so_far(result: Tally) -> str:
    """What a person wants to know meanwhile."""
    return f"{result.steps} steps, {len(result.failing)} violations"


def trace(seeds: Iterable[int]) -> branches.Seen:
    """What ran of the rules in the histories of some seeds."""
    seen = branches.Seen()
    with branches.tracing(seen):
        for seed in seeds:
            if is_stopping():
                break
            play(seed)
    return seen


def traced(histories: int, start: int, jobs: int = 1) -> tuple[list[branches.Branch], list[branches.Branch]]:
    """Branches of the rules reached and not reached by so many histories."""
    seen = branches.Seen()
    parts = [range(start + part, start + histories, jobs) for part in range(jobs)]
    spread(trace, parts, jobs, lambda _, part: seen.join(part))
    return branches.judge(seen)


def simulate(histories: int, start: int, jobs: int | None = None) -> dict[str, Any]:
    """Play, trace and tell: the report as JSON values, but for its times the same whatever `jobs` is."""
    jobs = jobs or worth(histories)
    began = perf_counter()
    result = tally_all(histories, start, jobs)
    took = perf_counter() - began
    traced_histories = 0 if result.is_broken_off else min(histories, TRACED)
    reached, missed = _traced_if_wanted(result, traced_histories, start, jobs)
    if result.is_broken_off:
        traced_histories = 0
    return {
        "histories": result.histories,
        "from": start,
        "broken_off": result.is_broken_off,
        "steps": result.steps,
        "seconds": round(took, 2),
        "histories_per_s": round(result.histories / took, 1),
        "steps_per_s": round(result.steps / took),
        "failing": result.failing,
        "most_rounds_to_agree": result.rounds,
        "faults": dict(sorted(result.faults.items(), key=lambda fault: (-fault[1], fault[0]))),
        "actions_and_verdicts": dict(sorted(result.done.items())),
        "odds": {
            "faults": FAULTS,
            "steps by weight": dict(ACTIONS),
            "of these faults": list(FAULT_ACTIONS),
        },
        "branches": {
            "traced_histories": traced_histories,
            "reached": len(reached),
            "all": len(reached) + len(missed),
            "not_reached": [str(branch) for branch in missed] if traced_histories else [],
        },
        "told": [tell(play(seed)) for seed in result.failing[:MOST_FAILURES]],
    }


def _traced_if_wanted(
    result: Tally, histories: int, start: int, jobs: int
) -> tuple[list[branches.Branch], list[branches.Branch]]:
    """Branches; Ctrl-C while they are traced leaves them out and keeps what was played."""
    try:
        return traced(histories, start, min(jobs, max(1, histories)))
    except KeyboardInterrupt:
        result.is_broken_off = True
        return branches.judge(branches.Seen())


def tell(story: Story) -> dict[str, Any]:
    """A failing story: what broke, its last steps, and its shrunken form in people's words."""
    core = find_core(story)
    return {
        "seed": story.seed,
        "digest": story.digest,
        "what": str(story.violation or repr(story.crash)),
        "last_steps": story.lines[-15:],
        "steps": story.steps,
        "shrunken_steps": core.story.steps,
        "shrunken": tell_shrunken(core),
    }


def replay(seed: int, name: str = "") -> dict[str, Any]:
    """One history again, perhaps under a broken variant: told whole if all held, else shrunken."""
    with broken(name) if name else nullcontext():
        story = play(seed)
        if story.violation or story.crash:
            return {"variant": name, "failed": True, **tell(story)}
        return {
            "variant": name,
            "failed": False,
            "seed": seed,
            "digest": story.digest,
            "story": tell_whole(story),
        }


def simulate_broken(
    name: str, start: int, jobs: int | None = None, most: int = MOST_FOR_BROKEN
) -> tuple[list[dict[str, Any]], bool]:
    """How many histories each broken variant (or `all`, or `named`) takes to be caught.

    Ctrl-C ends it early: the variants that were judged by then are told, the others as not tried.

    Returns:
        What is told of each, in the order of their list; and whether it was broken off.
    """
    names = {"all": list(VARIANTS), "named": list(NAMED)}.get(name, [name])
    progress = Progress(len(names), "broken variants")
    results: dict[str, dict[str, Any]] = {}
    is_broken_off = False

    def took(trial: Trial, result: dict[str, Any]) -> None:
        results[trial[0]] = result
        progress.went_on(1)

    try:
        trials = [(each, start, most) for each in names]
        spread(_caught, trials, jobs or default_jobs(), took)
    except KeyboardInterrupt:
        is_broken_off = True
    progress.finish()
    return [results.get(each) or _not_tried(each) for each in names], is_broken_off


def _caught(trial: Trial) -> dict[str, Any]:
    """Play a broken variant until an invariant breaks; any other fault is not a catch."""
    name, start, most = trial
    with broken(name) as variant:
        for seed in range(start, start + most):
            if is_stopping():
                return _not_tried(name)
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


def _not_tried(name: str) -> dict[str, Any]:
    """A variant that nobody waited for."""
    return {
        "variant": name,
        "says": VARIANTS[name].says,
        "caught": False,
        "histories": 0,
        "by": "broken off",
    }
