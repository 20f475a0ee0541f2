"""What happens at the hub: orders, payments, timers, cancelling, asking and giving back."""

from dataclasses import replace

from sync.rules.central import promise
from sync.rules.errors import Short
from sync.rules.holds import HubLine
from sync.rules.items import HoldItem, HoldLine, WantItem
from sync.rules.pickup_token import claims_of
from sync.simulator import money
from sync.simulator.payments import UNPAID_STEPS
from sync.simulator.world import PRICES, SKUS, Deal, Store, World


def order(world: World, store: Store) -> str:
    """A customer orders one to three lines; short stock makes the hub ask the store for more."""
    item = _new_item(world, store.hub.position().sinc)
    lines = [HubLine(order=item.order, line=line.line, sku=line.sku, qty=line.qty) for line in item.lines]
    at_once = item.pay_at == "counter"

    def work() -> None:
        promise.hold_units(store.hub, lines)
        money.know(store.hub, item)
        if at_once:
            promise.dispatch(store.hub, item)

    def answer(_: object) -> None:
        deal = Deal(item.order, item, "dispatched" if at_once else "provisional", world.step)
        deal.claims = claims_of(item, store.hub.position()) if at_once else None
        store.deals[item.order] = store.watched[item.order] = deal
        store.sku_of.update({(item.order, line.line): line.sku for line in item.lines})

    try:
        world.commit_at_hub(store, work, answer)
    except Short as error:
        _ask(world, store, str(error.facts["sku"]), error.facts["wanted"])
        raise
    return f"order {item.order[-4:]} {[(line.sku, line.qty) for line in item.lines]} {item.pay_at}"


def _new_item(world: World, sinc: int) -> HoldItem:
    """An order's item; its lines may name a SKU twice."""
    dice = world.dice
    skus = [dice.one_of(SKUS) for _ in range(dice.weighted(((1, 5.0), (2, 3.0), (3, 1.0))))]
    lines = tuple(
        HoldLine(line=number, sku=sku, qty=qty, names={"en": sku}, price_minor=qty * PRICES[sku])
        for number, sku in enumerate(skus, start=1)
        for qty in (dice.between(1, 3),)
    )
    number = world.new_id("N")
    return HoldItem(
        order=world.new_order_id(),
        number=number,
        code_hash="00" * 16,
        pay_at="counter" if dice.hit(0.6) else "online",
        due_minor=sum(line.price_minor for line in lines),
        currency="CNY",
        placed_at=world.at(),
        ready_by=world.at(30),
        expires_at=world.at(dice.between(30, 300)),
        lines=lines,
        sinc=sinc,
    )


def sweep(world: World, store: Store) -> str:
    """The hub's timer: old unpaid orders are dropped; dispatched ones are not the hub's to drop."""
    old = [deal for deal in store.watched.values() if world.step - deal.made > UNPAID_STEPS]
    if not old:
        return "nothing is too old"
    deal = world.dice.one_of(old)

    def forget(_: object) -> None:
        if deal.state == "provisional":
            deal.state = "dropped"

    dropped = world.commit_at_hub(store, lambda: promise.drop_provisional(store.hub, deal.order), forget)
    return f"sweep {deal.order[-4:]}: {'dropped' if dropped else 'kept'}"


def cancel(world: World, store: Store) -> str:
    """A customer cancels: the hub asks the store, whose ledger decides."""
    deals = [deal for deal in store.deals.values() if deal.state == "dispatched"]
    if not deals:
        return "nothing to cancel"
    deal = world.dice.one_of(deals)
    left = money.money_of(store.hub, deal.order).left if deal.item.pay_at == "counter" else 0
    item = replace(deal.item, cancel=True, prepaid_minor=left)
    world.commit_at_hub(store, lambda: promise.dispatch(store.hub, item))
    return f"ask to cancel {deal.order[-4:]}"


def want(world: World, store: Store) -> str:
    """The hub asks for units because a shop's page runs low."""
    return _ask(world, store, world.dice.one_of(SKUS), world.dice.between(1, 3))


def _ask(world: World, store: Store, sku: str, qty: object) -> str:
    """Ask the store, one question per SKU at a time."""
    asked = store.hub.rows("request").get(("want", sku))
    if asked is not None and asked.ver > store.hub.position().heard:
        return f"{sku} is asked for already"
    item = WantItem(id=world.new_id("Q"), sku=sku, qty=int(str(qty)))
    world.commit_at_hub(store, lambda: promise.want_units(store.hub, item))
    return f"want {qty} {sku}"


def give_back(world: World, store: Store) -> str:
    """The hub returns unpromised units to the floor."""
    sku, qty = world.dice.one_of(SKUS), world.dice.between(1, 3)
    units = world.commit_at_hub(store, lambda: promise.return_units(store.hub, sku, qty))
    return f"return {units} {sku}"
