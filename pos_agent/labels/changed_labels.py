"""Labels that tell an old price: the list by shelf, printing it in batches, ticking it off.

The list is the store's own, in its database: it is there after a restart and without the line.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from pos_agent.desk import Desk
from pos_agent.hardware.papers import FATE, shown_state
from pos_agent.hardware.print_once import PrintWish, print_once
from pos_agent.labels.print_labels import LabelWish, enqueue_label
from pos_agent.ledger.store_book import SqliteStoreBook
from sync.rules.errors import Refused
from sync.storage.reader import Reader, Row
from sync.storage.writer import Transaction

BATCH: Final = 50
"""So many are listed, printed and ticked off at once."""
_FROM: Final = (
    " FROM price_change c JOIN product p ON p.sku = c.sku LEFT JOIN print_job j ON j.id = c.job_id"
    " WHERE p.status = 'on'"
)
_FATE: Final = f"CASE WHEN j.id IS NOT NULL THEN {FATE} END"
_MISSING: Final = f"p.price_minor IS NOT NULL AND coalesce({_FATE}, 'failed') IN ('failed', 'expired')"
_COUNT: Final = f"SELECT count(*), coalesce(sum({_MISSING}), 0) {_FROM}"  # joins constants
_LIST: Final = (
    "SELECT c.sku, p.names, p.shelf, coalesce((SELECT min(gtin) FROM gtin WHERE sku = p.sku), ''),"  # noqa: S608
    " c.old_minor, c.old_per, c.old_currency, c.old_unit, p.price_minor, p.per, p.currency, p.unit,"
    f" c.since, c.has_other, {_FATE} {_FROM}"
    " AND (p.shelf, c.sku) > (?, ?) ORDER BY p.shelf, c.sku LIMIT ?"
)
_NEXT: Final = f"SELECT c.sku {_FROM} AND {_MISSING} ORDER BY p.shelf, c.sku LIMIT ?"
_NOW: Final = (
    "SELECT p.price_minor, p.per FROM price_change c JOIN product p ON p.sku = c.sku WHERE c.sku = ?"
)


@dataclass(frozen=True, slots=True)
class Hung:
    """A label that hangs on the shelf now, with the price that the page showed for it."""

    sku: str
    price_minor: int | None
    per: int


async def changed_labels(reader: Reader, after: tuple[str, str] = ("", "")) -> dict[str, Any]:
    """The labels that tell an old price, at most BATCH, in the order of the shelves.

    Args:
        reader: the database.
        after: shelf and SKU of the last one that was listed before.

    Returns:
        `count` of all, `missing` of those without a new label on paper, the `changes`, and whether there
        are `more` after these.
    """
    count, missing = await reader.one(_COUNT) or (0, 0)
    rows = await reader.all(_LIST, (*after, BATCH + 1))
    changes = [_shown(row) for row in rows[:BATCH]]
    return {"count": count, "missing": missing, "changes": changes, "more": len(rows) > BATCH}


def _shown(row: Row) -> dict[str, Any]:
    sku, names, shelf, gtin, *prices, since, has_other, fate = row
    price = ("price_minor", "per", "currency", "unit")
    return {
        "sku": sku,
        "names": json.loads(names),
        "shelf": shelf,
        "gtin": gtin,
        "old": dict(zip(price, prices[:4], strict=True)),
        "new": dict(zip(price, prices[4:], strict=True)),
        "since": since,
        "has_other": bool(has_other),
        "printed": shown_state(fate),
    }


async def print_missing(desk: Desk, request: str) -> list[str]:
    """Print the next BATCH labels that are not on paper yet, in the order of the shelves; returns the jobs.

    Raises:
        Refused: `no_printer`, `other_paper`; nothing was printed.
    """
    wish = PrintWish(request, {"changed_labels": BATCH}, desk.at)

    def put(book: SqliteStoreBook) -> list[str]:
        return print_once(book.tx, wish, lambda: [_print(desk, book.tx, sku) for sku in _next(book.tx)])

    jobs = await desk.ledger.run(put)
    tell(desk)
    return jobs


def _next(tx: Transaction) -> list[str]:
    return [str(row[0]) for row in tx.all(_NEXT, (BATCH,))]


def _print(desk: Desk, tx: Transaction, sku: str) -> str:
    return enqueue_label(desk, tx, LabelWish(sku, 1))


async def tick_off(desk: Desk, hung: Sequence[Hung]) -> int:
    """New labels hang on the shelf: they are off the list; returns how many were on it.

    Raises:
        Refused: `price_changed_again`, one has another price by now than the page showed. None is off.
    """

    def command(book: SqliteStoreBook) -> int:
        return sum(_tick(book.tx, one) for one in hung)

    done = await desk.ledger.run(command)
    tell(desk)
    return done


def _tick(tx: Transaction, one: Hung) -> int:
    now = tx.one(_NOW, (one.sku,))
    if now is not None and now != (one.price_minor, one.per):
        raise Refused("price_changed_again", sku=one.sku)
    return tx.execute("DELETE FROM price_change WHERE sku = ?", (one.sku,)).rowcount


def tell(desk: Desk) -> None:
    """Open pages read the list anew."""
    desk.screens.publish("status", "labels", {})
