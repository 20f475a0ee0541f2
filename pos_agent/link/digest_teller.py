"""Tells the hub the digest of this store's balances: after a connection, once a day, and when asked.

It waits for a calm moment, which is when the hub has heard every event: only then can its mirror stand
where this ledger does.
"""

import asyncio
from collections.abc import Callable
from random import Random
from typing import Final

from pos_agent.desk import Desk
from pos_agent.ledger.tell_digest import TooManyRows, tell_digest, tell_rows
from sync.messages.codec import encode
from sync.rules.digest import Compare, Digest, Rows
from sync.runtime.logging import get_logger
from sync.runtime.pace import ChoreCut, Pace
from sync.storage.errors import StorageError

LOOK_EVERY_S: Final = 0.5
EVERY_S: Final = 86_400.0
SPREAD_S: Final = 20.0
"""Stores that connect at once tell their digests within this time, each at a moment of its own."""
LEAST_S: Final = 60.0
"""A line that comes and goes does not bring a digest more often than this."""
ASKED_LEAST_S: Final = 2.0
"""Nor does a hub that asks and asks."""
log = get_logger(__name__)


class DigestTeller:
    """When to tell it, and telling it.

    Args:
        desk: the agent.
        say: publishes a message up; False where it could not leave.
        random: spreads stores.
    """

    def __init__(self, desk: Desk, say: Callable[[bytes], bool], random: Random) -> None:
        self._desk = desk
        self._say = say
        self._random = random
        self._due_at_s: float | None = None
        self._told_at_s: float | None = None
        self._buckets: tuple[int, ...] = ()
        self._pace = Pace()

    def connected(self) -> None:
        """A new connection: what the hub compared before may be long ago."""
        now_s = self._desk.clock.monotonic()
        earliest = now_s if self._told_at_s is None else self._told_at_s + LEAST_S
        self._due_at_s = max(now_s + self._random.uniform(0, SPREAD_S), earliest)

    def asked(self, compare: Compare) -> None:
        """The hub wants the digest, or rows, at the next calm moment."""
        if compare.buckets:
            self._buckets = compare.buckets
            return
        now_s = self._desk.clock.monotonic()
        earliest = now_s if self._told_at_s is None else self._told_at_s + ASKED_LEAST_S
        self._due_at_s = max(now_s, earliest)

    async def run(self) -> None:
        """Look whether there is something to tell until cancelled; a reading that runs then is cut."""
        try:
            while True:
                await asyncio.sleep(LOOK_EVERY_S)
                try:
                    await self.look()
                except (StorageError, TooManyRows, ChoreCut) as error:
                    log.warning("digest.not_told", problem=str(error))
                except Exception:  # the loop guard: the next look may succeed
                    log.exception("digest.failed")
        finally:
            self._pace.stop.set()

    async def look(self) -> None:
        """Tell what is due, if the hub is there and has heard everything."""
        if not self._desk.line.is_online or self._desk.line.older:
            return
        if self._buckets:
            await self._tell_rows()
        if self._due_at_s is not None and self._desk.clock.monotonic() >= self._due_at_s:
            await self._tell_digest()

    async def _tell_digest(self) -> None:
        """Tell the digest; the next is due in a day."""
        if not await self._may_be_calm():
            return
        told = await asyncio.to_thread(tell_digest, self._desk.settings.database, self._pace)
        if told is not None and self._say_all([told]):
            self._told_at_s = self._desk.clock.monotonic()
            self._due_at_s = self._told_at_s + EVERY_S
            self._desk.metrics.digests.inc()

    async def _tell_rows(self) -> None:
        """Tell the rows of the buckets that were asked for, once."""
        if not await self._may_be_calm():
            return
        buckets = self._buckets
        try:
            told = await asyncio.to_thread(tell_rows, self._desk.settings.database, buckets, self._pace)
        except TooManyRows:
            self._buckets = ()
            raise
        if told is not None and self._say_all(told):
            self._buckets = ()

    async def _may_be_calm(self) -> bool:
        """A quick look, so that a store that sells all day does not read its whole stock in vain."""
        row = await self._desk.reader.one("SELECT heard = seq AND NOT fenced FROM position")
        return row is not None and bool(row[0])

    def _say_all(self, messages: list[Digest] | list[Rows]) -> bool:
        """Publish them; what is lost is asked for again."""
        return all(self._say(encode(message)) for message in messages)
