"""A disk that is full at the start, closed to writing, or damaged: a clear state, never on over damage."""

import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.integration.disks.machine import LIMIT_S, PAGE, Machine, Running, until

pytestmark = [pytest.mark.processes, pytest.mark.timeout(240)]

NAMES = ["hub", "agent"]
NO_ROOM = (
    "import os, resource, sys; hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1];"
    "resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard)); os.execvp(sys.argv[1], sys.argv[1:])"
)
TOUCHED = {"hub": "stock", "agent": "ticket"}
"""A table that an order or a sale cannot do without."""


@pytest.mark.parametrize("name", NAMES)
def test_a_program_that_starts_without_room_says_what_to_do(machine: Machine, name: str) -> None:
    # given
    machine.end(name)
    usual = machine.starts[name]
    machine.starts[name] = [sys.executable, "-c", NO_ROOM, *usual]

    # when
    refusing = machine.start(name)
    machine.starts[name] = usual

    # then
    _assert_refused(machine, name, refusing)

    # and when there is room again
    machine.start(name)
    until(f"{name} is ready", lambda: machine.is_ready(name))


@pytest.mark.parametrize("name", NAMES)
def test_a_folder_closed_to_writing_is_told_and_nothing_is_taken(machine: Machine, name: str) -> None:
    # given
    machine.end(name)
    with closed_to_writing(machine.data[name]):
        # when
        running = machine.start(name)
        until(f"{name} has said it", lambda: running.said(PAGE) > 0)

        # then
        assert running.said(str(machine.data[name])) > 0
        assert not _takes(machine, name)
        machine.end(name)
        assert running.said(PAGE) == 1, running.lines
        assert running.said("Traceback") == 0

    # and when it is open again
    machine.start(name)
    until(f"{name} is ready", lambda: machine.is_ready(name))
    until("the store is in step", machine.in_step)


@pytest.mark.parametrize("name", NAMES)
def test_a_file_that_is_no_database_is_refused_at_the_start(machine: Machine, name: str) -> None:
    with a_damaged_file(machine, name, 0, b"x" * 100):
        _assert_refused(machine, name, machine.start(name))
    machine.start(name)
    until(f"{name} is ready", lambda: machine.is_ready(name))


@pytest.mark.parametrize("name", NAMES)
def test_a_damaged_page_stops_all_booking_until_a_good_copy_is_back(machine: Machine, name: str) -> None:
    # given
    until("the store is in step", machine.in_step)
    at, size = _page_of(machine.file(name), TOUCHED[name])

    # when
    with a_damaged_file(machine, name, at, b"\xff" * size):
        running = machine.start(name)
        until(f"{name} answers", lambda: machine.answers(name))
        asked = [machine.order("page") if name == "hub" else machine.add_line() for _ in range(3)]
        status, why = machine.readiness(name)

        # then
        assert [one.status_code for one in asked] == [503] * 3
        assert asked[0].json()["code"] == ("hub.disk" if name == "hub" else "damaged")
        assert status == 503
        assert str(machine.file(name)) in why
        assert PAGE in why
        assert running.said(PAGE) == 1, running.lines
        assert running.said("Traceback") == 0

        # and when it is started again over the damage
        machine.end(name)
        _assert_refused(machine, name, machine.start(name))

    # and when a good copy is back
    machine.start(name)
    until(f"{name} is ready", lambda: machine.is_ready(name))
    assert not machine.file(name).with_name(machine.file(name).name + ".damaged").exists()
    until("the store is in step", machine.in_step)
    assert machine.order(f"mended-{name}").status_code == 201
    assert machine.sell() in machine.receipts()
    assert machine.verify(name)[0] == 0


def _assert_refused(machine: Machine, name: str, refusing: Running) -> None:
    """The program ended with a sentence that names the file and the page to read."""
    assert refusing.wait() != 0
    assert refusing.said("Traceback") == 0
    assert refusing.said(PAGE) == 1, refusing.lines
    assert refusing.said(str(machine.file(name))) == 1
    del machine.running[name]


def _takes(machine: Machine, name: str) -> bool:
    """Whether a program takes an order or a sale; one that has ended takes nothing."""
    try:
        return (machine.order("closed") if name == "hub" else machine.add_line()).is_success
    except httpx.HTTPError:
        return False


def _page_of(path: Path, table: str) -> tuple[int, int]:
    """Where a table's first page begins, and how many bytes it has."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    return (page - 1) * size, size


@contextlib.contextmanager
def a_damaged_file(machine: Machine, name: str, at: int, garbage: bytes) -> Iterator[None]:
    """The program ends, its file is overwritten at a place; in the end the good copy is put back."""
    machine.end(name)
    path = machine.file(name)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    good = path.with_name("good-copy")
    shutil.copy(path, good)
    with path.open("r+b") as file:
        file.seek(at)
        file.write(garbage)
    try:
        yield
    finally:
        for rest in ("-wal", "-shm"):
            path.with_name(path.name + rest).unlink(missing_ok=True)
        good.replace(path)


@contextlib.contextmanager
def closed_to_writing(folder: Path) -> Iterator[None]:
    """Nobody may write there: by rights, or for root by a mount."""
    if os.geteuid() == 0:
        subprocess.run(["mount", "--bind", str(folder), str(folder)], check=True, timeout=LIMIT_S)
        subprocess.run(["mount", "-o", "remount,ro,bind", str(folder)], check=True, timeout=LIMIT_S)
        try:
            yield
        finally:
            subprocess.run(["umount", str(folder)], check=True, timeout=LIMIT_S)
        return
    paths = [folder, *folder.iterdir()]
    modes = {path: path.stat().st_mode for path in paths}
    for path in reversed(paths):
        path.chmod(modes[path] & 0o7555)
    try:
        yield
    finally:
        for path in paths:
            path.chmod(modes[path])
