"""Print the labels of an order's bags: one for each, and remember where they lie."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from devices.printing.job import JobKind
from pos_agent.desk import Desk
from pos_agent.hardware.print_once import PrintWish, print_once
from pos_agent.ledger.store_book import SqliteStoreBook
from pos_agent.pickup.bag_document import Bags, bag_document
from pos_agent.pickup.queries import order_view
from sync.rules.errors import Refused
from sync.rules.store import fulfil
from sync.storage.writer import Transaction

_KEEP: Final = (
    "INSERT INTO bag_label (order_id, place, bags, prints, at, actor) VALUES (?, ?, ?, 1, ?, ?)"
    " ON CONFLICT (order_id) DO UPDATE SET place = excluded.place, bags = excluded.bags,"
    " prints = prints + 1, at = excluded.at, actor = excluded.actor RETURNING prints"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BagWish:
    """Labels for an order's bags; `request` as `PrintWish` has it."""

    order: str
    place: str
    bags: int
    request: str
    actor: str


async def print_bags(desk: Desk, wish: BagWish) -> dict[str, Any]:
    """Queue a label for each bag; returns the order as it stands then.

    A second time they are marked as copies, also where there are more or fewer bags by now.

    Raises:
        Refused: `unknown_order`; `finished`, it is closed; `no_printer`; `other_paper`. Nothing is printed.
    """
    what = {"bags": wish.bags, "order": wish.order, "place": wish.place}
    once = PrintWish(wish.request, what, desk.at)

    def command(book: SqliteStoreBook) -> dict[str, Any]:
        print_once(book.tx, once, lambda: _put(desk, book, wish))
        return order_view(book, wish.order, desk.profile.currency)

    shown = await desk.ledger.run(command)
    desk.screens.publish("counter", "order", shown)
    return shown


def _put(desk: Desk, book: SqliteStoreBook, wish: BagWish) -> list[str]:
    body = fulfil.open_hold(book, wish.order).body
    if body is None:
        raise Refused("unknown_order")
    bags = Bags(place=wish.place, bags=wish.bags, prints=_keep(desk, book.tx, wish))
    valid = timedelta(minutes=desk.settings.pickup.slip_valid_minutes)
    papers = [bag_document(body, bags, bag, desk.profile) for bag in range(1, bags.bags + 1)]
    jobs = [desk.papers.enqueue(book.tx, JobKind.BAG, paper, valid) for paper in papers]
    if None in jobs:
        raise Refused("no_printer")
    return [job for job in jobs if job is not None]


def _keep(desk: Desk, tx: Transaction, wish: BagWish) -> int:
    """Remember where the bags lie; returns how often their labels were printed, this time included."""
    (prints,) = tx.one(_KEEP, (wish.order, wish.place, wish.bags, desk.at, wish.actor)) or (1,)
    return int(prints)
