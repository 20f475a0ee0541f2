"""Keeping what a store told of itself: presence by its last will, health by its own report."""

from dataclasses import dataclass
from typing import Any, Literal

from hub.stock.book import dump
from sync.storage.writer import Transaction


@dataclass(frozen=True, slots=True)
class Said:
    """A JSON object that a store sent; nothing in it is trusted."""

    value: dict[str, Any]

    def text(self, name: str, most: int = 64) -> str:
        """A short text member, or nothing."""
        found = self.value.get(name)
        return found[:most] if isinstance(found, str) else ""


@dataclass(frozen=True, slots=True)
class KeepHealth:
    """Command: keep a store's presence or health.

    A report that is kept already is no sign of life: the broker repeats the last one to whoever connects,
    also that of a store which has long been silent.
    """

    store: str
    channel: Literal["up", "down", "presence", "health"]
    said: Said
    at: str

    def __call__(self, transaction: Transaction) -> None:
        """Run in the writer."""
        transaction.execute(
            "INSERT OR IGNORE INTO store_health (store, state, since, seen_at, health)"
            " VALUES (?, 'unknown', '', '', '{}')",
            (self.store,),
        )
        if self.channel == "presence":
            state = "online" if self.said.text("state") == "online" else "offline"
            transaction.execute(
                "UPDATE store_health SET since = CASE WHEN state = ? THEN since ELSE ? END, state = ?,"
                " seen_at = CASE WHEN ? = 'online' THEN ? ELSE seen_at END WHERE store = ?",
                (state, self.at, state, state, self.at, self.store),
            )
        else:
            told = _storable(self.said.value)
            transaction.execute(
                "UPDATE store_health SET seen_at = CASE WHEN health = ? THEN seen_at ELSE ? END, health = ?"
                " WHERE store = ?",
                (told, self.at, told, self.store),
            )


def _storable(value: dict[str, Any]) -> str:
    """JSON text that a column takes: half characters (lone surrogates) become question marks."""
    return dump(value).encode("utf-8", "replace").decode("utf-8")
