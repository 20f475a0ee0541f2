"""What goes wrong beyond single messages: cuts, deaths, take-overs, ghosts of earlier incarnations."""

from sync.rules.canonical import GENESIS, to_raw
from sync.rules.facts import Grant, Move, MoveLine
from sync.rules.items import HoldItem, HoldLine, ReturnItem
from sync.rules.streams import Down, Up
from sync.simulator.exchange import receive_at_hub, receive_at_store
from sync.simulator.world import SKUS, Store, World


def cut(world: World, store: Store) -> str:
    """The line is cut; what was under way may be lost."""
    store.line.is_cut = True
    if world.dice.hit(0.5):
        store.line.clear()
    world.faults["cut"] += 1
    return "line cut"


def heal(world: World, store: Store) -> str:
    """The line is whole again; both sides start from what they know."""
    if not store.line.is_cut:
        return "line is whole"
    store.line.is_cut = False
    world.forget(store)
    return "line restored"


def agent_dies(world: World, store: Store) -> str:
    """The agent's process is killed and starts again."""
    world.forget(store)
    world.faults["agent killed"] += 1
    return "agent killed"


def hub_dies(world: World, store: Store) -> str:
    """The hub is killed: its connections, and all that was under way to it, are gone."""
    for other in world.stores:
        other.line.waiting["up"] = []
    world.faults["hub killed"] += 1
    return f"hub killed while it spoke to {store.name}"


def old_up(world: World, store: Store) -> str:
    """An UP of an earlier life of this store, or to an earlier life of the hub, arrives late.

    While the hub waits for a log that takes over, one that begins as if nothing had been before it.
    """
    position, hub = store.book.position(), store.hub.position()
    sinc, hinc = world.dice.one_of(
        ((position.sinc - 1, position.hinc), (position.sinc, position.hinc - 1), (1, 1))
    )
    if hub.state == "rebuilding" and not hub.app:
        sinc, hinc = hub.sinc, hub.hinc
    sku, qty = world.dice.one_of(SKUS), world.dice.between(3, 9)
    facts = (
        Move(reason="opening", lines=(MoveLine(sku=sku, qty=qty, target="floor"),), at=world.at()),
        Grant(sku=sku, granted=qty, at=world.at()),
    )
    up = Up(
        store=store.name,
        sinc=sinc,
        hinc=hinc,
        first=1,
        chain_before=GENESIS,
        head=2,
        dver=world.dice.below(3),
        events=tuple(to_raw(fact) for fact in facts),
    )
    world.faults["old incarnation"] += 1
    return receive_at_hub(world, store, up)


def old_down(world: World, store: Store) -> str:
    """A DOWN of an earlier life of the hub, or to an earlier life of the store, arrives late."""
    position = store.book.position()
    sinc, hinc = world.dice.one_of(((position.sinc - 1, position.hinc), (position.sinc, position.hinc - 1)))
    sku = world.dice.one_of(SKUS)
    items = (ReturnItem(sku=sku, returned=world.dice.between(20, 30)), _ghost_order(world, sku))
    down = Down(
        hinc=hinc,
        sinc=sinc,
        base=0,
        ver=position.dver + 2,
        app=position.seq,
        items=tuple(to_raw(item) for item in items),
    )
    world.faults["old incarnation"] += 1
    return receive_at_store(world, store, down)


def _ghost_order(world: World, sku: str) -> HoldItem:
    """An order that only a lost hub knew."""
    return HoldItem(
        order=world.new_order_id(),
        number="ghost",
        code_hash="00" * 16,
        pay_at="online",
        due_minor=0,
        currency="CNY",
        placed_at=world.at(),
        ready_by=world.at(),
        expires_at=world.at(),
        lines=(HoldLine(line=1, sku=sku, qty=1, names={}),),
    )


def clone(world: World, store: Store) -> str:
    """A copy of the store's disk in another machine tells another history."""
    position = store.hub.position()
    fact = Move(
        reason="receive", lines=(MoveLine(sku=world.dice.one_of(SKUS), qty=5, target="floor"),), at=world.at()
    )
    up = Up(
        store=store.name,
        sinc=position.sinc,
        hinc=position.hinc,
        first=position.app + 1,
        chain_before="c10ec10ec10ec10e",
        head=position.app + 1,
        dver=0,
        events=(to_raw(fact),),
    )
    world.faults["clone"] += 1
    return receive_at_hub(world, store, up)
