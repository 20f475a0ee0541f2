"""Items: what the hub tells one store, each at its own version (`ver`).

An item has a key; a newer item of the same kind and key takes the older one's place, so what a
store still has to hear is never longer than what changed.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from sync.rules.facts import Bucket
from sync.values.bounds import (
    Chars,
    Counter,
    Currency,
    Delta,
    Id,
    Instant,
    Items,
    Line,
    Minor,
    Sku,
    Units,
)

MOST_LINES = 100
"""The most lines of one order: its item must fit one message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldLine:
    """One line of a hold. Names and GTIN travel along, since the store's catalogue may lag.

    `price_minor` is the whole line's amount; `names` is keyed by locale; `victim` are units to look for
    first of all, because the store has sold or lost what was promised.
    """

    line: Units
    sku: Sku
    qty: Units
    names: dict[str, Line]
    gtin: Annotated[str, Chars(0, 14, r"^\d*$")] = ""
    price_minor: Minor = 0
    victim: Counter = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldItem:
    """An online order's units at this store, and what the hub asks about them.

    `prepaid_minor` is money that the hub took online for an order that was to be paid at the counter: a
    request, which the store grants as long as nothing was handed over (`sync.rules.store.prepaid`). `sinc` is
    the store's incarnation when the order was placed, 0 where that need not be known: an order of an earlier
    one that this ledger never received may have been collected under it.
    """

    kind: Literal["order"] = "order"
    order: Id
    number: Line
    code_hash: Annotated[str, Chars(32, 32, r"^[0-9a-f]+$")]
    pay_at: Literal["counter", "online"]
    due_minor: Minor
    currency: Currency
    placed_at: Instant
    ready_by: Instant
    expires_at: Instant
    lines: Annotated[tuple[HoldLine, ...], Items(1, MOST_LINES)]
    contact: Line = ""
    phone_tail: Line = ""
    locale: Line = "zh-CN"
    cancel: bool = False
    prepaid_minor: Counter = 0
    sinc: Counter = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnItem:
    """The cumulative units of a SKU that the hub gave back to the floor."""

    kind: Literal["return"] = "return"
    sku: Sku
    returned: Counter


@dataclass(frozen=True, slots=True, kw_only=True)
class WantItem:
    """The hub could sell `qty` more units if the store granted them.

    `ver` is the version at which it was asked, so that it is served once; 0 where that is unknown.
    """

    kind: Literal["want"] = "want"
    id: Id
    sku: Sku
    qty: Units
    ver: Counter = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedItem:
    """The hub could not book event `seq`; it is kept there as a dead letter."""

    kind: Literal["rejected"] = "rejected"
    seq: Counter
    code: Line


DocumentTask = Literal["opening", "receiving", "transfer_out", "transfer_in", "count", "adjust"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLine:
    """One SKU's bucket on a document.

    `qty` is what the paper says: units to come or to go, for `adjust` the signed correction, for a `count`
    always 0, since people count blind.
    """

    sku: Sku
    qty: Delta = 0
    bucket: Bucket = "floor"
    names: dict[str, Line]
    gtin: Annotated[str, Chars(0, 14, r"^\d*$")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentItem:
    """The headquarters ask a store to book something; the store books it, and its events name the document.

    A higher `rev` replaces what was asked while the document is open; `withdrawn` takes it back.
    """

    kind: Literal["document"] = "document"
    id: Id
    rev: Counter
    task: DocumentTask
    number: Line
    at: Instant
    lines: Annotated[tuple[DocumentLine, ...], Items(1, MOST_LINES)]
    partner: Line = ""
    note: Line = ""
    withdrawn: bool = False


Item = HoldItem | ReturnItem | WantItem | RejectedItem | DocumentItem
ITEMS: dict[str, type[Item]] = {
    "order": HoldItem,
    "return": ReturnItem,
    "want": WantItem,
    "rejected": RejectedItem,
    "document": DocumentItem,
}


def key_of(item: Item) -> str:
    """What makes a newer item take an older one's place."""
    match item:
        case HoldItem():
            return item.order
        case RejectedItem():
            return str(item.seq)
        case DocumentItem():
            return item.id
        case _:
            return item.sku
