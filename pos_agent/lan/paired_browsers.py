"""The paired browsers in the agent's database: written, found, forgotten."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sync.rules.errors import Refused
from sync.storage.reader import Reader
from sync.storage.writer import Transaction
from sync.values.clock import from_instant

MOST_BROWSERS: Final = 64
SEEN_EVERY: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Browser:
    """A paired browser; `till` is empty for a phone of the pickup counter."""

    id: str
    name: str
    till: str
    seen_at: datetime


async def find_browser(reader: Reader, key: str) -> Browser | None:
    """The browser whose cookie has this hash."""
    row = await reader.one("SELECT id, name, till, seen_at FROM paired_browser WHERE key = ?", (key,))
    return Browser(row[0], row[1], row[2], from_instant(row[3])) if row else None


async def list_browsers(reader: Reader) -> list[dict[str, Any]]:
    """Every paired browser, the newest first."""
    rows = await reader.all(
        "SELECT id, name, till, paired_by, paired_at, seen_at FROM paired_browser"
        " ORDER BY paired_at DESC, id LIMIT ?",
        (MOST_BROWSERS,),
    )
    names = ("id", "name", "till", "paired_by", "paired_at", "seen_at")
    return [dict(zip(names, row, strict=True)) for row in rows]


def need_room(tx: Transaction) -> None:
    """Refuse one browser too many.

    Raises:
        Refused: `too_many_browsers`.
    """
    (count,) = tx.one("SELECT count(*) FROM paired_browser") or (0,)
    if count >= MOST_BROWSERS:
        raise Refused("too_many_browsers")


def add_browser(tx: Transaction, browser: Browser, key: str, paired_by: str, at: str) -> None:
    """Keep a new browser.

    Raises:
        Refused: `too_many_browsers`.
    """
    need_room(tx)
    tx.execute(
        "INSERT INTO paired_browser (id, key, name, till, paired_by, paired_at, seen_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (browser.id, key, browser.name, browser.till, paired_by, at, at),
    )


def forget_browser(tx: Transaction, browser: str) -> None:
    """Forget a browser, and everybody who is signed in on it.

    Raises:
        Refused: `unknown_browser`.
    """
    if tx.one("SELECT 1 FROM paired_browser WHERE id = ?", (browser,)) is None:
        raise Refused("unknown_browser")
    tx.execute("DELETE FROM paired_browser WHERE id = ?", (browser,))
    tx.execute("DELETE FROM session WHERE json_extract(data, '$.browser') = ?", (browser,))


def mark_seen(tx: Transaction, browser: str, at: str) -> None:
    """A paired browser was here."""
    tx.execute("UPDATE paired_browser SET seen_at = ? WHERE id = ?", (at, browser))
