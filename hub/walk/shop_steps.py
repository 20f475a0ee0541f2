"""Steps of the customer: see, order, pay; and of HQ: sign in, look at the board."""

import html
import re
import secrets

from hub.walk.errors import StepFailed, expect
from hub.walk.scene import UNITS_NEEDED, Goods, Scene
from hub.walk.tools import paper_with, until

_FORM = re.compile(r"<form\b[^>]*>.*?</form>", re.DOTALL | re.IGNORECASE)
_ATTRIBUTE = re.compile(r'\b(action|name|value|type)="([^"]*)"')
_INPUT = re.compile(r"<(?:input|button)\b[^>]*>", re.IGNORECASE)


def everybody_signs_in(scene: Scene) -> str:
    """HQ and the store's clerk sign in with what the demo prints."""
    login = scene.place.logins[0]
    credentials = {"user": login["user"], "password": login["password"]}
    scene.hq.token = scene.hq.ask("POST", "/api/v1/session", credentials, 201)["token"]
    manager = next((one for one in scene.store.staff if one["role"] == "manager"), scene.store.staff[0])
    pin = {"login": manager["user"], "pin": manager["pin"]}
    scene.clerk.token = scene.clerk.ask("POST", "/api/v1/session", pin, 201)["token"]
    wrong = scene.hub.call("POST", "/api/v1/session", {**credentials, "password": "not-the-password"})
    expect(wrong.status == 401, f"a wrong password was answered {wrong.status}")
    return f"{login['user']} at HQ, {manager['user']} at {scene.store.id}; a wrong password is refused"


def goods_arrive(scene: Scene) -> str:
    """A delivery is booked at the store, so that the walk finds enough to buy; the hub shows it."""
    found = scene.clerk.ask("GET", "/api/v1/till/search?q=BE10")["items"]
    expect(len(found) >= 6, f"the till finds only {len(found)} products for BE10")
    scene.goods = [Goods(item["sku"], item["gtin"], item["names"], item["unit_minor"]) for item in found[:6]]
    lines = [{"sku": goods.sku, "qty": UNITS_NEEDED} for goods in scene.goods[:5]]
    before = {goods.sku: scene.units(goods.sku) for goods in scene.goods[:5]}
    delivery = {"ref": f"walk-{secrets.token_hex(6)}", "reason": "receive", "lines": lines}
    scene.clerk.ask("POST", "/api/v1/stock/receive", delivery, 201)
    again = scene.clerk.ask("POST", "/api/v1/stock/receive", delivery, 200)
    expect(again["repeated"], "the same delivery was booked twice")

    def arrived() -> bool:
        return all(scene.units(sku) == units + UNITS_NEEDED for sku, units in before.items())

    _, took_s = until("the shop offers what arrived", arrived)
    return f"{UNITS_NEEDED} units of {len(lines)} products; the shop offers them after {took_s * 1000:.0f} ms"


def shop_shows_stock(scene: Scene) -> str:
    """The product's page has name, price and live stock."""
    goods = scene.goods[0]
    page = scene.hub.page(f"/s/{scene.store.id}/p/{goods.sku}?lang=en")
    name = html.escape(goods.names["en"])
    expect(name in page, f"the page of {goods.sku} does not name {name}")
    expect("In stock" in page, f"the page of {goods.sku} does not say that it is in stock")
    price = f"{goods.unit_minor // 100:,}.{goods.unit_minor % 100:02d}"
    expect(price in page, f"the page of {goods.sku} does not show {price}")
    return f"{goods.names['en']}, {price}, in stock ({scene.units(goods.sku)} units)"


def order_twice_is_one(scene: Scene) -> str:
    """The same call with the same key twice: one order, the same answer; another body is refused."""
    first, second = scene.goods[0], scene.goods[1]
    lines, key = {first.sku: 2, second.sku: 1}, f"walk-{secrets.token_hex(8)}"
    before = scene.units(first.sku)
    order = scene.place_order(lines, "counter", key)
    again = scene.try_order(lines, "counter", key)
    expect(
        again.status == 201 and again.body == order.told, f"the second call was answered {again.text[:300]}"
    )
    other = scene.try_order({first.sku: 1}, "counter", key)
    expect(other.status == 422, f"another order with the same key was answered {other.status}")
    total = 2 * first.unit_minor + second.unit_minor
    expect(order.told["total"]["minor"] == total, f"the total is {order.told['total']}, not {total}")
    after = scene.units(first.sku)
    expect(after == before - 2, f"the shop offered {before} and now {after}, not two less")
    return f"order {order.number}, code {order.told['pickup_code']}; {before} units became {after}"


def too_many_are_refused(scene: Scene) -> str:
    """More than there is: a polite refusal that says what is here and elsewhere; nothing is ordered."""
    goods = scene.goods[2]
    before = scene.units(goods.sku)
    wanted = before + 1
    told = scene.try_order({goods.sku: wanted}, "counter", f"walk-{secrets.token_hex(8)}")
    expect(told.status == 409, f"{wanted} of {before} units were answered {told.status}: {told.text[:200]}")
    line = told.body["lines"][0]
    expect(line["sku"] == goods.sku and line["here"] == before, f"the refusal says {line}")
    expect(scene.units(goods.sku) == before, "the refusal changed the stock")
    return f"{wanted} wanted, {line['here']} here, elsewhere {len(line['elsewhere'])} stores"


def order_page_shows_code(scene: Scene) -> str:
    """The order's page has number, pickup code and QR; a guessed address shows nothing."""
    order = scene.present
    page = scene.hub.page(f"/o/{order.token}?lang=en")
    for text in (order.number, str(order.told["pickup_code"])):
        expect(text in page, f"the order page does not show {text}")
    expect("<svg" in page or "qr" in page.lower(), "the order page has no QR code")
    guessed = scene.hub.call("GET", f"/api/v1/orders/{order.token[:-4]}AAAA")
    expect(guessed.status == 404, f"a guessed address was answered {guessed.status}")
    return f"number, code and QR ({len(order.qr)} characters); a guessed address is not found"


def slip_is_printed(scene: Scene) -> str:
    """The pick slip comes out of the pick printer, with every line."""
    order = scene.present
    path, text = paper_with(scene.store.printer("pick"), order.number)
    for goods in scene.goods[:2]:
        expect(goods.gtin in text, f"the slip does not name {goods.gtin}")
    return f"{path.parent.name}/{path.name}: {order.number} with both lines"


def pay_in_sandbox(scene: Scene) -> str:
    """An order paid online: its page leads to the sandbox, which takes the money; the store hears of it."""
    goods = scene.goods[3]
    order = scene.place_order({goods.sku: 1}, "sandbox")
    expect(order.told["state"] == "unpaid", f"the new order is {order.told['state']}")
    address = str(order.told["pay_url"])
    path, fields = _pay_form(scene.hub.page(address), address)
    answer = scene.hub.post_form(path, fields)
    expect(answer.status in {200, 303}, f"the sandbox answered {answer.status}: {answer.text[:300]}")
    until("the order is paid and at the store", lambda: scene.customer_state() == "accepted")
    minor = int(order.told["total"]["minor"])
    return f"order {order.number}: {minor // 100}.{minor % 100:02d} paid, accepted by the store"


def board_is_in_step(scene: Scene) -> str:
    """HQ's board shows every store; all are in reach of the hub; a stranger is shown the door."""
    page = scene.hq.page("/hq")
    for store in scene.place.stores:
        names = {html.escape(name) for name in store.names.values()}
        expect(any(name in page for name in names), f"the board does not show {store.id}")
    stores = scene.hub.ask("GET", "/api/v1/stores")["stores"]
    away = [store["store"] for store in stores if not store["in_reach"]]
    expect(not away, f"not in reach: {', '.join(away)}")
    stranger = scene.hub.call("GET", "/hq", headers={"accept": "text/html"})
    expect(
        "board" not in stranger.text.lower() or "password" in stranger.text.lower(), "anyone sees the board"
    )
    return f"{len(stores)} stores, all in reach"


def _pay_form(page: str, address: str) -> tuple[str, dict[str, str]]:
    """The sandbox's form that pays: where to send it, with its fields and its button."""
    for form in _FORM.findall(page):
        head = dict(_ATTRIBUTE.findall(form[: form.index(">") + 1]))
        fields = {}
        for element in _INPUT.findall(form):
            given = dict(_ATTRIBUTE.findall(element))
            if given.get("name") and given["name"] not in fields:
                fields[given["name"]] = html.unescape(given.get("value", ""))
        if "pay" in form.lower() and "lang" not in fields:
            return html.unescape(head.get("action", address)), fields
    raise StepFailed(f"{address} has no form to pay with")
