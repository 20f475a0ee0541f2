"""Readers: a pool of connections that cannot write."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import aiosqlite

from sync.storage.connection import BUSY_TIMEOUT_MS
from sync.storage.errors import StorageError, is_of_reading
from sync.storage.file_state import FileState

POOL_SIZE: Final = 4
WAIT_S: Final = 10.0

Row = tuple[Any, ...]


class ReadersBusy(StorageError):
    """No reading connection became free in time."""

    code = "busy"
    is_retryable = True


class Reader:
    """A pool of reading connections to one database file.

    Args:
        path: the database file.
        state: of the file, shared with its writer; one of its own if not given.
        size: how many connections read at the same time.
        wait_s: how long to wait for a free one, seconds.
    """

    def __init__(
        self,
        path: Path,
        *,
        state: FileState | None = None,
        size: int = POOL_SIZE,
        wait_s: float = WAIT_S,
    ) -> None:
        self._path = path
        self._state = state or FileState(path)
        self._size = size
        self._wait_s = wait_s
        self._is_open = False
        self._free: asyncio.Queue[aiosqlite.Connection] = asyncio.Queue()
        self._all: list[aiosqlite.Connection] = []

    @property
    def path(self) -> Path:
        """The database file."""
        return self._path

    async def start(self) -> None:
        """Open the connections.

        Raises:
            DiskTrouble: the file cannot be opened, or it is damaged.
        """
        self._is_open = True
        try:
            for _ in range(self._size):
                await self._open_one()
        except BaseException as error:
            await self.close()
            if is_of_reading(error):
                raise self._state.met(error) from error
            raise

    async def _open_one(self) -> None:
        """One connection more."""
        connection = await aiosqlite.connect(self._path, isolation_level=None)
        self._all.append(connection)
        await connection.execute_fetchall(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        await connection.execute_fetchall("PRAGMA query_only=ON")
        self._free.put_nowait(connection)

    async def close(self) -> None:
        """Close the connections; a second call does nothing."""
        self._is_open = False
        closing, self._all = self._all, []
        for connection in closing:
            await connection.close()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[aiosqlite.Connection]:
        """One connection for a while.

        Raises:
            ReadersBusy: none became free within `wait_s`, or the readers are closed.
        """
        if not self._is_open:
            raise ReadersBusy("the readers are closed")
        try:
            async with asyncio.timeout(self._wait_s):
                connection = await self._free.get()
        except TimeoutError as error:
            raise ReadersBusy("all readers are busy") from error
        try:
            yield connection
        finally:
            self._free.put_nowait(connection)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator["Snapshot"]:
        """Several statements on one state of the database, whatever is committed meanwhile."""
        async with self.connection() as connection:
            try:
                await connection.execute_fetchall("BEGIN")
                yield Snapshot(connection, self._state)
            finally:
                # in its own task: a cancelled reader must not give back a connection inside a transaction
                await asyncio.shield(asyncio.ensure_future(connection.rollback()))

    async def all(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> list[Row]:
        """All rows of one statement, read as one state of the database."""
        async with self.connection() as connection:
            return await _rows(connection, self._state, sql, parameters)

    async def one(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> Row | None:
        """The first row, or None."""
        rows = await self.all(sql, parameters)
        return rows[0] if rows else None


class Snapshot:
    """One state of the database."""

    def __init__(self, connection: aiosqlite.Connection, state: FileState) -> None:
        self._connection = connection
        self._state = state

    async def all(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> list[Row]:
        """All rows of one statement."""
        return await _rows(self._connection, self._state, sql, parameters)

    async def one(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> Row | None:
        """The first row, or None."""
        rows = await self.all(sql, parameters)
        return rows[0] if rows else None


async def _rows(
    connection: aiosqlite.Connection, state: FileState, sql: str, parameters: Sequence[Any] | dict[str, Any]
) -> list[Row]:
    """All rows, in one visit to the connection's thread: a cancelled caller leaves no statement open.

    Raises:
        DiskTrouble, FileDamaged: the file cannot be read.
    """
    try:
        found = await connection.execute_fetchall(sql, parameters)
    except sqlite3.Error as error:
        if is_of_reading(error):
            raise state.met(error) from error
        raise
    return [tuple(row) for row in found]
