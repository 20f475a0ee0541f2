"""Reading a trace: the legs of an event, an order or a paper, from one state of the database."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from hub.trace.find import Target
from hub.trace.rules import (
    Leg,
    UpRun,
    down_hops,
    facts_of_event,
    facts_of_item,
    first_of,
    from_ms,
    in_order,
    instant_ms,
    kept_of,
    up_hops,
    what_of_event,
    what_of_item,
)
from hub.trace.trace_id import EventId, ItemId
from sync.storage.reader import Reader, Snapshot

MOST_LEGS: Final = 200
_SUBJECT: Final = (
    "SELECT e.sinc, e.seq, e.raw, e.at, d.code FROM event_subject s"
    " JOIN event e ON e.store = s.store AND e.sinc = s.sinc AND e.seq = s.seq"
    " LEFT JOIN dead_letter d ON e.kind = 'rejected' AND d.store = e.store AND d.sinc = e.sinc"
    " AND d.seq = e.seq"
    " WHERE s.subject = ? AND s.store = ? ORDER BY s.sinc, s.seq LIMIT ?"
)
_EVENT: Final = (
    "SELECT e.sinc, e.seq, e.raw, e.at, d.code FROM event e"
    " LEFT JOIN dead_letter d ON e.kind = 'rejected' AND d.store = e.store AND d.sinc = e.sinc"
    " AND d.seq = e.seq WHERE e.store = ? AND e.sinc = ? AND e.seq = ?"
)
_RUN: Final = (
    "SELECT first, last, first_ms, sent_ms, times, skew_ms, heard_ms, applied_ms, told_ms, pages"
    " FROM trace_up WHERE store = ? AND sinc = ? AND first <= ? ORDER BY first DESC LIMIT 1"
)
_ITEMS: Final = (
    "SELECT hinc, ver, what, given_ms, first_ms, sent_ms, times, heard_ms FROM trace_down"
    " WHERE store = ? AND kind = ? AND item = ? ORDER BY hinc, ver LIMIT ?"
)
_WAITING: Final = (
    "SELECT r.ver, r.raw, r.at, r.ver <= t.heard FROM request r JOIN store_stream t ON t.store = r.store"
    " WHERE r.store = ? AND r.kind = ? AND r.item = ?"
)
_HEARD: Final = "SELECT heard FROM store_stream WHERE store = ?"
_NAMES: Final = (
    "first",
    "last",
    "first_ms",
    "sent_ms",
    "times",
    "skew_ms",
    "heard_ms",
    "applied_ms",
    "told_ms",
    "pages",
)
_Key = tuple[str, str, str]
"""Store, kind and key of an item."""


@dataclass(frozen=True, slots=True)
class Trace:
    """All hops of what was asked for, in order of time; `is_cut` where there are more than MOST_LEGS.

    `numbers` are those of the orders and documents that the legs name by id.
    """

    target: Target
    legs: Sequence[Leg]
    is_cut: bool
    numbers: Mapping[str, str] = field(default_factory=dict)

    @property
    def skew_ms(self) -> int | None:
        """How far the store's clock was ahead at the latest event of which it is known."""
        known = [leg.skew_ms for leg in self.legs if leg.skew_ms is not None]
        return known[-1] if known else None

    @property
    def is_apart(self) -> bool:
        """Whether clocks disagree about any hop."""
        return any(hop.is_apart for leg in self.legs for hop in leg.hops)


async def read_trace(reader: Reader, target: Target, now: datetime) -> Trace:
    """The trace of what was found."""
    async with reader.snapshot() as state:
        rows = await _events(state, target)
        legs = [await _up(state, target.store, row, now) for row in rows[:MOST_LEGS]]
        if target.kind in {"order", "document"}:
            legs += await _down(state, target.store, target.kind, target.subject, now)
        elif target.item is not None:
            kind, ver = target.item
            told = await _down(state, target.store, kind, target.subject, now)
            legs = [leg for leg in told if leg.id == ItemId(target.store, ver).text][-1:]
        elif target.event is not None and any(leg.rejected for leg in legs):
            legs += await _down(state, target.store, "rejected", str(target.event.seq), now)
        numbers = await _numbers(state, legs)
    return Trace(target, in_order(legs), len(rows) > MOST_LEGS, numbers)


async def _numbers(state: Snapshot, legs: Sequence[Leg]) -> dict[str, str]:
    """The numbers of the orders and documents that legs name, by id."""
    found: dict[str, str] = {}
    for name, table in (("order", "orders"), ("document", "document")):
        ids = sorted({leg.facts[name] for leg in legs if name in leg.facts})
        marks = ",".join("?" * len(ids))
        rows = await state.all(f"SELECT id, number FROM {table} WHERE id IN ({marks})", ids)  # noqa: S608  # our own tables, question marks
        found |= {str(key): str(number) for key, number in rows}
    return found


async def _events(state: Snapshot, target: Target) -> Sequence[Sequence[Any]]:
    """The rows of the events that a target means, one more than are shown."""
    if target.event is not None:
        return await state.all(_EVENT, (target.event.store, target.event.sinc, target.event.seq))
    if target.item is not None:
        return []
    return await state.all(_SUBJECT, (target.subject, target.store, MOST_LEGS + 1))


async def _up(state: Snapshot, store: str, row: Sequence[Any], now: datetime) -> Leg:
    """An event with its hops."""
    sinc, seq, text, at, code = row
    raw = _object(text)
    run = await _run(state, store, sinc, seq)
    applied_ms = instant_ms(at)
    return Leg(
        way="up",
        id=EventId(store, sinc, seq).text,
        kind=str(raw.get("kind"))[:40],
        what=what_of_event(raw),
        facts=facts_of_event(raw),
        hops=up_hops(instant_ms(raw.get("at")), applied_ms, run),
        kept=kept_of(run, from_ms(applied_ms) if applied_ms is not None else None, now),
        skew_ms=run.skew_ms if run else None,
        rejected=str(code or ""),
    )


async def _run(state: Snapshot, store: str, sinc: int, seq: int) -> UpRun | None:
    """The run that brought an event; None where it is not kept."""
    row = await state.one(_RUN, (store, sinc, seq))
    if row is None or row[1] < seq:
        return None
    return UpRun(**dict(zip(_NAMES, row, strict=True)))


async def _down(state: Snapshot, store: str, kind: str, item: str, now: datetime) -> list[Leg]:
    """What a store was told under a key: versions that were sent, and the newest if it was not sent yet."""
    sent = await state.all(_ITEMS, (store, kind, item, MOST_LEGS))
    heard = await state.one(_HEARD, (store,))
    newest = max((row[0] for row in sent), default=0)
    key = (store, kind, item)
    legs = [_item(key, row, is_heard=row[0] < newest or row[1] <= (heard[0] if heard else 0)) for row in sent]
    waiting = await state.one(_WAITING, (store, kind, item))
    if waiting is not None and waiting[0] not in {row[1] for row in sent if row[0] == newest}:
        legs.append(_waiting(key, waiting, now))
    return legs


def _item(key: _Key, row: Sequence[Any], *, is_heard: bool) -> Leg:
    """An item that was sent."""
    _, ver, what, given_ms, first_ms, sent_ms, times, heard_ms = row
    return Leg(
        way="down",
        id=ItemId(key[0], ver).text,
        kind=key[1],
        what=what,
        facts=facts_of_item(*key[1:]),
        hops=down_hops(given_ms, (first_ms, sent_ms, times), heard_ms),
        kept="kept" if heard_ms is not None else "not_kept" if is_heard else "under_way",
    )


def _waiting(key: _Key, row: Sequence[Any], now: datetime) -> Leg:
    """An item of which no sending is known: it did not leave yet, or that is not kept."""
    ver, text, at, is_heard = row
    given_ms = instant_ms(at)
    given_at = from_ms(given_ms) if given_ms is not None else None
    return Leg(
        way="down",
        id=ItemId(key[0], ver).text,
        kind=key[1],
        what=what_of_item(_object(text)),
        facts=facts_of_item(*key[1:]),
        hops=down_hops(given_ms, None, None),
        kept=kept_of(None, given_at, now) if is_heard else "under_way",
    )


def _object(text: str) -> dict[str, Any]:
    """A kept event or item; nothing where it cannot be read."""
    try:
        return first_of(json.loads(text))
    except (ValueError, RecursionError):
        return {}
