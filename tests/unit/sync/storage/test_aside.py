"""Setting a database aside moves what was committed with one rename."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sync.storage.aside import set_aside
from sync.storage.connection import open_for_writing
from tests.unit.sync.storage.recorded_renames import SYNCED, recorded_renames


def killed(folder: Path) -> Path:
    """A database as a program leaves it that is killed: the last commit lies beside it only."""
    live, left = folder / "live.db", folder / "left.db"
    with closing(open_for_writing(live)) as connection:
        connection.execute("CREATE TABLE sale (n INTEGER)")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("INSERT INTO sale VALUES (7)")
        for ending in ("", "-wal"):
            left.with_name(left.name + ending).write_bytes(live.with_name(live.name + ending).read_bytes())
    assert left.with_name("left.db-wal").stat().st_size
    return left


def sales(path: Path) -> list[int]:
    with closing(sqlite3.connect(path)) as connection:
        return [n for (n,) in connection.execute("SELECT n FROM sale")]


def test_the_last_commit_comes_along(tmp_path: Path) -> None:
    path, aside = killed(tmp_path), tmp_path / "aside.db"
    set_aside(path, aside)
    assert (sales(aside), path.exists()) == ([7], False)


def test_a_crash_before_the_rename_parts_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = killed(tmp_path)
    moved: list[Path] = []

    def die(self: Path, target: Path) -> Path:
        moved.append(self)
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", die)
    with pytest.raises(KeyboardInterrupt):
        set_aside(path, tmp_path / "aside.db")
    assert moved == [path]
    assert sales(path) == [7]


def test_a_damaged_file_keeps_its_parts(tmp_path: Path) -> None:
    path = tmp_path / "left.db"
    path.write_bytes(b"no database at all" * 64)
    beside = tmp_path / "left.db-wal"
    beside.write_bytes(b"nor a log")
    set_aside(path, tmp_path / "aside.db")
    assert (tmp_path / "aside.db").read_bytes() == b"no database at all" * 64
    assert not path.exists()


def test_the_new_name_is_on_the_disk_when_it_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = killed(tmp_path)
    with recorded_renames(monkeypatch) as told:
        set_aside(path, tmp_path / "aside.db")
    assert told[-2:] == ["left.db -> aside.db", SYNCED]
