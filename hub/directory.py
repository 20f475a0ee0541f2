"""The stores as the running hub knows them: facts that every request needs, kept in memory.

The stores area fills it from the database at start and after each change; the link marks who was
heard. It holds nothing that is not in the database, but for the moment a store was last heard.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from sync.values.clock import Clock

REACH_S: Final = 75.0
"""A store heard within this many seconds is in reach: it grants on demand.

An idle agent tells its health every 30 s, so this is two and a half reports: one that was lost takes no store
out of reach. A connection that ended is told by the broker at once.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreFacts:
    """A store.

    `hours` maps mon … sun to (opens, closes) as HH:MM, or nothing when closed; `names` and
    `address` are keyed by locale; `sinc` is 0 until an agent has enrolled.
    """

    id: str
    names: Mapping[str, str]
    address: Mapping[str, str]
    phone: str
    tz: str
    locale: str
    currency: str
    hours: Mapping[str, tuple[str, str]]
    settings: Mapping[str, Any] = field(default_factory=dict)
    position: int = 0
    sinc: int = 0

    @property
    def zone(self) -> ZoneInfo:
        """The store's time zone."""
        return ZoneInfo(self.tz)

    def name(self, locale: str) -> str:
        """The name in a language, else in the store's own."""
        return self.names.get(locale) or self.names.get(self.locale) or self.id


class Directory:
    """All stores, and who was heard when."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._stores: dict[str, StoreFacts] = {}
        self._heard: dict[str, float] = {}
        self._older: dict[str, Literal["hub", "store"]] = {}

    def replace(self, stores: Iterable[StoreFacts]) -> None:
        """Take these stores in the place of all."""
        ordered = sorted(stores, key=lambda store: (store.position, store.id))
        self._stores = {store.id: store for store in ordered}

    def all(self) -> list[StoreFacts]:
        """All stores, in the chain's order."""
        return list(self._stores.values())

    def get(self, store: str) -> StoreFacts | None:
        """One store."""
        return self._stores.get(store)

    def heard(self, store: str) -> None:
        """The store's agent just said something of its present incarnation."""
        self._heard[store] = self._clock.monotonic()

    def lost(self, store: str) -> None:
        """The store's connection is known to have ended."""
        self._heard.pop(store, None)

    def speaks(self, store: str, older: Literal["hub", "store"] | None) -> None:
        """Which program is too old for the other; None where they share a version of the protocol."""
        if older is None:
            self._older.pop(store, None)
        else:
            self._older[store] = older

    def older(self, store: str) -> Literal["hub", "store"] | None:
        """Which program is too old for the other; None where nothing is known to be wrong."""
        return self._older.get(store)

    def is_in_reach(self, store: str) -> bool:
        """Whether the store was heard within REACH_S, in words that it and the hub both know."""
        at = self._heard.get(store)
        return store not in self._older and at is not None and self._clock.monotonic() - at <= REACH_S
