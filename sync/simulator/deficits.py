"""What must hold while a deficit is repaid: in the stated order, from nothing that lies ready."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sync.rules.holds import HubLine
from sync.simulator.books import Change
from sync.simulator.invariants import require

if TYPE_CHECKING:
    from sync.simulator.world import Store


def check_dropped(store: "Store", dropped: Sequence[str]) -> None:
    """Provisional holds go the newest first: for some SKU of a dropped one no newer one is left."""
    for order in dropped:
        skus = {sku for _, sku, _ in store.deals[order].lines}
        left = [sku for sku in skus if any(line.order > order for line in _provisional(store, sku))]
        require(len(left) < len(skus), "deficit", store.name, "dropped", order, "before newer ones of", left)


def check_repaid(store: "Store", changes: Sequence[Change]) -> None:
    """After a commit at the hub: free and provisional units go before anybody is asked to look."""
    if not store.hub.position().merged:
        return
    for sku, stock in store.hub.tables["stock"].items():
        if stock.lack:
            require(not stock.available, "deficit", store.name, sku, "units are free", stock)
            require(not _provisional(store, sku), "deficit", store.name, sku, "provisional units are kept")
    for change in changes:
        if change.table == "lines" and change.before is not None:
            before = {line.line: line.victim for line in change.before}
            for line in store.hub.lines(str(change.key)):
                if line.victim > before.get(line.line, 0):
                    _check_named(store, line)


def _provisional(store: "Store", sku: str) -> list[HubLine]:
    """Lines of a SKU that no store was told of."""
    return [line for line in store.hub.lines_of(sku) if not line.dispatched]


def _check_named(store: "Store", named: HubLine) -> None:
    """A line was named: dispatched, not ready, the newest that could be, for no more than is lacking."""
    require(named.dispatched and not named.ready, "deficit", store.name, "named", named)
    lines = store.hub.lines_of(named.sku)
    stock, sought = store.hub.tables["stock"][named.sku], sum(line.sought for line in lines)
    require(sought <= stock.lack, "deficit", store.name, named.sku, "named", sought, "lacking", stock)
    newer = [line for line in lines if (line.order, line.line) > (named.order, named.line)]
    left = [line for line in newer if can_repay(store, line)]
    require(not left, "deficit", store.name, named, "was named before", left)


def can_repay(store: "Store", line: HubLine) -> bool:
    """Whether units of a line may still be named, as the simulator sees it."""
    is_told = line.dispatched and store.hub.item(line.order) is not None
    return is_told and not line.ready and line.open - line.staged > line.victim


def check_resolved(store: "Store") -> None:
    """When faults have stopped no deficit is left that something can repay, and no question is open."""
    for sku, stock in store.hub.tables["stock"].items():
        lines = store.hub.lines_of(sku)
        left = [line for line in lines if line.sought or can_repay(store, line)]
        require(not stock.lack or not left, "I10", store.name, sku, "deficit", stock.lack, "left", left)
