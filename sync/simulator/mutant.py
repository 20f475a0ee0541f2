"""`python -m sync.simulator.mutant`: one mutant of the rules, in a process of its own.

The changed module is compiled when it is first imported, so everything that takes a name from it
sees the change. The order comes as one JSON object on stdin, the outcome goes as one to stdout.
This module imports no rules before the change is in place.
"""

import hashlib
import importlib
import json
import runpy
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from io import StringIO
from types import CodeType, FrameType, ModuleType
from typing import Any, TypedDict

from sync.simulator.branches import ROOT
from sync.simulator.mutations import Mutation, mutated, mutations_of

HISTORY_CPU_S = 20.0
"""What one history may take of the processor: hundreds of times what it needs."""
TESTS_CPU_S = 120.0


class Order(TypedDict):
    """What to play: the file, the mutation's number in it, the seeds, and pytest's arguments (or none)."""

    file: str
    number: int
    seeds: list[int]
    tests: list[str]


class Outcome(TypedDict):
    """What became of it: who killed it, how, after how many histories; and what the histories told."""

    killed: str
    by: str
    histories: int
    digest: str


class Endless(BaseException):
    """The mutant used up its share of the processor; no rule can catch this as an error of its own."""


class _Loader(SourceFileLoader):
    """Loads one module's source with one mutation made, and keeps no bytecode of it."""

    number = 0

    def get_code(self, fullname: str) -> CodeType:
        """The changed module's code."""
        path = self.get_filename(fullname)
        tree = mutated(self.get_data(path).decode(), self.number)
        return compile(tree, path, "exec", dont_inherit=True)


class _Finder(MetaPathFinder):
    """Finds the one module that is changed, and leaves all others to Python."""

    def __init__(self, module: str, number: int) -> None:
        self._module, self._number = module, number

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec with the loader that mutates."""
        if fullname != self._module:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        assert spec is not None
        assert spec.origin is not None
        loader = _Loader(fullname, spec.origin)
        loader.number = self._number
        spec.loader = loader
        return spec


def put_in_place(mutation: Mutation) -> None:
    """From now on the mutation's module is imported changed.

    Raises:
        RuntimeError: rules were imported before, so some of them would not see the change.
    """
    early = [name for name in sys.modules if name.startswith("sync.rules.")]
    if early:
        raise RuntimeError(f"imported before the change: {', '.join(early)}")
    sys.meta_path.insert(0, _Finder(mutation.module, mutation.number))


def judge(order: Order) -> Outcome:
    """Play the histories, then run the tests: the first that notices kills the mutant."""
    digests = hashlib.blake2b(digest_size=8)
    done = 0
    try:
        play: Callable[[int], Any] = importlib.import_module("sync.simulator.history").play
        for done, seed in enumerate(order["seeds"], start=1):
            with _bounded(HISTORY_CPU_S):
                story = play(seed)
            digests.update(story.digest.encode())
            if story.violation or story.crash:
                return _killed("histories", str(story.violation or repr(story.crash)), done)
        failed = _failing_test(order["tests"]) if order["tests"] else ""
        if failed:
            return _killed("tests", failed, done)
    except Endless:
        return _killed("histories", "endless", done)
    except Exception as error:  # noqa: BLE001  # a mutant that cannot even be imported is noticed
        return _killed("histories", repr(error), done)
    return {"killed": "", "by": "", "histories": done, "digest": digests.hexdigest()}


def _killed(who: str, how: str, histories: int) -> Outcome:
    """A mutant that was noticed."""
    return {"killed": who, "by": how[:300], "histories": histories, "digest": ""}


def _failing_test(arguments: list[str]) -> str:
    """The first test that fails in this process, or an empty text."""
    out, before = StringIO(), sys.argv
    sys.argv = ["pytest", *arguments]
    try:
        with _bounded(TESTS_CPU_S), redirect_stdout(out), redirect_stderr(out):
            runpy.run_module("pytest", run_name="__main__")
    except SystemExit as ended:
        if not ended.code:
            return ""
    except Endless:
        return "endless"
    finally:
        sys.argv = before
    told = [line for line in out.getvalue().splitlines() if line.startswith(("FAILED", "ERROR"))]
    return told[0] if told else out.getvalue()[-300:] or "pytest failed"


@contextmanager
def _bounded(cpu_s: float) -> Iterator[None]:
    """Break off what takes more of the processor; a busy machine's clock does not count."""

    def on_alarm(_: int, __: FrameType | None) -> None:
        raise Endless

    before = signal.signal(signal.SIGPROF, on_alarm)
    signal.setitimer(signal.ITIMER_PROF, cpu_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def main() -> int:
    """Read an order, say the outcome."""
    order: Order = json.load(sys.stdin)
    if order["number"] >= 0:
        put_in_place(_mutation(order))
    json.dump(judge(order), sys.stdout)
    return 0


def _mutation(order: Order) -> Mutation:
    """The mutation that was ordered."""
    return mutations_of(order["file"], (ROOT / order["file"]).read_text("utf-8"))[order["number"]]


if __name__ == "__main__":
    sys.exit(main())
