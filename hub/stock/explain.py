"""Why is it 47? The number of a SKU at a store now and the facts behind it, as one state of the database.

Every statement is bounded by a limit or by the movements of this one SKU at this one store; none reads the
store's whole history.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from hub.stock.movements import GRANT
from sync.rules.rights import HubStock
from sync.storage.reader import Reader, Snapshot

PAGE: Final = 50
MOST_HOLDS: Final = 50
MOST_LETTERS: Final = 10
LETTERS_LOOKED_AT: Final = 200
BEGINNING: Final = (2**62, 2**62, 2**62)
_CHANGE: Final = "qty * ((target IN ('floor', 'staged')) - (source IN ('floor', 'staged')))"
_BUCKET: Final = "COALESCE(SUM(qty * ((target = '{0}') - (source = '{0}'))), 0)"
_SUMS: Final = (
    f"SELECT COUNT(*), {_BUCKET.format('floor')}, {_BUCKET.format('staged')}, {_BUCKET.format('damaged')}"  # noqa: S608  # constants
    " FROM movement WHERE store = ? AND sku = ? AND sinc = ? AND reason <> 'grant'"
)
_NEWER: Final = (
    f"SELECT COALESCE(SUM({_CHANGE}), 0) FROM movement"  # noqa: S608  # constants
    " WHERE store = ? AND sku = ? AND sinc = ? AND (sinc, seq, place) > (?, ?, ?)"
)
_PAGE: Final = (
    f"SELECT m.sinc, m.seq, m.place, m.qty, m.source, m.target, m.reason, m.ref, m.actor, m.at, {_CHANGE},"  # noqa: S608  # constants
    " o.number FROM movement m LEFT JOIN orders o ON o.id = m.ref"
    " WHERE m.store = ? AND m.sku = ? AND (m.sinc, m.seq, m.place) < (?, ?, ?)"
    " ORDER BY m.sinc DESC, m.seq DESC, m.place DESC LIMIT ?"
)
_HOLDS: Final = (
    "SELECT h.order_id, h.line, h.qty, h.done, h.short, h.released, h.dispatched, o.number, o.stage"
    " FROM hold_line h LEFT JOIN orders o ON o.id = h.order_id"
    " WHERE h.store = ? AND h.sku = ? ORDER BY h.order_id DESC, h.line DESC LIMIT ?"
)
_POSITION: Final = "SELECT sinc, state = 'whole' AND NOT stopped, heard FROM store_stream WHERE store = ?"
_STOCK: Final = (
    "SELECT floor, staged, damaged, granted, settled, returned, promised FROM stock"
    " WHERE store = ? AND sku = ?"
)
_RETURN: Final = (
    "SELECT json_extract(raw, '$.returned'), ver FROM request"
    " WHERE store = ? AND kind = 'return' AND item = ?"
)
_LETTERS: Final = (
    "SELECT id, sinc, seq, code, raw, at FROM dead_letter WHERE store = ? ORDER BY id DESC LIMIT ?"
)

Cursor = tuple[int, int, int]
"""A movement's place: incarnation, event, line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementLine:
    """A movement with what it did: `change` to the sellable units in the store, `balance` after it.

    `granted` is set for a grant: the cumulative units. `balance` is None for another incarnation's.
    """

    cursor: Cursor
    qty: int
    source: str
    target: str
    reason: str
    ref: str
    order: str
    actor: str
    at: str
    change: int
    balance: int | None
    granted: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldFact:
    """A hold line's counters."""

    order: str
    number: str
    stage: str
    line: int
    qty: int
    done: int
    short: int
    released: int
    is_dispatched: bool

    @property
    def open(self) -> int:
        """Units still owed."""
        return self.qty - self.done - self.short - self.released


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFact:
    """An event that could not be booked and names the SKU."""

    id: int
    sinc: int
    seq: int
    code: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SumCheck:
    """The movements of the present incarnation and what they sum to.

    `agrees` is None while the store is being rebuilt: its mirror does not come from these events alone.
    """

    movements: int
    floor: int
    staged: int
    damaged: int
    agrees: bool | None

    @property
    def on_hand(self) -> int:
        """Sellable units by the movements."""
        return self.floor + self.staged


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """The whole answer. `more_before` is where the next page of movements begins, None at the end."""

    store: str
    sku: str
    stock: HubStock
    sums: SumCheck
    movements: tuple[MovementLine, ...]
    more_before: Cursor | None
    holds: tuple[HoldFact, ...]
    has_more_holds: bool
    returned_told: int | None
    is_return_heard: bool
    letters: tuple[LetterFact, ...]

    @property
    def on_hand(self) -> int:
        """Sellable units physically in the store, as the mirror knows them."""
        return self.stock.floor + self.stock.staged


async def explain(reader: Reader, store: str, sku: str, before: Cursor | None = None) -> Why | None:
    """Why a SKU has the number it has at a store; None where neither stock nor catalogue knows it.

    Args:
        reader: the database.
        store: the store's id.
        sku: the SKU.
        before: only movements before this one, for the next page.
    """
    async with reader.snapshot() as state:
        position = await state.one(_POSITION, (store,))
        row = await state.one(_STOCK, (store, sku))
        if position is None or not (row or await state.one("SELECT 1 FROM sku WHERE sku = ?", (sku,))):
            return None
        stock, (sinc, is_whole, heard) = HubStock(*row) if row else HubStock(), position
        sums = await _sums(state, (store, sku, sinc), stock, is_whole=bool(is_whole))
        lines, more = await _movements(state, (store, sku, sinc), sums, before or BEGINNING)
        holds = await state.all(_HOLDS, (store, sku, MOST_HOLDS + 1))
        told = await state.one(_RETURN, (store, sku))
        return Why(
            store=store,
            sku=sku,
            stock=stock,
            sums=sums,
            movements=lines,
            more_before=more,
            holds=tuple(_hold(one) for one in holds[:MOST_HOLDS]),
            has_more_holds=len(holds) > MOST_HOLDS,
            returned_told=told[0] if told else None,
            is_return_heard=bool(told and told[1] <= heard),
            letters=await _letters(state, store, sku),
        )


async def _sums(state: Snapshot, whose: tuple[str, str, int], stock: HubStock, *, is_whole: bool) -> SumCheck:
    """The movements' sum beside the balances."""
    count, floor, staged, damaged = await state.one(_SUMS, whose) or (0, 0, 0, 0)
    is_same = (floor, staged, damaged) == (stock.floor, stock.staged, stock.damaged)
    agrees = is_same if is_whole else None
    return SumCheck(movements=count, floor=floor, staged=staged, damaged=damaged, agrees=agrees)


async def _movements(
    state: Snapshot, whose: tuple[str, str, int], sums: SumCheck, before: Cursor
) -> tuple[tuple[MovementLine, ...], Cursor | None]:
    """A page of movements, the newest first, and where the next one begins."""
    store, sku, sinc = whose
    rows = await state.all(_PAGE, (store, sku, *before, PAGE + 1))
    shown, balance = rows[:PAGE], sums.on_hand
    if before != BEGINNING and shown:
        (newer,) = await state.one(_NEWER, (*whose, *shown[0][:3])) or (0,)
        balance -= newer
    lines = []
    for row in shown:
        is_present = row[0] == sinc
        lines.append(_line(row, balance if is_present else None))
        balance -= row[10] if is_present else 0
    return tuple(lines), shown[-1][:3] if len(rows) > PAGE else None


def _line(row: tuple[Any, ...], balance: int | None) -> MovementLine:
    """A movement from its row."""
    sinc, seq, place, qty, source, target, reason, ref, actor, at, change, number = row
    return MovementLine(
        cursor=(sinc, seq, place),
        qty=qty,
        source=source,
        target=target,
        reason=reason,
        ref=ref,
        order=number or "",
        actor=actor,
        at=at,
        change=change,
        balance=balance,
        granted=qty if reason == GRANT else None,
    )


def _hold(row: tuple[Any, ...]) -> HoldFact:
    """A hold line from its row."""
    order, line, qty, done, short, released, dispatched, number, stage = row
    return HoldFact(
        order=order,
        number=number or order,
        stage=stage or "",
        line=line,
        qty=qty,
        done=done,
        short=short,
        released=released,
        is_dispatched=bool(dispatched),
    )


async def _letters(state: Snapshot, store: str, sku: str) -> tuple[LetterFact, ...]:
    """The latest dead letters of the store that name the SKU, among the last LETTERS_LOOKED_AT."""
    rows = await state.all(_LETTERS, (store, LETTERS_LOOKED_AT))
    found = [row for row in rows if _names(row[4], sku)]
    return tuple(
        LetterFact(id=number, sinc=sinc, seq=seq, code=code, at=at)
        for number, sinc, seq, code, _raw, at in found[:MOST_LETTERS]
    )


def _names(raw: str, sku: str) -> bool:
    """Whether an event's bytes name a SKU; whatever stands there."""
    if sku not in raw:
        return False
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return True
    if not isinstance(value, Mapping):
        return False
    lines = [*_listed(value.get("lines")), *_listed(value.get("moves")), value]
    return any(isinstance(line, Mapping) and line.get("sku") == sku for line in lines)


def _listed(value: Any) -> list[Any]:
    """A list, or nothing."""
    return value if isinstance(value, list) else []
