"""From basket to cancelled or collected, by the pages: what a refusal says, and that it changes nothing."""

import html
import re
from typing import Any

import httpx2
import pytest

from hub.orders.force_refund import ForceRefund
from hub.orders.sweep import lapse
from sync.keys.signing import KeyRing
from tests.unit.hub.shop_web.shop_world import FEW, GONE, SUN, World

FIELD = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


def hidden(text: str, action: str) -> dict[str, str]:
    """The hidden fields of the form with this action."""
    form = text.split(f'action="{action}"', 1)[1].split("</form>", 1)[0]
    return {name: html.unescape(value) for name, value in FIELD.findall(form)}


async def fill(client: httpx2.AsyncClient, units: dict[str, int]) -> None:
    for sku, qty in units.items():
        answer = await client.post("/s/renmin/basket/add", data={"sku": sku, "qty": qty})
        assert answer.status_code == 303, answer.text


async def checkout(client: httpx2.AsyncClient, **fields: str) -> dict[str, str]:
    page = await client.get("/s/renmin/checkout")
    assert page.status_code == 200, page.text
    given = {"name": "王小明", "phone": "138 0013 8000", "pay": "counter", **fields}
    return {**hidden(page.text, "/s/renmin/checkout"), **given}


async def order(client: httpx2.AsyncClient, **fields: str) -> str:
    await fill(client, {SUN: 1})
    answer = await client.post("/s/renmin/checkout", data=await checkout(client, **fields))
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def test_an_order_paid_at_the_counter(world: World, client: httpx2.AsyncClient) -> None:
    await fill(client, {SUN: 1, FEW: 2})
    basket = (await client.get("/s/renmin/basket")).text
    assert "¥326.00" in basket
    assert "today 14:47" in basket

    answer = await client.post("/s/renmin/checkout", data=await checkout(client))
    assert answer.status_code == 303
    page = await client.get(answer.headers["location"])
    assert page.status_code == 200
    assert "Your items are kept at Renmin Road" in page.text
    assert "has no connection right now" in page.text
    assert "To pay at the counter" in page.text
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["x-robots-tag"] == "noindex, nofollow"
    assert "Your basket is empty" in (await client.get("/s/renmin/basket")).text

    [(stage, pay, total, code)] = world.rows("SELECT stage, pay, total_minor, code FROM orders")
    assert (stage, pay, total) == ("pending_store", "counter", 32600)
    assert code in page.text
    assert world.rows("SELECT name, phone, phone_tail FROM order_contact") == [
        ("王小明", "+8613800138000", "8000")
    ]
    token = str(answer.headers["location"]).removeprefix("/o/")
    told = (await client.get(f"/api/v1/orders/{token}")).json()
    claims = KeyRing.of(world.kernel.key.public).verify(told["qr"])
    assert (claims.store, claims.due_minor, claims.pay_at) == ("renmin", 32600, "counter")
    assert [(line.sku, line.qty) for line in claims.lines] == [(SUN, 1), (FEW, 2)]


async def test_the_same_form_twice_places_one_order(world: World, client: httpx2.AsyncClient) -> None:
    await fill(client, {SUN: 1})
    form = await checkout(client)
    first = await client.post("/s/renmin/checkout", data=form)
    second = await client.post("/s/renmin/checkout", data=form)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["location"] == second.headers["location"]
    assert len(world.rows("SELECT id FROM orders")) == 1

    before = world.state()
    changed = await client.post("/s/renmin/checkout", data={**form, "name": "Anna"})
    assert changed.status_code == 422
    assert "An order was already placed with this form" in changed.text
    assert str(first.headers["location"]) in changed.text
    assert hidden(changed.text, "/s/renmin/checkout")["key"] != form["key"]
    assert world.state() == before


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": ""}, ["Enter the name of whoever collects"]),
        ({"name": "   ", "phone": "12"}, ["Enter the name", "Enter a phone number that can be called"]),
        ({"phone": "1380013800"}, ["Enter a phone number that can be called", 'value="1380013800"']),
        ({"phone": "12345"}, ["Enter a phone number that can be called"]),
        ({"phone": "<b>"}, ["Enter a phone number that can be called", "&lt;b&gt;"]),
        ({"name": "x" * 61}, ["Enter a shorter name: at most 60 characters"]),
        ({"name": "a\x00b"}, ["Use ordinary characters only"]),
        ({"pay": "gold"}, ["Choose how you want to pay"]),
        ({"pay": ""}, ["Choose how you want to pay"]),
    ],
)
async def test_a_wrong_entry_is_told_and_nothing_is_lost(
    world: World, client: httpx2.AsyncClient, fields: dict[str, str], words: list[str]
) -> None:
    await fill(client, {SUN: 1})
    before = world.state()
    answer = await client.post("/s/renmin/checkout", data=await checkout(client, **fields))
    assert answer.status_code == 422
    for word in words:
        assert word in answer.text
    assert html.escape(fields.get("phone", "138 0013 8000")) in answer.text
    assert world.state() == before
    assert (await client.get("/s/renmin/checkout")).status_code == 200


async def test_faults_speak_the_readers_language(client: httpx2.AsyncClient) -> None:
    await fill(client, {SUN: 1})
    form = await checkout(client, name="")
    answer = await client.post("/s/renmin/checkout", data=form, headers={"accept-language": "zh-CN"})
    assert "请输入取货人姓名" in answer.text


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"key": "x", "basket": ""},
        {"key": "0" * 32, "basket": "A" * 9999},
        {"key": "a b c d e f g", "basket": "e30"},
    ],
)
async def test_no_form_of_ours_is_refused(
    world: World, client: httpx2.AsyncClient, form: dict[str, str]
) -> None:
    before = world.state()
    assert (await client.post("/s/renmin/checkout", data=form)).status_code == 422
    assert world.state() == before


async def test_a_changed_price_is_shown_before_anything_is_ordered(
    world: World, client: httpx2.AsyncClient
) -> None:
    await fill(client, {SUN: 1})
    form = await checkout(client)
    world.execute("UPDATE sku SET price_minor = 13000 WHERE sku = ?", SUN)
    answer = await client.post("/s/renmin/checkout", data=form)
    assert answer.status_code == 409
    assert "A price has changed" in answer.text
    assert "¥130.00" in answer.text
    assert world.rows("SELECT 1 FROM orders") == []
    again = {**form, **hidden(answer.text, "/s/renmin/checkout")}
    assert (await client.post("/s/renmin/checkout", data=again)).status_code == 303


async def test_short_stock_offers_what_is_here_and_elsewhere(
    world: World, client: httpx2.AsyncClient
) -> None:
    await fill(client, {FEW: 3})
    form = await checkout(client)
    world.execute("UPDATE stock SET granted = 1, floor = 1 WHERE store = 'renmin' AND sku = ?", FEW)
    before = world.state()
    answer = await client.post("/s/renmin/checkout", data=form)
    assert answer.status_code == 409
    assert "you want 3, here are 1" in answer.text
    assert 'value="move:jiangwan"' in answer.text
    assert 'value="move:zhangjiang"' not in answer.text
    assert world.state() == before

    fitted = await client.post("/s/renmin/checkout", data={**form, "fix": "fit"})
    assert fitted.status_code == 200
    assert 'value="王小明"' in fitted.text
    assert "¥99.00" in fitted.text

    moved = await client.post("/s/renmin/checkout", data={**form, "fix": "move:jiangwan"})
    assert "Jiangwan has all of this" in moved.text
    assert world.state() == before
    placed = await client.post(
        "/s/jiangwan/checkout", data={**form, **hidden(moved.text, "/s/jiangwan/checkout")}
    )
    assert placed.status_code == 303
    assert world.rows("SELECT store FROM orders") == [("jiangwan",)]


async def test_something_no_longer_sold_is_named(world: World, client: httpx2.AsyncClient) -> None:
    await fill(client, {SUN: 1, FEW: 1})
    world.execute("UPDATE sku SET status = 'archived' WHERE sku = ?", SUN)
    assert "Not on sale any more" in (await client.get("/s/renmin/basket")).text
    page = await client.get("/s/renmin/checkout")
    assert "Change the basket" in page.text
    assert ">Place the order</button>\n      <p class" not in page.text
    form = await checkout(client)
    answer = await client.post("/s/renmin/checkout", data=form)
    assert answer.status_code == 422
    assert "A product of this order is not on sale" in answer.text
    assert world.rows("SELECT 1 FROM orders") == []


async def test_the_basket_belongs_to_one_store(client: httpx2.AsyncClient) -> None:
    await fill(client, {SUN: 1})
    asked = await client.post("/s/jiangwan/basket/add", data={"sku": FEW, "qty": 1})
    assert asked.status_code == 409
    assert "Your basket is for Renmin Road" in asked.text
    assert (await client.get("/s/jiangwan/basket")).headers["location"] == "/s/renmin/basket"
    moved = await client.post("/s/jiangwan/basket/add", data={"sku": FEW, "qty": 1, "instead": "move"})
    assert moved.status_code == 303
    text = (await client.get("/s/jiangwan/basket")).text
    assert "¥227.00" in text


@pytest.mark.parametrize(
    ("form", "total"),
    [
        ({"qty": "3"}, "¥384.00"),
        ({"qty": "1", "step": "1"}, "¥256.00"),
        ({"qty": "1", "step": "-1"}, "Your basket is empty"),
        ({"qty": "0"}, "Your basket is empty"),
        ({"qty": "100000"}, "¥12,672.00"),
    ],
)
async def test_units_of_a_line_change(client: httpx2.AsyncClient, form: dict[str, str], total: str) -> None:
    await fill(client, {SUN: 1})
    answer = await client.post("/s/renmin/basket/change", data={"sku": SUN, **form})
    assert answer.status_code == 303
    assert total in (await client.get("/s/renmin/basket")).text


@pytest.mark.parametrize(
    ("path", "form", "status"),
    [
        ("add", {"sku": SUN, "qty": "0"}, 422),
        ("add", {"sku": SUN, "qty": "1e3"}, 422),
        ("add", {"sku": SUN, "qty": "9" * 40}, 422),
        ("add", {"sku": "nothing"}, 404),
        ("add", {"sku": "\x00"}, 422),
        ("add", {}, 422),
        ("change", {"sku": "nothing", "qty": "1"}, 303),
        ("change", {"sku": SUN, "qty": "-1"}, 422),
        ("change", {"sku": SUN, "qty": "1", "step": "5"}, 422),
    ],
)
async def test_a_wrong_basket_form_changes_nothing(
    client: httpx2.AsyncClient, path: str, form: dict[str, str], status: int
) -> None:
    await fill(client, {SUN: 1})
    await client.get("/s/renmin")
    before = dict(client.cookies)
    assert (await client.post(f"/s/renmin/basket/{path}", data=form)).status_code == status
    assert dict(client.cookies) == before


@pytest.mark.parametrize("qty", ["0", "-1", "1e3", "two", ""])
async def test_a_wrong_number_of_units_is_marked_where_it_was_given(
    client: httpx2.AsyncClient, qty: str
) -> None:
    page = await client.post("/s/renmin/basket/add", data={"sku": SUN, "qty": qty})
    assert page.status_code == 422
    assert "Write a whole number from 1 to 12." in page.text
    assert 'aria-invalid="true"' in page.text
    assert f'value="{SUN}"' in page.text
    assert not client.cookies.get("omo-basket-80")


async def test_a_wrong_number_in_the_basket_is_marked_at_its_line(client: httpx2.AsyncClient) -> None:
    await fill(client, {SUN: 1, FEW: 1})
    page = await client.post("/s/renmin/basket/change", data={"sku": FEW, "qty": "two"})
    assert page.status_code == 422
    assert page.text.count("Write a whole number from 0 to 99. Nothing was changed.") == 1
    assert page.text.count('aria-invalid="true"') == 1
    line = page.text.split(f"/p/{FEW}", 1)[1]
    assert "Nothing was changed" in line
    assert "qty" not in page.text.split('id="qty-fault">', 1)[1].split("</span>", 1)[0]


async def test_the_sandbox_pays_once(world: World, client: httpx2.AsyncClient) -> None:
    pay = await order(client, pay="sandbox")
    assert pay.startswith("/pay/sandbox/")
    text = (await client.get(pay)).text
    assert "Sandbox: no real money moves" in text
    assert "until today 14:32" in text
    url = re.search(r'href="(/o/[\w-]+)"', text)
    assert url is not None
    unpaid = (await client.get(url[1])).text
    assert "Waiting for payment" in unpaid
    assert '<svg viewBox="0 0 ' not in unpaid.split('id="order-steps"')[0].split('id="order-state"')[
        1
    ].replace('viewBox="0 0 10 10"', "")

    before = world.state()
    failed = await client.post(pay, data={"outcome": "failed"})
    assert failed.status_code == 402
    assert "Nothing was charged" in failed.text
    assert world.state() == before
    assert (await client.post(pay, data={"outcome": "maybe"})).status_code == 422

    for _ in range(2):
        paid = await client.post(pay, data={"outcome": "paid"})
        assert (paid.status_code, paid.headers["location"]) == (303, url[1])
    assert world.rows("SELECT stage, payment, paid_minor FROM orders") == [("pending_store", "paid", 12800)]
    assert world.rows("SELECT state FROM payment") == [("captured",)]
    assert "Paid online" in (await client.get(url[1])).text
    assert (await client.get(pay)).headers["location"] == url[1]


async def test_a_lapsed_payment_is_told_politely(world: World, client: httpx2.AsyncClient) -> None:
    pay = await order(client, pay="sandbox")
    world.clock.move(minutes=16)
    await lapse(world.kernel)
    before = world.state()
    for answer in (await client.get(pay), await client.post(pay, data={"outcome": "paid"})):
        assert answer.status_code == 409
        assert "This can no longer be paid" in answer.text
    assert world.state() == before
    assert world.rows("SELECT promised FROM stock WHERE store = 'renmin' AND sku = ?", SUN) == [(0,)]


async def test_an_unpaid_order_is_cancelled_at_once(world: World, client: httpx2.AsyncClient) -> None:
    pay = await order(client, pay="sandbox")
    [(token,)] = world.rows("SELECT token FROM orders")
    ask = await client.get(f"/o/{token}/cancel")
    assert "Yes, cancel it" in ask.text
    assert ask.headers["referrer-policy"] == "same-origin"
    done = await client.post(f"/o/{token}/cancel")
    assert (done.status_code, done.headers["location"]) == (303, f"/o/{token}")
    assert "This order is cancelled" in (await client.get(f"/o/{token}")).text
    assert (await client.get(pay)).status_code == 409
    before = world.state()
    assert (await client.post(f"/o/{token}/cancel")).status_code == 303
    assert (await client.get(f"/o/{token}/cancel")).status_code == 303
    assert world.state() == before


async def test_a_dispatched_order_is_asked_back(world: World, client: httpx2.AsyncClient) -> None:
    url = await order(client)
    await client.post(f"{url}/cancel")
    text = (await client.get(url)).text
    assert "We have asked Renmin Road to cancel" in text
    assert "Cancel the order" not in text
    assert world.rows("SELECT stage FROM orders") == [("pending_store",)]


@pytest.mark.parametrize(
    ("stage", "words"),
    [
        ("accepted", "Renmin Road is getting it ready"),
        ("picking", "Being picked"),
        ("ready", "Renmin Road is waiting for you"),
        ("collected", "Thank you, and enjoy"),
        ("short", "could not find your items"),
        ("expired", "The time to collect is over"),
        ("cancelled", "This order is cancelled"),
    ],
)
async def test_each_state_has_its_page(
    world: World, client: httpx2.AsyncClient, stage: str, words: str
) -> None:
    url = await order(client)
    closed = "2026-05-01T07:00:00.000Z" if stage in {"collected", "short", "expired", "cancelled"} else None
    world.execute("UPDATE orders SET stage = ?, closed_at = ?", stage, closed)
    text = (await client.get(url)).text
    assert words in text
    told = (await client.get("/api/v1" + url.replace("/o/", "/orders/"))).json()
    assert told["state"] == stage
    assert bool(told["qr"]) is (closed is None)
    assert ('class="qr"' in text) is (closed is None)


@pytest.mark.parametrize(
    "path", ["/o/nothing", "/o/" + "x" * 400, "/o/%00", "/o/%ff", "/pay/sandbox/nothing"]
)
async def test_an_address_that_opens_nothing(client: httpx2.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 404


async def test_the_api_places_once_and_tells_what_is_short(world: World, client: httpx2.AsyncClient) -> None:
    def body(sku: str, qty: int) -> dict[str, Any]:
        contact = {"name": "Anna", "phone": "13800138000"}
        return {"store": "renmin", "lines": [{"sku": sku, "qty": qty}], "contact": contact, "pay": "counter"}

    key = {"idempotency-key": "k-1"}
    first = await client.post("/api/v1/orders", json=body(SUN, 1), headers=key)
    second = await client.post("/api/v1/orders", json=body(SUN, 1), headers=key)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert first.json()["url"].startswith("http://shop.test/o/")
    before = world.state()
    short = await client.post("/api/v1/orders", json=body(FEW, 9), headers={"idempotency-key": "k-2"})
    assert (short.status_code, short.json()["code"]) == (409, "stock.short")
    assert short.json()["lines"] == [
        {"sku": FEW, "wanted": 9, "here": 3, "elsewhere": [{"store": "jiangwan", "available": 3}]}
    ]
    refused: list[Any] = [{}, [], body(GONE, 0), {**body(SUN, 1), "store": "../"}, {**body(SUN, 1), "x": 1}]
    for wrong in refused:
        answer = await client.post("/api/v1/orders", json=wrong, headers={"idempotency-key": "k-3"})
        assert answer.status_code == 422
    assert (await client.post("/api/v1/orders", json=body(SUN, 1))).status_code == 400
    assert world.state() == before
    paths = (await client.get("/api/v1/openapi.json")).json()["paths"]
    assert {"/api/v1/orders", "/api/v1/orders/{token}", "/api/v1/stock/{sku}", "/api/v1/stores"} <= set(paths)


@pytest.mark.parametrize("host", ["shop.test:x", "[", "a b", "shop.test:99999999", ""])
async def test_any_host_header_is_answered(world: World, client: httpx2.AsyncClient, host: str) -> None:
    for path in ("/", f"/s/renmin/p/{SUN}", "/s/renmin/basket", "/api/v1/stock/" + SUN):
        assert (await client.get(path, headers={"host": host})).status_code in {200, 400}, path
    added = await client.post("/s/renmin/basket/add", data={"sku": SUN}, headers={"host": host})
    assert added.status_code in {303, 400}
    contact = {"name": "Anna", "phone": "13800138000"}
    body = {"store": "renmin", "lines": [{"sku": SUN, "qty": 1}], "contact": contact, "pay": "counter"}
    placed = await client.post("/api/v1/orders", json=body, headers={"host": host, "idempotency-key": "k"})
    assert placed.status_code in {201, 400}


async def test_another_site_cannot_use_the_forms(world: World, client: httpx2.AsyncClient) -> None:
    url = await order(client)
    before = world.state()
    for path in (f"{url}/cancel", "/s/renmin/basket/add", "/s/renmin/checkout"):
        answer = await client.post(path, data={"sku": SUN}, headers={"sec-fetch-site": "cross-site"})
        assert answer.status_code == 403, path
    assert world.state() == before


async def test_a_sku_of_any_characters_can_be_bought(world: World, client: httpx2.AsyncClient) -> None:
    sku = "a/b?c#d %&<店>"
    for table in ("sku", "stock"):
        world.execute(f"UPDATE {table} SET sku = ? WHERE sku = ?", sku, SUN)
    home = (await client.get("/s/renmin")).text
    address = re.search(r'href="(/s/renmin/p/a/b[^"]+)"', home)
    assert address is not None
    assert (await client.get(html.unescape(address[1]))).status_code == 200
    answer = await client.post("/s/renmin/basket/add", data={"sku": sku})
    page = await client.get(answer.headers["location"])
    assert "Added to your basket" in page.text
    assert (await client.post("/s/renmin/checkout", data=await checkout(client))).status_code == 303


@pytest.mark.parametrize(
    ("stage", "paid", "says"),
    [("picking", 0, "To pay at the counter"), ("collected", 26_200, "Paid at the counter")],
)
async def test_units_out_of_stock_are_not_to_be_paid(
    world: World, client: httpx2.AsyncClient, stage: str, paid: int, says: str
) -> None:
    await fill(client, {SUN: 1, FEW: 2})
    url = str((await client.post("/s/renmin/checkout", data=await checkout(client))).headers["location"])
    whole = (await client.get(url)).text
    assert "¥326.00" in whole
    assert "−¥" not in whole

    of_few = "(SELECT line FROM order_line WHERE sku = ?)"
    world.execute(f"UPDATE hold_line SET short = 1 WHERE line = {of_few}", FEW)
    world.execute(
        "UPDATE orders SET stage = ?, closed_at = ?, paid_minor = ?, payment = ?",
        stage,
        "2026-05-01T07:00:00.000Z" if stage == "collected" else None,
        paid,
        "paid" if paid else "unpaid",
    )
    text = re.sub(r"<[^>]+>|\s+", " ", (await client.get(url)).text)
    assert re.search(rf"Out of stock\s+−¥99\.00\s+{says}\s+¥227\.00", text), text


async def test_a_provider_that_tells_late_holds_the_items_again(
    world: World, client: httpx2.AsyncClient
) -> None:
    pay = await order(client, pay="sandbox")
    world.clock.move(minutes=16)
    await lapse(world.kernel)
    assert "let the provider tell now" in (await client.get(pay)).text
    url = f"/o/{world.rows('SELECT token FROM orders')[0][0]}"
    for _ in range(2):
        late = await client.post(pay, data={"outcome": "late"})
        assert (late.status_code, late.headers["location"]) == (303, url)
    assert world.rows("SELECT stage, payment, paid_minor FROM orders") == [("pending_store", "paid", 12800)]
    assert world.rows("SELECT outcome FROM capture") == [("held_again",)]
    page = (await client.get(url)).text
    assert "Paid online" in page
    assert "Your payment came late, when the time to pay was over." in page
    assert "Your payment came too late" not in page


@pytest.mark.parametrize(
    ("language", "title"), [("en", "Your payment came too late"), ("zh-CN", "您的付款来晚了")]
)
async def test_late_money_for_items_that_are_gone_is_given_back_and_the_page_says_so(
    world: World, client: httpx2.AsyncClient, language: str, title: str
) -> None:
    pay = await order(client, pay="sandbox")
    world.clock.move(minutes=16)
    await lapse(world.kernel)
    world.execute("UPDATE stock SET returned = granted WHERE promised = 0")
    url = (await client.post(pay, data={"outcome": "late"})).headers["location"]
    page = (await client.get(url, headers={"accept-language": language})).text
    assert title in page
    assert "¥128.00" in page
    assert world.rows("SELECT stage, payment FROM orders") == [("expired", "refunded")]
    told = (await client.get(f"/api/v1{url.replace('/o/', '/orders/')}")).json()
    assert (told["payment"], told["paid"]["minor"], told["refunded"]["minor"]) == ("refunded", 12800, 12800)


@pytest.mark.parametrize(
    ("language", "title", "goes_back", "told"),
    [
        (
            "en",
            "The order is cancelled",
            "since you cancelled the order",
            "after you had cancelled. All of it",
        ),
        ("zh-CN", "订单已取消", "订单已由您取消", "在取消之后才到，已全额退回"),
    ],
)
async def test_late_money_for_an_order_that_its_customer_cancelled_goes_back_and_pages_say_why(
    world: World, client: httpx2.AsyncClient, language: str, title: str, goes_back: str, told: str
) -> None:
    speaks = {"accept-language": language}
    pay = await order(client, pay="sandbox")
    url = f"/o/{world.rows('SELECT token FROM orders')[0][0]}"
    await client.post(f"{url}/cancel")
    lapsed = await client.get(pay, headers=speaks)
    assert (lapsed.status_code, goes_back in lapsed.text) == (409, True)
    assert re.search(rf"<title>{title}", lapsed.text)
    await client.post(pay, data={"outcome": "late"})
    assert world.rows("SELECT stage, payment FROM orders") == [("cancelled", "refunded")]
    assert told in (await client.get(url, headers=speaks)).text


@pytest.mark.parametrize(
    ("language", "offer", "asked", "granted"),
    [
        ("en", "Pay online now", "We are telling", "Paid online: nothing is to pay at the counter."),
        ("zh-CN", "现在在线支付", "正在通知", "已在线支付，到店无需再付款。"),
    ],
)
async def test_a_counter_order_is_paid_online_after_all(
    world: World, client: httpx2.AsyncClient, language: str, offer: str, asked: str, granted: str
) -> None:
    url, speaks = await order(client), {"accept-language": language}
    assert offer in (await client.get(url, headers=speaks)).text
    form = await client.get(f"{url}/pay", headers=speaks)
    assert (form.status_code, "¥128.00" in form.text) == (200, True)
    assert form.headers["referrer-policy"] == "same-origin"
    pay = (await client.post(f"{url}/pay")).headers["location"]
    assert (await client.post(f"{url}/pay")).headers["location"] == pay
    token = url.removeprefix("/o/")
    again = await client.post(f"/api/v1/orders/{token}/payment")
    assert (again.status_code, again.json()["pay_url"].endswith(pay)) == (201, True)
    assert (await client.post(pay, data={"outcome": "paid"})).headers["location"] == url
    page = (await client.get(url, headers=speaks)).text
    assert (asked in page, offer in page) == (True, False)
    world.execute("UPDATE orders SET prepaid_at = placed_at")
    assert granted in (await client.get(url, headers=speaks)).text
    before = world.state()
    assert (await client.get(f"{url}/pay")).headers["location"] == url
    assert (await client.post(f"{url}/pay")).headers["location"] == url
    refused = await client.post(f"/api/v1/orders/{token}/payment")
    assert (refused.status_code, refused.json()["code"], refused.json()["why"]) == (
        409,
        "order.not_payable",
        "paid",
    )
    assert (await client.post("/api/v1/orders/nothing/payment")).status_code == 404
    assert world.state() == before


async def test_a_forced_refund_shows_as_refunded_while_its_store_is_silent(
    world: World, client: httpx2.AsyncClient
) -> None:
    pay = await order(client, pay="sandbox")
    url = (await client.post(pay, data={"outcome": "paid"})).headers["location"]
    await client.post(f"{url}/cancel")
    assert "Cancelling" in (await client.get(url)).text
    [(name,)] = world.rows("SELECT id FROM orders")
    await world.kernel.writer.run(ForceRefund(world.kernel, name, "hq", "no line for days"))
    page = (await client.get(url)).text
    assert "Your money is given back" in page
    assert "Cancelling" not in page


@pytest.mark.parametrize(
    ("language", "title"), [("en", "We have your payment"), ("zh-CN", "我们已收到您的付款")]
)
async def test_money_that_waits_for_the_store_is_said_to_be_received(
    world: World, client: httpx2.AsyncClient, language: str, title: str
) -> None:
    pay = await order(client, pay="sandbox")
    world.clock.move(minutes=16)
    await lapse(world.kernel)
    world.execute("UPDATE store_stream SET state = 'replaying' WHERE store = 'renmin'")
    late = await client.post(pay, data={"outcome": "late"})
    assert world.rows("SELECT outcome FROM capture") == [("waiting",)]
    assert world.rows("SELECT state, minor FROM payment") == [("captured", 12800)]
    page = (await client.get(late.headers["location"], headers={"accept-language": language})).text
    assert title in page
    assert "Your payment came too late" not in page


async def test_a_counter_order_is_not_paid_online_while_its_store_is_asked(
    world: World, client: httpx2.AsyncClient
) -> None:
    url = await order(client)
    world.execute("UPDATE store_stream SET state = 'replaying' WHERE store = 'renmin'")
    before = world.state()
    page = await client.post(f"{url}/pay")
    assert (page.status_code, page.headers["retry-after"]) == (503, "60")
    assert "It may be paid already. Try again in some minutes. Nothing was charged." in page.text
    answer = await client.post(f"/api/v1/orders/{url.rpartition('/')[2]}/payment")
    assert (answer.status_code, answer.json()["code"]) == (503, "store.not_whole")
    assert world.state() == before


@pytest.mark.parametrize(
    ("language", "back"), [("en", "Given back, since it was paid twice"), ("zh-CN", "已退款（重复支付）")]
)
async def test_an_order_paid_twice_shows_both_payments_and_why_one_went_back(
    world: World, client: httpx2.AsyncClient, language: str, back: str
) -> None:
    url = await order(client)
    [(name,)] = world.rows("SELECT id FROM orders")
    for number, (provider, state, minor, reference) in enumerate(
        [
            ("till-cash", "captured", 12800, "R-1"),
            ("sandbox", "captured", 12800, "p1"),
            ("sandbox", "refunded", -12800, "double_paid"),
        ]
    ):
        world.execute(
            "INSERT INTO payment (id, order_id, provider, state, minor, currency, reference, at, settled_at)"
            f" SELECT 'x{number}', '{name}', '{provider}', '{state}', {minor}, 'CNY', '{reference}',"
            " placed_at, placed_at FROM orders"
        )
    world.execute("UPDATE orders SET stage = 'collected', payment = 'paid', closed_at = placed_at")
    page = (await client.get(url, headers={"accept-language": language})).text
    sums = re.sub(r"<[^>]+>|\s+", " ", page.split('<dl class="sums">', 1)[1].split("</dl>", 1)[0])
    online, till = {"en": ("Paid online", "Paid at the counter")}.get(
        language, ("已付（在线）", "已付（到店）")
    )
    assert sums.split() == f"{online} ¥128.00 {back} −¥128.00 {till} ¥128.00".split()


async def test_money_that_was_given_back_is_not_said_to_come_back(
    world: World, client: httpx2.AsyncClient
) -> None:
    pay = await order(client, pay="sandbox")
    url = (await client.post(pay, data={"outcome": "paid"})).headers["location"]
    await client.post(f"{url}/cancel")
    [(name,)] = world.rows("SELECT id FROM orders")
    await world.kernel.writer.run(ForceRefund(world.kernel, name, "hq", "no line for days"))
    for stage in ("cancelled", "expired", "short"):
        world.execute(f"UPDATE orders SET stage = '{stage}', closed_at = placed_at")
        page = (await client.get(url)).text
        assert "What you paid has been given back." in page, stage
        assert "comes back" not in page, stage
