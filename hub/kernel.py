"""What every use case of the hub stands on: database, clock, keys, and who to tell after COMMIT."""

from collections.abc import Callable
from dataclasses import dataclass, field

from hub.directory import Directory
from hub.settings import HubSettings
from sync.keys.signing import SigningKey
from sync.storage.reader import Reader
from sync.storage.writer import Writer
from sync.values.clock import Clock, to_instant
from sync.web.events import EventHub


def _nobody(_store: str) -> None:
    """Until a link is there, nobody waits for news."""


@dataclass(slots=True)
class Kernel:
    """The running hub's parts.

    Args:
        settings: as read at start.
        writer: the only way to change the database.
        reader: reading connections.
        clock: the time, for people.
        key: signs pickup tokens.
        hinc: the hub's incarnation.
        directory: the stores.
        events: pushes to open pages.
        wake: tells the link that a store has news to hear.
    """

    settings: HubSettings
    writer: Writer
    reader: Reader
    clock: Clock
    key: SigningKey
    hinc: int
    directory: Directory
    events: EventHub
    wake: Callable[[str], None] = field(default=_nobody)

    def instant(self) -> str:
        """Now, as text."""
        return to_instant(self.clock.now())
