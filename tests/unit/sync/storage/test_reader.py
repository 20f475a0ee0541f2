"""Readers: they cannot write, they wait a while for a connection, and a snapshot is one state."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio

from sync.storage.reader import Reader, ReadersBusy
from sync.storage.writer import Transaction, Writer

SLOW = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000)"
    " SELECT COUNT(*) FROM n, (SELECT MAX(id) FROM note)"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "books.sqlite"
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE note (id INTEGER PRIMARY KEY)")
        connection.execute("INSERT INTO note VALUES (1)")
    connection.close()
    return file


@pytest_asyncio.fixture
async def reader(path: Path) -> AsyncIterator[Reader]:
    running = Reader(path, size=1, wait_s=0.05)
    await running.start()
    yield running
    await running.close()


def add(path: Path, number: int) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("INSERT INTO note VALUES (?)", (number,))
    connection.close()


async def test_a_reader_reads_and_cannot_write(reader: Reader) -> None:
    assert await reader.all("SELECT id FROM note") == [(1,)]
    assert await reader.one("SELECT id FROM note WHERE id = ?", (2,)) is None
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        await reader.all("INSERT INTO note VALUES (9)")
    assert await reader.all("SELECT id FROM note") == [(1,)]


async def test_who_finds_all_connections_taken_is_told_to_try_again(reader: Reader) -> None:
    async with reader.connection():
        with pytest.raises(ReadersBusy) as refused:
            await reader.one("SELECT 1")
    assert refused.value.is_retryable
    assert await reader.one("SELECT 1") == (1,)


async def test_a_failed_statement_gives_its_connection_back(reader: Reader) -> None:
    for _ in range(3):
        with pytest.raises(sqlite3.OperationalError):
            await reader.all("SELEC")
    assert await reader.one("SELECT 1") == (1,)


async def test_after_a_cancelled_reading_the_next_one_sees_what_was_written(
    reader: Reader, path: Path
) -> None:
    lost = asyncio.ensure_future(reader.all(SLOW))
    await asyncio.sleep(0.02)
    lost.cancel()
    with pytest.raises(asyncio.CancelledError):
        await lost
    add(path, 2)

    assert await reader.all("SELECT id FROM note ORDER BY id") == [(1,), (2,)]


async def test_a_snapshot_is_one_state_and_ends_with_its_block(reader: Reader, path: Path) -> None:
    async with reader.snapshot() as state:
        before = await state.all("SELECT id FROM note")
        add(path, 2)
        assert await state.all("SELECT id FROM note") == before == [(1,)]
        assert await state.one("SELECT COUNT(*) FROM note") == (1,)
        assert await state.one("SELECT id FROM note WHERE id = 7") is None
    assert await reader.one("SELECT COUNT(*) FROM note") == (2,)


async def test_a_cancelled_snapshot_holds_no_state_back(reader: Reader, path: Path) -> None:
    async def look() -> None:
        async with reader.snapshot() as state:
            await state.all(SLOW)

    lost = asyncio.ensure_future(look())
    await asyncio.sleep(0.02)
    lost.cancel()
    with pytest.raises(asyncio.CancelledError):
        await lost
    add(path, 2)

    assert await reader.one("SELECT COUNT(*) FROM note") == (2,)


async def test_closed_readers_refuse_at_once(path: Path) -> None:
    reader = Reader(path)
    await reader.start()
    await reader.close()
    await reader.close()
    async with asyncio.timeout(1):
        with pytest.raises(ReadersBusy):
            await reader.one("SELECT 1")


async def test_readers_see_each_commit_of_the_writer(path: Path) -> None:
    writer, reader = Writer(path), Reader(path)
    await writer.start()
    await reader.start()
    for number in range(2, 30):
        await writer.run(partial(Transaction.one, sql="INSERT INTO note VALUES (?)", parameters=(number,)))
        assert await reader.one("SELECT MAX(id) FROM note") == (number,)
    await reader.close()
    await writer.close()
