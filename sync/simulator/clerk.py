"""What people do in a store: sell, receive, pick, hand over; and what they do wrong."""

from sync.rules.errors import Finished, Refused
from sync.rules.facts import Move, MoveLine, Payment
from sync.rules.holds import LineCount, StoreHold
from sync.rules.store import fulfil, ledger, look_now
from sync.rules.store.report_up import request_id
from sync.simulator import invariants
from sync.simulator.world import PRICES, SKUS, UNKNOWN, Store, World

CLERK = "li"
MOST_OVERRIDDEN = 9
"""Units of one sale beyond the floor: enough to take what orders stand on."""


def open_store(world: World, store: Store) -> None:
    """The opening stock, before anything else happens."""
    world.dice.start_step(-1 - world.stores.index(store))
    for sku in (*SKUS, UNKNOWN):
        receive_units(world, store, sku, world.dice.between(3, 14), "opening")


def receive(world: World, store: Store) -> str:
    """A delivery of one SKU."""
    sku, qty = world.dice.one_of(SKUS), world.dice.between(1, 6)
    return receive_units(world, store, sku, qty, "receive")


def receive_units(world: World, store: Store, sku: str, qty: int, reason: str) -> str:
    """Units come in."""
    move = Move(reason=reason, lines=(MoveLine(sku=sku, qty=qty, target="floor"),), at=world.at())  # type: ignore[arg-type]

    def unpack(_: object) -> None:
        store.shelf.floor[sku] += qty

    world.commit_at_store(store, lambda: ledger.book_move(store.book, move), unpack)
    return f"{reason} {qty} {sku}"


def sell(world: World, store: Store) -> str:
    """A customer brings goods to the till: sold within F, refused beyond."""
    return _sell(world, store, world.dice.one_of(SKUS), "sale")


def sell_unknown(world: World, store: Store) -> str:
    """A sale of something that the hub has never heard of: its event becomes a dead letter."""
    return _sell(world, store, UNKNOWN, "sale")


def override(world: World, store: Store) -> str:
    """The clerk sells beyond F, for a reason: units owed to an order may be gone then."""
    return _sell(world, store, world.dice.one_of(SKUS), "override", most=MOST_OVERRIDDEN)


def _sell(world: World, store: Store, sku: str, reason: str, most: int = 3) -> str:
    """One sale with its payment, as one commit; goods and receipt leave after it."""
    lying = store.shelf.floor[sku]
    if not lying:
        return f"no {sku} on the shelf"
    qty = min(lying, world.dice.between(1, most))
    ref, paid = world.new_id("R"), qty * PRICES[sku]
    move = Move(reason=reason, lines=(MoveLine(sku=sku, qty=qty, source="floor"),), at=world.at(), ref=ref)  # type: ignore[arg-type]
    if reason == "override":
        store.beyond[sku] = qty

    def work() -> None:
        ledger.book_move(store.book, move)
        pay(world, store, ref, paid, None)

    def leave(_: object) -> None:
        store.shelf.floor[sku] -= qty
        store.shelf.cash += paid
        store.receipts.add(ref)

    world.commit_at_store(store, work, leave)
    return f"{reason} {qty} {sku}"


def pay(world: World, store: Store, ref: str, minor: int, order: str | None) -> None:
    """Cash into the drawer, in the ledger."""
    payment = Payment(ref=ref, tender="cash", minor=minor, currency="CNY", at=world.at(), order=order)
    ledger.book_payment(store.book, payment)


def steal(world: World, store: Store) -> str:
    """A unit disappears; no ledger knows."""
    sku = world.dice.one_of(SKUS)
    if store.shelf.floor[sku]:
        store.shelf.floor[sku] -= 1
        store.shelf.drift[sku] += 1
        return f"a {sku} is stolen"
    return "nothing to steal"


def count(world: World, store: Store) -> str:
    """Somebody counts a SKU: the ledger follows the goods, a loss is recorded."""
    sku = world.dice.one_of(SKUS)
    drift = store.shelf.drift[sku]
    if not drift:
        return f"{sku} counted, as booked"
    line = MoveLine(sku=sku, qty=abs(drift), **{"source" if drift > 0 else "target": "floor"})  # type: ignore[arg-type]
    store.beyond[sku] = max(0, drift)

    def settle_drift(_: object) -> None:
        store.shelf.drift[sku] = 0

    move = Move(reason="count", lines=(line,), at=world.at())
    world.commit_at_store(store, lambda: ledger.book_move(store.book, move), settle_drift)
    return f"{sku} counted, {drift} missing"


def damage(world: World, store: Store) -> str:
    """A unit breaks and is put aside, if the floor may lose it."""
    sku = world.dice.one_of(SKUS)
    if not store.shelf.floor[sku]:
        return "nothing to break"
    line = MoveLine(sku=sku, qty=1, source="floor", target="damaged")

    def aside(_: object) -> None:
        store.shelf.floor[sku] -= 1
        store.shelf.damaged[sku] += 1

    move = Move(reason="damage", lines=(line,), at=world.at())
    world.commit_at_store(store, lambda: ledger.book_move(store.book, move), aside)
    return f"a {sku} breaks"


def some_hold(world: World, store: Store, *, is_open: bool = True) -> StoreHold | None:
    """One of the holds that the clerk's screen shows."""
    holds: list[StoreHold] = [hold for hold in store.book.rows("hold").values() if hold.is_open == is_open]
    return world.dice.one_of(holds) if holds else None


def _missing(hold: StoreHold) -> list[LineCount]:
    """Lines with units still to pick."""
    return [line for line in hold.lines if line.staged < line.open]


def pick(world: World, store: Store) -> str:
    """The clerk scans a unit off the shelf; a line that is picked already refuses."""
    hold = some_hold(world, store)
    if hold is None:
        return "nothing to pick"
    return _pick_unit(world, store, hold, world.dice.one_of(_missing(hold) or hold.lines))


def pick_order(world: World, store: Store) -> str:
    """The clerk picks all that an order lacks and lies there, and mostly says then that it is ready."""
    hold = some_hold(world, store)
    if hold is None:
        return "no order to pick"
    for line in _missing(hold):
        for _ in range(line.open - line.staged):
            _pick_unit(world, store, hold, line)
    if world.dice.hit(0.7):
        world.commit_at_store(store, lambda: fulfil.make_ready(store.book, hold.order, world.at(), CLERK))
    return f"picked {hold.order[-4:]}"


def _pick_unit(world: World, store: Store, hold: StoreHold, line: LineCount) -> str:
    """One unit moves from shelf and floor to what lies picked."""
    if not store.shelf.floor[line.sku]:
        return f"no {line.sku} on the shelf to pick"

    def stage(_: object) -> None:
        store.shelf.floor[line.sku] -= 1
        store.shelf.staged[hold.order, line.line] += 1

    def work() -> None:
        fulfil.pick(store.book, hold.order, line.line, world.at(), CLERK)
        look_now.answer(store.book, hold.order, world.at(), CLERK)

    world.commit_at_store(store, work, stage)
    return f"pick {line.sku} of {hold.order[-4:]}"


def short(world: World, store: Store) -> str:
    """The clerk does not find units: they are gone, or lie where nobody looked."""
    hold = some_hold(world, store)
    missing = _missing(hold) if hold else []
    if hold is None or not missing:
        return "nothing is missing"
    line = world.dice.one_of(missing)
    if store.shelf.floor[line.sku] and not world.dice.hit(0.3):
        return f"{line.sku} is there after all"
    return report_short(world, store, hold, line, world.dice.between(1, line.open - line.staged))


def report_short(world: World, store: Store, hold: StoreHold, line: LineCount, n: int) -> str:
    """A short pick of `n` units; what it takes off the books is no longer drift."""
    before, drift = store.book.stock(line.sku).on_hand, store.shelf.drift[line.sku]
    is_honest = not store.shelf.floor[line.sku] and not _lies_forgotten(store, line.sku)

    def follow(_: object) -> None:
        store.shelf.drift[line.sku] -= before - store.book.stock(line.sku).on_hand
        if is_honest:
            invariants.check_short(line.sku, drift, store.shelf.drift[line.sku])

    world.commit_at_store(
        store,
        lambda: fulfil.report_short(store.book, hold.order, line.line, n, world.at(), CLERK),
        follow,
    )
    return f"short {n} {line.sku} of {hold.order[-4:]}"


def _lies_forgotten(store: Store, sku: str) -> bool:
    """Whether released units of a SKU still lie among the picked ones."""
    return any(
        line.sku == sku and line.staged > line.open
        for hold in store.book.rows("hold").values()
        for line in hold.lines
    )


def lose_staged(world: World, store: Store) -> str:
    """A unit that lay ready is gone; the clerk says so."""
    hold = some_hold(world, store)
    if hold is None:
        return "nothing is ready to lose"
    lines = [line for line in hold.lines if line.staged and line.staged == line.open]
    if not lines:
        return "nothing is ready to lose"
    line = world.dice.one_of(lines)
    store.shelf.staged[hold.order, line.line] -= 1
    store.shelf.drift[line.sku] += 1
    try:
        return report_short(world, store, hold, line, 1)
    except BaseException:
        if store.book.hold(hold.order) == hold:
            store.shelf.staged[hold.order, line.line] += 1
            store.shelf.drift[line.sku] -= 1
        raise


def ready(world: World, store: Store) -> str:
    """The clerk says that all lies ready; refused while units are missing."""
    hold = some_hold(world, store)
    if hold is None:
        return "no order to make ready"
    world.commit_at_store(store, lambda: fulfil.make_ready(store.book, hold.order, world.at(), CLERK))
    return f"ready {hold.order[-4:]}"


def expire(world: World, store: Store) -> str:
    """The agent's timer: an open hold is too old."""
    hold = some_hold(world, store)
    if hold is None:
        return "nothing to expire"
    world.commit_at_store(store, lambda: fulfil.release(store.book, hold.order, world.at(), "", "expired"))
    return f"expire {hold.order[-4:]}"


def put_back(world: World, store: Store) -> str:
    """A clerk carries a staged unit back to the shelf; refused while it is owed."""
    staged = [key for key, n in store.shelf.staged.items() if n]
    if not staged:
        return "nothing to put back"
    order, line = world.dice.one_of(staged)

    def carry(_: object) -> None:
        store.shelf.staged[order, line] -= 1
        store.shelf.floor[store.sku_of[order, line]] += 1

    world.commit_at_store(store, lambda: fulfil.put_back(store.book, order, line, world.at(), CLERK), carry)
    return f"put back {order[-4:]}"


def ask_floor(world: World, store: Store) -> str:
    """The till lacks units that were granted: the floor asks the hub for some."""
    store.asking = (
        {world.dice.one_of(SKUS): world.dice.between(1, 3)},
        request_id(store.book.position(), world.new_order_id()),
    )
    return f"floor asks for {store.asking}"


def refusal_text(error: Refused) -> str:
    """What the till shows."""
    return "collected already" if isinstance(error, Finished) else error.code
