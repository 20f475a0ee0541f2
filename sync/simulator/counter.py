"""The pickup counter: customers show codes and tokens, known and unknown, once and again."""

from collections.abc import Callable
from dataclasses import replace

from sync.rules.errors import Refused
from sync.rules.holds import LineCount, StoreHold
from sync.rules.pickup_token import Claims, decode_claims, encode_claims, fitted, hold_from_claims, judge
from sync.rules.store import fulfil, prepaid
from sync.rules.store.receive_down import accept_hold
from sync.simulator.clerk import CLERK, pay, some_hold
from sync.simulator.invariants import require
from sync.simulator.shelf import Shelf
from sync.simulator.world import Deal, Store, World


def hand_over_by_code(world: World, store: Store) -> str:
    """A customer tells the code of an order that the store knows, finished ones too."""
    hold = some_hold(world, store, is_open=not world.dice.hit(0.15))
    if hold is None:
        return "no customer comes"
    return _hand_over(world, store, store.deals[hold.order], lambda: None, "code")


def hand_over_by_token(world: World, store: Store) -> str:
    """A customer shows the signed code, perhaps in the wrong store, perhaps unknown to it."""
    return _show(world, store, [deal for deal in store.deals.values() if deal.order in store.watched])


def show_again(world: World, store: Store) -> str:
    """Somebody shows the code of an order that is finished."""
    return _show(world, store, [deal for deal in store.deals.values() if deal.order not in store.watched])


def _show(world: World, store: Store, deals: list[Deal]) -> str:
    """A token of one of the deals is scanned here."""
    deals = [deal for deal in deals if deal.claims is not None]
    if not deals:
        return "no customer comes"
    deal = world.dice.one_of(deals)
    claims = _as_scanned(world, deal)
    here = world.dice.one_of(world.stores) if world.dice.hit(0.1) else store

    def check() -> None:
        known = fulfil.known_hold(here.book, claims.order)
        judge(claims, here.book.position(), known=known is not None, now_unix=_unix(world))
        if known is None:
            accept_hold(here.book, hold_from_claims(claims), world.at(), by="qr")
        elif known.body is None:
            fulfil.open_hold(here.book, claims.order)
            here.book.put_hold(replace(known, body=hold_from_claims(claims)))

    if here is not store:
        world.commit_at_store(here, check)
        return f"{deal.order[-4:]} accepted in {here.name}"
    return _hand_over(world, store, deal, check, "qr")


def show_old_token(world: World, store: Store) -> str:
    """A code that an earlier life of the store or of the hub has served is shown again."""
    position = store.book.position()
    deals = [deal for deal in store.deals.values() if deal.claims is not None]
    if not deals:
        return "no customer comes"
    claims = world.dice.one_of(deals).claims
    assert claims is not None
    sinc, hinc = world.dice.one_of(((position.sinc - 1, position.hinc), (position.sinc, position.hinc - 1)))
    ghost = replace(claims, order=world.new_order_id(), sinc=sinc, hinc=hinc)
    world.faults["old incarnation"] += 1

    def work() -> None:
        judge(ghost, store.book.position(), known=False, now_unix=_unix(world))
        accept_hold(store.book, hold_from_claims(ghost), world.at(), by="qr")

    world.commit_at_store(store, work)
    return "a code of an earlier life is accepted"


def _as_scanned(world: World, deal: Deal) -> Claims:
    """The token as the customer's screen shows it, some too large for their lines."""
    claims = deal.claims
    assert claims is not None
    if world.dice.hit(0.05):
        return fitted(claims, most_bytes=0)
    return decode_claims(encode_claims(claims)) if world.dice.hit(0.2) else claims


def _hand_over(world: World, store: Store, deal: Deal, check: Callable[[], None], by: str) -> str:
    """Hand over what is owed, if it lies there; the money is taken in the same commit."""
    if _lacks(store.shelf, store.book.hold(deal.order), deal):
        return f"goods of {deal.order[-4:]} are not there"

    def work() -> tuple[list[tuple[LineCount, int]], int]:
        check()
        before = fulfil.open_hold(store.book, deal.order)
        due = prepaid.due_minor(before)
        if before.body is None:
            raise Refused("amount_unknown", order=deal.order)
        fulfil.hand_over(store.book, deal.order, world.at(), CLERK, by)
        if due:
            pay(world, store, deal.item.number, due, deal.order)
        return [(line, line.open) for line in before.lines if line.open], due

    def leave(done: tuple[list[tuple[LineCount, int]], int]) -> None:
        handed, due = done
        for line, n in handed:
            key = (deal.order, line.line)
            staged = min(n, store.shelf.staged[key])
            store.shelf.staged[key] -= staged
            store.shelf.floor[line.sku] -= n - staged
            store.shelf.given[key] += n
        granted = store.sums.prepaid[deal.order]
        require(not (due and granted), "I9", deal.order, "was paid online", granted, "and asked for", due)
        store.shelf.cash += due
        store.shelf.cash_of[deal.order] += due

    world.commit_at_store(store, work, leave)
    return f"hand over {deal.order[-4:]} by {by}"


def _lacks(shelf: Shelf, hold: StoreHold | None, deal: Deal) -> bool:
    """Whether goods that would be handed over do not lie in the store."""
    needed: dict[str, int] = {}
    owed = [(line.sku, line.open - line.staged) for line in hold.lines] if hold else []
    for sku, n in owed or [(sku, qty) for _, sku, qty in deal.lines]:
        needed[sku] = needed.get(sku, 0) + n
    return any(n > shelf.floor[sku] for sku, n in needed.items())


def _unix(world: World) -> int:
    """The present in unix seconds: 2026-01-01 and a minute a step."""
    return 1_767_225_600 + 60 * world.step
