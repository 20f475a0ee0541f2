"""Facts: what a store's agent writes on its log, and the only thing that moves its balances.

Each fact is one event with one sequence number. A fact that touches stock carries the moves itself,
so that the hub's mirror can never see half of it.
"""

from dataclasses import dataclass
from typing import Annotated, Literal, get_args

from sync.values.bounds import Counter, Currency, Id, Instant, Items, Line, Minor, Sku, Units

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
]
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
    """A movement of physical stock: sale, receiving, adjustment and their like."""

    kind: Literal["move"] = "move"
    reason: MoveReason
    lines: Annotated[tuple[MoveLine, ...], Items(1, 200)]
    at: Instant
    ref: Line = ""
    actor: Line = ""
    why: Line = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """The cumulative units of a SKU that this store has granted to the online channel."""

    kind: Literal["grant"] = "grant"
    sku: Sku
    granted: Counter
    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldStep:
    """A hold went on: `line` None means the order as a whole, else `n` units of one line.

    `moves` are the units that moved with it (picking, hand-over, a short pick's adjustment).
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


Fact = Move | Grant | HoldStep | Payment
FACTS: dict[str, type[Fact]] = {"move": Move, "grant": Grant, "hold": HoldStep, "payment": Payment}
