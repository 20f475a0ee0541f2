"""The writer: what was told is on the disk, a failing command leaves its neighbours alone."""

import asyncio
import logging
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from sync.storage.errors import DiskTrouble, FileBusy, WriterClosed, WriterFull
from sync.storage.writer import Transaction, Writer


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "books.sqlite"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT CHECK (text <> 'bad'))")
    connection.close()
    return file


@pytest_asyncio.fixture
async def writer(path: Path) -> AsyncIterator[Writer]:
    running = Writer(path, queue_limit=64, batch_limit=16)
    await running.start()
    yield running
    await running.close()


def kept(path: Path) -> list[tuple[int, str]]:
    """What another connection sees."""
    connection = sqlite3.connect(path)
    try:
        return connection.execute("SELECT id, text FROM note ORDER BY id").fetchall()
    finally:
        connection.close()


def write(number: int, text: str = "x") -> Callable[[Transaction], int]:
    def command(transaction: Transaction) -> int:
        transaction.execute("INSERT INTO note (id, text) VALUES (?, ?)", (number, text))
        return number

    return command


def blocking(gate: threading.Event) -> Callable[[Transaction], None]:
    """A command that keeps the writer busy, so that those behind it form one group."""

    def command(_: Transaction) -> None:
        assert gate.wait(10)

    return command


async def taken(writer: Writer) -> None:
    """Wait until the thread has taken what was submitted."""
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        while writer.waiting:  # noqa: ASYNC110  # the thread tells nobody that it took a command
            await asyncio.sleep(0.001)


async def behind_a_gate(
    writer: Writer, commands: list[Callable[[Transaction], object]]
) -> list[object | BaseException]:
    """Run commands so that they are committed in one group; returns results and errors."""
    gate = threading.Event()
    first = asyncio.ensure_future(writer.run(blocking(gate)))
    await taken(writer)
    others = [asyncio.ensure_future(writer.run(command)) for command in commands]
    await asyncio.sleep(0)
    batches = writer.batches
    gate.set()
    results: list[object | BaseException] = list(await asyncio.gather(*others, return_exceptions=True))
    await first
    assert writer.batches - batches <= 2
    return results


async def test_what_a_caller_was_told_another_connection_reads(writer: Writer, path: Path) -> None:
    assert await writer.run(write(1, "first")) == 1
    assert kept(path) == [(1, "first")]


async def test_a_failing_command_is_undone_whole_and_leaves_its_neighbours(
    writer: Writer, path: Path
) -> None:
    def half(transaction: Transaction) -> None:
        write(2)(transaction)
        write(3)(transaction)
        raise LookupError("no")

    results = await behind_a_gate(writer, [write(1), half, write(4, "bad"), write(5)])

    assert (results[0], results[3]) == (1, 5)
    assert isinstance(results[1], LookupError)
    assert isinstance(results[2], sqlite3.IntegrityError)
    assert kept(path) == [(1, "x"), (5, "x")]


async def test_a_mistaken_statement_is_its_callers_trouble_alone(writer: Writer, path: Path) -> None:
    results = await behind_a_gate(writer, [write(1), lambda t: t.execute("SELEC"), write(2)])

    assert isinstance(results[1], sqlite3.OperationalError)
    assert not isinstance(results[1], DiskTrouble)
    assert kept(path) == [(1, "x"), (2, "x")]


async def test_one_command_more_than_the_limit_is_refused_and_the_others_run(path: Path) -> None:
    writer = Writer(path, queue_limit=3)
    await writer.start()
    gate = threading.Event()
    first = asyncio.ensure_future(writer.run(blocking(gate)))
    await taken(writer)
    waiting = [asyncio.create_task(writer.run(write(number))) for number in (1, 2, 3)]
    await asyncio.sleep(0)

    with pytest.raises(WriterFull) as refused:
        await writer.run(write(4))
    assert writer.waiting == 3
    gate.set()
    await asyncio.gather(first, *waiting)
    await writer.close()

    assert refused.value.is_retryable
    assert [number for number, _ in kept(path)] == [1, 2, 3]


async def test_closing_finishes_what_waits_and_takes_nothing_new(path: Path) -> None:
    writer = Writer(path)
    await writer.start()
    gate = threading.Event()
    first = asyncio.create_task(writer.run(blocking(gate)))
    asks = [asyncio.create_task(writer.run(write(number))) for number in range(40)]
    await asyncio.sleep(0.02)
    closing = asyncio.ensure_future(writer.close())
    await asyncio.sleep(0.02)

    with pytest.raises(WriterClosed):
        await writer.run(write(99))
    gate.set()
    await closing

    await first
    assert await asyncio.gather(*asks) == list(range(40))
    assert [number for number, _ in kept(path)] == list(range(40))
    await writer.close()


async def test_a_writer_that_never_started_refuses(path: Path) -> None:
    with pytest.raises(WriterClosed):
        await Writer(path).run(write(1))
    assert kept(path) == []


async def test_after_commit_runs_in_the_loop_only_for_what_was_kept(writer: Writer, path: Path) -> None:
    seen: list[tuple[int, list[tuple[int, str]], bool]] = []
    loop_thread = threading.get_ident()

    def told(number: int) -> None:
        seen.append((number, kept(path), threading.get_ident() == loop_thread))

    def command(number: int, *, fail: bool) -> Callable[[Transaction], None]:
        def act(transaction: Transaction) -> None:
            write(number)(transaction)
            transaction.after_commit(lambda: told(number))
            if fail:
                raise LookupError("no")

        return act

    await writer.run(command(1, fail=False))
    with pytest.raises(LookupError):
        await writer.run(command(2, fail=True))

    assert seen == [(1, [(1, "x")], True)]


async def test_an_after_commit_that_raises_hurts_nobody(
    writer: Writer, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def act(transaction: Transaction) -> str:
        write(1)(transaction)
        transaction.after_commit(lambda: 1 / 0)
        return "kept"

    with caplog.at_level(logging.ERROR):
        async with asyncio.timeout(5):
            results = await behind_a_gate(writer, [act, write(2)])

    assert results == ["kept", 2]
    assert kept(path) == [(1, "x"), (2, "x")]
    assert [record.message for record in caplog.records] == ["writer.after_commit_failed"]


async def test_a_command_that_raises_stop_iteration_answers_its_caller(writer: Writer, path: Path) -> None:
    def act(transaction: Transaction) -> None:
        write(1)(transaction)
        next(iter(()))

    async with asyncio.timeout(5):
        results = await behind_a_gate(writer, [act, write(2)])

    assert isinstance(results[0], RuntimeError)
    assert results[1] == 2
    assert kept(path) == [(2, "x")]


async def test_a_cancelled_caller_leaves_the_command_and_the_writer_alone(writer: Writer, path: Path) -> None:
    gate = threading.Event()
    first = asyncio.ensure_future(writer.run(blocking(gate)))
    await taken(writer)
    lost = asyncio.ensure_future(writer.run(write(1)))
    await asyncio.sleep(0)
    lost.cancel()
    with pytest.raises(asyncio.CancelledError):
        await lost
    gate.set()
    await first

    assert await writer.run(write(2)) == 2
    assert kept(path) == [(1, "x"), (2, "x")]


async def test_a_full_disk_refuses_the_group_keeps_nothing_and_the_writer_goes_on(path: Path) -> None:
    writer = Writer(path)
    await writer.start()

    def narrow(pages: int) -> Callable[[Transaction], object]:
        return lambda transaction: transaction.one(f"PRAGMA max_page_count={pages}")

    (pages,) = await writer.run(lambda t: t.one("PRAGMA page_count") or (0,))
    await writer.run(narrow(pages + 2))
    acts: list[int] = []

    def with_news(transaction: Transaction) -> int:
        transaction.after_commit(lambda: acts.append(1))
        return write(1)(transaction)

    results = await behind_a_gate(writer, [with_news, write(2, "y" * 100_000), write(3)])
    before = (writer.commands, kept(path), list(acts))
    await writer.run(narrow(1_000_000))
    after = await writer.run(write(4, "y" * 100_000))
    await writer.close()

    assert [type(result) for result in results] == [DiskTrouble] * 3
    assert before == (3, [], [])
    assert after == 4
    assert [number for number, _ in kept(path)] == [4]


async def test_a_file_that_became_read_only_is_disk_trouble(writer: Writer, path: Path) -> None:
    connection = await writer.run(lambda transaction: transaction.connection)
    connection.execute("PRAGMA query_only=ON")
    results = await asyncio.gather(writer.run(write(1)), writer.run(write(2)), return_exceptions=True)
    connection.execute("PRAGMA query_only=OFF")

    assert [type(result) for result in results] == [DiskTrouble, DiskTrouble]
    assert kept(path) == []
    assert await writer.run(write(3)) == 3


async def test_another_program_that_holds_the_file_is_a_reason_to_try_again(
    writer: Writer, path: Path
) -> None:
    await writer.run(lambda transaction: transaction.one("PRAGMA busy_timeout=20"))
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(FileBusy) as refused:
        await writer.run(write(1))
    other.execute("ROLLBACK")
    other.close()

    assert refused.value.is_retryable
    assert kept(path) == []
    assert await writer.run(write(2)) == 2


async def test_two_programs_that_write_at_once_both_succeed(path: Path) -> None:
    one, two = Writer(path), Writer(path)
    await one.start()
    await two.start()
    asks = [(one, two)[number % 2].run(write(number)) for number in range(200)]

    assert await asyncio.gather(*asks) == list(range(200))
    await one.close()
    await two.close()
    assert len(kept(path)) == 200


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
async def test_when_the_thread_ends_everybody_who_waits_is_told(path: Path) -> None:
    writer = Writer(path)
    await writer.start()

    def end(_: Transaction) -> None:
        raise KeyboardInterrupt

    async with asyncio.timeout(5):
        results = await asyncio.gather(
            *[writer.run(write(1)), writer.run(end), writer.run(write(2))], return_exceptions=True
        )
        with pytest.raises(WriterClosed):
            await writer.run(write(3))

    assert WriterClosed in {type(result) for result in results}
    told = {result for result in results if isinstance(result, int)}
    assert {number for number, _ in kept(path)} == told
    await writer.close()
