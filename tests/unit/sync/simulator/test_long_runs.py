"""Long runs: progress on the way, an end at Ctrl-C with what ran, a page to keep."""

import io
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from sync.simulator import run as running
from sync.simulator.__main__ import main
from sync.simulator.broken import NAMED
from sync.simulator.history import Story, play
from sync.simulator.progress import Progress, duration


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

    def impatient(name: str, start: int, most: int) -> dict[str, object]:
        if name == "finished-forgotten":
            raise KeyboardInterrupt
        return judged(name, start, most)

    monkeypatch.setattr(running, "_caught", impatient)
    code, text = run("--broken", "named")
    assert code == 1
    lines = text.splitlines()
    assert "caught in history" in lines[0]
    assert [line.split()[0] for line in lines if "not tried" in line] == [
        name for name in NAMED if "caught in" not in next(x for x in lines if x.startswith(name))
    ]


def test_histories_in_several_processes_come_to_the_same_as_in_one(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = running.tally_all(6, 10)
    monkeypatch.setattr(running, "IN_ONE_PROCESS", 1)
    monkeypatch.setattr(running, "CHUNK", 3)
    together = running.tally_all(6, 10)
    assert together == alone
    assert together.histories == 6


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
