"""A demo that was set up once in a run of the tests, stopped, and is copied for each file of trials.

Its chain is imported, its stores enrolled and stocked: what takes most of a first start's time, and what
tests/integration/processes/test_demo_and_walk.py shows from an empty folder.
"""

import contextlib
import fcntl
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.integration.processes.running_demo import running_demo


@contextlib.contextmanager
def prepared_demo(folder: Path, shared: Path, stores: int) -> Iterator[dict[str, Any]]:
    """Start a copy; gives the demo's JSON line.

    Args:
        folder: Its own folder; the demo's is `data` in it.
        shared: A folder of this run that all its workers see.
        stores: How many stores it has.
    """
    options = ("--no-slips", "--stores", str(stores))
    shutil.copytree(_stopped(shared / f"demo-{stores}", options), folder / "data", symlinks=True)
    with running_demo(folder, *options) as told:
        yield told


def _stopped(home: Path, options: tuple[str, ...]) -> Path:
    """The folder to copy, made by the first who asks."""
    home.mkdir(parents=True, exist_ok=True)
    made = home / "stopped"
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            with running_demo(home / "first", *options):
                pass
            (home / "first" / "data").rename(made)
    return made
