"""Watches a connection on its way to the link: why the broker turns this store away goes to the screens."""

from collections.abc import AsyncIterator
from typing import Final

from pos_agent.desk import Desk
from sync.link.port import Connected, Disconnected, Link, LinkEvent, LossReason

TURNED_AWAY: Final = frozenset({LossReason.REFUSED_CREDENTIALS, LossReason.REFUSED_SUBSCRIPTION})
"""Losses that no waiting mends: a person has to act."""


class WatchedLink:
    """A `sync.link.port.Link` that passes everything on and notes on the desk when it is turned away.

    Args:
        link: the connection.
        desk: its `line.refused` is kept, and its screens are told of each change.
    """

    def __init__(self, link: Link, desk: Desk) -> None:
        self._link = link
        self._desk = desk

    @property
    def connected(self) -> bool:
        """As the connection says."""
        return self._link.connected

    @property
    def dropped(self) -> int:
        """As the connection says."""
        return self._link.dropped

    async def run(self) -> None:
        """Keep the connection."""
        await self._link.run()

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """Send as the connection does."""
        return self._link.publish(topic, payload, retain=retain)

    async def events(self) -> AsyncIterator[LinkEvent]:
        """What happens, noted before it is passed on."""
        async for event in self._link.events():
            self._note(event)
            yield event

    def reconnect_now(self) -> None:
        """Cut a running pause short."""
        self._link.reconnect_now()

    async def close(self) -> None:
        """Say goodbye."""
        await self._link.close()

    def _note(self, event: LinkEvent) -> None:
        line = self._desk.line
        before = line.refused
        if isinstance(event, Connected):
            line.refused = None
        elif isinstance(event, Disconnected):
            line.refused = event.reason.value if event.reason in TURNED_AWAY else None
        if line.refused != before:
            self._desk.screens.publish("status", "status")
