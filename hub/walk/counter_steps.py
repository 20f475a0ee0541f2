"""Steps at the pickup counter: pick with the scanner, ready, hand over by QR, receipt; and short picks."""

from collections.abc import Mapping
from typing import Any

from hub.walk.errors import expect
from hub.walk.picture import codes_on
from hub.walk.scene import Ordered, Scene
from hub.walk.tools import money, paper_with, until


def counter_shows_order(scene: Scene) -> str:
    """The new order is in the lane of those to pick."""
    order = scene.present
    shown, took_s = until("the counter shows the order", lambda: scene.at_counter(order.id))
    expect(shown["lane"] == "to_pick", f"it is in lane {shown['lane']}")
    expect(len(shown["lines"]) == 2, f"it has {len(shown['lines'])} lines")
    return f"{order.number} to pick, there after {took_s * 1000:.0f} ms"


def pick_with_scanner(scene: Scene) -> str:
    """Each unit is picked by the serial scanner; a wrong item is refused and changes nothing."""
    order = scene.present
    path = f"/api/v1/counter/orders/{order.id}"
    scene.clerk.ask("POST", f"{path}/pick", {})
    before = _picked(scene, order)
    wrong = scene.clerk.call("POST", f"{path}/scan", {"code": scene.goods[4].gtin})
    expect(wrong.status == 409 and wrong.body["code"] == "wrong_item", f"a wrong item: {wrong.text[:200]}")
    expect(_picked(scene, order) == before, "a wrong item changed what is picked")
    codes = [scene.goods[0].gtin, scene.goods[0].gtin, scene.goods[1].gtin]
    for number, code in enumerate(codes, start=1):
        _scan_until_picked(scene, order, code, number)
    return f"{len(codes)} units by scan; the wrong item was refused"


def ready_is_told(scene: Scene) -> str:
    """The clerk says ready; the customer's page says so too."""
    order = scene.present
    scene.clerk.ask("POST", f"/api/v1/counter/orders/{order.id}/ready", {})
    _, took_s = until("the customer sees ready", lambda: scene.customer_state() == "ready")
    page = scene.hub.page(f"/o/{order.token}?lang=en")
    expect("ready" in page.lower(), "the order page does not say ready")
    return f"{order.number} ready; the customer sees it after {took_s * 1000:.0f} ms"


def hand_over_by_qr(scene: Scene) -> str:
    """The customer's QR is scanned; money, goods and receipt; without the money nothing happens."""
    order = scene.present
    found = scene.clerk.ask("POST", "/api/v1/counter/find", {"token": order.qr})
    expect(found["order"] == order.id, "the QR found another order")
    path, due = f"/api/v1/counter/orders/{order.id}/hand-over", int(found["due_minor"])
    unpaid = scene.clerk.call("POST", path, {"token": order.qr})
    expect(unpaid.status == 402, f"without money it was answered {unpaid.status}: {unpaid.text[:200]}")
    given = due - due % 10_000 + 10_000
    tender = {"tender": "cash", "given_minor": given}
    done = scene.clerk.ask("POST", path, {"token": order.qr, "tender": tender})
    expect(done["receipt"]["change_minor"] == given - due, f"the change is {done['receipt']}")
    scene.sold = {"number": done["receipt"]["number"], "total": due, "given": given, "change": given - due}
    _, took_s = until("the customer sees collected", lambda: scene.customer_state() == "collected")
    return (
        f"{order.number} for {money(due)} of {money(given)}, change {money(given - due)};"
        f" the customer sees it after {took_s * 1000:.0f} ms"
    )


def receipt_of_order(scene: Scene) -> str:
    """The receipt of the hand-over, read back from the paper."""
    goods = [(scene.goods[0], 2), (scene.goods[1], 1)]
    return read_receipt(scene, {one.gtin: qty * one.unit_minor for one, qty in goods}, scene.present.number)


def second_show_is_refused(scene: Scene) -> str:
    """The same QR once more: refused, with when and where."""
    order = scene.present
    path = f"/api/v1/counter/orders/{order.id}/hand-over"
    again = scene.clerk.call("POST", path, {"token": order.qr, "tender": {"given_minor": 1_000_000}})
    expect(again.status == 409, f"the second show was answered {again.status}: {again.text[:200]}")
    told = again.body
    expect(told["code"] == "finished", f"it says {told['code']}")
    expect(told.get("at") and told.get("where"), f"it does not say when and where: {again.text[:300]}")
    return f"collected at {told['at']} at {told['where']}"


def short_pick(scene: Scene) -> str:
    """Two ordered, one found: the other is reported short; one is handed over, one is not."""
    goods = scene.goods[2]
    order = scene.place_order({goods.sku: 2}, "counter")
    until("the counter shows the order", lambda: scene.at_counter(order.id))
    path = f"/api/v1/counter/orders/{order.id}"
    scene.clerk.ask("POST", f"{path}/pick", {})
    _scan_until_picked(scene, order, goods.gtin, 1)
    early = scene.clerk.call("POST", f"{path}/ready", {})
    expect(early.status == 409, f"ready with a missing unit was answered {early.status}")
    scene.clerk.ask("POST", f"{path}/short", {"line": 1, "n": 1})
    scene.clerk.ask("POST", f"{path}/ready", {})
    done = hand_over(scene, order)
    expect(int(done["order"]["lines"][0]["short"]) == 1, f"the line says {done['order']['lines'][0]}")
    state, _ = until("the customer sees the end", lambda: _ended(scene))
    return f"{order.number}: 1 handed over, 1 short; the customer sees {state}"


def sandbox_order_is_collected(scene: Scene) -> str:
    """The order paid online is picked and handed over by its typed code; nothing is to pay."""
    order = scene.present
    path = f"/api/v1/counter/orders/{order.id}"
    until("the counter shows the order", lambda: scene.at_counter(order.id))
    scene.clerk.ask("POST", f"{path}/pick", {})
    _scan_until_picked(scene, order, scene.goods[3].gtin, 1)
    scene.clerk.ask("POST", f"{path}/ready", {})
    wrong = scene.clerk.call("POST", "/api/v1/counter/find", {"code": "222222"})
    expect(wrong.status == 404, f"a wrong code was answered {wrong.status}")
    found = scene.clerk.ask("POST", "/api/v1/counter/find", {"code": order.told["pickup_code"]})
    expect(found["order"] == order.id and found["due_minor"] == 0, f"the code found {found}")
    scene.clerk.ask("POST", f"{path}/hand-over", {"code": order.told["pickup_code"]})
    until("the customer sees collected", lambda: scene.customer_state() == "collected")
    return f"{order.number} by code {order.told['pickup_code']}, nothing to pay"


def hand_over(scene: Scene, order: Ordered) -> Mapping[str, Any]:
    """Hand an order over by its QR, with the money if it is paid here."""
    found = scene.clerk.ask("POST", "/api/v1/counter/find", {"token": order.qr})
    body: dict[str, Any] = {"token": order.qr}
    if found["due_minor"]:
        body["tender"] = {"tender": "cash", "given_minor": found["due_minor"]}
    return dict(scene.clerk.ask("POST", f"/api/v1/counter/orders/{order.id}/hand-over", body))


def read_receipt(scene: Scene, lines: Mapping[str, int], also: str = "") -> str:
    """The receipt of `scene.sold` on paper: every line, total, money given, change, codes."""
    number = str(scene.sold["number"])
    path, text = paper_with(scene.store.printer("receipt"), number)
    for gtin, amount in lines.items():
        row = next((row for row in text.splitlines() if gtin in row), "")
        expect(
            row.rstrip().endswith(money(amount)),
            f"{path.name} does not sell {gtin} for {money(amount)}: {row}",
        )
    for what in ("total", "given", "change"):
        amount_text = money(int(scene.sold[what]))
        expect(amount_text in text, f"{path.name} does not say {what} {amount_text}")
    expect(also in text, f"{path.name} does not name {also}")
    return f"{path.parent.name}/{path.name}: every line, total, money and change; {codes_on(path, number)}"


def _picked(scene: Scene, order: Ordered) -> int:
    shown = scene.at_counter(order.id)
    return sum(line["picked"] for line in shown["lines"]) if shown else -1


def _scan_until_picked(scene: Scene, order: Ordered, code: str, total: int) -> None:
    """One pull of the trigger; a code that comes again within the scanner's debounce counts once."""
    scene.rest_scanner()
    scene.scan(code)
    until(f"{total} units are picked", lambda: _picked(scene, order) == total)


def _ended(scene: Scene) -> str:
    state = scene.customer_state()
    return state if state in {"short", "collected"} else ""
