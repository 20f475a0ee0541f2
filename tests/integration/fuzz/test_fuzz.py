"""Hostile messages by the thousand at the real hub and the real agent: nothing gives way, all is counted."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from hub.fuzz import run as hub_run
from hub.fuzz.__main__ import main
from hub.link import worker
from pos_agent.fuzz import run as agent_run
from pos_agent.link import store_link
from sync.messages.codec import decode
from sync.rules.streams import Message
from sync.simulator.broken import broken
from sync.simulator.fuzz.report import Report, lines_of
from sync.simulator.fuzz.shots import KINDS

Run = Callable[[Path, int, int], Awaitable[Report]]
PROGRAMS = [pytest.param(hub_run.run, id="hub"), pytest.param(agent_run.run, id="agent")]


@pytest.mark.parametrize("run", PROGRAMS)
async def test_ten_thousand_hostile_messages_change_nothing_and_are_all_counted(
    run: Run, tmp_path: Path
) -> None:
    report = await run(tmp_path / "data", 1, 10_000)
    assert report.problems == []
    assert report.state_after == report.state_before != ""
    assert report.fired == 10_000
    assert set(report.shots) == {kind for kind, _ in KINDS}
    assert report.most_waiting <= 10_000
    assert lines_of([report])[-1] == "● no crash, no state changed, every message counted"


@pytest.mark.parametrize(
    ("run", "variant"),
    [
        pytest.param(hub_run.run, "old-up-accepted", id="hub"),
        pytest.param(agent_run.run, "old-down-accepted", id="agent"),
    ],
)
async def test_a_program_that_hears_an_earlier_life_is_found_out(
    run: Run, variant: str, tmp_path: Path
) -> None:
    with broken(variant):
        report = await run(tmp_path / "data", 1, 4_000)
    assert report.state_after != report.state_before
    assert any("other tables than before" in problem for problem in report.problems)
    assert lines_of([report])[-1] == "▲ not well"


@pytest.mark.parametrize(
    ("run", "module"),
    [
        pytest.param(hub_run.run, worker, id="hub"),
        pytest.param(agent_run.run, store_link, id="agent"),
    ],
)
async def test_a_program_that_cannot_handle_a_message_is_found_out(
    run: Run, module: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fragile(payload: bytes) -> Message:
        if payload.endswith(b"]]]]"):
            raise ZeroDivisionError
        return decode(payload)

    monkeypatch.setattr(module, "decode", fragile)
    report = await run(tmp_path / "data", 1, 2_000)
    assert any("exceptions in the log" in problem for problem in report.problems)
    assert any("could not handle" in problem for problem in report.problems)


def test_ctrl_c_ends_both_halves_with_the_report_of_what_was_fired() -> None:
    argv = [sys.executable, "-m", "hub.fuzz", "--fuzz", "4000000", "--json"]
    screen, terminal = os.openpty()
    command = subprocess.Popen(
        argv, stdout=subprocess.PIPE, stderr=terminal, text=True, start_new_session=True
    )
    with command:
        while b"hostile messages" not in os.read(screen, 1000):
            assert command.poll() is None
        os.killpg(command.pid, signal.SIGINT)  # a terminal tells the whole group
        text, _ = command.communicate(timeout=60)
    os.close(terminal)
    os.close(screen)
    assert command.returncode == 130
    reports = json.loads(text)
    assert [report["program"] for report in reports] == ["hub", "agent"]
    assert all(report["broken_off"] and report["problems"] == [] for report in reports)
    assert 0 < reports[0]["fired"] < 2_000_000


@pytest.mark.parametrize("count", ["0", "1", "x", "200000000"])
def test_another_number_of_messages_is_refused(count: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["--fuzz", count])
    assert refused.value.code == 2
    assert "--fuzz" in capsys.readouterr().err
