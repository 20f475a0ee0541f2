"""The demo's processes: started with a log file each, watched, never restarted, stopped in order."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TypeVar

import structlog

from hub.demo.errors import ChildFell, NotHealthy, SetupFailed

LAST_LINES = 8
STOP_LIMIT_S = 15.0
COMMAND_LIMIT_S = 120.0
POLL_S = 0.05
T = TypeVar("T")

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Child:
    """A process of the demo."""

    name: str
    argv: list[str]
    log_path: Path
    process: asyncio.subprocess.Process

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.process.pid

    def last_words(self) -> str:
        """The end of its log, indented."""
        return last_lines(self.log_path)


class Children:
    """All processes of a demo.

    Args:
        log_folder: Where each one's log goes, as NAME.log.
        on_end: Told of each process that ended although nobody stopped it.
    """

    def __init__(self, log_folder: Path, on_end: Callable[[Child], None]) -> None:
        self._folder = log_folder
        self._on_end = on_end
        self._groups: list[list[Child]] = []
        self._watches: set[asyncio.Task[None]] = set()
        self._stopping = False
        self._first_fall: asyncio.Future[Child] | None = None
        log_folder.mkdir(parents=True, exist_ok=True)

    def all(self) -> list[Child]:
        """Every process, in the order of starting."""
        return [child for group in self._groups for child in group]

    async def start(self, processes: dict[str, list[str]]) -> list[Child]:
        """Start processes side by side; they will be stopped side by side too."""
        group: list[Child] = []
        self._groups.append(group)
        for name, argv in processes.items():
            group.append(await self._spawn(name, argv))
        return group

    def adopt(self, name: str, argv: list[str], log_path: Path, process: asyncio.subprocess.Process) -> None:
        """Watch and stop a process that was started elsewhere."""
        child = Child(name, argv, log_path, process)
        self._groups.append([child])
        self._watch(child)

    async def unless_one_falls(self, work: Awaitable[T]) -> T:
        """Do `work`, but give up as soon as a process ends by itself.

        Raises:
            ChildFell: Which one, with its last words.
        """
        fall = self._fall()
        task = asyncio.ensure_future(work)
        try:
            first: set[asyncio.Future[Any]] = {task, fall}
            await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                raise fallen(fall.result())
            return task.result()
        finally:
            if not task.done():
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    async def stop(self) -> None:
        """Stop all, the last started first, kindly, then by force."""
        self._stopping = True
        for group in reversed(self._groups):
            await asyncio.gather(*(end(child.process) for child in group))
        for task in self._watches:
            task.cancel()
        await asyncio.gather(*self._watches, return_exceptions=True)

    async def _spawn(self, name: str, argv: list[str]) -> Child:
        path = self._folder / f"{name}.log"
        with path.open("ab") as file:
            process = await _run(argv, file)
        child = Child(name, argv, path, process)
        self._watch(child)
        return child

    def _watch(self, child: Child) -> None:
        task = asyncio.get_running_loop().create_task(self._wait_for(child))
        self._watches.add(task)

    async def _wait_for(self, child: Child) -> None:
        await child.process.wait()
        if self._stopping:
            return
        fall = self._fall()
        if not fall.done():
            fall.set_result(child)
        self._on_end(child)

    def _fall(self) -> "asyncio.Future[Child]":
        if self._first_fall is None:
            self._first_fall = asyncio.get_running_loop().create_future()
        return self._first_fall


async def end(process: asyncio.subprocess.Process) -> None:
    """End a process: SIGTERM, and SIGKILL when it does not follow."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(number)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STOP_LIMIT_S):
                await process.wait()


async def run_command(what: str, argv: Sequence[str], log_path: Path) -> str:
    """Run a command of a program to its end; returns what it printed.

    Raises:
        SetupFailed: It refused; with its words.
    """
    with log_path.open("ab") as file:
        process = await asyncio.create_subprocess_exec(
            *argv, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=file
        )
        try:
            async with asyncio.timeout(COMMAND_LIMIT_S):
                printed, _ = await process.communicate()
        except BaseException as error:
            await end(process)
            if isinstance(error, TimeoutError):
                raise SetupFailed(f"{what} did not end within {COMMAND_LIMIT_S:.0f} s") from error
            raise
        file.write(printed)
    if process.returncode:
        raise SetupFailed(f"{what} was refused (exit code {process.returncode}):\n{last_lines(log_path)}")
    return printed.decode("utf-8", "replace")


async def until(what: str, is_so: Callable[[], Awaitable[bool]], limit_s: float) -> None:
    """Wait until `is_so`, asking again and again.

    Raises:
        NotHealthy: It did not come true within `limit_s`.
    """
    try:
        async with asyncio.timeout(limit_s):
            while True:
                if await is_so():
                    return
                await asyncio.sleep(POLL_S)
    except TimeoutError as error:
        raise NotHealthy(f"{what}: not within {limit_s:.0f} s") from error


def fallen(child: Child) -> ChildFell:
    """How the end of a process is told."""
    return ChildFell(
        f"{child.name} (process {child.pid}) ended with code {child.process.returncode}; its last lines"
        f" ({child.log_path}):\n{child.last_words()}"
    )


def last_lines(path: Path) -> str:
    """The end of a text file, indented."""
    try:
        lines = path.read_text("utf-8", "replace").strip().splitlines()[-LAST_LINES:]
    except OSError:
        lines = []
    return "\n".join(f"    {line}" for line in lines) or "    (nothing)"


async def end_leftovers(children: Sequence[tuple[int, list[str]]]) -> int:
    """End processes of an earlier run whose demo was killed; returns how many there were.

    A process is only touched when it still runs the very command that was started.
    """
    left = [pid for pid, argv in children if _is_still(pid, argv)]
    for number in (signal.SIGTERM, signal.SIGKILL):
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        with contextlib.suppress(NotHealthy):
            await until("leftovers", lambda: _are_gone(left), STOP_LIMIT_S)
    if left:
        log.warning("demo.leftovers_ended", processes=len(left))
    return len(left)


async def _are_gone(pids: Sequence[int]) -> bool:
    return not any(map(_is_there, pids))


def _is_there(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def _is_still(pid: int, argv: list[str]) -> bool:
    """Whether a process has the command line that `argv` leads to once /usr/bin/env is through."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode("utf-8", "replace").rstrip("\0").split("\0")
    except OSError:
        return False
    return bool(words) and argv[-len(words) :] == words and len(words) > 1


async def _run(argv: Sequence[str], log_file: IO[bytes]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *argv,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=log_file,
        stderr=log_file,
        start_new_session=True,  # Ctrl-C is for the demo alone, which then ends its parts in order
    )
