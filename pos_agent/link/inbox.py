"""What the agent does with a message: one command of the writer, whole or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pos_agent.catalogue.apply_page import PageResult, apply_page
from pos_agent.catalogue.profile import load_profile
from pos_agent.codes.keep import CHANNEL as CODES
from pos_agent.desk import Desk
from pos_agent.documents.announce import tell_documents
from pos_agent.ledger.store_book import SqliteStoreBook
from pos_agent.pickup.announce import print_slips, tell_screens
from pos_agent.pickup.queries import order_view
from sync.messages.codec import parse_item
from sync.rules.books import StorePosition
from sync.rules.demand import minute_of
from sync.rules.store.receive_down import Received, receive_down
from sync.rules.streams import Down, Page
from sync.runtime.logging import get_logger

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a DOWN came to, and where the agent stands after it.

    `prepaid`: orders that are paid online now, as the counter shows them.
    """

    received: Received
    position: StorePosition
    answer: bool
    prepaid: Sequence[dict[str, Any]] = ()


async def take_down(desk: Desk, down: Down) -> Taken:
    """Apply a DOWN: holds, slips and position in one transaction; the screens hear of it after the commit.

    Raises:
        sync.rules.errors.Unbookable: an item that this version cannot read; nothing changed.
        sync.storage.errors.StorageError: nothing was kept.
    """
    at = desk.at

    def command(book: SqliteStoreBook) -> Taken:
        asked = new_wants(book, down)
        received = receive_down(book, down, parse_item, at)
        count_refused(book, asked, down, at)
        print_slips(desk, book, received.new_orders)
        position = book.position()
        shown = [order_view(book, order, desk.profile.currency) for order in received.prepaid]
        return Taken(received, position, received.answer or lags_behind(received, down, position), shown)

    taken = await desk.ledger.run(command)
    if taken.received.verdict == "fenced":
        log.error("store.fenced", sinc=taken.position.sinc, seen=down.sinc)
    elif taken.received.verdict == "rolled_back":
        log.error("store.rolled_back", written=taken.position.seq, applied_by_hub=down.app)
    received = taken.received
    tell_screens(desk, received.new_orders, received.released, received.look_now)
    for shown in taken.prepaid:
        desk.screens.publish("counter", "order", shown)
    tell_documents(desk, received.documents)
    if any(raw.get("kind") == "return" for raw in down.items):
        desk.screens.publish("status", "stock", {})  # a till may be short of just these units
    return taken


def new_wants(book: SqliteStoreBook, down: Down) -> dict[str, tuple[int, int]]:
    """By SKU, the units that a DOWN wants and that were not wanted before, and what was granted so far."""
    dver = book.position().dver
    wanted = [
        (raw.get("sku"), raw.get("qty"), raw.get("ver")) for raw in down.items if raw.get("kind") == "want"
    ]
    return {
        sku: (qty, book.stock(sku).granted)
        for sku, qty, ver in wanted
        if isinstance(sku, str) and isinstance(qty, int) and isinstance(ver, int) and ver > dver
    }


def count_refused(book: SqliteStoreBook, asked: dict[str, tuple[int, int]], down: Down, at: str) -> None:
    """Units wanted online and not granted are demand too; nothing where the DOWN was not applied."""
    if book.position().dver != down.ver:
        return
    for sku, (qty, before) in asked.items():
        refused = qty - (book.stock(sku).granted - before)
        if refused > 0:
            book.memory.count("online", sku, refused, minute_of(at))


def lags_behind(received: Received, down: Down, position: StorePosition) -> bool:
    """Whether the hub has not heard how far this store is: its DOWN starts below, so its answer got lost."""
    return received.verdict == "acknowledge" and down.base < position.dver


async def take_page(desk: Desk, page: Page) -> PageResult:
    """Apply a page of a series; a whole one is served from then on.

    Raises:
        sync.storage.errors.StorageError: nothing was kept.
    """
    at = desk.at
    result = await desk.ledger.writer.run(lambda tx: apply_page(tx, page, at))
    for refused in result.refused:
        log.warning("page.entry_refused", series=page.name, problem=refused)
        desk.metrics.dropped.labels("bad_entry").inc()
    if result.is_whole:
        await _serve(desk, page.name, page.to)
    return result


async def _serve(desk: Desk, name: Literal["catalog", "store"], version: int) -> None:
    """A series is whole: read what is kept in memory anew, and tell the screens."""
    log.info("series.whole", series=name, version=version)
    if name == "store":
        desk.profile = await load_profile(desk.reader, desk.enrolment)
    else:
        desk.screens.publish(CODES, "codes", {})  # the catalogue may know a code by now, or say otherwise
    told: dict[str, Any] = {"series": name, "version": version}
    desk.screens.publish("status", "series", told)
