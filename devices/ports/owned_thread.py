"""One thread for one device whose calls block. A call that outlives its limit is given up, not waited for."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from devices.errors import PortTimeout

_T = TypeVar("_T")


class OwnedThread:
    """Runs one call at a time.

    Args:
        peer: the device's name for the thread and for errors.
    """

    def __init__(self, peer: str) -> None:
        self._peer = peer
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=peer)

    async def call(self, work: Callable[[], _T], limit_s: float) -> _T:
        """Run `work`.

        Raises:
            PortTimeout: it did not end in time; it may still end later, and its result is thrown away.
            Exception: what the work raised.
        """
        running = asyncio.get_running_loop().run_in_executor(self._pool, work)
        running.add_done_callback(_forget)
        done, _ = await asyncio.wait({running}, timeout=limit_s)
        if not done:
            raise PortTimeout(f"{self._peer} is stuck for {limit_s:g} s")
        return running.result()

    def end(self) -> None:
        """Take no more work; what runs is left to end by itself."""
        self._pool.shutdown(wait=False)


def _forget(late: "asyncio.Future[_T]") -> None:
    """Whoever waited may be gone: what it raises is then nobody's."""
    if not late.cancelled():
        late.exception()
