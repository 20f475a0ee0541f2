"""The till in a real browser: keyboard alone, by touch, and with accidents."""

import json

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.agent.conftest import Open
from tests.browser.agent.fake_shop import FakeShop
from tests.browser.agent.stage import Served

pytestmark = pytest.mark.browser

CREAM, CLEANSER, WATER, DUMPLINGS = "6990101000051", "6990101000075", "6990102000012", "6990102000036"


def scan(page: Page, code: str) -> None:
    """What a wedge scanner does: it types wherever the focus is, and ends with Enter."""
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def cash_for(page: Page, code: str, total: str) -> None:
    """Scan one thing and open the cash panel."""
    scan(page, code)
    expect(page.locator("#total")).to_have_text(total)
    page.keyboard.press("F9")
    expect(page.locator("#given")).to_be_focused()


def test_a_scan_becomes_a_line_and_the_total(open_page: Open) -> None:
    page = open_page("/till").page
    scan(page, CREAM)
    expect(page.locator("tr[data-line='1'] th")).to_contain_text("舒缓保湿面霜 50g")
    expect(page.locator("tr[data-line='1'] th")).to_contain_text("可售 3")
    expect(page.locator("#total")).to_have_text("¥128.00")
    expect(page.locator("#scan")).to_be_focused()
    expect(page.locator("html")).to_have_attribute("data-sound", "ok")


def test_digits_then_star_sell_several_at_once(open_page: Open) -> None:
    page = open_page("/till").page
    page.keyboard.type("6*")
    expect(page.locator(".pending")).to_contain_text("× 6")
    scan(page, WATER)
    expect(page.locator("#total")).to_have_text("¥12.00")
    expect(page.locator(".pending")).to_have_count(0)


def test_star_then_enter_changes_the_marked_line(open_page: Open) -> None:
    page = open_page("/till").page
    scan(page, CREAM)
    scan(page, WATER)
    expect(page.locator("#total")).to_have_text("¥130.00")
    page.keyboard.press("ArrowUp")
    page.keyboard.type("2*")
    page.keyboard.press("Enter")
    expect(page.locator("#total")).to_have_text("¥258.00")


def test_a_pending_quantity_serves_the_serial_scanner_too(
    open_page: Open, served: Served, shop: FakeShop
) -> None:
    page = open_page("/till").page
    page.keyboard.type("3*")
    expect(page.locator(".pending")).to_be_visible()
    shop.add("FO2001", 1)
    served.tell("till", "ticket", shop.ticket())
    expect(page.locator("#total")).to_have_text("¥6.00")


def test_delete_and_escape_take_lines_off_and_ask_for_several(open_page: Open, shop: FakeShop) -> None:
    page = open_page("/till").page
    for code in (CREAM, CLEANSER, WATER):
        scan(page, code)
    expect(page.locator("tr[data-line='3']")).to_be_visible()
    page.keyboard.press("Delete")
    expect(page.locator("tr[data-line='3']")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.get_by_role("alertdialog")).to_contain_text("清空全部商品？")
    page.keyboard.press("Escape")
    expect(page.get_by_role("alertdialog")).to_have_count(0)
    assert len(shop.lines) == 2
    page.keyboard.press("Escape")
    page.get_by_role("button", name="全部清空").click()
    expect(page.locator("#total")).to_have_text("¥0.00")
    assert shop.lines == []


def test_search_stands_beside_the_basket_and_enter_adds(open_page: Open) -> None:
    page = open_page("/till").page
    scan(page, CREAM)
    page.keyboard.type("防晒")
    expect(page.get_by_role("option")).to_have_count(2)
    expect(page.locator("tr[data-line='1']")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("tr[data-line='2'] th")).to_contain_text("敏感肌")
    expect(page.get_by_role("option")).to_have_count(0)


def test_pinyin_initials_and_last_digits_find_goods(open_page: Open) -> None:
    page = open_page("/till").page
    page.keyboard.type("nfsq")
    expect(page.get_by_role("option")).to_contain_text(["农夫山泉"])
    page.keyboard.press("Escape")
    expect(page.get_by_role("option")).to_have_count(0)
    page.keyboard.type("0051")
    expect(page.get_by_role("option")).to_contain_text(["舒缓保湿面霜"])


def test_an_unknown_code_tells_and_the_next_scan_works(open_page: Open) -> None:
    page = open_page("/till").page
    scan(page, "6900000000007")
    expect(page.get_by_role("heading", name="未找到：6900000000007")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-sound", "error")
    expect(page.locator("#scan")).to_be_focused()
    scan(page, CREAM)
    expect(page.locator("#total")).to_have_text("¥128.00")
    expect(page.get_by_role("heading", name="未找到")).to_have_count(0)


def test_cash_shows_the_change_and_the_paper(open_page: Open, shop: FakeShop) -> None:
    page = open_page("/till").page
    scan(page, CREAM)
    expect(page.locator("#total")).to_have_text("¥128.00")
    page.keyboard.press("F9")
    expect(page.locator(".quick button")).to_have_text(["刚好¥128.00", "¥130.00", "¥150.00", "¥200.00"])
    page.keyboard.type("100")
    expect(page.locator("#cash-result")).to_have_text("还差¥28.00")
    expect(page.get_by_role("button", name="完成收款")).to_be_disabled()
    page.keyboard.press("Enter")
    assert shop.receipts == {}
    page.locator("#given").fill("200.5")
    page.keyboard.press("Enter")
    expect(page.locator("#change")).to_have_text("¥72.50")
    expect(page.locator("[data-paper='confirmed']")).to_have_text("已打印")
    assert [one["given_minor"] for one in shop.receipts.values()] == [20050]


@pytest.mark.parametrize(
    ("printed", "words"),
    [("uncertain", "可能未打印"), ("failed", "未打印"), ("expired", "超时未打印"), (None, "没有小票机")],
)
def test_paper_trouble_says_what_to_do(
    open_page: Open, shop: FakeShop, printed: str | None, words: str
) -> None:
    shop.printed = printed
    page = open_page("/till").page
    cash_for(page, WATER, "¥2.00")
    page.keyboard.press("Enter")
    paper = page.locator(f"[data-paper='{printed or 'none'}']")
    expect(paper.locator(".state")).to_have_text(words)
    expect(paper.locator("p")).not_to_be_empty()


def test_a_reload_loses_neither_lines_nor_change(open_page: Open) -> None:
    page = open_page("/till").page
    scan(page, CREAM)
    expect(page.locator("#total")).to_have_text("¥128.00")
    page.reload()
    expect(page.locator("#total")).to_have_text("¥128.00")
    page.keyboard.press("F9")
    page.locator("#given").fill("130")
    page.keyboard.press("Enter")
    expect(page.locator("#change")).to_have_text("¥2.00")
    page.reload()
    expect(page.locator("#change")).to_have_text("¥2.00")
    scan(page, WATER)
    expect(page.locator("#change")).to_have_count(0)
    expect(page.locator("#total")).to_have_text("¥2.00")


def test_short_stock_names_the_orders_and_offers_both_ways(open_page: Open, shop: FakeShop) -> None:
    page = open_page("/till").page
    for _ in range(3):
        scan(page, DUMPLINGS)
    expect(page.locator("#total")).to_have_text("¥59.70")
    expect(page.locator("tr[data-line='1'] .stock.warn")).to_have_text("仅 1 件可售")
    page.keyboard.press("F9")
    expect(page.locator("#given")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".short")).to_contain_text("要卖 3 件，可售 1 件")
    expect(page.locator(".hurt li")).to_have_text(["R-0712", "R-0709"])
    expect(page.locator(".short")).to_contain_text("其中 2 件已承诺给线上订单")
    expect(page.locator(".short")).not_to_contain_text("没有库存记录")
    assert shop.receipts == {}
    page.get_by_role("button", name="只卖 1 件").click()
    expect(page.locator("#total")).to_have_text("¥19.90")


def test_short_stock_is_overridden_with_a_reason(open_page: Open, shop: FakeShop) -> None:
    page = open_page("/till", login="chen").page
    scan(page, DUMPLINGS)
    scan(page, DUMPLINGS)
    expect(page.locator("#total")).to_have_text("¥39.80")
    page.keyboard.press("F9")
    expect(page.locator("#given")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".short")).to_be_focused()
    expect(page.get_by_label("原因")).to_have_value("")
    expect(page.get_by_role("button", name="仍要销售")).to_be_disabled()
    page.get_by_role("button", name="商品在手").click()
    expect(page.get_by_label("原因")).to_have_value("商品在手")
    page.get_by_label("原因").fill("顾客已拿在手上")
    page.get_by_role("button", name="仍要销售").click()
    expect(page.locator("#change")).to_have_text("¥0.00")
    assert len(shop.receipts) == 1


def test_a_lost_answer_is_asked_again_and_booked_once(open_page: Open, shop: FakeShop) -> None:
    page = open_page("/till").page
    scan(page, WATER)
    expect(page.locator("#total")).to_have_text("¥2.00")
    sent = []

    def lose_first(route: Route) -> None:
        sent.append(json.loads(route.request.post_data or "{}")["ticket"])
        if len(sent) == 1:
            route.abort()
        else:
            route.continue_()

    page.route("**/api/v1/till/pay", lose_first)
    page.keyboard.press("F9")
    expect(page.locator("#given")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".cash .notice")).to_contain_text("不会重复入账")
    page.get_by_role("button", name="完成收款").click()
    expect(page.locator("#change")).to_have_text("¥0.00")
    assert sent == ["t-1", "t-1"]
    assert len(shop.receipts) == 1


def test_a_barcode_scanned_while_paying_is_goods_not_money(open_page: Open) -> None:
    page = open_page("/till").page
    scan(page, WATER)
    expect(page.locator("#total")).to_have_text("¥2.00")
    page.keyboard.press("F9")
    expect(page.locator("#given")).to_be_focused()
    scan(page, CREAM)
    expect(page.locator("#total")).to_have_text("¥130.00")


def test_the_serial_scanner_paints_and_its_refusal_takes_no_focus(
    open_page: Open, served: Served, shop: FakeShop
) -> None:
    page = open_page("/till").page
    expect(page.locator("#line")).to_have_text("在线")
    shop.add("BE1005", 1)
    served.tell("till", "ticket", shop.ticket())
    expect(page.locator("#total")).to_have_text("¥128.00")
    expect(page.locator("html")).to_have_attribute("data-sound", "ok")
    served.tell("till", "refused", {"code": "not_for_sale", "till": "1"})
    expect(page.locator(".toast")).to_contain_text("此商品不可销售")
    expect(page.locator("html")).to_have_attribute("data-sound", "error")
    expect(page.locator("#scan")).to_be_focused()


def test_a_cut_line_is_told_calmly_and_selling_goes_on(
    open_page: Open, served: Served, shop: FakeShop
) -> None:
    page = open_page("/till").page
    expect(page.locator("#line")).to_have_text("在线")
    shop.online, shop.since, shop.unsent = False, "2026-05-01T12:05:00.000Z", 6
    served.tell("status", "line", {"online": False})
    expect(page.locator("#line")).to_have_text("断网 20:05 起 · 6 笔待传")
    scan(page, CREAM)
    expect(page.locator("tr[data-line='1'] th")).to_contain_text("可售 3（截至 20:05）")


def test_a_new_pickup_order_rings_and_shows_a_card(open_page: Open, served: Served, shop: FakeShop) -> None:
    page = open_page("/till").page
    expect(page.locator(".new-orders")).to_contain_text("自提新单 2")
    shop.put_order("R-0720", "received", [("BE1001", 1, 0)])
    served.tell("counter", "new", {"order": "o-R-0720"})
    expect(page.locator(".new-orders")).to_contain_text("自提新单 3")
    expect(page.locator("html")).to_have_attribute("data-sound", "order")


def test_scans_that_go_elsewhere_are_told_and_taken_back(open_page: Open, shop: FakeShop) -> None:
    shop.picking = "o-R-0712"
    page = open_page("/till").page
    page.get_by_role("button", name="改回这里").click()
    expect(page.get_by_role("button", name="改回这里")).to_have_count(0)
    assert shop.picking is None


def test_the_keyboard_reaches_every_control_in_order(open_page: Open) -> None:
    page = open_page("/till").page
    scan(page, WATER)
    expect(page.locator("#total")).to_have_text("¥2.00")
    reached = set()
    for _ in range(25):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate(
                "(document.activeElement.innerText || document.activeElement.id).trim().split('\\n')[0]"
            )
        )
    assert {"−", "+", "数量", "搜索", "删行", "清空", "自提台", "收货"} <= reached
    assert any("现金收款" in one for one in reached)


def test_touch_targets_of_the_sale_are_large_enough(open_page: Open) -> None:
    page = open_page("/till").page
    scan(page, WATER)
    expect(page.locator("#total")).to_have_text("¥2.00")
    heights = page.eval_on_selector_all(
        "main button, #scan, .new-orders",
        "all => all.filter((one) => one.offsetParent).map((one) => one.offsetHeight)",
    )
    assert heights
    assert min(heights) >= 56
    assert page.evaluate("parseFloat(getComputedStyle(document.getElementById('total')).fontSize)") >= 48


def test_a_receipt_of_an_earlier_sale_is_reprinted_by_keys_alone(open_page: Open, shop: FakeShop) -> None:
    old, new = shop.keep_receipt(1200, 2000), shop.keep_receipt(350, 350)
    page = open_page("/till").page
    expect(page.locator("#scan")).to_be_focused()
    page.keyboard.press("F7")
    rows = page.get_by_role("region", name="小票").get_by_role("listitem")
    expect(rows).to_contain_text([new, old])
    expect(rows.nth(0).get_by_role("button", name="补打")).to_be_focused()
    page.keyboard.press("Tab")  # the older receipt, to be looked at
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text(old)
    assert ("POST", f"/api/v1/receipts/{old}/reprint") in shop.calls
    expect(rows.nth(1).get_by_role("button", name="补打")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#scan")).to_be_focused()


def test_a_scan_leaves_the_list_of_receipts(open_page: Open, served: Served, shop: FakeShop) -> None:
    page = open_page("/till").page
    page.keyboard.press("F7")
    expect(page.get_by_role("region", name="小票")).to_contain_text("还没有小票")
    shop.add("BE1005", 1)
    served.tell("till", "ticket", shop.ticket())
    expect(page.get_by_role("button", name="收款")).to_be_visible()
    expect(page.locator("#scan")).to_be_focused()


def test_units_that_nobody_has_on_record_are_not_called_promised(open_page: Open) -> None:
    page = open_page("/till", locale="en").page
    page.keyboard.type("50*")
    scan(page, DUMPLINGS)
    expect(page.locator("#total")).to_have_text("¥995.00")
    page.keyboard.press("F9")
    expect(page.locator("#given")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".short")).to_contain_text("2 units here are promised to online orders:")
    expect(page.locator(".short")).to_contain_text("For 47 units there is no record in this store.")


def test_a_good_scan_ends_what_an_unknown_one_opened(open_page: Open, served: Served, shop: FakeShop) -> None:
    page = open_page("/till").page
    expect(page.locator("#line")).to_have_text("在线")
    served.tell("till", "refused", {"code": "unknown_code", "till": "1", "scanned": "6900000000999"})
    expect(page.locator(".toast.bad")).to_contain_text("6900000000999")
    expect(page.get_by_role("heading", name="未找到：6900000000999")).to_be_visible()
    shop.add("FO2001", 1)
    served.tell("till", "ticket", shop.ticket())
    expect(page.locator("#total")).to_have_text("¥2.00")
    expect(page.locator(".found")).to_have_count(0)
    expect(page.locator(".toast.bad")).to_have_count(0)
    expect(page.get_by_role("button", name="现金收款")).to_be_visible()


@pytest.mark.parametrize("digits", ["0", "99999"])
def test_a_quantity_out_of_range_is_told(open_page: Open, digits: str) -> None:
    page = open_page("/till").page
    page.keyboard.type(digits + "*")
    expect(page.locator(".toast.bad")).to_contain_text("请输入 1 到 9999")
    expect(page.locator(".pending")).to_have_count(0)


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_the_bar_cuts_nobodys_name_when_devices_are_in_trouble(
    open_page: Open, shop: FakeShop, locale: str
) -> None:
    shop.online, shop.unsent, shop.printer = False, 6, "paper_out"
    page = open_page("/till", locale=locale).page
    expect(page.locator(".signs .pill.bad")).to_be_visible()
    cut = """() => [...document.querySelectorAll(".topbar, .place, .clerk")]
        .filter((one) => one.scrollWidth > one.clientWidth && getComputedStyle(one).display !== "inline")
        .length"""
    assert page.evaluate(cut) == 0
    expect(page.locator("#well")).to_have_text("其他设备正常" if locale == "zh-CN" else "Other devices ready")


def test_a_phone_shows_the_total_the_keys_and_the_way_to_pay(open_page: Open) -> None:
    page = open_page("/till", width=360, height=780).page
    for code in (CREAM, CLEANSER, WATER, DUMPLINGS):
        scan(page, code)
    expect(page.locator("#total")).to_have_text("¥218.90")
    for name in ("数量", "清空", "现金收款"):
        expect(page.get_by_role("button", name=name).last).to_be_in_viewport(ratio=1)
    # a search takes the lines' room and gives it back: the marked line and its steps are in sight again
    scan(page, "99999999")
    expect(page.locator(".found")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".found")).to_have_count(0)
    expect(page.locator("tr.phone-row .btn.step").last).to_be_in_viewport(ratio=1)
    page.get_by_role("button", name="清空").click()
    expect(page.get_by_role("alertdialog")).to_be_visible()


def test_a_page_that_nobody_touched_says_that_it_is_silent(open_page: Open) -> None:
    page = open_page("/till").page
    expect(page.locator("#silent")).to_have_text("点一下屏幕以开启提示音")
    page.locator("body").click()
    expect(page.locator("#silent")).to_have_count(0)


@pytest.mark.parametrize(
    ("alarm", "sign", "told"),
    [
        ("fenced", "被接替", "请停止使用并联系总部"),
        ("put_back", "来自备份", "请照常销售"),
        ("refused", "未获准入", "不会上传。请联系总部"),
    ],
)
@pytest.mark.parametrize("path", ["/till", "/counter", "/receiving"])
def test_an_alarm_stands_on_every_page_with_what_to_do(
    open_page: Open, shop: FakeShop, path: str, alarm: str, sign: str, told: str
) -> None:
    shop.alarm = alarm
    page = open_page(path).page
    expect(page.locator("#line.bad")).to_contain_text(sign)
    expect(page.locator("#alarm")).to_contain_text(told)


FREE = """(found) => {
  const box = document.querySelector("#toasts .toast").getBoundingClientRect();
  return [...document.querySelectorAll(found)].every((one) => {
    const place = one.getBoundingClientRect();
    return place.bottom <= box.top || place.top >= box.bottom;
  });
}"""
HINT_FITS = """() => {
  const field = document.getElementById("scan");
  const style = getComputedStyle(field);
  const two = document.createElement("canvas").getContext("2d");
  two.font = style.font;
  const room = field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  return field.placeholder !== "" && two.measureText(field.placeholder).width <= room;
}"""


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_on_a_phone_a_notice_leaves_the_total_and_the_hint_in_sight(open_page: Open, locale: str) -> None:
    page = open_page("/till", width=360, height=740, locale=locale).page
    for code in ("6990101000051", "6990101000075"):
        page.locator("#scan").fill(code)
        page.keyboard.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(3)  # two lines, and the buttons of the marked one
    page.locator("#scan").fill("99999")
    page.locator("#scan").press("*")
    expect(page.locator("#toasts .toast")).to_be_visible()
    page.screenshot(path="test-output/agent/till-notice-360.png")
    assert page.evaluate(FREE, ".total, .btn.huge")
    page.locator("#scan").fill("")
    assert page.evaluate(HINT_FITS)
