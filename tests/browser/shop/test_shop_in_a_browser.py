"""The customer's way through the shop, as a browser shows it; pictures are kept in test-output/shop."""

import io
import re
from collections.abc import Iterator

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, expect

from hub.orders.change_order import LapseUnpaid
from sync.keys.signing import KeyRing
from tests.browser.shop.conftest import Visit, visit
from tests.browser.shop.running_shop import RunningShop
from tests.unit.hub.shop_web.shop_world import FEW, FLOOR, GONE, SUN

pytestmark = [pytest.mark.browser]
WIDTHS = (360, 768, 1280, 1920)
SCHEMES = {"zh-CN": "light", "en": "dark"}


@pytest.fixture(params=["zh-CN", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def phone(browser: Browser, shop: RunningShop, language: str) -> Iterator[Visit]:
    context = browser.new_context(
        viewport={"width": 360, "height": 740},
        locale=language,
        color_scheme="dark" if SCHEMES[language] == "dark" else "light",
    )
    made = visit(context, shop.url, f"{language}-360")
    yield made
    context.close()
    assert made.troubles == []


def is_right(seen: Visit, name: str) -> None:
    """Keep a picture; no fault of access, nothing wider than the page at any width."""
    seen.shot(name)
    assert seen.faults() == [], name
    for width in WIDTHS[1:]:
        seen.page.set_viewport_size({"width": width, "height": 900})
        assert seen.overflow() <= 0, (name, width)
        if width == 1280:
            seen.shot(name, wide=True)
    seen.page.set_viewport_size({"width": 360, "height": 740})
    assert seen.overflow() <= 0, (name, 360)


def buy(seen: Visit, sku: str, qty: int = 1) -> None:
    seen.go(f"/s/renmin/p/{sku}")
    seen.page.fill("#qty", str(qty))
    seen.page.click("form.buy button[type=submit]")


def place(seen: Visit, pay: str) -> None:
    seen.go("/s/renmin/checkout")
    seen.page.fill("#f-name", "王小明")
    seen.page.fill("#f-phone", "138 0013 8000")
    seen.page.check(f"input[value={pay}]")
    seen.page.click("aside button[type=submit]")


LOOKS = (
    ("stores", "/"),
    ("home", "/s/renmin"),
    ("category", "/s/renmin/c/beauty-personal-care/skin-care"),
    ("search", "/s/renmin/search?q=60ml"),
    ("nothing-found", "/s/renmin/search?q=zzzz"),
    ("product", f"/s/renmin/p/{SUN}"),
    ("product-on-demand", f"/s/renmin/p/{FLOOR}"),
    ("product-gone", f"/s/renmin/p/{GONE}"),
    ("empty-basket", "/s/renmin/basket"),
    ("missing", "/s/nowhere"),
)


def test_pages_to_look_at(phone: Visit) -> None:
    for name, path in LOOKS:
        phone.go(path)
        is_right(phone, name)


def test_from_basket_to_the_collected_order(shop: RunningShop, phone: Visit) -> None:
    page = phone.page
    buy(phone, SUN)
    is_right(phone, "added")
    buy(phone, FEW, 2)
    phone.go("/s/renmin/basket")
    is_right(phone, "basket")
    page.click("button[name=step][value='1'] >> nth=1")
    expect(page.locator("input[name=qty] >> nth=2")).to_have_value("3")
    phone.go("/s/renmin/checkout")
    is_right(phone, "checkout")
    page.click("aside button[type=submit]")
    is_right(phone, "checkout-faults")

    place(phone, "sandbox")
    page.wait_for_url("**/pay/sandbox/*")
    is_right(phone, "pay")
    page.click("button[value=failed]")
    is_right(phone, "pay-failed")
    page.click(".hero > a")
    page.wait_for_url("**/o/*")
    is_right(phone, "order-unpaid")
    page.click("a.btn.main")
    page.click("button[value=paid]")
    page.wait_for_url("**/o/*")
    is_right(phone, "order-sent")

    picture = Image.open(io.BytesIO(page.locator(".qr svg").screenshot()))
    [read] = zxingcpp.read_barcodes(picture)
    claims = KeyRing.of(shop.world.kernel.key.public).verify(read.text)
    assert [(line.sku, line.qty) for line in claims.lines] == [(SUN, 1), (FEW, 3)]
    assert claims.pay_at == "online"

    token = page.url.rpartition("/")[2]
    shop.world.execute(
        "UPDATE orders SET stage = 'ready', accepted_at = '2026-05-01T06:20:00.000Z',"
        " ready_at = '2026-05-01T06:31:00.000Z'"
    )
    shop.do(lambda world: world.kernel.events.publish(f"order:{token}", "order", {}))
    expect(page.locator("#order-state .pill.ok")).to_be_visible()
    expect(page.locator(".steps .done")).to_have_count(3)
    is_right(phone, "order-ready")
    page.click("#order-actions a")
    is_right(phone, "cancel")
    page.click("main form button")
    expect(page.locator("#order-state .pill.warn")).to_be_visible()
    is_right(phone, "order-cancelling")
    for stage in ("collected", "short", "expired", "cancelled"):
        shop.world.execute("UPDATE orders SET stage = ?, closed_at = '2026-05-01T07:00:00.000Z'", stage)
        page.reload()
        expect(page.locator(".qr")).to_have_count(0)
        is_right(phone, f"order-{stage}")


def test_short_stock_is_one_tap_from_another_store(shop: RunningShop, phone: Visit) -> None:
    buy(phone, FEW, 3)
    phone.go("/s/renmin/checkout")
    shop.world.execute("UPDATE stock SET granted = 1, floor = 1 WHERE store = 'renmin' AND sku = ?", FEW)
    phone.page.fill("#f-name", "Anna")
    phone.page.fill("#f-phone", "13800138000")
    phone.page.click("aside button[type=submit]")
    is_right(phone, "short")
    phone.page.click("button[value='move:jiangwan']")
    expect(phone.page.locator("#f-name")).to_have_value("Anna")
    is_right(phone, "short-moved")
    phone.page.click("aside button[type=submit]")
    phone.page.wait_for_url("**/o/*")
    assert shop.world.rows("SELECT store FROM orders") == [("jiangwan",)]


def test_the_stock_of_an_open_page_follows_the_store(shop: RunningShop, phone: Visit) -> None:
    # the page reads its stock once more when its stream is open: from then on it hears every change
    with phone.page.expect_response(f"**/s/renmin/p/{FEW}/stock"):
        phone.go(f"/s/renmin/p/{FEW}")
    expect(phone.page.locator("#stock")).to_contain_text("3")
    shop.world.execute("UPDATE stock SET granted = 2, floor = 2 WHERE store = 'renmin' AND sku = ?", FEW)
    shop.do(lambda world: world.kernel.events.publish(f"stock:renmin:{FEW}", "stock", {}))
    expect(phone.page.locator("#stock")).to_contain_text("2")


def test_a_double_click_places_one_order(shop: RunningShop, phone: Visit) -> None:
    buy(phone, SUN)
    phone.go("/s/renmin/checkout")
    phone.page.fill("#f-name", "Anna")
    phone.page.fill("#f-phone", "13800138000")
    phone.page.dblclick("aside button[type=submit]")
    phone.page.wait_for_url("**/o/*")
    phone.page.go_back()
    phone.page.wait_for_url("**/s/renmin/basket")
    assert len(shop.world.rows("SELECT 1 FROM orders")) == 1


def test_the_shop_works_without_scripts(browser: Browser, shop: RunningShop) -> None:
    context = browser.new_context(
        java_script_enabled=False, locale="en", viewport={"width": 360, "height": 740}
    )
    plain = visit(context, shop.url, "plain")
    plain.go("/")
    plain.page.click("text=Shop at Renmin Road")
    plain.page.fill("#q", "SPF50 60ml")
    plain.page.press("#q", "Enter")
    plain.page.click(".product-card a")
    plain.page.click("form.buy button[type=submit]")
    plain.page.click("text=Go to the basket")
    plain.page.click("text=Check out")
    plain.page.fill("#f-name", "Anna")
    plain.page.fill("#f-phone", "13800138000")
    plain.page.click("aside button[type=submit]")
    plain.page.wait_for_url("**/o/*")
    expect(plain.page.locator("h1")).to_contain_text("Renmin Road")
    plain.page.click("text=Cancel the order")
    plain.page.click("text=Yes, cancel it")
    expect(plain.page.locator("h1")).to_contain_text("We have asked Renmin Road to cancel")
    context.close()


def test_chinese_is_drawn_with_chinese_glyphs(phone: Visit) -> None:
    phone.go("/")
    drawn = phone.page.evaluate(
        """() => {
          const draw = (text) => {
            const canvas = document.createElement("canvas");
            const pen = canvas.getContext("2d");
            pen.font = "40px " + getComputedStyle(document.body).fontFamily;
            pen.fillText(text, 5, 45);
            return canvas.toDataURL();
          };
          return [draw("店"), draw("货"), draw("\\u{10FFFE}")];
        }"""
    )
    assert len(set(drawn)) == 3


def test_a_page_weighs_less_than_100_kilobytes(browser: Browser, shop: RunningShop) -> None:
    for path in ("/", "/s/renmin", f"/s/renmin/p/{SUN}", "/s/renmin/basket"):
        context = browser.new_context(viewport={"width": 1280, "height": 4000}, locale="zh-CN")
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        bytes_of: list[float] = []
        session.on("Network.loadingFinished", lambda told: bytes_of.append(told["encodedDataLength"]))  # noqa: B023
        page.goto(shop.url + path, wait_until="load")
        page.wait_for_timeout(300)
        assert len(bytes_of) > 4, path
        assert sum(bytes_of) < 100_000, (path, sum(bytes_of))
        context.close()


def test_every_page_names_its_language(phone: Visit, language: str) -> None:
    phone.go("/s/renmin")
    assert phone.page.locator("html").get_attribute("lang") == language
    other = phone.page.locator(".languages a")
    other.click()
    expect(phone.page.locator("html")).to_have_attribute("lang", re.compile("en|zh-CN"))
    assert phone.page.locator("html").get_attribute("lang") != language


def test_a_counter_order_is_paid_online_after_all(shop: RunningShop, phone: Visit, language: str) -> None:
    page = phone.page
    buy(phone, SUN)
    place(phone, "counter")
    page.wait_for_url("**/o/*")
    is_right(phone, "order-counter")
    url = page.url
    page.click("#order-state a.btn.main")
    page.wait_for_url("**/pay")
    is_right(phone, "pay-afterwards")
    page.click("main form button")
    page.wait_for_url("**/pay/sandbox/*")
    page.click("button[value=paid]")
    page.wait_for_url(url)
    told = {"en": "We are telling", "zh-CN": "正在通知"}[language]
    expect(page.locator("#order-state")).to_contain_text(told)
    expect(page.locator("#order-state a.btn.main")).to_have_count(0)
    is_right(phone, "order-prepaid-asked")

    token = url.rpartition("/")[2]
    shop.world.execute("UPDATE orders SET prepaid_at = '2026-05-01T06:20:00.000Z'")
    shop.do(lambda world: world.kernel.events.publish(f"order:{token}", "order", {}))
    granted = {"en": "nothing is to pay at the counter", "zh-CN": "到店无需再付款"}[language]
    expect(page.locator("#order-state")).to_contain_text(granted)
    is_right(phone, "order-prepaid")


def test_money_that_comes_too_late_is_given_back_and_the_page_says_so(
    shop: RunningShop, phone: Visit, language: str
) -> None:
    page = phone.page
    buy(phone, SUN)
    place(phone, "sandbox")
    page.wait_for_url("**/pay/sandbox/*")
    [(order, store)] = shop.world.rows("SELECT id, store FROM orders")
    shop.world.execute("UPDATE orders SET lapses_at = '2026-05-01T00:00:00.000Z'")
    shop.run(LapseUnpaid(shop.world.kernel, order))
    shop.world.execute("UPDATE stock SET returned = granted WHERE store = ? AND promised = 0", store)
    page.reload()
    page.locator("button[value=late]").wait_for()
    phone.troubles.clear()  # the browser reports the page's own status 409
    is_right(phone, "pay-too-late")
    page.click("button[value=late]")
    page.wait_for_url("**/o/*")
    title = {"en": "Your payment came too late", "zh-CN": "您的付款来晚了"}[language]
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(page.locator(".sums")).to_contain_text("128.00")
    is_right(phone, "order-late-refund")
