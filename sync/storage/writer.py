"""The single writer: one thread owns the only writing connection, commands are committed in groups.

A command is a function of a `Transaction`. It runs inside a SAVEPOINT; when it raises, its own
changes are undone and its caller gets the error, while its neighbours in the group go on. A caller
gets a result only after COMMIT with fsync, so what was told is on the disk.
"""

import asyncio
import logging
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Generic, TypeVar, cast

from sync.storage.connection import open_for_writing, undo, write_nothing
from sync.storage.errors import DiskTrouble, FileDamaged, WriterClosed, WriterFull, is_damage, is_of_the_file
from sync.storage.file_state import FileState, cannot_open, refuse_damaged

QUEUE_LIMIT: Final = 4_096
BATCH_LIMIT: Final = 256
PROBE_S: Final = 1.0
"""How often a disk that refused is tried again while nobody asks for anything."""
log = logging.getLogger(__name__)

T = TypeVar("T")
Row = tuple[Any, ...]


class Transaction:
    """What a command sees: the connection within one transaction, and what to do after COMMIT."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self._after: list[Callable[[], object]] = []
        self.cache: dict[Any, Any] = {}

    def execute(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> sqlite3.Cursor:
        """Run one statement."""
        return self.connection.execute(sql, parameters)

    def one(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> Row | None:
        """The first row, or None."""
        return cast("Row | None", self.connection.execute(sql, parameters).fetchone())

    def all(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> list[Row]:
        """All rows."""
        return self.connection.execute(sql, parameters).fetchall()

    def after_commit(self, act: Callable[[], object]) -> None:
        """Call `act` in the event loop once this command is on the disk; not if it fails."""
        self._after.append(act)


Command = Callable[[Transaction], T]


@dataclass(slots=True)
class _Job(Generic[T]):
    """A command with its caller's future, and what became of it."""

    command: Command[T]
    future: "asyncio.Future[T]"
    result: T | None = None
    error: BaseException | None = None
    after: Sequence[Callable[[], object]] = ()

    def settle(self) -> None:
        """Answer the caller, in the event loop, after COMMIT; what follows it cannot undo the answer."""
        if self.error is None:
            for act in self.after:
                try:
                    act()
                except Exception:  # the loop guard: the neighbours wait for their answers
                    log.exception("writer.after_commit_failed")
        if self.future.done():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(cast("T", self.result))


class Writer:
    """Runs commands one after the other in its own thread and commits them in groups.

    Args:
        path: the database file; its schema exists already.
        state: of the file, shared with its readers; one of its own if not given.
        queue_limit: commands that may wait; one more raises WriterFull.
        batch_limit: the most commands in one COMMIT.
    """

    def __init__(
        self,
        path: Path,
        *,
        state: FileState | None = None,
        queue_limit: int = QUEUE_LIMIT,
        batch_limit: int = BATCH_LIMIT,
    ) -> None:
        self.state = state or FileState(path)
        self.state.on_trouble = self._nudge
        self._path = path
        self._queue_limit = queue_limit
        self._batch_limit = batch_limit
        self._jobs: deque[_Job[Any]] = deque()
        self._wake = threading.Condition()
        self._closing = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self.batches = 0
        self.commands = 0

    async def start(self) -> None:
        """Open the file and start the thread.

        Raises:
            DiskTrouble, FileDamaged: the file cannot be opened for writing.
        """
        self._loop = asyncio.get_running_loop()
        connection = await asyncio.to_thread(self._open)
        self._thread = threading.Thread(target=self._work, args=(connection,), name="writer", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """Commands that wait."""
        return len(self._jobs)

    async def run(self, command: Command[T]) -> T:
        """Run `command`; returns its result once it is on the disk.

        A cancelled caller does not cancel the command: it may still be committed.

        Raises:
            WriterFull, WriterClosed: nothing was done.
            DiskTrouble, FileDamaged, FileBusy: nothing was kept.
            Exception: whatever the command raised; its changes are undone.
        """
        loop = self._loop
        if loop is None:
            raise WriterClosed("the writer is not running")
        future: asyncio.Future[T] = loop.create_future()
        with self._wake:
            if self._closing:
                raise WriterClosed("the program is stopping")
            if len(self._jobs) >= self._queue_limit:
                raise WriterFull(f"{self._queue_limit} commands wait already")
            self._jobs.append(_Job(command, future))
            self._wake.notify()
        return await future

    async def close(self) -> None:
        """Finish what waits, then stop."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join, 30)

    def _open(self) -> sqlite3.Connection:
        """The writing connection."""
        refuse_damaged(self._path)
        try:
            return open_for_writing(self._path)
        except sqlite3.Error as error:
            if is_damage(error):
                raise FileDamaged(cannot_open(self._path, error)) from error
            raise DiskTrouble(cannot_open(self._path, error)) from error

    def _nudge(self) -> None:
        """The file is in trouble: the thread looks after it even if nobody asks for anything."""
        with self._wake:
            self._wake.notify()

    def _next_group(self, connection: sqlite3.Connection) -> list[_Job[Any]]:
        """The next group; empty when closing with nothing left. A disk that refused is tried meanwhile."""
        while (batch := self._take()) is None:
            self._probe(connection)
        return batch

    def _take(self) -> list[_Job[Any]] | None:
        """The next group; None when nobody asked for anything for a while and the file is in trouble."""
        with self._wake:
            while not self._jobs and not self._closing:
                if not self._wake.wait(PROBE_S if self.state.problem else None):
                    return None
            count = min(len(self._jobs), self._batch_limit)
            return [self._jobs.popleft() for _ in range(count)]

    def _work(self, connection: sqlite3.Connection) -> None:
        """The thread: group after group until closed; whoever still waits when it ends is told."""
        batch: list[_Job[Any]] = []
        try:
            while batch := self._next_group(connection):
                self._run_batch(connection, batch)
                self._settle(batch)
        finally:
            connection.close()
            with self._wake:
                self._closing = True
                left = [*batch, *self._jobs]
                self._jobs.clear()
            for job in left:
                job.error = WriterClosed("the writer has ended; nothing was kept")
            self._settle(left)

    def _settle(self, batch: list[_Job[Any]]) -> None:
        """Answer all callers of a group with one call into the event loop."""
        loop = self._loop
        if not batch or loop is None or loop.is_closed():
            return

        def answer() -> None:
            for job in batch:
                job.settle()

        loop.call_soon_threadsafe(answer)

    def _run_batch(self, connection: sqlite3.Connection, batch: list[_Job[Any]]) -> None:
        """One transaction around a group; what cannot be committed is undone whole."""
        if self.state.is_damaged:
            for job in batch:
                job.error = self.state.damage()
            return
        changes = connection.total_changes
        try:
            connection.execute("BEGIN IMMEDIATE")
            for job in batch:
                self._run_job(connection, job)
            connection.execute("COMMIT")
        except (sqlite3.Error, MemoryError) as error:
            undo(connection)
            for job in batch:
                job.error = self.state.met(error)
            return
        self.batches += 1
        self.commands += sum(job.error is None for job in batch)
        if self.state.problem:
            if connection.total_changes > changes:
                self.state.works()
            else:
                self._probe(connection)

    def _probe(self, connection: sqlite3.Connection) -> None:
        """Find out whether the disk takes data again; groups that wrote nothing do not tell."""
        if self.state.is_damaged:
            return
        try:
            write_nothing(connection)
        except sqlite3.Error as error:
            self.state.met(error)
        else:
            self.state.works()

    def _run_job(self, connection: sqlite3.Connection, job: _Job[Any]) -> None:
        """One command inside its savepoint.

        Raises:
            sqlite3.Error: trouble with the file itself, for the whole group. SQLite may have rolled
                the transaction back by itself then, so no neighbour can count on being kept.
        """
        transaction = Transaction(connection)
        connection.execute("SAVEPOINT command")
        try:
            job.result = job.command(transaction)
        except Exception as error:
            if is_of_the_file(error):
                raise
            connection.execute("ROLLBACK TO command")
            job.error = _tellable(error)
        else:
            job.after = transaction._after  # noqa: SLF001  # the writer is the transaction's owner
        connection.execute("RELEASE command")


def _tellable(error: Exception) -> Exception:
    """An error that a future can carry: StopIteration would be lost in it."""
    if isinstance(error, StopIteration):
        told = RuntimeError("a command raised StopIteration")
        told.__cause__ = error
        return told
    return error
