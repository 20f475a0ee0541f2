"""Every mutant of the rules, tried in processes of its own; who notices it, and who is left."""

import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Final

from sync.simulator.branches import ROOT
from sync.simulator.jobs import default_jobs
from sync.simulator.mutant import Order, Outcome
from sync.simulator.mutations import Mutation, all_mutations
from sync.simulator.progress import Progress
from sync.simulator.survivors import Explanation, explain, read_explanations

HISTORIES: Final = 60
WALL_S: Final = 600
"""After this a mutant's process is killed, whatever it waits for."""
CHECKOUT: Final = ROOT.parent.parent
TESTS: Final = "tests/unit/sync/rules"
PYTEST: Final = (
    *("-o", "addopts=", "-p", "no:cacheprovider", "--import-mode=importlib"),
    *("--hypothesis-profile=ci", "-x", "-q", "-rfE", f"--ignore={TESTS}/test_price.py", TESTS),
)


@dataclass(frozen=True, slots=True)
class Tried:
    """One mutant and what became of it."""

    mutation: Mutation
    outcome: Outcome


class RulesFail(Exception):
    """The rules fail as they are: nothing can be said about mutants."""


def pytest_arguments() -> list[str]:
    """The arguments of the test stage; none where tests or pytest are not there."""
    return list(PYTEST) if find_spec("pytest") and (CHECKOUT / TESTS).is_dir() else []


def mutate(name: str, histories: int, *, with_tests: bool, jobs: int | None = None) -> dict[str, Any]:
    """Try every mutant of the file or function `name` (all if empty): the report as JSON values.

    Args:
        name: a file, a module or a function; empty for all.
        histories: the most that each mutant plays.
        with_tests: whether the unit tests of the rules judge those that the histories let live.
        jobs: how many are tried side by side; None for as many as there are processors.

    Raises:
        RulesFail: without any change the histories or the tests fail already.
        LookupError: nothing is called so.
    """
    mutations = all_mutations(name)
    if not mutations:
        raise LookupError(f"there is no file or function {name!r} with anything to change in sync/rules")
    seeds, tests = list(range(histories)), pytest_arguments() if with_tests else []
    right = _run({"file": "", "number": -1, "seeds": seeds, "tests": tests})
    if right["killed"]:
        raise RulesFail(f"without any change the {right['killed']} fail: {right['by']}")
    tried = list(try_all(mutations, seeds, tests, jobs or default_jobs()))
    explanations = read_explanations() if tests else []
    return judge_all(tried, explanations, right["digest"], name, is_judged=bool(tests))


def try_all(mutations: Sequence[Mutation], seeds: list[int], tests: list[str], jobs: int) -> Iterable[Tried]:
    """Try mutants side by side, `jobs` at a time; in the given order."""
    progress = Progress(len(mutations), "mutants")
    outcomes: dict[Mutation, Outcome] = {}
    alive = 0
    with ThreadPoolExecutor(jobs) as pool:
        orders = {
            pool.submit(
                _run, {"file": mutation.file, "number": mutation.number, "seeds": seeds, "tests": tests}
            ): mutation
            for mutation in mutations
        }
        try:
            for ended in as_completed(orders):
                outcomes[orders[ended]] = ended.result()
                alive += not ended.result()["killed"]
                progress.went_on(1, f"{alive} survive")
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    progress.finish()
    return [Tried(mutation, outcomes[mutation]) for mutation in mutations]


def _run(order: Order) -> Outcome:
    """One mutant in a process of its own."""
    try:
        ended = subprocess.run(  # our own module under our own interpreter
            [sys.executable, "-m", "sync.simulator.mutant"],
            input=json.dumps(order),
            capture_output=True,
            text=True,
            timeout=WALL_S,
            cwd=CHECKOUT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"killed": "histories", "by": f"nothing after {WALL_S} s", "histories": 0, "digest": ""}
    try:
        outcome: Outcome = json.loads(ended.stdout)
    except ValueError:
        how = f"exit code {ended.returncode}: {ended.stderr[-200:]}"
        return {"killed": "histories", "by": how, "histories": 0, "digest": ""}
    return outcome


def judge_all(
    tried: Sequence[Tried],
    explanations: Sequence[Explanation],
    digest: str,
    name: str,
    *,
    is_judged: bool = True,
) -> dict[str, Any]:
    """The report: counts by file, every survivor with its explanation, explanations that fit nothing.

    Args:
        tried: the mutants and what became of them.
        explanations: the checked-in ones.
        digest: what the histories tell without any change.
        name: the file or function that was tried.
        is_judged: whether a survivor needs an explanation: not where the tests were left out.
    """
    alive = [one for one in tried if not one.outcome["killed"]]
    reasons, stale = explain([one.mutation for one in alive], explanations, name)
    files = sorted({one.mutation.file for one in tried})
    return {
        "mutants": len(tried),
        "killed_by": {who: _count(tried, who) for who in ("histories", "tests", "")},
        "files": {file: _counts([one for one in tried if one.mutation.file == file]) for file in files},
        "killed_by_tests": [_told(one) for one in tried if one.outcome["killed"] == "tests"],
        "survivors": [
            {
                **_told(one),
                "changes_the_stories": one.outcome["digest"] != digest,
                "why": reasons[one.mutation],
            }
            for one in alive
        ],
        "unexplained": sum(not reasons[one.mutation] for one in alive) if is_judged else 0,
        "stale": [str(entry) for entry in stale],
        "histories": max((one.outcome["histories"] for one in tried), default=0),
        "tests_were_run": is_judged,
    }


def _count(tried: Iterable[Tried], who: str) -> int:
    """How many were killed by `who`; by nobody if empty."""
    return sum(one.outcome["killed"] == who for one in tried)


def _counts(tried: Sequence[Tried]) -> list[int]:
    """All, killed by histories, killed by tests, left."""
    return [len(tried), *(_count(tried, who) for who in ("histories", "tests", ""))]


def _told(one: Tried) -> dict[str, Any]:
    """A mutant's place, texts and killer."""
    mutation = one.mutation
    return {
        "file": mutation.file,
        "line": mutation.line,
        "function": mutation.function,
        "before": mutation.before,
        "after": mutation.after,
        "by": one.outcome["by"],
    }


def report_lines(report: dict[str, Any]) -> list[str]:
    """The report in words."""
    killed = report["killed_by"]
    counts = (
        f"{killed['histories']} killed by histories, {killed['tests']} by unit tests, {killed['']} survived"
    )
    lines = [
        f"{report['mutants']} mutants: {counts} ({report['histories']} histories at most for each)",
        f"{'file':28}{'mutants':>9}{'histories':>11}{'tests':>7}{'survived':>10}",
        *(f"{file:28}{a:9}{h:11}{t:7}{s:10}" for file, (a, h, t, s) in report["files"].items()),
    ]
    for survivor in report["survivors"]:
        lines += _survivor_lines(survivor)
    if not report["tests_were_run"]:
        lines.append("the unit tests were not run: survivors are not judged")
    if report["unexplained"]:
        lines.append(f"{report['unexplained']} survivors have no explanation in survivors.toml")
    lines += [f"explained, but it does not survive: {entry}" for entry in report["stale"]]
    return lines


def _survivor_lines(survivor: dict[str, Any]) -> list[str]:
    """A survivor: where, before, after, and why it may live."""
    told = "the stories differ" if survivor["changes_the_stories"] else "every story is the same"
    return [
        f"sync/rules/{survivor['file']}:{survivor['line']} {survivor['function']}  ({told})",
        f"    before  {survivor['before']}",
        f"    after   {survivor['after']}",
        f"    why     {survivor['why'] or 'NOT EXPLAINED'}",
    ]
