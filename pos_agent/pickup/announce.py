"""Announce new orders: the slip goes on the print journal in the transaction that books the hold."""

from collections.abc import Iterable
from datetime import timedelta

from devices.errors import DocumentError
from devices.printing.job import JobKind
from pos_agent.desk import Desk
from pos_agent.ledger.store_book import SqliteStoreBook
from pos_agent.pickup.queries import goods_of
from pos_agent.pickup.slip_document import slip_document
from sync.runtime.logging import get_logger

log = get_logger(__name__)


def print_slips(desk: Desk, book: SqliteStoreBook, orders: list[str]) -> None:
    """Queue the slips of orders that this command booked; a slip that cannot be made stops no order."""
    if not orders or not (desk.settings.pickup.slip and desk.profile.prints_slips):
        return
    if desk.papers.printer_for(JobKind.PICK) is None:
        return
    valid = timedelta(minutes=desk.settings.pickup.slip_valid_minutes)
    holds = [hold for order in orders if (hold := book.hold(order)) is not None]
    goods = goods_of(book, {line.sku for hold in holds for line in hold.lines})
    for hold in holds:
        if hold.body is None or not hold.is_open:
            continue
        try:
            document = slip_document(hold.body, goods, desk.profile)
        except (DocumentError, ValueError) as error:
            log.warning("slip.not_made", order=hold.order, problem=str(error))
            continue
        desk.papers.enqueue(book.tx, JobKind.PICK, document, valid)


def tell_screens(desk: Desk, new: list[str], released: list[str], look: Iterable[str] = ()) -> None:
    """Make the counter's pages ring for new orders and units to look for, and drop cancelled ones.

    Call it after the commit.
    """
    for order in new:
        desk.screens.publish("counter", "new", {"order": order})
    for order in look:
        desk.screens.publish("counter", "look", {"order": order})
    for order in released:
        desk.focus.leave(order)
        desk.screens.publish("counter", "released", {"order": order})
