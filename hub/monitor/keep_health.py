"""Keeping what a store told of itself: presence by its last will, health by its own report."""

from dataclasses import dataclass
from typing import Any, Literal

from hub.monitor.health import read_health
from hub.stock.book import dump
from hub.stock.close_trouble import CHECKED, close_by_itself, unresolved_about
from hub.stock.findings import BOOKS_DIFFER, KINDS
from hub.stock.open_trouble import NewTrouble, open_trouble
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
            raise_findings(transaction, self.store, told, self.at)
            follow_unsure(transaction, self.store, told, self.at)
            transaction.execute(
                "UPDATE store_health SET seen_at = CASE WHEN health = ? THEN seen_at ELSE ? END, health = ?"
                " WHERE store = ?",
                (told, self.at, told, self.store),
            )


def raise_findings(transaction: Transaction, store: str, told: str, at: str) -> None:
    """Open a trouble for each finding of a store's check, once for each check; call it before keeping `told`.

    A store repeats its last result in every report, also after somebody has resolved what it found.
    """
    check = read_health(told).verified
    row = transaction.one("SELECT health FROM store_health WHERE store = ?", (store,))
    known = read_health(row[0]).verified if row else None
    if check is None or check == known:
        return
    for finding in check.told:
        facts = {"check": finding.check, "about": finding.about, "kept": finding.kept, "made": finding.made}
        open_trouble(
            transaction,
            NewTrouble(
                kind=KINDS.get(finding.check, BOOKS_DIFFER),
                store=store,
                facts={name: text for name, text in {**facts, "by": "store"}.items() if text},
                at=at,
                subject=f"store:{finding.check}:{finding.about}",
            ),
        )


def follow_unsure(transaction: Transaction, store: str, told: str, at: str) -> None:
    """Open a trouble when a store has more orders to check after a loss than before; close it with the last.

    Call it before keeping `told`. A store repeats in every report how many are left.
    """
    unsure = read_health(told).unsure
    row = transaction.one("SELECT health FROM store_health WHERE store = ?", (store,))
    before = read_health(row[0]).unsure if row else 0
    if unsure > before:
        open_trouble(
            transaction,
            NewTrouble(kind="verify_list", store=store, facts={"orders": unsure}, at=at, subject="unsure"),
        )
    elif before and not unsure:
        for trouble in unresolved_about(transaction, store, "verify_list", "unsure"):
            close_by_itself(transaction, trouble, CHECKED, at)


def _storable(value: dict[str, Any]) -> str:
    """JSON text that a column takes: half characters (lone surrogates) become question marks."""
    return dump(value).encode("utf-8", "replace").decode("utf-8")
