"""What both fuzzed programs' commands share: a folder that goes, Ctrl-C that ends with a report, progress."""

import asyncio
import shutil
import signal
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from sync.simulator.fuzz.report import Report
from sync.simulator.progress import Progress

GoOn = Callable[[int], bool]
"""Hears how many were fired; answers whether to go on."""
Run = Callable[[Path, int, int, GoOn], Awaitable[Report]]


def play(run: Run, seed: int, count: int, *, is_quiet: bool = False) -> Report:
    """Fire `count` messages in a temporary folder; Ctrl-C ends it after the salvo that is under way."""
    return asyncio.run(_play(run, seed, count, is_quiet=is_quiet))


async def _play(run: Run, seed: int, count: int, *, is_quiet: bool) -> Report:
    """In the event loop."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})  # what came before this moment comes now
    progress = Progress(count, "hostile messages")

    def go_on(fired: int) -> bool:
        if not is_quiet:
            progress.went_on(fired - progress.done)
        return not stop.is_set()

    folder = await asyncio.to_thread(lambda: Path(tempfile.mkdtemp(prefix="omo-fuzz-")))
    try:
        report = await run(folder, seed, count, go_on)
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        progress.finish()
    report.broken_off = stop.is_set()
    return report
