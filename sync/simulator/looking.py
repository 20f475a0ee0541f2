"""What people in a store do about units that the hub asks to look for."""

from sync.rules.holds import LineCount, StoreHold
from sync.rules.store import look_now
from sync.simulator.clerk import CLERK
from sync.simulator.invariants import require
from sync.simulator.world import Store, World


def look(world: World, store: Store) -> str:
    """Units that are asked for are not found, or nobody looks in time; found ones are picked as ever."""
    asked = [hold for hold in store.book.rows("hold").values() if look_now.is_sought(hold)]
    if not asked:
        return "nothing to look for"
    hold = world.dice.one_of(asked)
    count = world.dice.one_of([line for line in hold.lines if look_now.sought(hold, line)])
    return give_up(world, store, hold, count, CLERK if world.dice.hit(0.5) else "")


def give_up(world: World, store: Store, hold: StoreHold, count: LineCount, actor: str) -> str:
    """Units are not found: the goods stay where they are, and so does what the books say of them."""
    before = store.book.stock(count.sku)

    def check(_: object) -> None:
        now = store.book.stock(count.sku)
        require(now.on_hand == before.on_hand, "I7", "a victim's short moved goods", before, now)
        most = max(0, -before.free)
        require(now.settled - before.settled <= most, "deficit", "short beyond the deficit", before, now)

    world.commit_at_store(
        store,
        lambda: look_now.not_found(store.book, hold.order, count.line, world.at(), actor),
        check,
    )
    return f"{count.sku} of {hold.order[-4:]} is not found"


def answer_all(world: World, store: Store) -> bool:
    """The agent's timer, when the time to look is over for everything; returns whether it did anything."""
    before = store.book.position().seq
    for order in sorted(store.book.rows("hold")):
        _answer(world, store, order)
    return store.book.position().seq > before


def _answer(world: World, store: Store, order: str) -> None:
    """Whatever was asked about one order is answered now."""
    hold = world.commit_at_store(store, lambda: look_now.answer(store.book, order, world.at()))
    for number in [count.line for count in hold.lines] if hold else []:
        hold = store.book.hold(order)
        if hold is not None and look_now.sought(hold, hold.line(number)):
            give_up(world, store, hold, hold.line(number), "")
