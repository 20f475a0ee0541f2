"""A demo with one store, set up once in a run of the tests, stopped, and copied for each file of trials.

Its chain is imported, its store enrolled and stocked: what takes most of a first start's time, and what
tests/integration/processes/test_demo_and_walk.py shows from an empty folder.
"""

import contextlib
import fcntl
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.integration.processes.running_demo import running_demo

_OPTIONS = ("--no-slips", "--stores", "1")


@contextlib.contextmanager
def prepared_demo(folder: Path, shared: Path) -> Iterator[dict[str, Any]]:
    """Start a copy; gives the demo's JSON line.

    Args:
        folder: Its own folder; the demo's is `data` in it.
        shared: A folder of this run that all its workers see.
    """
    copy_prepared(folder / "data", shared)
    with running_demo(folder, *_OPTIONS) as told:
        yield told


def copy_prepared(data: Path, shared: Path) -> None:
    """Put a copy into `data`, which is not there yet; it remembers the ports it was made with."""
    shutil.copytree(_stopped(shared / "demo"), data, symlinks=True)


def _stopped(home: Path) -> Path:
    """The folder to copy, made by the first who asks."""
    home.mkdir(parents=True, exist_ok=True)
    made = home / "stopped"
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            with running_demo(home / "first", *_OPTIONS):
                pass
            (home / "first" / "data").rename(made)
    return made
