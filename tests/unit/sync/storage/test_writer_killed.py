"""A writer killed in the middle of a stream: everything it told is in the file, and the file is whole."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.processes
@pytest.mark.parametrize("told_before", [1, 40, 333])
def test_everything_told_before_a_kill_is_in_the_file(tmp_path: Path, told_before: int) -> None:
    path = tmp_path / "books.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE note (id INTEGER PRIMARY KEY)")
    connection.close()
    program = Path(__file__).with_name("stream_of_notes.py")
    with subprocess.Popen(
        [sys.executable, str(program), str(path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        told = [int(process.stdout.readline()) for _ in range(told_before)]
        process.kill()
        told += [int(line) for line in process.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
        process.wait(10)

    connection = sqlite3.connect(path)
    kept = {row[0] for row in connection.execute("SELECT id FROM note")}
    state = connection.execute("PRAGMA integrity_check").fetchall()
    connection.close()

    assert len(told) >= told_before
    assert set(told) <= kept
    assert state == [("ok",)]
