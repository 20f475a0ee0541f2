"""Readers: a pool of connections that cannot write."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import aiosqlite

from sync.storage.connection import BUSY_TIMEOUT_MS
from sync.storage.errors import StorageError

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
        size: how many connections read at the same time.
    """

    def __init__(self, path: Path, *, size: int = POOL_SIZE) -> None:
        self._path = path
        self._size = size
        self._free: asyncio.Queue[aiosqlite.Connection] = asyncio.Queue()
        self._all: list[aiosqlite.Connection] = []

    async def start(self) -> None:
        """Open the connections."""
        for _ in range(self._size):
            connection = await aiosqlite.connect(self._path, isolation_level=None)
            await connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
            await connection.execute("PRAGMA query_only=ON")
            self._all.append(connection)
            self._free.put_nowait(connection)

    async def close(self) -> None:
        """Close the connections."""
        for connection in self._all:
            await connection.close()
        self._all.clear()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[aiosqlite.Connection]:
        """One connection for a while.

        Raises:
            ReadersBusy: none became free within WAIT_S.
        """
        try:
            async with asyncio.timeout(WAIT_S):
                connection = await self._free.get()
        except TimeoutError as error:
            raise ReadersBusy("all readers are busy") from error
        try:
            yield connection
        finally:
            self._free.put_nowait(connection)

    async def all(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> list[Row]:
        """All rows of one statement, read as one state of the database."""
        async with self.connection() as connection, connection.execute(sql, parameters) as cursor:
            return [tuple(row) for row in await cursor.fetchall()]

    async def one(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> Row | None:
        """The first row, or None."""
        rows = await self.all(sql, parameters)
        return rows[0] if rows else None
