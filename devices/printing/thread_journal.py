"""A print journal in a SQLite file of its own, on one owned thread; for printers without a till."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from devices.printing import journal
from devices.printing.job import Job, JobState, NewJob

_T = TypeVar("_T")


class ThreadJournal:
    """Implements ``Journal``. Each call is one committed transaction; the file is synced at each."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="print journal")
        self._connection: sqlite3.Connection | None = None

    async def claim(self, printer: str) -> Job | None:
        """The printer's oldest queued job."""
        return await self.call(lambda connection: journal.next_job(connection, printer))

    async def mark(self, job_id: str, state: JobState, reason: str, at: datetime) -> None:
        """Move a job on."""
        await self.call(lambda connection: journal.set_state(connection, job_id, state, reason, at))

    async def recover(self, at: datetime) -> int:
        """Settle what a crash left under way."""
        return await self.call(lambda connection: journal.recover(connection, at))

    async def enqueue(self, job: NewJob) -> None:
        """Put a job at the end of its printer's queue; wake the spool afterwards."""
        await self.call(lambda connection: journal.enqueue(connection, job))

    async def call(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        """Run ``work`` in one transaction on the journal's thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._in_transaction, work)

    async def close(self) -> None:
        """Finish what was begun and close the file."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._close)
        self._thread.shutdown()

    def _in_transaction(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        connection = self._connection or self._open()
        connection.execute("BEGIN IMMEDIATE")
        try:
            result = work(connection)
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")
        return result

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        journal.create_journal(connection)
        self._connection = connection
        return connection

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
