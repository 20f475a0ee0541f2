"""The pickup counter in a real browser: pick, report short, make ready, find, take money, hand over."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.agent.conftest import Open
from tests.browser.agent.fake_shop import FakeShop, instant
from tests.browser.agent.stage import Served, expect_note

pytestmark = pytest.mark.browser

CLEANSER, SUN = "6990101000075", "6990101000013"


def card(page: Page, number: str) -> Locator:
    return page.locator("article", has=page.get_by_role("heading", name=number, exact=True))


def enter(page: Page, text: str) -> None:
    """Scan or type into the counter's one field."""
    page.locator("#scan").fill(text)
    page.keyboard.press("Enter")


def test_the_oldest_promise_comes_first_with_sign_and_word(open_page: Open) -> None:
    page = open_page("/counter").page
    numbers = page.locator("[aria-labelledby='lane-pick'] .number")
    expect(numbers).to_have_text(["R-0713", "R-0712", "R-0715"])
    expect(card(page, "R-0713").locator(".state.bad")).to_contain_text("超时")
    expect(card(page, "R-0712").locator(".state.warn")).to_contain_text("还剩")
    expect(card(page, "R-0713")).to_contain_text("陈** · 尾号 0192 · 1 件")


def test_picking_by_scan_and_by_touch_until_ready(open_page: Open, shop: FakeShop) -> None:
    page = open_page("/counter").page
    mine = card(page, "R-0715")
    mine.get_by_role("button", name="开始拣货").click()
    expect(mine).to_have_class("card order now")
    enter(page, SUN)
    expect_note(page, "不在订单里")
    expect(page.locator("html")).to_have_attribute("data-sound", "error")
    enter(page, "6990102000029")
    expect(mine.locator("li.done")).to_contain_text("红富士苹果")
    expect(mine.get_by_role("button", name="备好")).to_be_disabled()
    for picked in range(1, 5):
        mine.get_by_role("button", name="+1 农夫山泉").click()
        expect(mine).to_contain_text(f"{picked} / 4")
    mine.get_by_role("button", name="备好").click()
    expect(page.locator("[aria-labelledby='lane-ready'] .number").filter(has_text="R-0715")).to_be_visible()
    assert shop.orders["o-R-0715"]["stage"] == "ready"


def test_the_serial_scanner_turns_lines_green(open_page: Open, served: Served, shop: FakeShop) -> None:
    shop.picking = "o-R-0712"
    page = open_page("/counter").page
    expect(card(page, "R-0712").locator("li.done")).to_have_count(1)
    shop.orders["o-R-0712"]["lines"][1]["picked"] = 1
    served.tell("counter", "order", shop.orders["o-R-0712"])
    expect(card(page, "R-0712").locator("li.done")).to_have_count(2)
    expect(page.locator("html")).to_have_attribute("data-sound", "ok")


def test_short_is_reported_after_a_confirmation(open_page: Open, shop: FakeShop) -> None:
    shop.picking = "o-R-0712"
    page = open_page("/counter").page
    mine = card(page, "R-0712")
    mine.get_by_role("button", name="缺货").click()
    mine.get_by_text("农夫山泉 饮用天然水 550ml").last.click()
    mine.get_by_role("button", name="−1").click()
    assert shop.orders["o-R-0712"]["lines"][2]["short"] == 0
    mine.get_by_role("button", name="确认缺 5 件").click()
    expect(mine.locator(".stock.warn")).to_have_text("缺 5 件")
    assert shop.orders["o-R-0712"]["lines"][2]["short"] == 5


def test_goods_to_look_for_go_on_top_and_are_reported_with_one_touch(
    open_page: Open, served: Served, shop: FakeShop
) -> None:
    page = open_page("/counter").page
    numbers = page.locator("[aria-labelledby='lane-pick'] .number")
    expect(numbers).to_have_text(["R-0713", "R-0712", "R-0715"])
    line = shop.orders["o-R-0715"]["lines"][0]
    line["look"] = 1
    served.tell("counter", "look", {"order": "o-R-0715"})
    expect_note(page, "马上找：货品缺失")
    expect(numbers).to_have_text(["R-0715", "R-0713", "R-0712"])
    mine = card(page, "R-0715").locator(".look-now")
    expect(mine).to_contain_text("找到就拣货")
    mine.get_by_role("button", name="没找到").click()
    expect(page.locator(".look-now")).to_have_count(0)
    expect(numbers).to_have_text(["R-0713", "R-0712", "R-0715"])
    assert (line["look"], line["short"]) == (0, 1)


def test_a_code_opens_the_order_and_it_is_handed_over(open_page: Open, shop: FakeShop) -> None:
    page = open_page("/counter").page
    enter(page, "a7k2qx")
    mine = page.locator(".here")
    expect(mine).to_contain_text("已在线支付")
    expect(mine.get_by_role("button", name="确认交付")).to_be_focused()
    page.keyboard.press("Enter")
    expect(mine).to_contain_text("已交付")
    expect(mine.locator("[data-paper='confirmed']")).to_have_text("已打印")
    assert shop.orders["o-R-0708"]["outcome"] == "done"


def test_money_is_taken_in_the_same_step(open_page: Open, shop: FakeShop) -> None:
    page = open_page("/counter").page
    enter(page, "B3XQ8M")
    mine = page.locator(".here")
    expect(mine.locator("#due")).to_have_text("¥109.00")
    expect(mine.get_by_label("实收现金")).to_be_focused()
    mine.get_by_label("实收现金").fill("100")
    expect(mine.get_by_role("button", name="收款并交付")).to_be_disabled()
    assert shop.orders["o-R-0706"]["stage"] == "ready"
    mine.get_by_label("实收现金").fill("200")
    mine.get_by_role("button", name="收款并交付").click()
    expect(mine.locator("output")).to_have_text("¥91.00")
    assert shop.orders["o-R-0706"]["outcome"] == "done"


def test_a_scanned_qr_opens_the_order_by_itself(open_page: Open, served: Served, shop: FakeShop) -> None:
    page = open_page("/counter").page
    expect(page.locator("#line")).to_have_text("在线")
    served.tell("counter", "open", {"open": shop.orders["o-R-0708"], "token": "OMO1:TEST"})
    expect(page.locator(".here .number")).to_have_text("R-0708")


def test_an_order_not_picked_yet_says_so(open_page: Open) -> None:
    page = open_page("/counter").page
    enter(page, "D4HW2R")
    expect(page.locator(".here .notice")).to_contain_text("尚未拣货")


def test_an_order_already_collected_shows_when(open_page: Open) -> None:
    page = open_page("/counter").page
    enter(page, "C9MTW4")
    expect(page.locator(".here .notice")).to_contain_text("已经取走")
    expect(page.locator(".here").get_by_role("button", name="交付")).to_have_count(0)


def test_a_race_for_the_same_order_tells_when_and_where(open_page: Open, shop: FakeShop) -> None:
    page = open_page("/counter").page
    enter(page, "A7K2QX")
    expect(page.locator(".here .number")).to_have_text("R-0708")
    shop.orders["o-R-0708"].update(stage="closed", outcome="done", closed_at=instant(-1))
    page.locator(".here").get_by_role("button", name="确认交付").click()
    expect(page.locator(".here .notice")).to_contain_text("凭二维码")
    assert shop.receipts == {}


def test_wrong_codes_count_down_and_lock(open_page: Open, shop: FakeShop) -> None:
    page = open_page("/counter").page
    for left in (4, 3, 2, 1):
        enter(page, "ZZZZZZ")
        expect(page.locator("#wrong")).to_contain_text(f"还可试 {left} 次")
    enter(page, "ZZZZZZ")
    expect(page.locator("#wrong")).to_contain_text("已锁定")
    expect(page.get_by_role("button", name="查找")).to_be_disabled()
    assert shop.wrong_codes == 5


def test_a_hand_over_ends_the_talk_of_a_wrong_code(open_page: Open) -> None:
    page = open_page("/counter").page
    enter(page, "B3XQ8M")
    expect(page.locator("#given")).to_be_focused()
    enter(page, "ZZZZZZ")
    expect(page.locator("#wrong")).to_be_visible()
    page.locator(".here").get_by_role("button", name="收款并交付").click()
    expect(page.locator(".here")).to_contain_text("已交付")
    expect(page.locator("#wrong")).to_have_count(0)


@pytest.mark.parametrize(
    ("locale", "told"), [("zh-CN", "请改扫顾客的二维码"), ("en", "Scan the customer's QR code")]
)
def test_a_code_that_is_not_known_while_the_line_is_cut_may_be_on_its_way(
    open_page: Open, shop: FakeShop, locale: str, told: str
) -> None:
    page = open_page("/counter", locale=locale).page
    enter(page, "ZZZZZZ")
    expect(page.locator("#wrong")).to_be_visible()
    expect(page.locator("#wrong")).not_to_contain_text(told)
    shop.online = False
    page.reload()
    expect(page.locator(".line-notice")).to_be_visible()
    enter(page, "ZZZZZZ")
    expect(page.locator("#wrong")).to_contain_text(told)


def test_the_phone_tail_must_fit(open_page: Open) -> None:
    page = open_page("/counter").page
    page.locator("#tail").fill("0000")
    enter(page, "A7K2QX")
    expect(page.locator("#wrong")).to_contain_text("自提码不对")
    expect(page.locator(".here")).to_have_count(0)


def test_goods_of_a_closed_order_are_put_back(open_page: Open, shop: FakeShop) -> None:
    page = open_page("/counter").page
    back = card(page, "R-0688")
    back.get_by_role("button", name="放回一件").click()
    expect(back).to_contain_text("× 1")
    back.get_by_role("button", name="放回一件").click()
    expect(back).to_have_count(0)
    assert shop.orders["o-R-0688"]["lines"][0]["to_put_back"] == 0


def test_giving_up_an_order_needs_a_reason(open_page: Open, shop: FakeShop) -> None:
    page = open_page("/counter").page
    ready = card(page, "R-0708")
    ready.locator("summary").click()
    expect(ready.get_by_role("button", name="放弃此单")).to_be_disabled()
    ready.get_by_label("放弃原因").fill("顾客来电取消")
    ready.get_by_role("button", name="放弃此单").click()
    expect(page.locator(".back .number").filter(has_text="R-0708")).to_be_visible()
    assert shop.orders["o-R-0708"]["outcome"] == "released"


def test_a_new_order_rings_and_appears(open_page: Open, served: Served, shop: FakeShop) -> None:
    page = open_page("/counter").page
    expect(page.locator("#line")).to_have_text("在线")
    shop.put_order("R-0721", "received", [("BE1001", 1, 0)], ready_in=5)
    served.tell("counter", "new", {"order": "o-R-0721"})
    expect(card(page, "R-0721")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-sound", "order")


def test_nothing_to_do_is_a_designed_state(open_page: Open, shop: FakeShop) -> None:
    shop.orders.clear()
    page = open_page("/counter").page
    expect(page.get_by_role("heading", name="没有待拣订单")).to_be_visible()
    expect(page.get_by_role("heading", name="没有备好的订单")).to_be_visible()


def test_a_forged_qr_stands_in_the_lane_until_the_next_one(
    open_page: Open, served: Served, shop: FakeShop
) -> None:
    page = open_page("/counter").page
    expect(page.locator("#line")).to_have_text("在线")
    served.tell("counter", "refused", {"code": "forged", "till": "1", "meaning": "pickup"})
    expect(page.locator("#wrong")).to_contain_text("自提码是伪造的")
    expect(page.locator("html")).to_have_attribute("data-sound", "error")
    served.tell("counter", "open", {"open": shop.orders["o-R-0708"], "token": "OMO1:TEST"})
    expect(page.locator(".here .number")).to_have_text("R-0708")
    expect(page.locator("#wrong")).to_have_count(0)


def test_goods_while_nothing_is_picked_are_told_at_the_counter(open_page: Open, served: Served) -> None:
    page = open_page("/counter").page
    expect(page.locator("#line")).to_have_text("在线")
    served.tell("counter-seen", "refused", {"code": "nothing_picked", "till": "1"})
    expect_note(page, "现在没有在拣货", "bad")


def test_money_has_the_focus_after_a_qr_and_typed_text_is_left_alone(
    open_page: Open, served: Served, shop: FakeShop
) -> None:
    page = open_page("/counter").page
    expect(page.locator("#line")).to_have_text("在线")
    served.tell("counter", "open", {"open": shop.orders["o-R-0706"], "token": "OMO1:TEST"})
    expect(page.locator("#given")).to_be_focused()
    page.keyboard.type("200")
    expect(page.locator("#given")).to_have_value("200")
    page.locator("#scan").fill("A7K")
    served.tell("counter", "open", {"open": shop.orders["o-R-0708"], "token": "OMO1:TEST"})
    expect(page.locator(".here .number").first).to_have_text("R-0708")
    expect(page.locator("#scan")).to_be_focused()
    assert shop.wrong_codes == 0


def test_the_keyboard_stays_at_the_order_whose_goods_are_missing(open_page: Open, shop: FakeShop) -> None:
    shop.picking = "o-R-0712"
    page = open_page("/counter").page
    mine = card(page, "R-0712")
    mine.get_by_role("button", name="缺货").focus()
    page.keyboard.press("Enter")
    expect(mine.get_by_role("radio").first).to_be_focused()
    mine.get_by_role("button", name="确认缺").focus()
    page.keyboard.press("Enter")
    expect(mine.get_by_role("button", name="缺货")).to_be_focused()


def test_the_hand_over_is_in_sight_however_long_the_order(open_page: Open, shop: FakeShop) -> None:
    goods = [(sku, 1, 1) for sku in ("BE1001", "BE1005", "FO2001", "BE1003", "BE1007", "FO2002", "FO2003")]
    shop.put_order("R-0730", "ready", goods, due_minor=10900, pay_at="counter")
    shop.codes["H5KW2R"] = "o-R-0730"
    page = open_page("/counter", locale="en").page
    enter(page, "H5KW2R")
    button = page.locator(".here").get_by_role("button", name="Take the money, hand over")
    expect(button).to_be_in_viewport(ratio=1)
    page.set_viewport_size({"width": 360, "height": 780})
    labels = [box for one in page.locator(".scan-fields label").all() if (box := one.bounding_box())]
    assert labels[0]["y"] + labels[0]["height"] <= labels[1]["y"]


@pytest.mark.parametrize(("locale", "paid"), [("zh-CN", "已在线支付"), ("en", "Paid online")])
def test_an_order_that_was_paid_online_meanwhile_shows_no_money_due(
    open_page: Open, served: Served, shop: FakeShop, locale: str, paid: str
) -> None:
    order = shop.put_order("R-0731", "ready", [("BE1001", 1, 1)], due_minor=2590, pay_at="counter")
    shop.codes["J8PM4T"] = "o-R-0731"
    page = open_page("/counter", locale=locale).page
    enter(page, "J8PM4T")
    mine = page.locator(".here")
    expect(mine.locator(".pill.warn")).to_be_visible()
    expect(mine).to_contain_text("25.90")
    order.update(due_minor=0, prepaid_minor=2590)
    served.tell("counter", "order", order)
    expect(mine.locator(".pill.ok")).to_have_text(paid)
    expect(mine.locator("input")).to_have_count(0)
