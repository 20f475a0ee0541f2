"""Facts: what a store's agent writes on its log, and the only thing that moves its balances.

Each fact is one event with one sequence number. A fact that touches stock carries the moves itself,
so that the hub's mirror can never see half of it.
"""

from dataclasses import dataclass
from typing import Annotated, Literal, get_args

from sync.rules.baseline import Balance, Balances, Begin, Carried, Whole
from sync.values.bounds import Chars, Counter, Currency, Id, Instant, Items, Line, Minor, Sku, Units

Bucket = Literal["floor", "staged", "damaged"]
MoveReason = Literal[
    "sale",
    "return",
    "receive",
    "opening",
    "transfer_out",
    "transfer_in",
    "adjust",
    "count",
    "damage",
    "override",
    "bucket",
]
BEYOND_LIMITS = frozenset({"override", "count"})
"""Reasons that may take floor stock below zero: a person's recorded decision, or a counted loss."""
OUTGOING = frozenset(get_args(MoveReason)) - BEYOND_LIMITS
"""Reasons whose outgoing lines need floor stock."""
StepTo = Literal[
    "received",
    "accepted",
    "rejected",
    "picking",
    "packed",
    "ready",
    "done",
    "released",
    "short",
    "put_back",
    "verified",
    "kept",
    "prepaid",
]
DocumentTo = Literal["received", "booked", "refused", "withdrawn"]
Tender = Literal["cash", "card", "sandbox"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveLine:
    """`qty` units of a SKU from one bucket to another; None is the world outside the store."""

    sku: Sku
    qty: Units
    source: Bucket | None = None
    target: Bucket | None = None


MoveLines = Annotated[tuple[MoveLine, ...], Items(0, 200)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A movement of physical stock: sale, receiving, adjustment and their like.

    `document` names the headquarters' document that asked for it.
    """

    kind: Literal["move"] = "move"
    reason: MoveReason
    lines: Annotated[tuple[MoveLine, ...], Items(1, 200)]
    at: Instant
    ref: Line = ""
    actor: Line = ""
    why: Line = ""
    document: Id | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """The cumulative units of a SKU that this store has granted to the online channel."""

    kind: Literal["grant"] = "grant"
    sku: Sku
    granted: Counter
    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """The cumulative units of a SKU that this store took back from the online channel.

    The hub gave them; the store's log says when they counted, so that a log alone tells all that
    floor stock depends on.
    """

    kind: Literal["returned"] = "returned"
    sku: Sku
    returned: Counter
    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldLine:
    """One line of a hold that the store took on; `price_minor` is the whole line's amount."""

    line: Units
    sku: Sku
    qty: Units
    price_minor: Minor = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What a store took on with a hold: enough for a hub that lost the order to honour it."""

    number: Line
    code_hash: Annotated[str, Chars(32, 32, r"^[0-9a-f]+$")]
    pay_at: Literal["counter", "online"]
    due_minor: Minor
    currency: Currency
    expires_at: Instant
    lines: Annotated[tuple[HeldLine, ...], Items(1, 100)]
    locale: Line = "zh-CN"


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldStep:
    """A hold went on: `line` None means the order as a whole, else `n` units of one line.

    `moves` are the units that moved with it (picking, hand-over, a short pick's adjustment); `held` is
    told once, with the step `received`. `kept` answers that `n` units need not be looked for any more.
    `prepaid` grants that the counter takes `minor` less, all in all, since it was paid online.
    """

    kind: Literal["hold"] = "hold"
    order: Id
    to: StepTo
    at: Instant
    line: Units | None = None
    n: Counter = 0
    moves: MoveLines = ()
    why: Line = ""
    actor: Line = ""
    by: Line = ""
    held: Held | None = None
    minor: Counter = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """Money taken (or given back, negative) at a till; `ref` is the receipt it stands on."""

    kind: Literal["payment"] = "payment"
    ref: Line
    tender: Tender
    minor: Minor
    currency: Currency
    at: Instant
    order: Id | None = None
    actor: Line = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A person takes the told balances of these SKUs for true without counting them."""

    kind: Literal["accepted"] = "accepted"
    skus: Annotated[tuple[Sku, ...], Items(1, 200)]
    at: Instant
    actor: Line = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentCount:
    """What was asked of a SKU's bucket, and what was found (or shipped, or corrected)."""

    sku: Sku
    bucket: Bucket = "floor"
    asked: Balance = 0
    found: Balance = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentStep:
    """A document of the headquarters went on in the store.

    `received` says that the store has it; the others end it. The moves of a `booked` document are facts
    of their own before it in the same transaction; its lines say what was found, differences or not.
    """

    kind: Literal["document"] = "document"
    document: Id
    rev: Counter
    to: DocumentTo
    at: Instant
    lines: Annotated[tuple[DocumentCount, ...], Items(0, 100)] = ()
    actor: Line = ""
    why: Line = ""


Fact = (
    Move
    | Grant
    | Returned
    | HoldStep
    | Payment
    | Accepted
    | DocumentStep
    | Begin
    | Balances
    | Carried
    | Whole
)
FACTS: dict[str, type[Fact]] = {
    "move": Move,
    "grant": Grant,
    "returned": Returned,
    "hold": HoldStep,
    "payment": Payment,
    "accepted": Accepted,
    "document": DocumentStep,
    "begin": Begin,
    "balances": Balances,
    "carried": Carried,
    "whole": Whole,
}
