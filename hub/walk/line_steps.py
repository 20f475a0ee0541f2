"""Steps with the store's line cut: it sells and hands over alone, and catches up by itself."""

from hub.walk.counter_steps import hand_over, read_receipt
from hub.walk.errors import expect
from hub.walk.scene import Ordered, Scene
from hub.walk.till_steps import sell_one
from hub.walk.tools import order_control, run_command, until, with_word

CAUGHT_UP_LIMIT_S = 2.0


def line_is_cut(scene: Scene) -> str:
    """One order is known to the store; then the line is cut, and another one is placed all the same."""
    known = scene.place_order({scene.goods[0].sku: 1}, "counter")
    until("the counter shows the order", lambda: scene.at_counter(known.id))
    scene.known = known
    order_control(scene.store.line_control, "cut")
    until("the store sees that it is alone", lambda: not scene.clerk.ask("GET", "/api/v1/status")["online"])
    scene.unheard = scene.place_order({scene.goods[1].sku: 1}, "counter")
    expect(scene.at_counter(scene.unheard.id) is None, "the store heard of an order through a cut line")
    state = order_control(scene.store.line_control, "state")
    return f"line {state}; {known.number} is known there, {scene.unheard.number} is not"


def till_sells_alone(scene: Scene) -> str:
    """The till sells and prints as before."""
    told = sell_one(scene, 4)
    goods = scene.goods[4]
    read_receipt(scene, {goods.gtin: goods.unit_minor})
    return f"{told}; printed"


def known_order_is_handed_over(scene: Scene) -> str:
    """An order that the store knows: picked and handed over."""
    order = _at_hand(scene.known)
    path = f"/api/v1/counter/orders/{order.id}"
    scene.clerk.ask("POST", f"{path}/pick", {})
    scene.clerk.ask("POST", f"{path}/scan", {"code": scene.goods[0].gtin})
    scene.clerk.ask("POST", f"{path}/ready", {})
    done = hand_over(scene, order)
    return f"{order.number}: receipt {done['receipt']['number']}"


def unheard_order_is_handed_over(scene: Scene) -> str:
    """An order that the store never received: its signed QR carries it there; a forged one does not."""
    order = _at_hand(scene.unheard)
    forged = order.qr[:-1] + ("A" if order.qr[-1] != "A" else "B")
    refused = scene.clerk.call("POST", "/api/v1/counter/find", {"token": forged})
    expect(400 <= refused.status < 500, f"a forged QR was answered {refused.status}")
    done = hand_over(scene, order)
    again = scene.clerk.call("POST", f"/api/v1/counter/orders/{order.id}/hand-over", {"token": order.qr})
    expect(again.status == 409, f"its second show was answered {again.status}")
    return f"{order.number}: receipt {done['receipt']['number']}; forged and second show refused"


def line_is_restored(scene: Scene) -> str:
    """The line is back: the hub knows everything within 2 s."""
    unsent = scene.clerk.ask("GET", "/api/v1/status")["unsent"]
    order_control(scene.store.line_control, "restore")
    known, unheard = _at_hand(scene.known), _at_hand(scene.unheard)

    def knows() -> bool:
        states = [scene.hub.ask("GET", f"/api/v1/orders/{one.token}")["state"] for one in (known, unheard)]
        status = scene.clerk.ask("GET", "/api/v1/status")
        return states == ["collected", "collected"] and status["online"] and not status["unsent"]

    _, took_s = until("the hub knows both hand-overs and the sale", knows, CAUGHT_UP_LIMIT_S)
    return f"{unsent} events waited; the hub knew all after {took_s * 1000:.0f} ms"


def books_agree(scene: Scene) -> str:
    """`hub verify` and every `agent verify` find nothing; what each side says of a product is equal."""
    code, said = run_command(with_word(scene.place.hub_start, "serve", "verify"))
    expect(code == 0, f"hub verify: {said[-1000:]}")
    for store in scene.place.stores:
        code, words = run_command(with_word(store.start, "run", "verify"))
        expect(code == 0, f"agent verify at {store.id}: {words[-1000:]}")
    for goods in scene.goods:
        own = scene.clerk.ask("GET", f"/api/v1/stock/{goods.sku}")
        units = scene.units(goods.sku)
        expect(
            own["free"] + own["online"] == units, f"{goods.sku}: the store has {own}, the shop offers {units}"
        )
    last = said.splitlines()[-1] if said else ""
    return f"hub: {last}; {len(scene.place.stores)} agents: nothing found; {len(scene.goods)} products equal"


def _at_hand(order: Ordered | None) -> Ordered:
    expect(order, "the order of an earlier step is missing")
    assert order is not None
    return order
