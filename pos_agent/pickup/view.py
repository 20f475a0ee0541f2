"""An order as the counter's screen shows it. Pure; who reads what from where is the caller's business."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pos_agent.till.cases import in_cases
from sync.rules.holds import LineCount, StoreHold
from sync.rules.items import HoldItem, HoldLine
from sync.rules.store.fulfil import outcome_of
from sync.rules.store.look_now import sought


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """What the store knows of a SKU beside the order: barcode, names, shelf, free units, stock unit.

    `cases` are the units that its cases hold, the largest first.
    """

    gtin: str = ""
    names: dict[str, str] = field(default_factory=dict)
    shelf: str = ""
    free: int = 0
    unit: str = "pcs"
    cases: tuple[int, ...] = ()


UNKNOWN = Goods()


def order_json(
    hold: StoreHold,
    goods: Mapping[str, Goods],
    currency: str,
    due: int,
    bags: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """One order.

    Args:
        hold: its ledger entry.
        goods: what is known of each SKU.
        currency: for an order whose body has gone.
        due: what is to pay here, minor units.
        bags: where its bags lie and how many they are; None where nobody said.
    """
    body = hold.body
    told = {line.line: line for line in body.lines} if body else {}
    return {
        "order": hold.order,
        "stage": hold.stage,
        "unsure": hold.unsure,
        "outcome": outcome_of(hold),
        **_head(body, currency),
        "due_minor": due,
        "prepaid_minor": hold.prepaid_minor,
        "closed_at": hold.closed_at or None,
        "bag": bags,
        "lines": [
            {
                **_line(line, told.get(line.line), goods.get(line.sku, UNKNOWN), is_closed=not hold.is_open),
                "look": sought(hold, line),
            }
            for line in hold.lines
        ],
    }


def _head(body: HoldItem | None, currency: str) -> dict[str, Any]:
    """What the hub told of the order; empty where it never did, or where it has gone."""
    return {
        "number": body.number if body else "",
        "ready_by": body.ready_by if body else None,
        "expires_at": body.expires_at if body else None,
        "placed_at": body.placed_at if body else None,
        "contact": body.contact if body else "",
        "phone_tail": body.phone_tail if body else "",
        "pay_at": body.pay_at if body else "online",
        "currency": body.currency if body else currency,
    }


def _line(line: LineCount, told: HoldLine | None, goods: Goods, *, is_closed: bool) -> dict[str, Any]:
    names = told.names if told and told.names else goods.names
    return {
        "line": line.line,
        "sku": line.sku,
        "gtin": (told.gtin if told else "") or goods.gtin,
        "names": dict(names) or {"zh-CN": line.sku, "en": line.sku},
        "qty": line.qty,
        "picked": line.staged,
        "to_put_back": line.staged if is_closed else 0,
        "done": line.done,
        "short": line.short,
        "released": line.released,
        "shelf": goods.shelf,
        "free": goods.free,
        "cases": [one._asdict() for one in in_cases(line.open, goods.cases)],
    }
