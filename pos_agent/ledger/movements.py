"""The movements inside an event, and what a bucket's sum of them is. Pure."""

from collections.abc import Iterable
from typing import Any

from sync.rules.canonical import Raw

OUTSIDE = ""
"""Where goods come from and go to beyond the store, as a movement row writes it."""

MovementRow = tuple[int, int, str, int, str, str, str, str, str, str]


def movement_rows(seq: int, raw: Raw) -> list[MovementRow]:
    """One row for each line that an event moves, its columns in the order of the movement table."""
    if raw["kind"] == "move":
        lines, reason, ref = raw["lines"], raw["reason"], raw.get("ref", "")
    elif raw["kind"] == "hold":
        lines, reason, ref = raw.get("moves", []), f"pickup_{raw['to']}", raw["order"]
    elif raw["kind"] == "balances":
        lines, reason, ref = _taken_over(raw["lines"]), "takeover", ""
    else:
        return []
    return [
        (
            seq,
            place,
            line["sku"],
            line["qty"],
            line.get("source") or OUTSIDE,
            line.get("target") or OUTSIDE,
            reason,
            ref,
            raw.get("actor", ""),
            raw["at"],
        )
        for place, line in enumerate(lines)
    ]


def _taken_over(balances: Iterable[Raw]) -> list[Raw]:
    """Told balances as movements: into each bucket, or out of one that stood below zero."""
    return [
        {"sku": told["sku"], "qty": abs(units), "target" if units > 0 else "source": bucket}
        for told in balances
        for bucket in ("floor", "staged", "damaged")
        if (units := told.get(bucket, 0))
    ]


def add_up(sums: dict[str, dict[str, int]], rows: Iterable[MovementRow]) -> None:
    """Add the rows of an event to `sums`: units per SKU and bucket."""
    for _seq, _place, sku, qty, source, target, *_ in rows:
        buckets = sums.setdefault(sku, {"floor": 0, "staged": 0, "damaged": 0})
        if source:
            buckets[source] -= qty
        if target:
            buckets[target] += qty


def effect_on_hand(row: dict[str, Any]) -> int:
    """How a movement changes the sellable units in the store."""
    sellable = {"floor", "staged"}
    return int(row["qty"]) * ((row["target"] in sellable) - (row["source"] in sellable))
