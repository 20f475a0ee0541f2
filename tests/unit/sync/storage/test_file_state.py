"""The state of a database file: trouble is told once and goes by itself, damage stays."""

import asyncio
import logging
import sqlite3
from pathlib import Path

import pytest

from sync.storage import writer as writing
from sync.storage.errors import DiskTrouble, FileBusy, FileDamaged
from sync.storage.file_state import MARK, PAGE, FileState, refuse_damaged
from sync.storage.reader import Reader
from sync.storage.writer import Transaction, Writer

ROWS = 2000


def sqlite_error(code: int) -> sqlite3.Error:
    error = sqlite3.OperationalError("words of SQLite")
    error.sqlite_errorcode = code
    return error


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database of some pages."""
    file = tmp_path / "books.sqlite"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE note (number INTEGER PRIMARY KEY, text TEXT)")
        connection.executemany("INSERT INTO note VALUES (?, ?)", [(n, "x" * 50) for n in range(ROWS)])
    connection.close()
    return file


def spoil(path: Path) -> None:
    """Overwrite a page in the middle of the table."""
    with path.open("r+b") as file:
        file.seek(4096 * 5)
        file.write(b"\xff" * 4096)


def count(transaction: Transaction) -> object:
    return transaction.one("SELECT sum(length(text)) FROM note")


def test_trouble_is_told_once_and_its_end_once(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    state, told = FileState(path), []
    state.on_trouble = lambda: told.append(1)
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            assert isinstance(state.met(sqlite_error(sqlite3.SQLITE_FULL)), DiskTrouble)
        assert str(path) in state.problem
        assert PAGE in state.problem
        for _ in range(3):
            state.works()
    assert state.problem == ""
    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"]
    assert told == [1]


def test_another_program_at_the_file_is_no_trouble_with_it(path: Path) -> None:
    state = FileState(path)
    assert isinstance(state.met(sqlite_error(sqlite3.SQLITE_BUSY)), FileBusy)
    assert state.problem == ""


def test_damage_stays_whatever_works_and_is_marked_for_the_next_process(path: Path) -> None:
    state = FileState(path)
    state.met(sqlite_error(sqlite3.SQLITE_FULL))
    assert isinstance(state.met(sqlite_error(sqlite3.SQLITE_CORRUPT)), FileDamaged)
    state.works()
    assert state.is_damaged
    assert "is damaged" in state.problem
    assert path.with_name(path.name + MARK).read_text("utf-8") == state.problem + "\n"


def test_a_mark_beside_a_whole_file_goes(path: Path) -> None:
    FileState(path).met(sqlite_error(sqlite3.SQLITE_CORRUPT))
    refuse_damaged(path)
    assert not path.with_name(path.name + MARK).exists()


def test_a_mark_beside_a_damaged_file_stays_and_refuses(path: Path) -> None:
    FileState(path).met(sqlite_error(sqlite3.SQLITE_CORRUPT))
    spoil(path)
    with pytest.raises(FileDamaged, match="is damaged"):
        refuse_damaged(path)
    assert path.with_name(path.name + MARK).exists()


async def test_after_damage_the_writer_takes_nothing_and_the_next_one_does_not_start(path: Path) -> None:
    spoil(path)
    writer = Writer(path)
    await writer.start()
    with pytest.raises(FileDamaged):
        await writer.run(count)
    with pytest.raises(FileDamaged):
        await writer.run(lambda tx: tx.execute("INSERT INTO note VALUES (-1, 'y')").rowcount)
    await writer.close()
    with pytest.raises(FileDamaged, match="put back a good copy"):
        await Writer(path).start()


async def test_what_a_reader_meets_stops_the_writer_of_the_same_file(path: Path) -> None:
    spoil(path)
    state = FileState(path)
    writer, reader = Writer(path, state=state), Reader(path, state=state)
    await writer.start()
    await reader.start()
    with pytest.raises(FileDamaged):
        await reader.one("SELECT sum(length(text)) FROM note")
    with pytest.raises(FileDamaged):
        await writer.run(lambda tx: tx.one("SELECT 1"))
    await reader.close()
    await writer.close()


async def test_a_disk_that_takes_data_again_is_found_though_nobody_asks(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "PROBE_S", 0.01)
    writer = Writer(path)
    await writer.start()
    connection = await writer.run(lambda tx: tx.connection)
    connection.execute("PRAGMA query_only=ON")
    with pytest.raises(DiskTrouble):
        await writer.run(lambda tx: tx.execute("DELETE FROM note WHERE number = 1").rowcount)
    assert writer.state.problem
    connection.execute("PRAGMA query_only=OFF")
    async with asyncio.timeout(5):
        while writer.state.problem:  # noqa: ASYNC110 - the thread tells nobody
            await asyncio.sleep(0.01)
    assert await writer.run(lambda tx: tx.one("SELECT count(*) FROM note")) == (ROWS,)
    await writer.close()


async def test_a_group_that_wrote_nothing_says_nothing_of_the_disk(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_connection: sqlite3.Connection) -> None:
        raise sqlite_error(sqlite3.SQLITE_FULL)

    monkeypatch.setattr(writing, "write_nothing", refuse)
    writer = Writer(path)
    await writer.start()
    writer.state.met(sqlite_error(sqlite3.SQLITE_FULL))
    assert await writer.run(lambda tx: tx.one("SELECT 1")) == (1,)
    assert writer.state.problem
    await writer.run(lambda tx: tx.execute("DELETE FROM note WHERE number = 1").rowcount)
    assert writer.state.problem == ""
    await writer.close()


async def test_a_file_that_is_no_database_is_told_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "books.sqlite"
    path.write_bytes(b"x" * 8192)
    with pytest.raises(FileDamaged, match=str(path)):
        await Writer(path).start()


async def test_a_file_in_a_folder_that_is_gone_is_told_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "gone" / "books.sqlite"
    with pytest.raises(DiskTrouble, match="cannot be opened"):
        await Writer(path).start()
