"""Steps at the till: sell by scans, give change, print; the shop shows the sale."""

from functools import partial

from hub.walk.counter_steps import read_receipt
from hub.walk.errors import expect
from hub.walk.scene import Scene
from hub.walk.tools import money, until

SHOWN_LIMIT_S = 2.0
FEW = 4
UNKNOWN_CODE = "6990199999995"


def sell_by_scans(scene: Scene) -> str:
    """Two products by the scanner, cash with change; an unknown code and too little money change nothing."""
    first, second = scene.goods[0], scene.goods[3]
    scene.clerk.ask("POST", "/api/v1/focus/till", {})
    scene.clerk.ask("POST", "/api/v1/till/clear", {})
    for count, goods in enumerate((first, second, first), start=1):
        scene.rest_scanner()
        scene.scan(goods.gtin)
        until(f"the ticket has {count} units", partial(_ticket_has, scene, count))
    before = scene.ticket()
    unknown = scene.clerk.call("POST", "/api/v1/till/scan", {"code": UNKNOWN_CODE})
    expect(unknown.status == 404, f"an unknown code was answered {unknown.status}")
    total = 2 * first.unit_minor + second.unit_minor
    expect(before["total_minor"] == total, f"the ticket says {before['total_minor']}, not {total}")
    pay = {"tender": "cash", "ticket": before["id"], "given_minor": total - 1}
    little = scene.clerk.call("POST", "/api/v1/till/pay", pay)
    expect(little.status == 422, f"too little money was answered {little.status}")
    expect(scene.ticket() == before, "a refusal changed the ticket")
    given = total - total % 10_000 + 10_000
    return _pay(scene, str(before["id"]), total, given)


def receipt_of_sale(scene: Scene) -> str:
    """The till's receipt, read back from the paper."""
    first, second = scene.goods[0], scene.goods[3]
    return read_receipt(scene, {first.gtin: 2 * first.unit_minor, second.gtin: second.unit_minor})


def shop_shows_the_sale(scene: Scene) -> str:
    """A few units left: one is sold at the till, the shop's page says one less within 2 s."""
    goods = scene.goods[5]
    kept_away = _leave_few(scene, goods.sku)
    units = scene.units(goods.sku)
    page = f"/s/{scene.store.id}/p/{goods.sku}?lang=en"
    expect(f"Only {units} left" in scene.hub.page(page), f"the page does not say that {units} are left")
    sell_one(scene, 5)
    wanted = f"Only {units - 1} left"
    _, took_s = until(f"the page says: {wanted}", lambda: wanted in scene.hub.page(page), SHOWN_LIMIT_S)
    if kept_away:
        scene.clerk.ask("POST", f"/api/v1/counter/orders/{kept_away}/release", {"why": "end of the walk"})
    return f"{units} left, then {units - 1}: seen {took_s * 1000:.0f} ms after the sale"


def _leave_few(scene: Scene, sku: str) -> str:
    """Bring what the shop offers to a few units, one of them free at the till.

    Returns:
        The order that keeps the others away, to be released; empty if there is none.
    """
    order, units = "", scene.units(sku)
    if units > FEW:
        order = scene.place_order({sku: units - FEW}, "counter").id
        until("the store knows the order", lambda: scene.at_counter(order))
    lacking = max(FEW - units, 0) or int(not _free(scene, sku))
    if lacking:
        lines = [{"sku": sku, "qty": lacking}]
        delivery = {"ref": f"walk-few-{scene.key()}", "reason": "receive", "lines": lines}
        scene.clerk.ask("POST", "/api/v1/stock/receive", delivery, 201)
    until("a few units are offered", lambda: FEW <= scene.units(sku) <= FEW + 1 and _free(scene, sku))
    return order


def _free(scene: Scene, sku: str) -> int:
    """Units that the till may sell."""
    return int(scene.clerk.ask("GET", f"/api/v1/stock/{sku}")["free"])


def _ticket_has(scene: Scene, count: int) -> bool:
    return bool(scene.ticket()["count"] == count)


def _pay(scene: Scene, ticket: str, total: int, given: int) -> str:
    """Pay in cash; the same call again is the same sale."""
    pay = {"tender": "cash", "ticket": ticket, "given_minor": given}
    done = scene.clerk.ask("POST", "/api/v1/till/pay", pay)
    again = scene.clerk.ask("POST", "/api/v1/till/pay", pay)
    receipt = done["receipt"]
    expect(again["receipt"]["number"] == receipt["number"], "paying the ticket again was another sale")
    expect(receipt["change_minor"] == given - total, f"the change is {receipt['change_minor']}")
    scene.sold = {"number": receipt["number"], "total": total, "given": given, "change": given - total}
    return f"receipt {receipt['number']}: {money(total)} of {money(given)}, change {money(given - total)}"


def sell_one(scene: Scene, place: int) -> str:
    """Sell one unit of a product, typed; used where the line is cut."""
    goods = scene.goods[place]
    scene.clerk.ask("POST", "/api/v1/till/clear", {})
    scene.clerk.ask("POST", "/api/v1/till/lines", {"sku": goods.sku, "qty": 1})
    return _pay(scene, str(scene.ticket()["id"]), goods.unit_minor, goods.unit_minor)
