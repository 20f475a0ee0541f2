"""What a trace is made of: runs of events that came together, items that were sent, and the hops of both.

Times of a store are shown by the hub's clock: its skew, measured when the message left, is taken out.
Nothing here is asked by any rule of the stock.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

from sync.rules.canonical import Raw
from sync.rules.streams import Up
from sync.values.clock import from_instant

KEPT: Final = timedelta(days=7)
"""How long hops are kept."""
Name = Literal[
    "made",
    "first_sent",
    "sent",
    "heard",
    "applied",
    "told",
    "given",
    "item_first_sent",
    "item_sent",
    "answered",
]
Kept = Literal["kept", "under_way", "not_kept", "expired"]
"""Whether hops are there: `not_kept` were lost with a program, `expired` are older than a week."""
STORES_CLOCK: Final[frozenset[str]] = frozenset({"made", "first_sent", "sent"})


@dataclass(frozen=True, slots=True, kw_only=True)
class UpRun:
    """Events that came up together; see the table."""

    first: int
    last: int
    first_ms: int | None = None
    sent_ms: int | None = None
    times: int | None = None
    skew_ms: int | None = None
    heard_ms: int
    applied_ms: int
    told_ms: int
    pages: int


@dataclass(frozen=True, slots=True)
class Arrival:
    """When an UP was heard, its effects were on the disk and open pages were told, and how many of them."""

    heard_ms: int
    applied_ms: int
    told_ms: int
    pages: int


@dataclass(frozen=True, slots=True)
class Hop:
    """A place where an event or an item was, and when, by the hub's clock.

    `own_at` is the time that a store's clock showed, where that is another one. `after_ms` is the time since
    the hop before, None for the first one. `is_apart` says that the two clocks do not agree on it: by them
    it would have taken less than no time. `note` is a number that belongs to the hop: how often, how many.
    """

    name: Name
    at: datetime
    own_at: datetime | None = None
    after_ms: int | None = None
    is_apart: bool = False
    note: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One event on its way up, or one item on its way down.

    Args:
        way: which.
        id: `STORE/SINC/SEQ` of an event, `STORE/vVERSION` of an item.
        kind: the event's or the item's.
        what: what it says in one word: a movement's reason, a step, `cancel`.
        facts: what it says besides, by name.
        hops: where it was, in order.
        kept: whether the hops are there.
        skew_ms: how far the store's clock was ahead; None where that is not known, or does not matter.
        rejected: why the hub could not book the event; empty where it could.
    """

    way: Literal["up", "down"]
    id: str
    kind: str
    what: str
    facts: Mapping[str, str]
    hops: Sequence[Hop]
    kept: Kept
    skew_ms: int | None = None
    rejected: str = ""

    @property
    def took_ms(self) -> int | None:
        """From the first hop to the last; None where clocks do not agree on it."""
        if len(self.hops) < 2 or any(hop.is_apart for hop in self.hops):
            return None
        return to_ms(self.hops[-1].at) - to_ms(self.hops[0].at)


def to_ms(moment: datetime) -> int:
    """Milliseconds since 1970."""
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def from_ms(value: int) -> datetime | None:
    """The moment; None for one outside of the calendar."""
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=value)
    except OverflowError:
        return None


def instant_ms(text: object) -> int | None:
    """Milliseconds of an instant's text; None where it is none."""
    try:
        return to_ms(from_instant(text)) if isinstance(text, str) else None
    except (ValueError, OverflowError):
        return None


def runs_of(up: Up, first: int, last: int, arrival: Arrival) -> Iterator[UpRun]:
    """The events `first` to `last` of an UP as runs with one history of sending each.

    What the store says of its sending is not trusted: entries that do not go on from one another are left
    out, and their events count as sent with this message only.
    """
    sending, at = up.sending, first
    sent_ms = instant_ms(sending.at) if sending else None
    skew = sending.skew_ms if sending else None

    def run(until: int, first_ms: int | None, times: int | None) -> UpRun:
        return UpRun(
            first=at,
            last=until,
            first_ms=first_ms,
            sent_ms=sent_ms,
            times=times,
            skew_ms=skew,
            heard_ms=arrival.heard_ms,
            applied_ms=arrival.applied_ms,
            told_ms=arrival.told_ms,
            pages=arrival.pages,
        )

    for entry in sending.resent if sending else ():
        if at <= min(entry.to, last):
            yield run(min(entry.to, last), instant_ms(entry.at), entry.times)
            at = min(entry.to, last) + 1
    if at <= last:
        yield run(last, sent_ms, 1 if sending else None)


def what_of_item(raw: Raw) -> str:
    """What an item says: an order's may ask for something else than the goods."""
    if raw.get("kind") != "order":
        return str(raw.get("kind"))
    if raw.get("cancel"):
        return "cancel"
    lines = raw.get("lines")
    is_sought = isinstance(lines, list) and any(isinstance(one, dict) and one.get("victim") for one in lines)
    return "look" if is_sought else "order"


def what_of_event(raw: Raw) -> str:
    """What an event says in one word: its reason or its step, else its kind."""
    word = raw.get("reason") if raw.get("kind") == "move" else raw.get("to")
    return str(word if isinstance(word, str) and word else raw.get("kind"))[:40]


def facts_of_event(raw: Raw) -> dict[str, str]:
    """What an event says besides, as texts: names that HQ may read."""
    names = (
        "ref",
        "order",
        "document",
        "sku",
        "line",
        "n",
        "granted",
        "returned",
        "tender",
        "minor",
        "currency",
        "actor",
    )
    told = {
        name: str(raw[name])[:200] for name in names if isinstance(raw.get(name), str | int) and raw[name]
    }
    lines = raw.get("lines") if raw.get("kind") == "move" else raw.get("moves")
    goods = [one for one in lines or () if isinstance(one, dict)] if isinstance(lines, list) else []
    if goods:
        told["goods"] = ", ".join(f"{one.get('qty')} × {one.get('sku')}" for one in goods[:5])[:200]
        if len(goods) > 5:
            told["goods"] += " …"
    return told


def facts_of_item(kind: str, key: str) -> dict[str, str]:
    """What an item is about: an order, a document, an event, else a SKU."""
    return {{"order": "order", "document": "document", "rejected": "seq"}.get(kind, "sku"): key}


def up_hops(made_ms: int | None, applied_ms: int | None, run: UpRun | None) -> list[Hop]:
    """An event's hops.

    Args:
        made_ms: when the event happened, by its store's clock.
        applied_ms: when the hub booked it, as the event itself tells; for want of anything better.
        run: with which others it came, where that is kept.
    """
    skew = run.skew_ms if run else None
    marks: list[tuple[Name, int | None, int | None]] = [("made", made_ms, None)]
    if run is None:
        return timed([*marks, ("applied", applied_ms, None)], skew)
    if run.times == 1 or run.times is None:
        marks.append(("sent", run.sent_ms, run.times))
    else:
        marks += [("first_sent", run.first_ms, run.times), ("sent", run.sent_ms, run.times)]
    marks += [
        ("heard", run.heard_ms, None),
        ("applied", run.applied_ms, None),
        ("told", run.told_ms, run.pages),
    ]
    return timed(marks, skew)


def down_hops(given_ms: int | None, sent: tuple[int, int, int] | None, heard_ms: int | None) -> list[Hop]:
    """An item's hops, all by the hub's clock.

    Args:
        given_ms: when its version was given.
        sent: when it was sent first and last, and how often; None where that is not known.
        heard_ms: when the store said that it has it.
    """
    marks: list[tuple[Name, int | None, int | None]] = [("given", given_ms, None)]
    if sent is not None:
        first_ms, last_ms, times = sent
        if times > 1:
            marks += [("item_first_sent", first_ms, times)]
        marks += [("item_sent", last_ms, times)]
    return timed([*marks, ("answered", heard_ms, None)], None)


def timed(marks: Iterable[tuple[Name, int | None, int | None]], skew_ms: int | None) -> list[Hop]:
    """Hops by the hub's clock with the time since the one before; what has no time is left out.

    Where a hop would come before the one before it, the clocks differ, or were set meanwhile: it is said,
    and no number is shown for it.
    """
    hops: list[Hop] = []
    before: int | None = None
    for name, value, note in marks:
        if value is None:
            continue
        is_own = name in STORES_CLOCK
        told = value - (skew_ms or 0) if is_own else value
        at, own = from_ms(told), from_ms(value)
        if at is None or own is None:
            continue
        took = None if before is None else told - before
        is_apart = took is not None and took < 0
        own_at = own if is_own and skew_ms else None
        hops.append(Hop(name, at, own_at, None if is_apart else took, is_apart, note))
        before = told
    return hops


def kept_of(run: object, applied_at: datetime | None, now: datetime) -> Kept:
    """Whether an event's hops are there, and if not, why."""
    if run is not None:
        return "kept"
    return "expired" if applied_at is not None and now - applied_at > KEPT else "not_kept"


SKEW_UNKNOWN: Final = timedelta(seconds=2)
"""How far a store's clock may be off although it was corrected: a greeting's way counts as skew."""


def in_order(legs: Sequence[Leg]) -> list[Leg]:
    """Legs in order of their beginning, at the same moment a question before its answer.

    A store's events never change places with each other, whatever its clock did; and none comes before the
    first that the hub told by less than what is not known of its clock.
    """
    latest: dict[str, datetime] = {}
    told = min((leg.hops[0].at for leg in legs if leg.hops and leg.way == "down"), default=None)

    def begin(leg: Leg) -> datetime:
        at = leg.hops[0].at if leg.hops else datetime(1970, 1, 1, tzinfo=UTC)
        if leg.way == "up" and told is not None and timedelta() < told - at < SKEW_UNKNOWN:
            at = told
        latest[leg.way] = max(at, latest.get(leg.way, at))
        return latest[leg.way]

    timed_legs = [((begin(leg), leg.kind == "rejected", leg.way == "up"), leg) for leg in legs]
    return [leg for _, leg in sorted(timed_legs, key=lambda pair: pair[0])]


def first_of(raw: Any) -> Raw:
    """A JSON value as an event; nothing where it is no object."""
    return raw if isinstance(raw, dict) else {}
