"""Units that the hub asks to look for: answered once they are there, given up when the time is over."""

import json
from datetime import timedelta
from typing import Any, Final

from pos_agent.desk import Desk
from pos_agent.ledger.store_book import SqliteStoreBook
from pos_agent.pickup.queries import order_view
from sync.rules.store import look_now
from sync.values.clock import from_instant
from sync.values.opening import open_between

MOST_AT_ONCE: Final = 100
_ASKED: Final = (
    "SELECT order_id FROM hold WHERE stage IN ('received', 'picking') AND NOT unsure"
    " AND instr(body, '\"victim\":') ORDER BY order_id LIMIT ?"
)
_SINCE: Final = "SELECT since FROM look_now WHERE order_id = ? AND line = ?"
_BEGIN: Final = "INSERT OR IGNORE INTO look_now (order_id, line, since) VALUES (?, ?, ?)"
_ANSWERED: Final = (
    "DELETE FROM look_now WHERE NOT EXISTS (SELECT 1 FROM json_each(?) k"
    " WHERE k.value ->> 0 = order_id AND k.value ->> 1 = line)"
)


async def answer_sought(desk: Desk) -> list[str]:
    """Answer for all units that are to be looked for; returns the orders of which something changed.

    Whose floor stock is whole again is kept; what was not found within the setting's open minutes is
    settled as short. An agent that has been replaced answers nothing.
    """
    at, currency = desk.at, desk.profile.currency

    def command(book: SqliteStoreBook) -> list[dict[str, Any]]:
        if book.position().fenced:
            return []
        asked = [order for (order,) in book.tx.all(_ASKED, (MOST_AT_ONCE,))]
        left: list[tuple[str, int]] = []
        changed = []
        for order in asked:
            before = book.position().seq
            left += _answer(desk, book, order, at)
            if book.position().seq > before:
                changed.append(order_view(book, order, currency))
        _forget_answered(book, left)
        return changed

    shown = await desk.ledger.run(command)
    for order in shown:
        desk.screens.publish("counter", "order", order)
    return [order["order"] for order in shown]


def _answer(desk: Desk, book: SqliteStoreBook, order: str, at: str) -> list[tuple[str, int]]:
    """Answer for one order; returns the lines that still have time."""
    hold = look_now.answer(book, order, at)
    left = []
    for number in [count.line for count in hold.lines] if hold else []:
        hold = book.hold(order)
        if hold is None or not look_now.sought(hold, hold.line(number)):
            continue
        if _is_over(desk, book, order, number):
            look_now.not_found(book, order, number, at)
        else:
            left.append((order, number))
    return left


def _is_over(desk: Desk, book: SqliteStoreBook, order: str, line: int) -> bool:
    """Whether the time to look is over; it begins when this agent first sees that it was asked."""
    row = book.tx.one(_SINCE, (order, line))
    if row is None:
        book.tx.execute(_BEGIN, (order, line, desk.at))
        return False
    profile, most = desk.profile, timedelta(minutes=desk.settings.pickup.look_minutes)
    return open_between(from_instant(row[0]), desk.clock.now(), profile.hours, profile.tz) >= most


def _forget_answered(book: SqliteStoreBook, left: list[tuple[str, int]]) -> None:
    """The time of what was answered counts no more, should it be asked again."""
    if book.tx.one("SELECT 1 FROM look_now LIMIT 1") is not None:
        book.tx.execute(_ANSWERED, (json.dumps(left),))
