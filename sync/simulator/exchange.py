"""The two programs' exchange of messages, as their links do it: send, receive, commit, answer."""

from sync.messages.codec import parse_fact, parse_item
from sync.rules.central.apply_up import Applied, apply_up
from sync.rules.central.make_down import make_down
from sync.rules.store.receive_down import receive_down
from sync.rules.store.report_up import make_up
from sync.rules.streams import Down, Up
from sync.simulator import deficits, invariants, papers
from sync.simulator.world import SKUS, Store, World

HEARD = frozenset({"apply", "known", "gap"})
"""Verdicts after which a request of the floor is served."""


def send_up(world: World, store: Store, *, again: bool = False) -> str:
    """The agent sends the next run of its log; `again`: from what the hub was heard to have."""
    position = store.book.position()
    store.sent = position.heard if again else min(max(store.sent, position.heard), position.seq)
    wants, wants_id = store.asking or (None, None)
    up = make_up(store.book, store.sent, wants, wants_id)
    store.sent += len(up.events)
    store.line.send("up", up, world.dice, world.step)
    return f"up {up.first}+{len(up.events)} dver {up.dver}"


def send_down(world: World, store: Store) -> str:
    """The hub sends what changed since what it heard."""
    down = make_down(store.hub)
    store.line.send("down", down, world.dice, world.step)
    return f"down ({down.base},{down.ver}] app {down.app}"


def deliver(world: World, store: Store) -> str:
    """One message arrives, is applied, committed and answered."""
    if not store.line.ready():
        store = next((other for other in world.stores if other.line.ready()), store)
    ready = store.line.ready()
    if not ready:
        return "nothing under way"
    message = store.line.take(world.dice.one_of(ready), world.dice)
    match message:
        case Up():
            return receive_at_hub(world, store, message)
        case Down():
            return receive_at_store(world, store, message)
        case _:
            return "undecodable"


def receive_at_hub(world: World, store: Store, up: Up) -> str:
    """The hub applies an UP and answers after the commit."""
    asked = _asked_first(store, up)
    applied: Applied = world.commit_at_hub(
        store,
        lambda: apply_up(store.hub, up, parse_fact),
        lambda made: _follow(store, made, asked),
    )
    world.done[f"up {applied.verdict}"] += 1
    if applied.verdict != "split":
        send_down(world, store)
    return f"hub: {applied.verdict} {applied.events} of {up.first}+{len(up.events)}"


def _follow(store: Store, made: Applied, asked: dict[str, tuple[int, int, str]]) -> None:
    """What an UP came to beside its events: the floor was served, orders that stood on nothing are over."""
    invariants.check_floor(store, asked if _serves(store, made) else {}, freed=bool(made.dropped))
    for order in made.dropped:
        store.deals[order].state = "dropped"
    deficits.check_dropped(store, made.dropped)


def _serves(store: Store, made: Applied) -> bool:
    """Whether a request of the floor is served now."""
    return made.verdict in HEARD and store.hub.position().merged


def _asked_first(store: Store, up: Up) -> dict[str, tuple[int, int, str]]:
    """Requests of the floor: units (none for one that was served before), what was returned so far, their id.

    A hub that was put back hears from the store itself what it returned.
    """
    wanted, wants_id = up.wants or {}, up.wants_id or ""
    told = [(event["sku"], event["returned"]) for event in up.events if event["kind"] == "returned"]
    return {
        sku: (
            qty if store.hub.floor_request(sku) < wants_id else 0,
            max([store.hub.tables["stock"][sku].returned, *_of(told, sku)]),
            wants_id,
        )
        for sku, qty in wanted.items()
    }


def _of(told: list[tuple[str, int]], sku: str) -> list[int]:
    """The numbers told of one SKU."""
    return [units for name, units in told if name == sku]


def receive_at_store(world: World, store: Store, down: Down) -> str:
    """The agent applies a DOWN and answers after the commit."""
    granted = {sku: store.book.stock(sku).granted for sku in SKUS}
    wanted = _newly_wanted(store, down)
    first = store.position_seq

    def follow(_: object) -> None:
        topped = papers.topped_up(store, first, granted)
        asked = {sku: wanted.get(sku, 0) + topped[sku] for sku in SKUS}
        invariants.check_want(store, granted, asked)
        papers.follow_decided(store, first)

    received = world.commit_at_store(
        store, lambda: receive_down(store.book, down, parse_item, world.at()), follow
    )
    world.done[f"down {received.verdict}"] += 1
    if store.asking and _is_served(store, store.asking[1]):
        store.asking = None
    if received.answer:
        send_up(world, store)
    return f"agent: {received.verdict} ({down.base},{down.ver}]"


def _newly_wanted(store: Store, down: Down) -> dict[str, int]:
    """Units by SKU that a DOWN asks for and that were not asked for before."""
    position = store.book.position()
    dver = position.dver if position.hinc == down.hinc else 0
    return {item["sku"]: item["qty"] for item in down.items if item["kind"] == "want" and item["ver"] > dver}


def _is_served(store: Store, wants_id: str) -> bool:
    """Whether the hub has served a request of the floor (the agent reads it from R; here we peek)."""
    return wants_id in store.hub.tables["floor"].values()
