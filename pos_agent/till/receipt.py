"""A receipt as a value, its place in the database, and its next number."""

import json
from dataclasses import asdict, dataclass
from typing import Any, Final

from pos_agent.hardware.papers import FATE, shown_state
from pos_agent.till.rules import receipt_epoch, receipt_number
from sync.rules.books import StorePosition
from sync.rules.errors import Refused
from sync.storage.reader import Reader
from sync.storage.writer import Transaction

_KEPT: Final = (
    f"SELECT r.content, r.job_id, {FATE}, r.gift_copies FROM receipt r"  # noqa: S608  # joins constants
    " LEFT JOIN print_job j ON j.id = r.job_id WHERE r.number = ?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptLine:
    """Goods on a receipt. `per`: the price is for that many stock units, whose name is `unit`.

    `is_label_price`: the amount is what a scale's label said, not what the price comes to.
    """

    sku: str
    gtin: str
    names: dict[str, str]
    qty: int
    unit_minor: int
    per: int
    amount_minor: int
    unit: str = "pcs"
    is_label_price: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What is given to the customer. `paid_minor` is the money taken here; 0 where it was paid online.

    `actor` is the login that the books keep, `clerk` the name for the customer, in the paper's language.
    """

    number: str
    kind: str
    till: str
    at: str
    actor: str
    currency: str
    lines: tuple[ReceiptLine, ...]
    total_minor: int
    paid_minor: int
    given_minor: int
    change_minor: int
    tender: str
    order: str | None = None
    order_number: str = ""
    locale: str = "zh-CN"
    clerk: str = ""


def next_number(tx: Transaction, position: StorePosition, till: str) -> str:
    """The till's next receipt number, taken in the caller's transaction: no gaps, no repeats."""
    (put_back_at,) = tx.one("SELECT put_back_at FROM position") or ("",)
    epoch = receipt_epoch(position.sinc, put_back_at)
    row = tx.one(
        "INSERT INTO receipt_counter (till, epoch, last) VALUES (?, ?, 1)"
        " ON CONFLICT (till, epoch) DO UPDATE SET last = last + 1 RETURNING last",
        (till, epoch),
    )
    assert row is not None
    return receipt_number(position.store, till, epoch, row[0])


def keep(tx: Transaction, receipt: Receipt, ticket: str | None, job: str | None) -> None:
    """Store a receipt beside its facts."""
    tx.execute(
        "INSERT INTO receipt (number, kind, till, ticket_id, order_id, at, total_minor, paid_minor,"
        " given_minor, change_minor, tender, job_id, content) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            receipt.number,
            receipt.kind,
            receipt.till,
            ticket,
            receipt.order,
            receipt.at,
            receipt.total_minor,
            receipt.paid_minor,
            receipt.given_minor,
            receipt.change_minor,
            receipt.tender,
            job,
            json.dumps(asdict(receipt), ensure_ascii=False),
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptReceipt:
    """A receipt as it was kept: its content, its print job and how far that has come (None: no job)."""

    content: dict[str, Any]
    job: str | None
    state: str | None
    gift_copies: int


async def receipt_of(reader: Reader, number: str) -> KeptReceipt:
    """A stored receipt.

    Raises:
        Refused: `unknown_receipt`.
    """
    found = await find_receipt(reader, number)
    if found is None:
        raise Refused("unknown_receipt")
    return found


async def find_receipt(reader: Reader, number: str) -> KeptReceipt | None:
    """A stored receipt, if this store's books have it."""
    row = await reader.one(_KEPT, (number,))
    if row is None:
        return None
    content, job, state, gift_copies = row
    return KeptReceipt(content=json.loads(content), job=job, state=state, gift_copies=gift_copies)


def receipt_from(content: dict[str, Any]) -> Receipt:
    """The receipt that was kept as this content."""
    lines = tuple(ReceiptLine(**line) for line in content["lines"])
    return Receipt(**{**content, "lines": lines})


def receipt_json(kept: KeptReceipt) -> dict[str, Any]:
    """A receipt as a screen shows it, with how its paper fares."""
    return {**kept.content, "printed": shown_state(kept.state), "gift_copies": kept.gift_copies}


async def latest_receipts(reader: Reader, limit: int) -> list[dict[str, Any]]:
    """The store's receipts, newest first, of all its tills: enough to find the one that is asked for.

    They are read by row, the order in which they were kept, so that a store with a million of them
    answers as fast as a new one.
    """
    rows = await reader.all(
        "SELECT number, at, total_minor, json_extract(content, '$.currency'), json_extract(content, '$.till')"
        " FROM receipt ORDER BY rowid DESC LIMIT ?",
        (limit,),
    )
    names = ("number", "at", "total_minor", "currency", "till")
    return [dict(zip(names, row, strict=True)) for row in rows]
