"""Long runs: progress on the way, an end at Ctrl-C with what ran, a page to keep."""

import io
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from sync.simulator import run as running
from sync.simulator.__main__ import main
from sync.simulator.broken import NAMED
from sync.simulator.history import Story, play
from sync.simulator.progress import Progress, duration

TIMES = {"seconds", "histories_per_s", "steps_per_s"}


def run(*arguments: str) -> tuple[int, str]:
    """The command's exit code and what it prints."""
    out = io.StringIO()
    with redirect_stdout(out):
        code = main(list(arguments))
    return code, out.getvalue()


class Screen(io.StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        """Yes."""
        return True


@pytest.mark.parametrize(("seconds", "text"), [(4.4, "4 s"), (61, "1 min 1 s"), (7_300, "2 h 1 min")])
def test_a_duration_is_said_as_people_say_it(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_progress_tells_done_rate_and_time_left() -> None:
    progress = Progress(100, "histories", io.StringIO())
    progress.done = 25
    assert progress.line(5.0) == "25 of 100 histories, 5.0/s, 15 s left"
    assert Progress(100, "histories", io.StringIO()).line(0.0) == "0 of 100 histories, 0.0/s"


def test_progress_writes_over_its_line_on_a_terminal_and_stays_silent_before_its_time() -> None:
    screen, file = Screen(), io.StringIO()
    shown, kept = Progress(10, "histories", screen), Progress(10, "histories", file)
    shown._told = kept._told = -100.0
    shown.went_on(1, "3 steps")
    kept.went_on(1, "3 steps")
    for progress in (shown, kept):
        progress.went_on(1)
        progress.finish()
    assert screen.getvalue().startswith("\r\x1b[K1 of 10 histories")
    assert screen.getvalue().endswith("3 steps\r\x1b[K")
    assert file.getvalue().count("\n") == 1


def test_ctrl_c_ends_a_run_with_the_report_of_what_ran(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def impatient(seed: int) -> Story:
        if seed == 3:
            raise KeyboardInterrupt
        return play(seed)

    monkeypatch.setattr(running, "play", impatient)
    page = tmp_path / "report.md"
    code, text = run("--histories", "50", "--broken", "all", "--report", str(page))
    assert code == 130
    assert text.startswith("3 histories from seed 0, 720 steps")
    assert "broken off: this is what ran" in text
    assert "caught" not in text
    assert "Broken off" in page.read_text("utf-8")


def test_ctrl_c_among_broken_variants_tells_those_that_were_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    judged = running._caught

    def impatient(trial: running.Trial) -> dict[str, object]:
        if trial[0] == "finished-forgotten":
            raise KeyboardInterrupt
        return judged(trial)

    monkeypatch.setattr(running, "_caught", impatient)
    code, text = run("--broken", "named", "--jobs", "1")
    assert code == 130
    lines = text.splitlines()
    assert "caught in history" in lines[0]
    assert [line.split()[0] for line in lines if "not tried" in line] == [
        name for name in NAMED if "caught in" not in next(x for x in lines if x.startswith(name))
    ]


def test_the_report_is_the_same_however_many_processes_play(monkeypatch: pytest.MonkeyPatch) -> None:
    def told(jobs: int) -> dict[str, object]:
        report = running.simulate(7, 10, jobs)
        return {name: value for name, value in report.items() if name not in TIMES}

    monkeypatch.setattr(running, "CHUNK", 2)
    alone = told(1)
    assert alone["histories"] == 7
    assert list(told(3).items()) == list(alone.items())


def test_violations_found_in_several_processes_are_listed_by_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    def backwards(_work: object, tasks: Sequence[range], _jobs: int, took: Callable[..., None]) -> None:
        for seeds in reversed(tasks):
            took(seeds, running.Tally(histories=1, failing=list(seeds)))

    monkeypatch.setattr(running, "spread", backwards)
    assert running.tally_all(6, 10, 3).failing == [10, 11, 12, 13, 14, 15]


def test_broken_variants_are_caught_in_the_same_histories_by_one_process_and_by_two() -> None:
    alone, together = (run("--broken", "named", "--jobs", jobs) for jobs in ("1", "2"))
    assert alone == together
    assert [line.split()[0] for line in alone[1].splitlines()] == list(NAMED)


def test_ctrl_c_stops_every_process_and_tells_what_ran() -> None:
    screen, terminal = os.openpty()
    simulator = subprocess.Popen(
        [sys.executable, "-m", "sync.simulator", "--histories", "100000", "--jobs", "2"],
        stdout=subprocess.PIPE,
        stderr=terminal,
        text=True,
        start_new_session=True,
    )
    with simulator:
        while b"of 100000 histories" not in os.read(screen, 1000):
            assert simulator.poll() is None
        os.killpg(simulator.pid, signal.SIGINT)  # a terminal tells the whole group
        text, _ = simulator.communicate(timeout=30)
    os.close(terminal)
    os.close(screen)
    assert simulator.returncode == 130
    found = re.match(r"(\d+) histories from seed 0, (\d+) steps", text)
    assert found is not None
    assert int(found[2]) == 240 * int(found[1])
    assert "broken off: this is what ran" in text


def test_the_page_holds_rates_faults_branches_and_every_broken_variant(tmp_path: Path) -> None:
    page = tmp_path / "report.md"
    code, text = run("--histories", "2", "--broken", "gaps-applied", "--report", str(page))
    written = page.read_text("utf-8")
    assert code == 0
    assert text.startswith("2 histories from seed 0, 480 steps")
    assert "| simulated events | 480 (" in written
    assert "| loss | " in written
    assert "## Branches not reached in 2 histories" in written
    assert "| gaps-applied | gaps applied | caught in history " in written
