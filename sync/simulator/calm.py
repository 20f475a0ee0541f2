"""When faults stop: within a bounded number of rounds all must be equal (I10, I6, I9)."""

from sync.rules.central.make_down import make_down
from sync.rules.facts import Move, Payment
from sync.rules.store.report_up import make_up
from sync.rules.streams import Up
from sync.simulator import deficits, digests, exchange, looking, money, papers, payments, recovery
from sync.simulator.invariants import check_between, is_equal, require
from sync.simulator.limits import in_force
from sync.simulator.odds import SMALL_LIMITS, SPARE_ROUNDS
from sync.simulator.world import Store, World


def settle_all(world: World) -> int:
    """Send without faults until both sides of every store agree, then compare all books.

    Returns:
        The most rounds that a store needed.
    """
    rounds = 0
    for store in world.stores:
        store.line.is_cut = False
        store.line.clear()
        world.forget(store)
        rounds = max(rounds, _exchange_until_equal(world, store))
        payments.tell_all(world, store)
        rounds = max(rounds, _exchange_until_equal(world, store))
        while looking.answer_all(world, store):
            rounds = max(rounds, _exchange_until_equal(world, store))
        deficits.check_resolved(store)
        _compare(store)
    return rounds


def _exchange_until_equal(world: World, store: Store) -> int:
    """Rounds of both timers with every message delivered; returns how many it took.

    An agent that the messages make stop is enrolled anew, and the rounds count from there.
    """
    for done in range(_most_rounds(store) + 1):
        if recovery.needs_help(store):
            recovery.enrol_again(world, store)
            return _exchange_until_equal(world, store)
        recovery.verify_all(world, store)
        if is_equal(store):
            return done
        exchange.receive_at_hub(world, store, _next_up(store))
        exchange.receive_at_store(world, store, make_down(store.hub))
    hub, here = store.hub.position(), store.book.position()
    require(False, "I10", store.name, "not equal after", done, "rounds:", hub, here)
    return done


def _most_rounds(store: Store) -> int:
    """Full messages that hold all events and all items, and some to spare."""
    events, items, limits = store.book.position().seq, len(store.hub.rows("request")), in_force()
    items_in_one = 1 if limits == SMALL_LIMITS else limits["items"]
    return SPARE_ROUNDS + events // limits["events"] + items // items_in_one


def _next_up(store: Store) -> Up:
    """What the agent's timer sends: all that the hub was not heard to have."""
    return make_up(store.book, store.book.position().heard)


def _compare(store: Store) -> None:
    """Both sides' books, event by event, unit by unit, fen by fen; and so do their digests say."""
    require(digests.stand_at_one_event(store), "I10", store.name, "stand at different events")
    check_between(store)
    hub, here = store.hub.position(), store.book.position()
    require(hub.chain == here.chain, "I10", store.name, "chains differ")
    for sku, stock in store.hub.rows("stock").items():
        require(stock.returned == store.book.stock(sku).returned, "I10", store.name, sku, "returned differ")
    for order, deal in store.deals.items():
        _compare_order(store, order, is_dropped=deal.state == "dropped")
    _compare_money(store)
    papers.compare(store)


def _compare_order(store: Store, order: str, *, is_dropped: bool) -> None:
    """An order's lines are equal at both sides, or nowhere, or not yet dispatched."""
    hold, lines = store.book.hold(order), store.hub.lines(order)
    if is_dropped or (hold is None and not lines and store.deals[order].state == "adrift"):
        require(hold is None and not lines, "I10", store.name, order, "was dropped and is there")
        return
    require(bool(lines), "I8", store.name, order, "was promised and is gone")
    if hold is None:
        require(not any(line.dispatched for line in lines), "I10", store.name, order, "never arrived")
        return
    there = [(line.line, line.sku, line.qty, line.done, line.short, line.released) for line in lines]
    here = [(line.line, line.sku, line.qty, line.done, line.short, line.released) for line in hold.lines]
    require(there == here, "I10", store.name, order, "lines differ", there, here)


def _compare_money(store: Store) -> None:
    """Each receipt is booked once, and the drawer holds what the books say."""
    facts = [fact for fact, _ in store.hub.rows("fact").values()]
    dead = [raw for _, raw in store.hub.rows("dead").values()]
    sales = [fact.ref for fact in facts if isinstance(fact, Move) and fact.ref.startswith("R")]
    sales += [raw["ref"] for raw in dead if raw.get("ref", "").startswith("R") and raw["kind"] == "move"]
    require(len(sales) == len(set(sales)), "I6", store.name, "a receipt is booked twice", sales)
    require(set(sales) == store.receipts, "I6", store.name, "receipts", store.receipts ^ set(sales))
    cash = sum(fact.minor for fact in facts if isinstance(fact, Payment))
    require(cash == store.shelf.cash, "I9", store.name, "booked", cash, "in the drawer", store.shelf.cash)
    for ref in store.provider.untold:
        order = store.provider.captures[ref].order
        require(order not in store.hub.rows("order"), "I9", store.name, order, "was paid, and the hub forgot")
    money.check_money(store)
