"""The trials of the device layer in small: every fault at every moment, chaotic scans, a killed spool."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Event

import pytest

from devices.printing import journal
from devices.printing.document import Document, Text
from devices.printing.job import JobKind, NewJob
from devices.trials.print_trial import cells, run_prints
from devices.trials.scan_trial import run_scans
from tests.integration.devices.virtual_devices import ROOT, Program, running

pytestmark = pytest.mark.processes
AT = datetime(2026, 5, 1, 4, 0, tzinfo=UTC)
JOBS = 24
LIMIT_S = 60.0
OPEN_JOBS = (
    "SELECT count(*) FROM print_job WHERE state IN ('queued', 'sending')"
    " OR (state = 'sent' AND reason = 'awaiting_mark')"
)


async def test_each_fault_at_each_moment_loses_and_doubles_nothing() -> None:
    report = await run_prints(len(cells()), seed=7)
    assert report.jobs == len(cells())
    assert all(tally.jobs == 1 for tally in report.cells.values())
    broken = {cell: tally for cell, tally in report.cells.items() if not tally.is_clean}
    assert broken == {}


async def test_chaotic_scans_arrive_once_and_as_they_were() -> None:
    report = await run_scans(3000, seed=7)
    assert (report.scans, report.lost, report.wrong) == (3000, 0, 0)
    assert report.plugged_again > 0


def print_until_killed(path: Path, printer: Program, until: Callable[[], object]) -> None:
    """A spool in a process of its own, killed when it has come so far; it ends by itself never."""
    uri = f"tcp://127.0.0.1:{printer.facts['port']}"
    process = subprocess.Popen(
        [sys.executable, "-m", "devices.trials", "--spool", str(path), "--printer", uri],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    json.loads(process.stdout.readline())
    until()
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()


def wait_until_settled(path: Path) -> None:
    """Wait until no job is queued or under way."""
    ends = time.monotonic() + LIMIT_S
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        while connection.execute(OPEN_JOBS).fetchone() != (0,):
            assert time.monotonic() < ends, "the spool does not come to its end"
            Event().wait(0.05)


def test_a_spool_that_is_killed_again_and_again_prints_each_paper_once_or_says_that_it_does_not_know(
    tmp_path: Path,
) -> None:
    path, moments = tmp_path / "jobs.db", random.Random(7)
    with sqlite3.connect(path) as connection:
        journal.create_journal(connection)
        for number in range(JOBS):
            paper = Document((Text(f"paper {number:03d} begins"), Text("农夫山泉 " * 40), Text("ends")))
            journal.enqueue(connection, NewJob(f"job-{number}", "front", JobKind.RECEIPT, paper, AT))
    connection.close()
    options = ("--port", "0", "--papers", str(tmp_path / "papers"), "--no-png")
    with running("printer", *options) as printer:
        for _ in range(6):
            after_s = moments.uniform(0.02, 0.2)
            print_until_killed(path, printer, partial(Event().wait, after_s))
        print_until_killed(path, printer, partial(wait_until_settled, path))
    with sqlite3.connect(path) as connection:
        states = dict(connection.execute("SELECT id, state FROM print_job"))
    connection.close()
    texts = [file.read_text("utf-8") for file in (tmp_path / "papers").glob("*.txt")]
    for number in range(JOBS):
        whole = sum(f"paper {number:03d} begins" in text and "ends" in text for text in texts)
        state = states[f"job-{number}"]
        assert state in {"confirmed", "uncertain"}, (number, state)
        assert whole == 1 if state == "confirmed" else whole <= 1, (number, state, whole)
    assert list(states.values()).count("confirmed") >= JOBS - 8
