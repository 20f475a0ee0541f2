"""The protocol's invariants, checked after every commit with knowledge that no side has.

State changes in commits only, so a check of what a commit touched, on both sides, after each commit
is a check after every step.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from sync.rules.canonical import GENESIS
from sync.rules.holds import HubLine, StoreHold
from sync.rules.rights import StoreStock
from sync.simulator import digests
from sync.simulator.books import Change
from sync.simulator.shelf import Sums

if TYPE_CHECKING:
    from sync.simulator.world import Store


class Violation(Exception):
    """An invariant is broken: its name, and what was seen."""

    def __init__(self, invariant: str, text: str) -> None:
        super().__init__(invariant, text)
        self.invariant = invariant

    def __str__(self) -> str:
        return f"{self.args[0]}: {self.args[1]}"


def require(holds: bool, invariant: str, *facts: object) -> None:  # noqa: FBT001  # reads like an assertion
    """Break off where an invariant does not hold."""
    if not holds:
        raise Violation(invariant, " ".join(str(fact) for fact in facts))


def check_refusal(journal: Sequence[Change]) -> None:
    """What is refused changes nothing."""
    require(not journal, "refusal", [change.table for change in journal])


def check_short(sku: str, before: int, after: int) -> None:
    """A short pick of units that are gone never books out more than is gone."""
    require(after >= min(0, before), "I7", sku, "books out what is off the books: drift", before, after)


def check_want(store: "Store", granted: dict[str, int], wanted: dict[str, int]) -> None:
    """A DOWN makes a store grant what is newly wanted at most."""
    for sku, before in granted.items():
        grown = store.book.stock(sku).granted - before
        require(grown <= wanted.get(sku, 0), "wants", store.name, sku, "granted", grown, "asked", wanted)


def check_floor(store: "Store", asked: dict[str, tuple[int, int, str]], *, freed: bool) -> None:
    """A new request of the floor is served at once, as far as units are not promised; an old one never again.

    A deficit may bring it more; units `freed` then, beyond the deficit, came after the floor was served.
    """
    for sku, (qty, before, wants_id) in asked.items():
        stock = store.hub.tables["stock"][sku]
        given = stock.returned - before
        is_heard = not qty or store.hub.floor_request(sku) == wants_id
        require(is_heard, "wants", store.name, sku, "the floor was not heard")
        enough = given >= qty or not stock.available or freed
        fits = enough and (given <= qty or stock.free <= 0)
        require(fits, "wants", store.name, sku, "floor asked", qty, "got", given)


def check_store(store: "Store", changes: Sequence[Change]) -> None:
    """After a commit in a store's ledger."""
    for change in changes:
        now: Any = store.book.tables[change.table].get(change.key)
        if change.table == "stock" and change.before is not None:
            _rising(change, now, ("granted", "returned", "settled"), "I4")
        elif change.table == "hold":
            _check_hold(store, change, now)
    _add_events(store)
    _check_balances(store, changes)
    _check_prepaid(store, changes)
    position = store.book.position()
    require(position.heard <= position.seq, "I8", "heard beyond the log", position)
    check_between(store)


def _add_events(store: "Store") -> None:
    """Follow the log with the simulator's own sums."""
    events = store.book.tables["event"]
    for seq in range(store.sums.seq + 1, store.book.position().seq + 1):
        store.sums.add(events[seq], store.sku_of)


def _rising(change: Change, now: object, counters: Iterable[str], invariant: str) -> None:
    """Counters with one writer never fall."""
    for name in counters:
        before, after = getattr(change.before, name), getattr(now, name)
        require(before <= after, invariant, change.key, name, "fell from", before, "to", after)


def _check_hold(store: "Store", change: Change, now: StoreHold) -> None:
    """A hold's line counters never fall and never sum above what was ordered."""
    for line in now.lines:
        require(line.open >= 0, "I5", now.order, "line", line.line, "settled more than ordered", line)
        require(0 <= line.staged <= line.qty, "I5", now.order, "staged", line)
    if change.before is None:
        require(now.order in store.deals, "I5", store.name, "holds", now.order, "that nobody was promised")
        return
    for before, after in zip(change.before.lines, now.lines, strict=True):
        line_change = Change("line", (now.order, before.line), before)
        _rising(line_change, after, ("done", "short", "released"), "I5")


def _check_balances(store: "Store", changes: Sequence[Change]) -> None:
    """Movements sum to balances, balances to holds, and the ledger to the goods but for known losses."""
    first = {change.key: change.before for change in reversed(changes) if change.table == "stock"}
    if not first and not any(change.table == "hold" for change in changes):
        return
    staged, owed = _held(store)
    for sku, stock in store.book.tables["stock"].items():
        _check_stock(store, sku, stock)
        require(stock.staged == staged.get(sku, 0), "I7", store.name, sku, "staged", stock, staged)
        require(stock.open == owed.get(sku, 0), "I7", store.name, sku, "owed", stock, owed)
        before = first.get(sku, stock)
        least = min(0, before.free if before else 0) - store.beyond[sku]
        require(stock.free >= least, "I2", store.name, sku, "floor stock", stock.free, "below", least)


def _check_prepaid(store: "Store", changes: Sequence[Change]) -> None:
    """What the counter takes less for a hold is what the log grants."""
    for change in changes:
        if change.table == "hold":
            hold: StoreHold = store.book.tables["hold"][change.key]
            told = store.sums.prepaid[hold.order]
            require(hold.prepaid_minor == told, "I9", store.name, "prepaid", hold, "log", told)


def _held(store: "Store") -> tuple[dict[str, int], dict[str, int]]:
    """Units staged and units owed by SKU, from the holds."""
    staged: dict[str, int] = {}
    owed: dict[str, int] = {}
    for hold in store.book.tables["hold"].values():
        for line in hold.lines:
            staged[line.sku] = staged.get(line.sku, 0) + line.staged
            owed[line.sku] = owed.get(line.sku, 0) + line.open
    return staged, owed


def _check_stock(store: "Store", sku: str, stock: StoreStock) -> None:
    """One SKU's balances against the log and against the goods."""
    seen = (stock.floor, stock.staged, stock.damaged, stock.granted, stock.settled)
    require(seen == store.sums.of(sku), "I7", store.name, sku, "balances", seen, "log", store.sums.of(sku))
    shelf = store.shelf
    lying = sum(n for (order, line), n in shelf.staged.items() if store.sku_of[order, line] == sku)
    physical = shelf.floor[sku] + lying
    require(
        physical + shelf.drift[sku] == stock.on_hand,
        "I7",
        store.name,
        sku,
        f"{physical} lie there, {shelf.drift[sku]} are gone, the ledger says {stock.on_hand}",
    )


def check_hub(store: "Store", changes: Sequence[Change]) -> None:
    """After a commit in the hub's books about a store."""
    before = next((change.before for change in changes if change.table == "position"), None)
    position = store.hub.position()
    same_life = before is None or before.mirror[0] == position.mirror[0]
    for change in changes:
        now: Any = store.hub.tables[change.table].get(change.key)
        if change.table == "stock":
            rising = ("granted", "returned", "settled", "taken") if same_life else ("returned",)
            if change.before is not None:
                _rising(change, now, rising, "I4")
            require(now.available >= 0, "I2", store.name, change.key, "available", now)
        elif change.table == "lines" and change.before is not None:
            _check_lines(change, now)
    _check_mirror(store)
    _check_promised(store)
    check_between(store)


def _check_lines(change: Change, now: Sequence[HubLine] | None) -> None:
    """The hub's lines never fall; one that the store may know is never dropped."""
    was_dispatched = any(line.dispatched for line in change.before)
    require(now is not None or not was_dispatched, "I8", "dispatched order", change.key, "was dropped")
    if now is not None and len(now) == len(change.before):
        for before, after in zip(change.before, now, strict=True):
            _rising(
                Change("line", change.key, before), after, ("done", "short", "released", "dispatched"), "I5"
            )
            require(after.open >= 0, "I5", change.key, "settled more than ordered", after)


def _check_mirror(store: "Store") -> None:
    """The hub's mirror at an event is what the log comes to at that event; nothing was skipped.

    A log that begins with what the hub knew is followed once its beginning is whole.
    """
    position = store.hub.position()
    store.log_of(position.sinc, position.app, position.chain)
    sinc, seq = position.mirror
    log = store.log_of(sinc, seq, store.hub.tables["chain"].get((sinc, seq), GENESIS))
    if store.hub_sums_of != (sinc, id(log.events)) or store.hub_sums.seq > seq:
        store.hub_sums, store.hub_sums_of = Sums(), (sinc, id(log.events))
    sums, dead = store.hub_sums, store.hub.tables["dead"]
    while sums.seq < seq:
        event = log.events[sums.seq + 1]
        if (sinc, sums.seq + 1) in dead:
            sums.seq += 1
            require('"local"' in str(event).replace("'", '"'), "I6", store.name, "dead letter", event)
        else:
            sums.add(event, store.sku_of)
    tables = store.hub.tables
    booked = sum(number[0] == sinc for table in ("fact", "dead", "baseline") for number in tables[table])
    require(booked == seq, "I6", store.name, "events booked", booked, "applied", seq)
    for sku, stock in store.hub.tables["stock"].items():
        seen = (stock.floor, stock.staged, stock.damaged, stock.granted, stock.settled)
        require(seen == sums.of(sku), "I3", store.name, sku, "mirror", seen, "store at", seq, sums.of(sku))
        require(stock.taken == sums.taken[sku], "I3", store.name, sku, "taken", stock, sums.taken[sku])


def check_between(store: "Store") -> None:
    """What holds between the two sides and the world, whatever is under way.

    While one of them is being brought back nothing is promised, and there is nothing to compare.
    """
    if not is_joined(store):
        return
    owed = _owed_by_any(store)
    for sku, hub in store.hub.tables["stock"].items():
        here: StoreStock = store.book.stock(sku)
        require(here.returned <= hub.returned, "I4", store.name, sku, "returned", here, hub)
        require(hub.granted <= here.granted, "I4", store.name, sku, "granted", here, hub)
        deficit = max(0, -here.free)
        require(
            owed.get(sku, 0) <= here.on_hand + deficit,
            "I1",
            store.name,
            sku,
            f"{owed.get(sku, 0)} promised, {here.on_hand} there, deficit {deficit}",
        )
    if digests.stand_at_one_event(store):
        wrong = digests.false_buckets(store)
        require(not wrong, "I10", store.name, "digests of one event differ in", wrong)


def is_equal(store: "Store") -> bool:
    """Whether both streams are empty and each side knows it; the chain is told by each greeting."""
    hub, here = store.hub.position(), store.book.position()
    told = (hub.app, hub.ver, hub.hinc, here.heard) == (here.seq, hub.heard, here.hinc, here.seq)
    return told and hub.merged and hub.chain == here.chain


def is_joined(store: "Store") -> bool:
    """Whether both sides speak of the same history."""
    hub, here = store.hub.position(), store.book.position()
    return hub.merged and hub.sinc == here.sinc and not here.fenced and not store.estranged


def _check_promised(store: "Store") -> None:
    """The hub's counter of promises is the sum over its lines."""
    promised: dict[str, int] = {}
    for lines in store.hub.tables["lines"].values():
        for line in lines:
            promised[line.sku] = promised.get(line.sku, 0) + line.qty - line.released
    for sku, hub in store.hub.tables["stock"].items():
        ours = promised.get(sku, 0)
        require(hub.promised == ours, "I7", store.name, sku, "promised", hub.promised, "lines", ours)


def _owed_by_any(store: "Store") -> dict[str, int]:
    """Units by SKU that customers were promised and neither got, nor lost, nor were released."""
    owed: dict[str, int] = {}
    for order, deal in list(store.watched.items()):
        hold = store.book.hold(order)
        if hold is not None:
            for line in hold.lines:
                owed[line.sku] = owed.get(line.sku, 0) + line.open
            _check_given(store, hold)
        elif deal.state == "dropped":
            del store.watched[order]
        elif deal.state == "adrift" and not store.hub.lines(order):
            continue
        else:
            require(bool(store.hub.lines(order)), "I8", "order", order, "was promised and is gone")
            for _, sku, qty in deal.lines:
                owed[sku] = owed.get(sku, 0) + qty
    return owed


def _check_given(store: "Store", hold: StoreHold) -> None:
    """What customers carried away is what the ledger settled as done, and never more than was owed."""
    known = {line.line: line for line in store.hub.lines(hold.order)}
    require(bool(known), "I8", "order", hold.order, "is in the store and gone at the hub")
    for line in hold.lines:
        given = store.shelf.given[hold.order, line.line]
        require(hold.unsure or not store.forgotten[hold.order, line.line], "I5", hold.order, "is sure")
        require(given == line.done, "I5", hold.order, line.line, "given", given, "ledger", line)
        require(given <= line.qty - line.short - line.released, "I5", hold.order, "given", given, line)
        hub = known[line.line]
        behind = hub.done <= line.done and hub.short <= line.short and hub.released <= line.released
        require(behind, "I5", hold.order, "hub is ahead of the store", hub, line)
    if not hold.is_open and not any(line.open for line in known.values()):
        del store.watched[hold.order]
