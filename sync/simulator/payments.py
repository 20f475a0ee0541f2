"""What happens to money online: paid in time, late, twice, afterwards; told late and again; forced back."""

from sync.rules.pickup_token import claims_of
from sync.simulator import money
from sync.simulator.money import Capture
from sync.simulator.world import Deal, Store, World

UNPAID_STEPS = 25
"""How long an unpaid order keeps its units."""


def pay(world: World, store: Store) -> str:
    """A customer pays an online order, perhaps after it lapsed, rarely twice."""
    waiting = [
        deal
        for deal in store.deals.values()
        if deal.item.pay_at == "online"
        and world.step - deal.made < 4 * UNPAID_STEPS
        and (not store.provider.taken(deal.order) or world.dice.hit(0.01))
    ]
    if not waiting:
        return "nobody pays"
    deal = world.dice.one_of(waiting)
    return _capture(world, store, deal, deal.item.due_minor)


def pay_afterwards(world: World, store: Store) -> str:
    """A customer pays a counter order online, as long as its page says that it is open and unpaid."""
    offered = [
        deal
        for deal in store.deals.values()
        if deal.item.pay_at == "counter"
        and not store.provider.taken(deal.order)
        and not money.money_of(store.hub, deal.order).till
        and any(line.open for line in store.hub.lines(deal.order))
    ]
    if not offered:
        return "nobody pays afterwards"
    deal = world.dice.one_of(offered)
    return _capture(world, store, deal, money.worth_of(deal.item, store.hub.lines(deal.order)))


def _capture(world: World, store: Store, deal: Deal, minor: int) -> str:
    """The provider takes the money; mostly the hub hears of it at once."""
    capture = Capture(world.new_id("P"), deal.order, minor)
    if not minor:
        return f"nothing to pay for {deal.order[-4:]}"
    store.provider.captures[capture.ref] = capture
    store.provider.untold.append(capture.ref)
    if world.dice.hit(0.4):
        world.faults["capture told late"] += 1
        return f"paid {deal.order[-4:]}, and the hub does not hear it"
    return tell_capture(world, store, capture)


def tell_again(world: World, store: Store) -> str:
    """The provider tells the hub of a capture, or of one that it knows already."""
    provider = store.provider
    refs = provider.untold if provider.untold and world.dice.hit(0.8) else list(provider.captures)
    if not refs:
        return "no money to tell of"
    return tell_capture(world, store, provider.captures[world.dice.one_of(refs)])


def tell_capture(world: World, store: Store, capture: Capture) -> str:
    """The hub hears of a capture; unless it does not know the order, the provider need not repeat it."""
    deal = store.deals[capture.order]

    def confirm(heard: money.Heard) -> None:
        if heard != "unknown" and capture.ref in store.provider.untold:
            store.provider.untold.remove(capture.ref)
        if heard in {"paid", "held again"} and deal.claims is None:
            deal.state, deal.claims = "dispatched", claims_of(deal.item, store.hub.position())
            store.watched[deal.order] = deal

    heard = world.commit_at_hub(store, lambda: money.hear_capture(store.hub, capture), confirm)
    world.done[f"capture {heard}"] += 1
    return f"money for {capture.order[-4:]}: {heard}"


def tell_all(world: World, store: Store) -> None:
    """Once faults have stopped, the provider tells of everything that the hub has not confirmed."""
    for ref in list(store.provider.untold):
        tell_capture(world, store, store.provider.captures[ref])


def force_refund(world: World, store: Store) -> str:
    """HQ gives money back for a cancelled order whose store does not answer."""
    asked = [
        request.key
        for (kind, _), request in store.hub.rows("request").items()
        if kind == "order"
        and request.raw.get("cancel")
        and money.money_of(store.hub, request.key).left
        and any(line.open for line in store.hub.lines(request.key))
    ]
    if not asked:
        return "no refund to force"
    order = world.dice.one_of(sorted(asked))
    minor = world.commit_at_hub(store, lambda: money.force(store.hub, order))
    world.done["loss recorded"] += bool(minor)
    return f"HQ gives {minor} back for {order[-4:]}"
