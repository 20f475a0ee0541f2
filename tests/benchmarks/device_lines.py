"""Figures of the spool and of scanners: the journal's cost, its memory, a virtual printer, scans on a pty."""

import asyncio
import json
import os
import pty
import sqlite3
import subprocess
import sys
import tempfile
import time
import tty
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from threading import Event
from typing import Any, Final

from devices.clock import utc_now
from devices.printing import journal
from devices.printing.job import JobKind, JobState, NewJob
from devices.printing.settings import PrinterConfig
from devices.printing.spool import Spool
from devices.printing.thread_journal import ThreadJournal
from devices.scanning.scan import Scan
from devices.scanning.serial_source import ScannerConfig, ScannerSource
from tests.benchmarks.figures import Figure, spread
from tests.unit.devices.example_documents import RECEIPT_ZH

JOBS: Final = 200
ROWS: Final = 10_000
SCANS: Final = 500
BURST: Final = 20_000
_PAGE_KIB: Final = 4
_SETTLED_S: Final = 1.0
"""After it a spool with nothing to print has loaded what it loads."""
_STEPS: Final = (JobState.SENDING, JobState.SENT, JobState.CONFIRMED)


def spool() -> list[Figure]:
    """What journalling a paper costs beside raw commits, what 10,000 of them weigh, and papers a second."""
    with tempfile.TemporaryDirectory(prefix="omo-spool-") as folder:
        return [_overhead(Path(folder)), *_memory(Path(folder)), _printed(Path(folder))]


def scan() -> list[Figure]:
    """Scans through a pty into the source, beside bare reads of the same bytes."""
    return [asyncio.run(_latency()), asyncio.run(_rate())]


def _job(number: int) -> NewJob:
    return NewJob(f"job-{number}", "front", JobKind.RECEIPT, RECEIPT_ZH, utc_now())


def _overhead(folder: Path) -> Figure:
    """A paper's four commits (queued, sending, sent, confirmed) and four raw ones into one table."""
    ours, raw = _open(folder / "journal.db"), _open(folder / "raw.db")
    journal.create_journal(ours)
    raw.execute("CREATE TABLE t (a TEXT)")
    times: list[tuple[float, float]] = []
    for number in range(JOBS):
        made = _job(number)
        works: list[Callable[[], object]] = [partial(journal.enqueue, ours, made)]
        works += [partial(journal.set_state, ours, made.id, to, "", utc_now()) for to in _STEPS]
        kept = sum(_committed(ours, work) for work in works)
        bare = sum(_committed(raw, partial(raw.execute, "INSERT INTO t VALUES ('x')")) for _ in works)
        times.append((kept, bare))
    ours.close()
    raw.close()
    ratio = median(kept for kept, _ in times) / median(bare for _, bare in times)
    facts = {
        "journal": f"{median(kept for kept, _ in times):.2f} ms",
        "raw": f"{median(bare for _, bare in times):.2f} ms",
    }
    return Figure("journal of a paper / 4 raw commits", ratio, "ratio", JOBS, dict(facts))


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def _committed(connection: sqlite3.Connection, work: Callable[[], object]) -> float:
    """Milliseconds of a transaction."""
    begun = time.perf_counter()
    connection.execute("BEGIN IMMEDIATE")
    work()
    connection.execute("COMMIT")
    return (time.perf_counter() - begun) * 1000


def _memory(folder: Path) -> list[Figure]:
    """What a spool takes with an empty journal and with 10,000 finished papers in it."""
    empty, full = folder / "empty.db", folder / "full.db"
    for path, rows in ((empty, 0), (full, ROWS)):
        connection = _open(path)
        journal.create_journal(connection)
        connection.execute("BEGIN")
        for number in range(rows):
            journal.enqueue(connection, _job(number))
        connection.execute("UPDATE print_job SET state = 'confirmed'")
        connection.execute("COMMIT")
        connection.close()
    before, after = _resident_mib(empty), _resident_mib(full)
    size = full.stat().st_size / ROWS
    return [
        Figure("spool's memory with 10,000 papers", after, "MiB", 1, {"with none": f"{before:.1f} MiB"}),
        Figure("a paper in the journal", size, "bytes", ROWS),
    ]


def _resident_mib(path: Path) -> float:
    """Memory of a process that runs a spool on this journal, once it waits for work."""
    code = (
        "from pathlib import Path; from devices.trials.spool_process import run_spool;"
        f" run_spool(Path({str(path)!r}), 'tcp://127.0.0.1:1')"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        assert process.stdout is not None
        process.stdout.readline()
        Event().wait(_SETTLED_S)
        pages = int(Path(f"/proc/{process.pid}/statm").read_text().split()[1])
        return pages * _PAGE_KIB / 1024
    finally:
        process.kill()
        process.wait()


def _printed(folder: Path) -> Figure:
    """Receipts one after the other on the virtual printer over TCP, each confirmed before the next."""
    program = [sys.executable, "-m", "devices.simulators.printer", "--port", "0", "--no-png"]
    process = subprocess.Popen([*program, "--papers", str(folder)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        facts: dict[str, Any] = json.loads(process.stdout.readline())
        return asyncio.run(_confirmed(folder, f"tcp://127.0.0.1:{facts['port']}"))
    finally:
        process.terminate()
        process.wait()


async def _confirmed(folder: Path, uri: str) -> Figure:
    kept = ThreadJournal(folder / "printed.db")
    config = PrinterConfig("front", uri)
    running = Spool([config], kept, lambda _status: None)
    task = asyncio.create_task(running.run())
    times = []
    for number in range(JOBS // 4):
        begun = time.perf_counter()
        made = _job(number)
        await kept.enqueue(made)
        running.wake("front")
        while await kept.call(partial(journal.state_of, job_id=made.id)) != JobState.CONFIRMED:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        times.append((time.perf_counter() - begun) * 1000)
    running.stop()
    await task
    await kept.close()
    name = "receipt on the virtual printer, to confirmed"
    return Figure(name, median(times), "ms", len(times), dict(spread(times)))


class _Scanner:
    """A pty with a source that reads it."""

    def __init__(self) -> None:
        self.near, far = pty.openpty()
        tty.setraw(far)
        os.set_blocking(self.near, False)
        self.path = os.ttyname(far)
        os.close(far)
        self.heard: asyncio.Queue[Scan] = asyncio.Queue()
        self.opened = asyncio.Event()

    async def run(self) -> None:
        source = ScannerSource(ScannerConfig("hand", f"serial:{self.path}"))

        def on_status(status: Any) -> None:
            if status.state.value == "ready":
                self.opened.set()

        await source.run(self.heard.put_nowait, on_status)


async def _latency() -> Figure:
    """From the last byte of a code to the scan, one at a time."""
    scanner = _Scanner()
    task = asyncio.create_task(scanner.run())
    await scanner.opened.wait()
    times = []
    for number in range(SCANS):
        begun = time.perf_counter()
        os.write(scanner.near, b"6901234567892%06d\r" % number)
        await scanner.heard.get()
        times.append((time.perf_counter() - begun) * 1000)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    os.close(scanner.near)
    return Figure("scan to event on a pty", median(times), "ms", SCANS, spread(times))


async def _rate() -> Figure:
    """A flood of codes through the source, and the same bytes through bare `add_reader` reads."""
    scanner = _Scanner()
    task = asyncio.create_task(scanner.run())
    await scanner.opened.wait()
    stream = b"".join(b"%013d\r" % number for number in range(BURST))
    ours = await _flood(scanner.near, stream, scanner.heard.qsize)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    os.close(scanner.near)
    bare = await _bare(stream)
    facts = {"bare add_reader": f"{BURST / bare:,.0f}/s", "bare / ours": f"{ours / bare:.2f}"}
    return Figure("scans through a pty", BURST / ours, "per s", BURST, dict(facts))


async def _flood(near: int, stream: bytes, heard: Callable[[], int]) -> float:
    begun = time.perf_counter()
    while stream:
        try:
            stream = stream[os.write(near, stream[:4096]) :]
        except BlockingIOError:
            await asyncio.sleep(0)
    while heard() < BURST:  # noqa: ASYNC110 - the measured loop itself
        await asyncio.sleep(0)
    return time.perf_counter() - begun


async def _bare(stream: bytes) -> float:
    """Reading and splitting at CR, nothing else."""
    near, far = pty.openpty()
    tty.setraw(far)
    os.set_blocking(near, False)
    os.set_blocking(far, False)
    seen = 0

    def read() -> None:
        nonlocal seen
        seen += os.read(far, 65536).count(b"\r")

    loop = asyncio.get_running_loop()
    loop.add_reader(far, read)
    took = await _flood(near, stream, lambda: seen)
    loop.remove_reader(far)
    os.close(near)
    os.close(far)
    return took
