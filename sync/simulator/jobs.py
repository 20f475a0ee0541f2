"""Work spread over processes. Results come as they end; the caller joins them so that their order is nothing.

Ctrl-C reaches every process of a terminal. The one that collects decides: it tells the others to stop
at their next history, takes what they have until then, and raises `KeyboardInterrupt` to its caller.
"""

import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from os import cpu_count
from threading import current_thread, main_thread
from typing import Final, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")
MOST_JOBS: Final = 256

_stop: Event | None = None


def default_jobs() -> int:
    """As many as there are processors."""
    return min(cpu_count() or 1, MOST_JOBS)


def is_stopping() -> bool:
    """Whether this is a process that was told to stop: what it has is wanted now."""
    return _stop is not None and _stop.is_set()


def spread(
    work: Callable[[Task], Result], tasks: Sequence[Task], jobs: int, took: Callable[[Task, Result], None]
) -> None:
    """Do each task in one of `jobs` processes and hand every result over, in whatever order they end.

    Args:
        work: a function of a module; asks `is_stopping` between histories.
        tasks: what is sent to it, one at a time.
        jobs: how many processes; with one it is done here.
        took: hears of each task and what came of it, in this process.

    Raises:
        KeyboardInterrupt: Ctrl-C; what had been begun was handed over before.
    """
    if jobs == 1 or len(tasks) == 1:
        for task in tasks:
            took(task, work(task))
        return
    context = get_context("spawn")
    stop = context.Event()
    with ProcessPoolExecutor(
        min(jobs, len(tasks)), mp_context=context, initializer=_begin, initargs=(stop,)
    ) as pool:
        with _ctrl_c_ignored():
            parts = {pool.submit(work, task): task for task in tasks}
        _collect(pool, parts, stop, took)


def _collect(
    pool: ProcessPoolExecutor,
    parts: dict[Future[Result], Task],
    stop: Event,
    took: Callable[[Task, Result], None],
) -> None:
    """Hand results over as they come; at Ctrl-C those of the tasks that had been begun as well."""
    waiting = dict(parts)
    try:
        for part in as_completed(parts):
            task = waiting.pop(part)
            took(task, part.result())
    except KeyboardInterrupt:
        stop.set()
        pool.shutdown(wait=True, cancel_futures=True)
        for part, task in waiting.items():
            if not part.cancelled():
                took(task, part.result())
        raise


@contextmanager
def _ctrl_c_ignored() -> Iterator[None]:
    """Processes that are started meanwhile never hear Ctrl-C, not even before they have begun."""
    if current_thread() is not main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _begin(stop: Event) -> None:
    """In each process, before its first task."""
    global _stop  # noqa: PLW0603  # one flag for one process
    _stop = stop
    signal.signal(signal.SIGINT, signal.SIG_IGN)
