"""Telling HQ of deficits: what a till sold or a count missed although orders stood on it.

One trouble per store and SKU while the store's floor stock is below zero in the mirror. It is resolved by
itself once that is repaid; so is the one that says that nothing is left to repay from.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from hub.stock.book import SqliteHubBook, dump
from hub.stock.close_trouble import REPAID, Unresolved, close_by_itself
from hub.stock.open_trouble import NewTrouble, open_trouble
from sync.rules.central.apply_up import Applied
from sync.rules.rights import HubStock
from sync.storage.writer import Transaction

_KNOWN: Final = (
    "SELECT id, kind, facts, state, owner FROM trouble WHERE store = ? AND state <> 'resolved'"
    " AND subject LIKE 'sku:%' AND subject <> '' AND kind IN ('deficit', 'oversold', 'negative_stock')"
)
_CHANGED: Final = "UPDATE trouble SET facts = ?, last_at = ? WHERE id = ?"


@dataclass(frozen=True, slots=True)
class _Known:
    """An unresolved trouble about a SKU."""

    trouble: Unresolved
    facts: Mapping[str, object]


def follow_deficits(transaction: Transaction, book: SqliteHubBook, applied: Applied, at: str) -> None:
    """Open, bring up to date or resolve the troubles about what an UP touched; all else stays as it is."""
    position = book.position()
    if not position.merged or not (applied.events or applied.skus):
        return
    known = _known(transaction, position.store)
    for sku in sorted(applied.skus | {sku for _, sku in known}):
        stock = book.stock(sku) or HubStock()
        is_weighed = sku in applied.skus or not stock.lack
        for new in _wanted(position.store, sku, stock, applied.left.get(sku, 0), at):
            if is_weighed or new.kind == "deficit":
                _follow(transaction, known.get((new.kind, sku)), new)


def _wanted(store: str, sku: str, stock: HubStock, left: int, at: str) -> tuple[NewTrouble, ...]:
    """What there is to tell about a SKU; zero units where there is nothing.

    Where no order stands on the units that are left, no customer is hurt: the books alone are wrong.
    """
    subject = f"sku:{sku}"
    oversold = left if stock.promised > stock.settled else 0

    def facts(units: int) -> dict[str, object]:
        return {"sku": sku, "units": units, "since": at}

    return (
        NewTrouble(kind="deficit", store=store, facts=facts(stock.deficit), at=at, subject=subject),
        NewTrouble(kind="oversold", store=store, facts=facts(oversold), at=at, subject=subject),
        NewTrouble(kind="negative_stock", store=store, facts=facts(left - oversold), at=at, subject=subject),
    )


def _known(transaction: Transaction, store: str) -> dict[tuple[str, str], _Known]:
    """The store's unresolved troubles of these kinds by kind and SKU."""
    found = {}
    for number, kind, text, state, owner in transaction.all(_KNOWN, (store,)):
        facts = json.loads(text)
        found[str(kind), str(facts["sku"])] = _Known(Unresolved(number, state, owner), facts)
    return found


def _follow(transaction: Transaction, known: _Known | None, new: NewTrouble) -> None:
    """One trouble as it should be now."""
    units = new.facts["units"]
    if known is None:
        if units:
            open_trouble(transaction, new)
    elif not units:
        close_by_itself(transaction, known.trouble, REPAID, new.at)
    elif units != known.facts.get("units"):
        transaction.execute(_CHANGED, (dump({**known.facts, "units": units}), new.at, known.trouble.id))
