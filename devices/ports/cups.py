"""A queue of CUPS: each opening is one raw job, handed over by `lp` when it is closed.

CUPS tells that it took a job, never that paper came out, so a job stays *sent*. Use it for printers that only
the system's driver reaches. It was run against a stand-in for `lp`, never on a real queue.
"""

import asyncio
import re
import shutil
from typing import Final

from devices.errors import PortAbsent, PortLost, PortTimeout

QUEUE: Final = re.compile(r"[A-Za-z0-9_.-]{1,127}")
_MOST_WORDS: Final = 200
_PASSWORD: Final = re.compile(r"(?<=://)[^\s/@]+(?=@)")


class CupsPort:
    """One queue.

    Args:
        queue: its name, as `lpstat -e` lists it.
        lp: the program that takes jobs, and the one that lists queues.
    """

    def __init__(self, queue: str, lp: str = "lp", lpstat: str = "lpstat") -> None:
        assert QUEUE.fullmatch(queue), "addresses are checked where they are read"
        self._queue = queue
        self._lp = lp
        self._lpstat = lpstat
        self._is_open = False

    @property
    def peer(self) -> str:
        """The device's name for logs and screens."""
        return f"cups:{self._queue}"

    async def open(self, timeout_s: float) -> None:
        """Look whether the queue is there and takes jobs; see ``Port.open``."""
        if shutil.which(self._lp) is None or shutil.which(self._lpstat) is None:
            words = f"{self.peer}: this machine has no CUPS; on Debian install cups-client"
            raise PortAbsent(words, "no_cups")
        try:
            code, words = await _run((self._lpstat, "-a", self._queue), b"", timeout_s)
        except (OSError, TimeoutError) as error:
            raise PortAbsent(f"{self.peer}: CUPS does not answer: {error}", "no_cups") from error
        if code != 0 or "not accepting" in words:
            raise PortAbsent(f"{self.peer} takes no jobs: {words}", "queue_refuses")
        self._is_open = True

    async def write(self, data: bytes, timeout_s: float) -> None:
        """Hand over one raw job; see ``Port.write``."""
        if not self._is_open:
            raise PortLost(f"{self.peer} is not open")
        command = (self._lp, "-d", self._queue, "-o", "raw", "-s", "--", "-")
        try:
            code, words = await _run(command, data, timeout_s)
        except TimeoutError as error:
            raise PortTimeout(f"{self.peer} took no job for {timeout_s:g} s") from error
        except OSError as error:
            raise PortLost(f"{self.peer}: {error}") from error
        if code != 0:
            raise PortLost(f"{self.peer} refused the job: {words}", "queue_refuses")

    async def read(self, limit: int, timeout_s: float) -> bytes:  # noqa: ARG002 - a queue says nothing
        """Nothing ever comes; see ``Port.read``."""
        await asyncio.sleep(timeout_s)
        raise PortTimeout(f"{self.peer} is a queue and says nothing")

    async def close(self) -> None:
        """Nothing is held; see ``Port.close``."""
        self._is_open = False


async def _run(command: tuple[str, ...], data: bytes, timeout_s: float) -> tuple[int, str]:
    """Run a program to its end; its exit code, and the first words of what it said."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *command, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.STDOUT
    )
    try:
        async with asyncio.timeout(timeout_s):
            said, _ = await process.communicate(data)
    except TimeoutError:
        process.kill()
        await process.wait()
        raise
    return process.returncode or 0, _words(said)


def _words(said: bytes) -> str:
    """A program's first words as one printable line; what a printer's address tells of a login is masked."""
    text = _PASSWORD.sub("***", said.decode("utf-8", "replace"))
    line = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(line.split())[:_MOST_WORDS]
