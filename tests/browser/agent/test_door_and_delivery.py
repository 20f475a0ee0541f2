"""Sign-in with a PIN and taking goods in, in a real browser."""

import pytest
from playwright.sync_api import expect

from tests.browser.agent.conftest import Open
from tests.browser.agent.fake_shop import FakeShop
from tests.browser.agent.stage import Served, expect_note

pytestmark = pytest.mark.browser
ASK_AGAIN = """async () => {
  const loaded = performance.getEntriesByType("resource").map((one) => one.name);
  const calls = await import(loaded.find((name) => name.includes("/base/api")));
  await calls.get("/api/v1/till/ticket").catch((problem) => problem.status);
}"""


def test_a_wrong_pin_is_told_and_a_right_one_leads_on(open_page: Open) -> None:
    page = open_page("/sign-in?next=%2Fcounter", login="").page
    page.get_by_label("王敏").check()
    expect(page.locator(".brand")).to_have_text("人民路店")
    page.keyboard.type("9999")
    page.keyboard.press("Enter")
    expect(page.locator("#fault")).to_be_visible()
    expect(page.locator("#fault")).not_to_contain_text(". ")
    expect(page.locator("#pin")).to_have_value("")
    for digit in "1234":
        page.get_by_role("button", name=digit, exact=True).click()
    page.locator("main").get_by_role("button", name="登录").click()
    page.wait_for_url("**/counter")


def test_enter_signs_in_from_the_number_pad(open_page: Open) -> None:
    page = open_page("/sign-in", login="").page
    page.get_by_label("王敏").check()
    for digit in "1234":
        page.get_by_role("button", name=digit, exact=True).click()
    page.keyboard.press("Enter")
    page.wait_for_url("**/till")


@pytest.mark.parametrize(
    "target",
    ["https://example.org/", "//example.org", "/\\example.org", "/%09/example.org", "javascript:alert(1)"],
)
def test_a_crafted_link_leads_nowhere_else(open_page: Open, target: str) -> None:
    page = open_page(f"/sign-in?next={target}", login="").page
    page.get_by_label("王敏").check()
    page.locator("#pin").fill("1234")
    page.keyboard.press("Enter")
    page.wait_for_url("**/till")


def test_nobody_is_sent_to_the_door_and_signing_out_returns_there(open_page: Open, served: Served) -> None:
    page = open_page("/till", login="").page
    assert page.url == served.url + "/sign-in?next=%2Ftill"
    page.locator("#pin").fill("1234")
    page.keyboard.press("Enter")
    page.wait_for_url("**/till")
    page.locator("summary").click()
    gone_to: list[str] = []
    page.on("request", lambda sent: gone_to.append(sent.url) if sent.is_navigation_request() else None)
    # a call of the page hears of the end while the answer to signing out is still on its way
    page.route(
        "**/api/v1/sign-out", lambda route: (route.fetch(), page.evaluate(ASK_AGAIN), route.fulfill(json={}))
    )
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url("**/sign-in")
    assert gone_to == [served.url + "/sign-in"]


def test_the_theme_stays_chosen(open_page: Open) -> None:
    page = open_page("/till").page
    page.locator("summary").click()
    page.get_by_role("button", name="高对比").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "contrast")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "contrast")


def test_the_language_is_switched_on_the_page(open_page: Open) -> None:
    page = open_page("/till").page
    # the page puts the focus into its field once it stands, and a menu closes when the focus goes elsewhere
    expect(page.locator("#scan")).to_be_focused()
    page.locator("summary").click()
    page.get_by_role("link", name="English").click()
    expect(page.locator("#line")).to_have_text("Online")
    page.goto(page.url.partition("?")[0])
    expect(page.locator("#line")).to_have_text("Online")


def test_a_delivery_is_listed_kept_over_a_reload_and_booked_once(open_page: Open, shop: FakeShop) -> None:
    page = open_page("/receiving", login="chen").page
    for code in ("6990101000051", "6990102000012", "6990102000012"):
        page.locator("#scan").fill(code)
        page.keyboard.press("Enter")
        expect(page.locator("#scan")).to_have_value("")
    expect(page.get_by_label("数量: 农夫山泉")).to_have_value("2")
    page.get_by_label("数量: 农夫山泉").fill("48")
    page.keyboard.press("Tab")
    page.reload()
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator("#needs-ref")).to_have_text("请填写送货单号后再入库。")
    page.get_by_label("送货单号").fill("DN-20260501-7")
    expect(page.locator("#needs-ref")).to_have_count(0)
    page.get_by_role("button", name="确认入库").click()
    expect_note(page, "已入账")
    assert shop.received == {"DN-20260501-7": [{"sku": "BE1005", "qty": 1}, {"sku": "FO2001", "qty": 48}]}
    expect(page.locator("tbody tr")).to_have_count(0)


def test_a_number_that_is_typed_stays_while_the_scanner_reads(open_page: Open, served: Served) -> None:
    page = open_page("/receiving", login="chen").page
    served.tell("receiving", "scan", {"code": "6990102000012"})
    count = page.get_by_label("数量: 农夫山泉")
    expect(count).to_have_value("1")
    count.fill("48")
    served.tell("receiving", "scan", {"code": "6990101000051"})
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(count).to_have_value("48")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="确认入库")).to_contain_text("49")


def test_a_note_that_came_in_as_a_document_says_by_whom_it_was_booked(
    open_page: Open, served: Served
) -> None:
    served.agent.papers.notes["DN-7"] = "lin"
    page = open_page("/receiving", login="chen", locale="en").page
    page.locator("#scan").fill("6990101000051")
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_label("Delivery note number").fill("DN-7")
    page.get_by_role("button", name="Book the delivery").click()
    expect_note(page, "This delivery note is booked already", "bad")
    expect_note(page, "lin booked it on", "bad")
    expect(page.locator("tbody tr")).to_have_count(1)


def test_goods_that_the_scanner_reads_join_the_delivery(open_page: Open, served: Served) -> None:
    page = open_page("/receiving", login="chen").page
    expect(page.locator("#line")).to_have_text("在线")
    for _ in range(2):
        served.tell("receiving", "scan", {"code": "6990101000051"})
    expect(page.get_by_label("数量: 舒缓保湿面霜")).to_have_value("2")


def test_a_clerk_is_told_before_counting_that_a_manager_books(open_page: Open) -> None:
    page = open_page("/receiving", login="wang").page
    expect(page.locator("#rule")).to_contain_text("只有店长能确认入库")
    page.locator("#scan").fill("6990101000051")
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_label("送货单号").fill("DN-1")
    expect(page.get_by_role("button", name="确认入库")).to_be_disabled()


def test_unknown_goods_of_a_delivery_are_told(open_page: Open) -> None:
    page = open_page("/receiving", login="chen").page
    page.locator("#scan").fill("8888")
    page.keyboard.press("Enter")
    expect(page.locator("#fault")).to_contain_text("没有这个商品: 8888")
    expect(page.get_by_role("button", name="确认入库")).to_be_disabled()


def test_a_manager_sees_why_the_number_is_what_it_is(open_page: Open) -> None:
    page = open_page("/stock", login="chen", locale="en").page
    page.locator("#scan").fill("6990101000013")
    page.keyboard.press("Enter")
    expect(page.locator("#on-hand")).to_have_text("47")
    expect(page.locator("#sum-check")).to_have_text("agrees 61 movements sum to 47")
    expect(page.locator("tbody tr")).to_have_count(50)
    page.get_by_role("button", name="Older").click()
    expect(page.locator("tbody tr")).to_have_count(61)
    expect(page.locator("tbody tr").last).to_contain_text("received")
    expect(page.get_by_role("button", name="Older")).to_have_count(0)


def test_a_number_that_is_not_the_sum_is_told(open_page: Open, shop: FakeShop) -> None:
    shop.summed = 46
    page = open_page("/stock", login="chen").page
    page.locator("#scan").fill("6990101000013")
    page.keyboard.press("Enter")
    expect(page.locator("#sum-check")).to_contain_text("不符")
    expect(page.locator(".fault")).to_contain_text("该商品账目有误")


def test_goods_that_the_scanner_reads_are_explained(open_page: Open, served: Served) -> None:
    page = open_page("/stock", login="chen").page
    expect(page.locator("#line")).to_have_text("在线")
    served.tell("receiving", "scan", {"code": "6990101000051"})
    expect(page.locator("#on-hand")).to_have_text("47")


def test_a_clerk_has_no_way_to_the_stock_page(open_page: Open) -> None:
    page = open_page("/receiving", login="wang").page
    expect(page.locator("#line")).to_have_text("在线")
    expect(page.locator(".tabs a")).to_have_count(4)
    expect(page.locator('.tabs a[href="/stock"]')).to_have_count(0)
