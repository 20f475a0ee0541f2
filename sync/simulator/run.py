"""Many histories: played, counted, and told in one report."""

import signal
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import nullcontext
from dataclasses import dataclass, field
from multiprocessing import get_context
from os import cpu_count
from time import perf_counter
from typing import Any

from sync.simulator import branches
from sync.simulator.broken import NAMED, VARIANTS, broken
from sync.simulator.history import Story, play
from sync.simulator.odds import ACTIONS, FAULT_ACTIONS, FAULTS
from sync.simulator.progress import Progress
from sync.simulator.shrink import find_core
from sync.simulator.story import tell_shrunken, tell_whole

TRACED = 50
"""Histories whose branches are traced: tracing takes ten times as long."""
MOST_FAILURES = 3
"""Failing histories that are told; the others are counted."""
MOST_FOR_BROKEN = 5_000
IN_ONE_PROCESS = 250
"""Up to so many histories no further processes are worth starting."""
CHUNK = 50
"""Histories that a process plays before it tells what they came to."""


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
            if len(self.told) < MOST_FAILURES:
                self.told.append(story)

    def join(self, other: "Tally") -> None:
        """Count another tally's stories as well."""
        self.histories += other.histories
        self.steps += other.steps
        self.rounds = max(self.rounds, other.rounds)
        self.faults += other.faults
        self.done += other.done
        self.failing = sorted(self.failing + other.failing)
        self.told = sorted(self.told + other.told, key=lambda story: story.seed)[:MOST_FAILURES]


def tally(seeds: Iterable[int]) -> Tally:
    """Play the histories of some seeds in this process."""
    result = Tally()
    for seed in seeds:
        result.add(play(seed))
    return result


def tally_all(histories: int, start: int) -> Tally:
    """Play histories from a seed on, in as many processes as there are processors if it is worth it.

    Ctrl-C ends it early: what was played by then is counted, and `is_broken_off` is set.
    """
    progress = Progress(histories, "histories")
    result = Tally()
    try:
        if histories <= IN_ONE_PROCESS:
            _tally_here(range(start, start + histories), result, progress)
        else:
            _tally_in_processes(range(start, start + histories), result, progress)
    except KeyboardInterrupt:
        result.is_broken_off = True
    progress.finish()
    return result


def _tally_here(seeds: range, result: Tally, progress: Progress) -> None:
    """Play in this process."""
    for seed in seeds:
        result.add(play(seed))
        progress.went_on(1, _so_far(result))


def _tally_in_processes(seeds: range, result: Tally, progress: Progress) -> None:
    """Play in processes; once broken off, those at work finish what they have begun."""
    chunks = [seeds[first : first + CHUNK] for first in range(0, len(seeds), CHUNK)]
    context = get_context("spawn")
    with ProcessPoolExecutor(cpu_count(), mp_context=context, initializer=_leave_ctrl_c) as pool:
        parts = [pool.submit(tally, chunk) for chunk in chunks]
        counted: set[Future[Tally]] = set()
        try:
            for part in as_completed(parts):
                counted.add(part)
                result.join(part.result())
                progress.went_on(part.result().histories, _so_far(result))
        except KeyboardInterrupt:
            pool.shutdown(wait=True, cancel_futures=True)
            for part in parts:
                if part not in counted and not part.cancelled():
                    result.join(part.result())
            raise


def _leave_ctrl_c() -> None:
    """Ctrl-C reaches every process of a terminal; the one that collects decides."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _so_far(result: Tally) -> str:
    """What a person wants to know meanwhile."""
    return f"{result.steps} steps, {len(result.failing)} violations"


def traced(histories: int, start: int) -> tuple[list[branches.Branch], list[branches.Branch]]:
    """Branches of the rules reached and not reached by the first histories."""
    seen = branches.Seen()
    with branches.tracing(seen):
        for seed in range(start, start + min(histories, TRACED)):
            play(seed)
    return branches.judge(seen)


def simulate(histories: int, start: int) -> dict[str, Any]:
    """Play, trace and tell: the report as JSON values."""
    began = perf_counter()
    result = tally_all(histories, start)
    took = perf_counter() - began
    traced_histories = 0 if result.is_broken_off else min(histories, TRACED)
    reached, missed = traced(traced_histories, start)
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
        "faults": dict(result.faults.most_common()),
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
        "told": [tell(story) for story in result.told],
    }


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


def simulate_broken(name: str, start: int, most: int = MOST_FOR_BROKEN) -> list[dict[str, Any]]:
    """How many histories each broken variant (or `all`, or `named`) takes to be caught.

    Ctrl-C ends it early: the variants that were judged by then are told.
    """
    names = {"all": list(VARIANTS), "named": list(NAMED)}.get(name, [name])
    progress = Progress(len(names), "broken variants")
    results: list[dict[str, Any]] = []
    try:
        for each in names:
            results.append(_caught(each, start, most))
            progress.went_on(1)
    except KeyboardInterrupt:
        results += [_not_tried(each) for each in names[len(results) :]]
    progress.finish()
    return results


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


def _not_tried(name: str) -> dict[str, Any]:
    """A variant that nobody waited for."""
    return {
        "variant": name,
        "says": VARIANTS[name].says,
        "caught": False,
        "histories": 0,
        "by": "broken off",
    }
