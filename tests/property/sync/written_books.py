"""The protocol's invariants as questions to both database files: what is asserted stands in rows.

The numbers (I1 to I10) are those of `sync.simulator.story.SAYS`.
"""

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sync.rules.items import HoldItem
from tests.property.sync.two_files import SKUS, STORE, HubSide, Shelf, StoreSide

_HUB_STOCK = (
    "SELECT sku, floor, staged, damaged, granted, settled, returned, promised FROM stock WHERE store = ?"
)
_STORE_STOCK = "SELECT sku, floor, staged, damaged, granted, settled, returned, open FROM stock"
_HUB_LINES = "SELECT order_id, line, done, short, released, qty, sku FROM hold_line WHERE store = ?"
_STORE_LINES = "SELECT order_id, line, done, short, released, qty, sku, staged FROM hold_line"
_SUMS = (
    "SELECT sku, SUM(qty * ((target = 'floor') - (source = 'floor'))),"
    " SUM(qty * ((target = 'staged') - (source = 'staged'))),"
    " SUM(qty * ((target = 'damaged') - (source = 'damaged'))) FROM movement WHERE seq <= ? GROUP BY sku"
)
_GRANTED = (
    "SELECT json_extract(raw, '$.sku'), MAX(json_extract(raw, '$.granted')) FROM event"
    " WHERE json_extract(raw, '$.kind') = 'grant' AND seq <= ? GROUP BY 1"
)
_CASH = (
    "SELECT COALESCE(SUM(json_extract(raw, '$.minor')), 0) FROM event"
    " WHERE json_extract(raw, '$.kind') = 'payment'"
)

Key = tuple[str, int]


@dataclass(slots=True)
class Deal:
    """An order that a customer was told of."""

    item: HoldItem
    is_dispatched: bool
    is_dropped: bool = False


@dataclass(slots=True)
class Truth:
    """What people know."""

    shelf: Shelf = field(default_factory=Shelf)
    deals: dict[str, Deal] = field(default_factory=dict)
    beyond: Counter[str] = field(default_factory=Counter)
    """Units by SKU sold by override or counted as lost."""
    drift: Counter[str] = field(default_factory=Counter)
    """Units by SKU that the ledger counts but that are gone."""
    receipts: list[str] = field(default_factory=list)


@dataclass(slots=True)
class State:
    """Both files' rows at one moment."""

    hub: dict[str, dict[str, int]]
    store: dict[str, dict[str, int]]
    hub_lines: dict[Key, dict[str, Any]]
    store_lines: dict[Key, dict[str, Any]]
    hub_position: dict[str, Any]
    store_position: dict[str, Any]


def read(hub: HubSide, store: StoreSide) -> State:
    """The rows that matter."""
    names = ("floor", "staged", "damaged", "granted", "settled", "returned")
    (there,) = hub.rows("SELECT app, ver, heard, chain FROM store_stream WHERE store = ?", STORE)
    (here,) = store.rows("SELECT seq, heard, dver, chain, fenced FROM position")
    return State(
        hub=_named(hub.rows(_HUB_STOCK, STORE), 1, (*names, "promised")),
        store=_named(store.rows(_STORE_STOCK), 1, (*names, "open")),
        hub_lines=_named(hub.rows(_HUB_LINES, STORE), 2, ("done", "short", "released", "qty", "sku")),
        store_lines=_named(
            store.rows(_STORE_LINES), 2, ("done", "short", "released", "qty", "sku", "staged")
        ),
        hub_position=dict(zip(("app", "ver", "heard", "chain"), there, strict=True)),
        store_position=dict(zip(("seq", "heard", "dver", "chain", "fenced"), here, strict=True)),
    )


def _named(rows: list[tuple[Any, ...]], width: int, names: tuple[str, ...]) -> dict[Any, dict[str, Any]]:
    """Rows by their first columns, the others by name."""
    return {
        (row[0] if width == 1 else row[:width]): dict(zip(names, row[width:], strict=True)) for row in rows
    }


def open_units(line: dict[str, Any]) -> int:
    """Units of a line that are still owed."""
    return int(line["qty"] - line["done"] - line["short"] - line["released"])


def free(stock: dict[str, int]) -> int:
    """Floor stock F."""
    return stock["floor"] + stock["staged"] - (stock["granted"] - stock["returned"] - stock["settled"])


def check_rights(state: State, truth: Truth) -> None:
    """I1, I2, I4: every promise has its unit, nobody goes beyond their rights or ahead of a writer."""
    owed: Counter[str] = Counter()
    for order, deal in truth.deals.items():
        for line in () if deal.is_dropped else deal.item.lines:
            here = state.store_lines.get((order, line.line))
            owed[line.sku] += line.qty if here is None else open_units(here)
    for sku in SKUS:
        here, there = state.store.get(sku, _ZEROS), state.hub.get(sku, _ZEROS)
        assert owed[sku] <= here["floor"] + here["staged"] + max(0, -free(here)), f"I1 {sku} {state}"
        assert there["granted"] - there["returned"] - there["promised"] >= 0, f"I2 {sku} {there}"
        assert free(here) >= -truth.beyond[sku], f"I2 {sku} {here}"
        assert here["returned"] <= there["returned"], f"I4 {sku} {state}"
        assert there["granted"] <= here["granted"], f"I4 {sku} {state}"


_ZEROS: dict[str, int] = Counter()


def check_growth(before: State, after: State) -> None:
    """I4, I5: counters with one writer never fall, on either side."""
    for old, new in ((before.hub, after.hub), (before.store, after.store)):
        for sku, stock in old.items():
            for name in ("granted", "settled", "returned"):
                assert stock[name] <= new[sku][name], f"I4 {sku} {name} fell"
    for old_lines, new_lines in (
        (before.hub_lines, after.hub_lines),
        (before.store_lines, after.store_lines),
    ):
        for key, line in old_lines.items():
            for name in ("done", "short", "released"):
                assert line[name] <= new_lines.get(key, line)[name], f"I5 {key} {name} fell"
    for name in ("app", "ver"):
        assert before.hub_position[name] <= after.hub_position[name]
    for name in ("seq", "heard", "dver"):
        assert before.store_position[name] <= after.store_position[name]


def check_lines(state: State, truth: Truth) -> None:
    """I5, I8: each line settles each unit once, as often as goods left; no promise is gone."""
    for key, line in state.store_lines.items():
        assert open_units(line) >= 0, f"I5 {key} {line}"
        assert line["done"] == truth.shelf.given[key], f"I5 {key} {line} given {truth.shelf.given[key]}"
        assert 0 <= line["staged"] == truth.shelf.staged[key], f"I7 {key} {line}"
        theirs = state.hub_lines.get(key)
        assert theirs is not None, f"I8 {key} is in the store and gone at the hub"
        for name in ("done", "short", "released"):
            assert theirs[name] <= line[name], f"I5 {key}: the hub is ahead {theirs} {line}"
    kept = {order for order, _ in state.hub_lines}
    assert kept == {order for order, deal in truth.deals.items() if not deal.is_dropped}, "I8"
    assert {order for order, _ in state.store_lines} <= kept, "I5 a hold that nobody was promised"


def check_sums(hub: HubSide, store: StoreSide, state: State, truth: Truth) -> None:
    """I3, I6, I7, I8: logs agree event by event, and every balance is what its log comes to."""
    app, seq = state.hub_position["app"], state.store_position["seq"]
    assert state.store_position["heard"] <= app <= seq, f"I8 {state.hub_position} {state.store_position}"
    mine = store.rows("SELECT seq, raw, chain FROM event WHERE seq <= ? ORDER BY seq", app)
    theirs = hub.rows("SELECT seq, raw, chain FROM event WHERE store = ? ORDER BY seq", STORE)
    assert [(n, json.loads(raw), chain) for n, raw, chain in mine] == [
        (n, json.loads(raw), chain) for n, raw, chain in theirs
    ], "I3 I6"
    assert not mine or mine[-1][2] == state.hub_position["chain"], "I3"
    _check_mirror(state.hub, store, app, "I3")
    _check_mirror(state.store, store, seq, "I7")
    for sku in SKUS:
        stock, lines = state.hub.get(sku, _ZEROS), state.hub_lines.values()
        assert stock["promised"] == sum(x["qty"] - x["released"] for x in lines if x["sku"] == sku), "I7"
        assert stock["settled"] == sum(x["done"] + x["short"] for x in lines if x["sku"] == sku), "I7"
        here = state.store.get(sku, _ZEROS)
        assert here["open"] == sum(open_units(x) for x in state.store_lines.values() if x["sku"] == sku), "I7"
        lies = truth.shelf.floor[sku]
        assert here["floor"] == lies + truth.drift[sku], f"I7 {sku} {here} lies there {lies} {truth.drift}"


def _check_mirror(stocks: dict[str, dict[str, int]], store: StoreSide, seq: int, invariant: str) -> None:
    """Balances against the sums of the store's movement and event rows up to `seq`."""
    sums = {sku: counts for sku, *counts in store.rows(_SUMS, seq)}
    granted = dict(store.rows(_GRANTED, seq))
    for sku, stock in stocks.items():
        kept = [stock["floor"], stock["staged"], stock["damaged"]]
        assert kept == sums.get(sku, [0, 0, 0]), f"{invariant} {sku} {kept} at {seq}: {sums}"
        assert stock["granted"] == granted.get(sku, 0), f"{invariant} {sku} {stock} at {seq}: {granted}"


def check_rest(hub: HubSide, store: StoreSide, state: State, truth: Truth) -> None:
    """I6, I9, I10: nothing is left to say, and both books hold the same."""
    hub_at, store_at = state.hub_position, state.store_position
    assert (hub_at["app"], hub_at["chain"]) == (store_at["seq"], store_at["chain"]), "I10"
    assert hub_at["ver"] == hub_at["heard"] == store_at["dver"], "I10"
    assert store_at["heard"] == store_at["seq"], "I10"
    common = ("floor", "staged", "damaged", "granted", "settled", "returned")
    for sku in SKUS:
        here, there = state.store.get(sku, _ZEROS), state.hub.get(sku, _ZEROS)
        assert [here[name] for name in common] == [there[name] for name in common], (
            f"I10 {sku} {here} {there}"
        )
    dispatched = {order for order, deal in truth.deals.items() if deal.is_dispatched}
    assert {order for order, _ in state.store_lines} == dispatched, "I10"
    for key, line in state.store_lines.items():
        theirs = state.hub_lines.get(key, {})
        assert theirs == {name: value for name, value in line.items() if name != "staged"}, f"I10 {key}"
    refs = store.rows(
        "SELECT ref FROM movement WHERE reason IN ('sale', 'override') GROUP BY seq ORDER BY seq"
    )
    assert [ref for (ref,) in refs] == truth.receipts, "I6"
    assert store.rows(_CASH) == hub.rows(_CASH) == [(truth.shelf.cash,)], "I9"
