"""Why is it 47? The number of a SKU in this store and the movements behind it, as one state of the ledger."""

from typing import Any, Final

from pos_agent.ledger.movements import effect_on_hand
from pos_agent.ledger.queries import stock_from, stock_json
from sync.rules.rights import StoreStock
from sync.storage.reader import Reader, Snapshot

PAGE: Final = 50
MOST_HOLDS: Final = 50
MOST_REJECTED: Final = 10
BEGINNING: Final = (2**62, 2**62)
_FIELDS: Final = ("seq", "place", "qty", "source", "target", "reason", "ref", "actor", "at")
_STOCK: Final = (
    "SELECT floor, staged, damaged, granted, returned, settled, open, frozen FROM stock WHERE sku = ?"
)
_SUMS: Final = (
    "SELECT COUNT(*), COALESCE(SUM(qty * ((target = 'floor') - (source = 'floor'))), 0),"
    " COALESCE(SUM(qty * ((target = 'staged') - (source = 'staged'))), 0),"
    " COALESCE(SUM(qty * ((target = 'damaged') - (source = 'damaged'))), 0) FROM movement WHERE sku = ?"
)
_NEWER: Final = (
    "SELECT COALESCE(SUM(qty * ((target IN ('floor', 'staged')) - (source IN ('floor', 'staged')))), 0)"
    " FROM movement WHERE sku = ? AND (seq, place) > (?, ?)"
)
_PAGE: Final = (
    "SELECT m.seq, m.place, m.qty, m.source, m.target, m.reason, m.ref, m.actor, m.at,"
    " json_extract(h.body, '$.number') FROM movement m LEFT JOIN hold h ON h.order_id = m.ref"
    " WHERE m.sku = ? AND (m.seq, m.place) < (?, ?) ORDER BY m.seq DESC, m.place DESC LIMIT ?"
)
_HOLDS: Final = (
    "SELECT l.order_id, l.line, l.qty, l.done, l.short, l.released, h.stage, json_extract(h.body, '$.number')"
    " FROM hold_line l JOIN hold h ON h.order_id = l.order_id WHERE l.sku = ?"
    " ORDER BY l.order_id DESC, l.line DESC LIMIT ?"
)
_REJECTED: Final = (
    "SELECT DISTINCT e.seq, e.rejected FROM movement m JOIN event e ON e.seq = m.seq"
    " WHERE m.sku = ? AND e.rejected IS NOT NULL ORDER BY m.seq DESC LIMIT ?"
)

Cursor = tuple[int, int]
"""A movement's place: event, line."""


async def explain(reader: Reader, sku: str, before: Cursor | None = None) -> dict[str, Any] | None:
    """Why a SKU has the number it has; None for one that neither ledger nor catalogue knows.

    Reads the movements of this one SKU, never the whole log.

    Args:
        reader: the database.
        sku: whose.
        before: only movements before this one, for the next page.
    """
    async with reader.snapshot() as state:
        row = await state.one(_STOCK, (sku,))
        if row is None and await state.one("SELECT 1 FROM product WHERE sku = ?", (sku,)) is None:
            return None
        stock = stock_from(row) if row else StoreStock()
        sums = await _sums(state, sku, stock)
        movements, more = await _movements(state, sku, sums, before or BEGINNING)
        return {
            "sku": sku,
            "now": {"on_hand": stock.on_hand, **stock_json(stock)},
            "sum": sums,
            "movements": movements,
            "next_before": f"{more[0]}-{more[1]}" if more else None,
            "holds": [_hold(one) for one in await state.all(_HOLDS, (sku, MOST_HOLDS))],
            "rejected": [
                {"seq": seq, "code": code} for seq, code in await state.all(_REJECTED, (sku, MOST_REJECTED))
            ],
        }


async def _sums(state: Snapshot, sku: str, stock: StoreStock) -> dict[str, Any]:
    """What all movements sum to, and whether that is what is kept."""
    count, floor, staged, damaged = await state.one(_SUMS, (sku,)) or (0, 0, 0, 0)
    return {
        "movements": count,
        "on_hand": floor + staged,
        "floor": floor,
        "staged": staged,
        "damaged": damaged,
        "agrees": (floor, staged, damaged) == (stock.floor, stock.staged, stock.damaged),
    }


async def _movements(
    state: Snapshot, sku: str, sums: dict[str, Any], before: Cursor
) -> tuple[list[dict[str, Any]], Cursor | None]:
    """A page of movements, newest first, with the balance after each; and where the next one begins."""
    rows = await state.all(_PAGE, (sku, *before, PAGE + 1))
    balance = int(sums["on_hand"])
    if before != BEGINNING and rows:
        (newer,) = await state.one(_NEWER, (sku, *rows[0][:2])) or (0,)
        balance -= newer
    shown = []
    for *values, number in rows[:PAGE]:
        line = dict(zip(_FIELDS, values, strict=True))
        change = effect_on_hand(line)
        shown.append({**line, "order": number or "", "change": change, "balance": balance})
        balance -= change
    return shown, rows[PAGE - 1][:2] if len(rows) > PAGE else None


def _hold(row: tuple[Any, ...]) -> dict[str, Any]:
    """A hold line's counters."""
    order, line, qty, done, short, released, stage, number = row
    return {
        "order": order,
        "number": number or order,
        "stage": stage,
        "line": line,
        "qty": qty,
        "done": done,
        "short": short,
        "released": released,
        "open": qty - done - short - released,
    }


def tell(why: dict[str, Any]) -> list[str]:
    """The explanation in English lines, for the command line."""
    now, sums = why["now"], why["sum"]
    verdict = "● agrees" if sums["agrees"] else "■ DIFFERS"
    stands = f"{now['on_hand']} in the store (floor {now['floor']}, staged {now['staged']})"
    rights = f"granted {now['granted']}, returned {now['returned']}, settled {now['settled']}"
    lines = [
        f"{why['sku']}: {stands}, damaged {now['damaged']}",
        f"{rights}; till may sell {now['free']}, owed to orders {now['open']}",
        f"the {sums['movements']} movements sum to {sums['on_hand']}: {verdict}",
    ]
    if now["frozen"]:
        lines.append("frozen after a loss: the hub gets no more units until it is counted or accepted")
    for one in why["movements"]:
        by = f"  by {one['actor']}" if one["actor"] else ""
        cause = "  ".join(part for part in (one["reason"], one["order"] or one["ref"]) if part)
        lines.append(
            f"  {one['at']}  {one['change']:+d} = {one['balance']}  {cause}{by}  (event {one['seq']})"
        )
    if why["next_before"]:
        lines.append(f"  older ones: --before {why['next_before']}")
    lines += [
        f"order {hold['number']} line {hold['line']}: {hold['qty']} held, {hold['done']} handed over,"
        f" {hold['short']} short, {hold['released']} freed, {hold['open']} open"
        for hold in why["holds"]
    ]
    return lines + [f"event {one['seq']} was not booked at the hub: {one['code']}" for one in why["rejected"]]


def cursor_of(text: str) -> Cursor | None:
    """Where a page begins, `312-0`; None for an empty text.

    Raises:
        ValueError: it is not what a page before it said.
    """
    if not text:
        return None
    seq, _, place = text.partition("-")
    if not all(part.isascii() and part.isdecimal() and len(part) <= 15 for part in (seq, place)):
        msg = f"{text[:40]!r} is no page: give it as the page before it said, such as 312-0"
        raise ValueError(msg)
    return int(seq), int(place)
