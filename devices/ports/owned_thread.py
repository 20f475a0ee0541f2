"""One thread for one device whose calls block. A call that outlives its limit is given up, not waited for.

Not a pool of the standard library: the end of the program waits for all of those, and would wait for ever
for a printer that takes no bytes.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, Final, TypeVar

from devices.errors import PortTimeout

_T = TypeVar("_T")
END_S: Final = 1.0
"""How long the last call is waited for."""


class OwnedThread:
    """Runs one call at a time.

    Args:
        peer: the device's name for the thread and for errors.
    """

    def __init__(self, peer: str) -> None:
        self._peer = peer
        self._calls: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._unfinished = 0
        threading.Thread(target=_serve, args=(self._calls,), name=peer, daemon=True).start()

    @property
    def is_stuck(self) -> bool:
        """Whether a call goes on that nobody waits for any more."""
        return self._unfinished > 0

    async def call(self, work: Callable[[], _T], limit_s: float) -> _T:
        """Run `work`.

        Raises:
            PortTimeout: it did not end in time; it may still end later, and its result is thrown away.
            Exception: what the work raised.
        """
        loop = asyncio.get_running_loop()
        running: asyncio.Future[_T] = loop.create_future()
        running.add_done_callback(self._finished)
        self._unfinished += 1

        def run() -> None:
            try:
                settle, outcome = running.set_result, work()
            except Exception as error:  # noqa: BLE001 - it is the caller's
                settle, outcome = running.set_exception, error  # type: ignore[assignment]
            with contextlib.suppress(RuntimeError):  # the loop has ended: nobody is left to be told
                loop.call_soon_threadsafe(_settle, running, settle, outcome)

        self._calls.put(run)
        done, _ = await asyncio.wait({running}, timeout=limit_s)
        if not done:
            raise PortTimeout(f"{self._peer} is stuck for {limit_s:g} s")
        return running.result()

    async def end(self, last: Callable[[], object] = lambda: None, limit_s: float = END_S) -> None:
        """Run `last`, then take no more work. Behind a call that is stuck it runs once that has ended.

        Args:
            last: gives the device free; what it raises is nobody's.
            limit_s: how long it is waited for.
        """
        with contextlib.suppress(Exception):
            await self.call(last, limit_s)
        self._calls.put(None)

    def _finished(self, running: "asyncio.Future[Any]") -> None:
        """Whoever waited may be gone: what it raised is then nobody's."""
        self._unfinished -= 1
        if not running.cancelled():
            running.exception()


def _serve(calls: "SimpleQueue[Callable[[], None] | None]") -> None:
    while (call := calls.get()) is not None:
        call()


def _settle(running: "asyncio.Future[Any]", settle: Callable[[Any], None], outcome: object) -> None:
    if not running.done():
        settle(outcome)
