"""Print shelf labels: all that were asked for, or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from devices.printing.document import Document
from devices.printing.job import JobKind
from pos_agent.catalogue.queries import product_by_sku
from pos_agent.desk import Desk
from pos_agent.hardware.print_once import PrintWish, print_once
from pos_agent.labels.label_document import label_document
from pos_agent.ledger.store_book import SqliteStoreBook
from sync.rules.errors import Refused
from sync.storage.writer import Transaction

_VALID: Final = timedelta(hours=12)
"""A label that waited longer for its printer may tell yesterday's price: it is not printed."""


@dataclass(frozen=True, slots=True)
class LabelWish:
    """Goods, and how many equal labels of them, 1 to 9."""

    sku: str
    copies: int


async def label_of(desk: Desk, sku: str) -> Document:
    """The label of goods as they cost now.

    Raises:
        Refused: `unknown_sku`, `not_for_sale`, `no_price`.
    """
    return await desk.ledger.run(lambda book: _label(desk, book.tx, sku))


async def print_labels(desk: Desk, wishes: Sequence[LabelWish], request: str) -> list[str]:
    """Queue labels, one job for each of the goods; returns the jobs' ids.

    Args:
        desk: the agent.
        wishes: the goods, in the order of their labels.
        request: as `PrintWish` has it; a label of yesterday's try is not printed with today's price.

    Raises:
        Refused: `unknown_sku`, `not_for_sale`, `no_price`, with the SKU; `no_printer`; `other_paper`.
            None is printed.
    """
    wish = PrintWish(request, {"labels": [[one.sku, one.copies] for one in wishes]}, desk.at)

    def put(book: SqliteStoreBook) -> list[str]:
        return print_once(book.tx, wish, lambda: [enqueue_label(desk, book.tx, one) for one in wishes])

    return await desk.ledger.run(put)


def enqueue_label(desk: Desk, tx: Transaction, wish: LabelWish) -> str:
    """Queue the labels of one of the goods; where the list says that the old one is wrong, it knows of them.

    Raises:
        Refused: `unknown_sku`, `not_for_sale`, `no_price`, with the SKU; `no_printer`.
    """
    document = _label(desk, tx, wish.sku)
    job = desk.papers.enqueue(tx, JobKind.LABEL, document, valid=_VALID, copies=wish.copies)
    if job is None:
        raise Refused("no_printer")
    tx.execute("UPDATE price_change SET job_id = ? WHERE sku = ?", (job, wish.sku))
    return job


def _label(desk: Desk, tx: Transaction, sku: str) -> Document:
    product = product_by_sku(tx, sku)
    if product is None:
        raise Refused("unknown_sku", sku=sku)
    if not product.is_on:
        raise Refused("not_for_sale", sku=sku)
    if product.price_minor is None:
        raise Refused("no_price", sku=sku)
    return label_document(product, desk.today, desk.profile.locale)
