"""Keeps the last log lines in a file too, so that what led to a fall can be read after it.

Two files of bounded size take turns. A thread of its own writes them: a slow or full disk holds nobody up and
loses lines of this file alone. What comes here is redacted already.
"""

import atexit
import contextlib
import io
import queue
import re
import threading
from collections import deque
from pathlib import Path
from typing import Final, TextIO

FILE: Final = "agent.log"
OLDER: Final = "agent.log.1"
MOST_BYTES: Final = 512 * 1024
"""Of each of the two files."""
WAITING_MOST: Final = 2_000
CLOSE_LIMIT_S: Final = 2.0
_CUT: Final = " …\n".encode()
"""Ends a text that is longer than a file may be."""
_COLOURS: Final = re.compile(r"\x1b\[[0-9;]*m")


class KeptLog(io.TextIOBase):
    """A stream that passes everything on and keeps a copy.

    Args:
        folder: where the files lie; made when it is missing.
        beside: where everything goes on to.
        most_bytes: of each file.
    """

    def __init__(self, folder: Path, beside: TextIO, most_bytes: int = MOST_BYTES) -> None:
        self._folder = folder
        self._beside = beside
        self._most_bytes = most_bytes
        self._waiting: queue.Queue[str | None] = queue.Queue(WAITING_MOST)
        self._thread = threading.Thread(target=self._keep, name="kept-log", daemon=True)
        self._thread.start()
        atexit.register(self.finish)

    def write(self, text: str) -> int:
        """Pass the text on; the copy is lost where too much waits."""
        with contextlib.suppress(queue.Full):
            self._waiting.put_nowait(text)
        return self._beside.write(text)

    def flush(self) -> None:
        """Pass the flush on; the copy is written when its thread comes to it."""
        self._beside.flush()

    def isatty(self) -> bool:
        """Whether a person reads along."""
        return self._beside.isatty()

    def finish(self) -> None:
        """Write what waits; nothing is kept afterwards."""
        if self._thread.is_alive():
            with contextlib.suppress(queue.Full):
                self._waiting.put(None, timeout=CLOSE_LIMIT_S)
            self._thread.join(CLOSE_LIMIT_S)
        atexit.unregister(self.finish)

    def _keep(self) -> None:
        while (text := self._waiting.get()) is not None:
            with contextlib.suppress(OSError):
                self._append(_COLOURS.sub("", text).encode("utf-8", "replace"))

    def _append(self, line: bytes) -> None:
        if len(line) > self._most_bytes:
            line = line[: self._most_bytes - len(_CUT)] + _CUT
        path = self._folder / FILE
        self._folder.mkdir(mode=0o700, exist_ok=True)
        if path.exists() and path.stat().st_size + len(line) > self._most_bytes:
            path.replace(self._folder / OLDER)
        with path.open("ab") as file:
            file.write(line)


def last_lines(folder: Path, most_lines: int) -> list[str]:
    """The last lines that were kept, the oldest first; none where there are none. Blocks."""
    found: deque[str] = deque(maxlen=most_lines)
    for name in (OLDER, FILE):
        with contextlib.suppress(OSError):
            found.extend((folder / name).read_text("utf-8", "replace").splitlines())
    return list(found)
