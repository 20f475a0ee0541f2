"""Documents: what may be asked, what a store's step makes of it, where a transfer stands. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

from sync.rules.facts import Bucket, DocumentCount, DocumentTo, MoveReason
from sync.rules.items import MOST_LINES, DocumentTask
from sync.values.bounds import MOST_UNITS

Asking = Literal["receiving", "count", "adjust", "opening", "transfer"]
"""What HQ may ask for; a transfer becomes a document at each of two stores."""
State = Literal["asked", "received", "booked", "refused", "withdrawn"]
"""A document at its store: told, there, and its three ends."""
TransferState = Literal[
    "draft", "ready", "in_transit", "partly_received", "received", "cancelled", "discrepancy_closed"
]
TASKS: Final = get_args(DocumentTask)
OPEN: Final = frozenset({"asked", "received"})
ON_THE_ROAD: Final = frozenset({"in_transit", "partly_received"})
"""States of a transfer of which units may be in transit."""
PLANNED: Final = frozenset({"receiving", "transfer_in"})
"""Tasks of which a difference between paper and goods is a matter for a person."""
CORRECTING: Final = frozenset({"count", "adjust"})
"""Tasks that may name damaged goods."""
MOST_PARTS: Final = 50
MOST_ROWS: Final = MOST_LINES * MOST_PARTS
"""Lines of one upload: at most MOST_PARTS documents, since the writer does nothing else meanwhile."""
REASONS: Final[Mapping[MoveReason, DocumentTask]] = {
    "receive": "receiving",
    "opening": "opening",
    "transfer_out": "transfer_out",
    "transfer_in": "transfer_in",
    "count": "count",
    "adjust": "adjust",
}
"""The task of a document that is known from its movements alone."""
Key = tuple[str, str]
"""A SKU's bucket: what a line is about."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A line as HQ asks for it; `qty` as in `sync.rules.items.DocumentLine`."""

    sku: str
    qty: int = 0
    bucket: Bucket = "floor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A document before it is given. `to_store` is a transfer's other store."""

    task: Asking
    store: str
    lines: tuple[Asked, ...]
    to_store: str = ""
    number: str = ""
    partner: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong: of the whole document (`place` None), or of a line counted from 0."""

    code: str
    field: str
    place: int | None = None
    value: str = ""


def faults_in(draft: Draft) -> list[Fault]:
    """All that is wrong with a draft by itself; stores and SKUs are looked up elsewhere."""
    found: list[Fault] = []
    if draft.task == "transfer" and not draft.to_store:
        found.append(Fault("store_missing", "to_store"))
    if draft.task == "transfer" and draft.to_store == draft.store:
        found.append(Fault("same_store", "to_store"))
    if draft.task == "receiving" and not draft.number:
        found.append(Fault("number_missing", "number"))
    if draft.task == "adjust" and not draft.note:
        found.append(Fault("reason_missing", "note"))
    if not draft.lines:
        found.append(Fault("no_lines", "lines"))
    return found + faults_of_lines(draft.task, draft.lines)


def faults_of_lines(task: str, lines: Sequence[Asked]) -> list[Fault]:
    """Wrong numbers, wrong buckets and SKUs named twice."""
    found: list[Fault] = []
    if len(lines) > MOST_ROWS:
        found.append(Fault("too_many_lines", "lines", value=str(len(lines))))
    seen: set[Key] = set()
    for place, line in enumerate(lines):
        if not is_right_qty(task, line.qty):
            found.append(Fault(qty_code(task), "qty", place, str(line.qty)))
        if line.bucket == "staged" or (line.bucket != "floor" and task not in CORRECTING):
            found.append(Fault("bucket_wrong", "bucket", place, line.bucket))
        if (line.sku, line.bucket) in seen:
            found.append(Fault("sku_twice", "sku", place, line.sku))
        seen.add((line.sku, line.bucket))
    return found


def is_right_qty(task: str, qty: int) -> bool:
    """Whether a line may say this: nothing for a blind count, a correction either way, else units."""
    if task == "count":
        return qty == 0
    if task == "adjust":
        return qty != 0 and abs(qty) <= MOST_UNITS
    return 1 <= qty <= MOST_UNITS


def qty_code(task: str) -> str:
    """Which rule a wrong number breaks."""
    return {"count": "qty_of_count", "adjust": "qty_of_adjust"}.get(task, "qty_wrong")


def parts_of(lines: Sequence[Asked]) -> list[tuple[Asked, ...]]:
    """The lines in documents of at most MOST_LINES each."""
    return [tuple(lines[start : start + MOST_LINES]) for start in range(0, len(lines), MOST_LINES)]


def part_number(number: str, place: int, parts: int) -> str:
    """`N-17`, or `N-17/2` for the second of several documents."""
    return number if parts == 1 else f"{number}/{place}"


def document_id(base: str, task: DocumentTask, again: str = "") -> str:
    """A document's id ends in its task: a hub that lost the document knows from any step what it was.

    Both legs of a transfer begin with its id. `again` is for goods that are sent on: a name that no other
    document has, also none that a hub gave before it was put back; it holds no dot.
    """
    return f"{base}.{task}-{again}" if again else f"{base}.{task}"


def task_in(document: str) -> DocumentTask | None:
    """The task that an id ends in; None for the id of a document that a store made."""
    task = document.rpartition(".")[2].partition("-")[0]
    return next((known for known in TASKS if known == task), None)


def transfer_in_id(document: str) -> str:
    """The transfer that a leg's id begins with; empty for all other documents."""
    return document.rpartition(".")[0] if task_in(document) in {"transfer_out", "transfer_in"} else ""


def next_state(state: State, to: DocumentTo) -> State | None:
    """Where a step leads; None where it changes nothing. What was booked stays, whatever else is said."""
    if to == "received":
        return "received" if state == "asked" else None
    if to == "booked":
        return None if state == "booked" else "booked"
    return to if state in OPEN else None


def differing(counts: Iterable[DocumentCount]) -> list[DocumentCount]:
    """The lines of which not what was asked for was found."""
    return [one for one in counts if one.asked != one.found]


def missing_and_extra(counts: Iterable[DocumentCount]) -> tuple[int, int]:
    """Units that did not come, and units that nobody asked for."""
    gaps = [one.found - one.asked for one in counts]
    return -sum(gap for gap in gaps if gap < 0), sum(gap for gap in gaps if gap > 0)


def moved_by(task: str, counts: Iterable[tuple[str, str, int, int]]) -> dict[Key, int]:
    """What a booked document's lines (sku, bucket, asked, found) add to each bucket."""
    moved: dict[Key, int] = defaultdict(int)
    for sku, bucket, asked, found in counts:
        moved[sku, bucket] += {"transfer_out": -found, "count": found - asked}.get(task, found)
    return {key: units for key, units in moved.items() if units}


@dataclass(frozen=True, slots=True, kw_only=True)
class Road:
    """What is known of a transfer.

    Args:
        out: the state of the document at the store that sends; None where it was lost.
        has_shipped: whether that store booked any unit out.
        is_booked_in: whether the other store booked anything in.
        in_transit: units on the road by SKU and bucket (out - in - closed), zeros left out.
        is_closed: whether HQ closed a difference.
    """

    out: State | None
    has_shipped: bool
    is_booked_in: bool
    in_transit: Mapping[Key, int]
    is_closed: bool


_BEFORE_THE_ROAD: Final[Mapping[State, TransferState]] = {"asked": "draft", "received": "ready"}


def transfer_state(road: Road) -> TransferState:
    """Where a transfer stands."""
    if not road.is_booked_in and road.out is not None and road.out != "booked":
        return _BEFORE_THE_ROAD.get(road.out, "cancelled")
    if road.out is None and not road.is_booked_in:
        return "in_transit"
    if road.in_transit:
        return "partly_received" if road.is_booked_in or road.is_closed else "in_transit"
    if road.is_closed:
        return "discrepancy_closed"
    return "received" if road.has_shipped or road.is_booked_in else "cancelled"
