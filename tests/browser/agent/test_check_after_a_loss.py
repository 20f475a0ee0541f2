"""After a loss, in a real browser: open orders are looked for, goods accepted; keys alone are enough."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.agent.conftest import Open
from tests.browser.agent.fake_shop import FakeShop, lose_the_books
from tests.browser.agent.stage import Served, expect_note

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def lost(shop: FakeShop) -> None:
    lose_the_books(shop)


def lane(page: Page) -> Locator:
    return page.locator("section.check")


def card(page: Page, number: str) -> Locator:
    return lane(page).locator("article", has=page.get_by_role("heading", name=number, exact=True))


def calls(shop: FakeShop) -> list[str]:
    """What was posted about orders."""
    return [path.rsplit("/", 2)[-1] for method, path in shop.calls if method == "POST"]


def test_orders_to_check_stand_above_the_lanes_and_in_none_of_them(open_page: Open) -> None:
    page = open_page("/counter").page
    expect(lane(page).locator(".number")).to_have_text(["R-0708", "R-0706", "R-0715"])
    expect(page.locator("[aria-labelledby='lane-pick'] .number")).to_have_text(["R-0713", "R-0712"])
    expect(page.locator("[aria-labelledby='lane-ready'] .number")).to_have_text(["R-0701", "R-0688"])
    expect(card(page, "R-0708")).to_contain_text("损失前已拣 2 件")
    expect(card(page, "R-0715")).to_contain_text("损失前未拣货")


def test_still_here_by_keyboard_and_the_next_one_is_under_the_hands(open_page: Open, shop: FakeShop) -> None:
    page = open_page("/counter").page
    card(page, "R-0715").get_by_role("button", name="还在店里").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[aria-labelledby='lane-pick'] .number").filter(has_text="R-0715")).to_be_visible()
    expect(card(page, "R-0715")).to_have_count(0)
    expect(card(page, "R-0708").get_by_role("button", name="还在店里")).to_be_focused()
    assert not shop.orders["o-R-0715"]["unsure"]


def test_collected_is_asked_twice_and_may_be_taken_back(open_page: Open, shop: FakeShop) -> None:
    page = open_page("/counter").page
    mine = card(page, "R-0708")
    mine.get_by_role("button", name="已被取走").click()
    expect(mine.get_by_role("button", name="取消")).to_be_focused()
    expect(mine).to_contain_text("无法撤销")
    page.keyboard.press("Escape")
    expect(mine.get_by_role("button", name="已被取走")).to_be_focused()
    assert "verify" not in calls(shop)
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(mine).to_have_count(0)
    assert shop.orders["o-R-0708"]["outcome"] == "done"
    assert calls(shop).count("verify") == 1


def test_a_customers_code_says_what_to_do_first(open_page: Open, shop: FakeShop) -> None:
    page = open_page("/counter", locale="en").page
    page.locator("#scan").fill("B3XQ8M")
    page.keyboard.press("Enter")
    mine = page.locator(".here")
    expect(mine).to_contain_text("Check this order first")
    expect(mine).to_contain_text("press “Was collected” and do not hand over again")
    expect(mine.locator("#given")).to_have_count(0)
    expect(card(page, "R-0706")).to_have_count(0)
    mine.get_by_role("button", name="Still here").click()
    expect(mine.locator("#given")).to_be_focused()
    page.keyboard.type("109")
    page.keyboard.press("Enter")
    expect(mine).to_contain_text("Handed over")
    assert shop.orders["o-R-0706"]["outcome"] == "done"


def test_another_till_that_looked_first_takes_the_card_away(
    open_page: Open, served: Served, shop: FakeShop
) -> None:
    page = open_page("/counter").page
    expect(card(page, "R-0706")).to_be_visible()
    shop.orders["o-R-0706"]["unsure"] = False
    served.tell("counter", "order", shop.orders["o-R-0706"])
    expect(card(page, "R-0706")).to_have_count(0)
    expect(page.locator("[aria-labelledby='lane-ready'] .number").filter(has_text="R-0706")).to_be_visible()


def test_a_replaced_machine_says_who_decides(open_page: Open, shop: FakeShop) -> None:
    shop.replaced = True
    page = open_page("/counter", locale="en").page
    card(page, "R-0706").get_by_role("button", name="Still here").click()
    expect_note(page, "This machine may not decide about orders any more")
    expect_note(page, "Call the head office.")
    expect(card(page, "R-0706")).to_be_visible()


@pytest.mark.parametrize("path", ["/receiving", "/stock"])
def test_a_manager_accepts_all_after_a_question(open_page: Open, shop: FakeShop, path: str) -> None:
    page = open_page(path, login="chen", locale="en").page
    notice = page.locator("#frozen")
    expect(notice).to_contain_text("2417 products are frozen until they are counted or accepted")
    notice.get_by_role("button", name="Accept all").click()
    expect(notice.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Escape")
    expect(notice.get_by_role("button", name="Accept all")).to_be_focused()
    assert shop.frozen == 2417
    page.keyboard.press("Enter")
    notice.get_by_role("button", name="Yes, accept all").click()
    expect(notice).to_have_count(0)
    assert shop.frozen == 0
    assert calls(shop) == ["accept", "accept"]


def test_a_clerk_sees_why_and_who_may(open_page: Open) -> None:
    page = open_page("/receiving", locale="en").page
    expect(page.locator("#frozen")).to_contain_text("A manager has to accept them.")
    expect(page.locator("#frozen").get_by_role("button")).to_have_count(0)


def test_one_number_is_accepted_where_it_is_explained(open_page: Open, shop: FakeShop) -> None:
    shop.frozen = 1
    page = open_page("/stock", login="chen", locale="en").page
    page.locator("#scan").fill("6990101000013")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Accept this number").click()
    expect(page.get_by_role("button", name="Accept this number")).to_have_count(0)
    expect(page.locator("#frozen")).to_have_count(0)
    assert shop.frozen == 0
