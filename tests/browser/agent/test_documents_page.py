"""Documents in a real browser: found by scanner and keyboard, counted blind, booked, refused."""

from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.agent.conftest import Open
from tests.browser.agent.fake_documents import FakeDocuments, busy_documents
from tests.browser.agent.fake_shop import FakeShop, lose_the_books
from tests.browser.agent.stage import Served, expect_note

pytestmark = pytest.mark.browser


@pytest.fixture
def papers(served: Served) -> FakeDocuments:
    """One document of each kind waits."""
    served.agent.papers = busy_documents()
    return served.agent.papers


def choose(page: Page, number: str) -> None:
    """Open a document of the list."""
    page.locator("#waiting button").filter(has_text=number).click()
    expect(page.locator("#document")).to_contain_text(number)


def scan(page: Page, *codes: str) -> None:
    """Goods are scanned into the field."""
    for code in codes:
        page.locator("#scan").fill(code)
        page.keyboard.press("Enter")
        expect(page.locator("#scan")).to_have_value("")


def move(papers: FakeDocuments, number: int) -> dict[str, Any]:
    """A move of the log, by its place among the moves."""
    return [raw for raw in papers.book.events_after(0, 999) if raw["kind"] == "move"][number]


def test_what_waits_stands_in_the_list_and_in_the_menu(open_page: Open, papers: FakeDocuments) -> None:
    page = open_page("/documents", login="chen", locale="en").page
    expect(page.locator("#waiting button")).to_have_count(3)
    first = page.locator("#waiting button").first
    expect(first).to_contain_text("Delivery to receive · RK-20260501-017")
    expect(first).to_contain_text("waiting more than a day")
    expect(page.locator("#open-documents")).to_have_text("waiting: 3")
    page.goto(page.url.replace("/documents", "/till"))
    expect(page.locator("#open-documents")).to_have_text("waiting: 3")
    assert papers.waiting()["open"] == 3


def test_a_document_that_arrives_is_shown_at_once(
    open_page: Open, served: Served, papers: FakeDocuments
) -> None:
    page = open_page("/documents", login="chen").page
    expect(page.locator("#line")).to_have_text("在线")
    expect(page.locator("#waiting button")).to_have_count(3)
    papers.ask("transfer_in", ("BE1001", 2), number="DB-0050")
    served.tell("status", "documents", {"document": "d-DB-0050"})
    expect(page.locator("#waiting button")).to_have_count(4)
    expect(page.locator("#open-documents")).to_contain_text("4")


def test_a_delivery_is_entered_by_scanner_and_keyboard_and_booked(
    open_page: Open, served: Served, papers: FakeDocuments
) -> None:
    page = open_page("/documents", login="chen").page
    choose(page, "RK-20260501-017")
    scan(page, "6990101000051", "6990101000051")
    expect(page.locator("#line")).to_have_text("在线")
    served.tell("receiving", "scan", {"code": "6990101000051"})
    expect(page.get_by_label("实收: 舒缓保湿面霜 50g")).to_have_value("3")
    page.get_by_label("实收: 氨基酸洁面乳 120ml").fill("12")
    page.keyboard.press("Tab")
    expect(page.locator(".differs")).to_have_text("−21")
    page.get_by_role("button", name="全部按单据数量").click()
    expect(page.get_by_label("实收: 农夫山泉")).to_have_value("96")
    page.get_by_role("button", name="入账 · 共 111 件").click()
    expect_note(page, "RK-20260501-017", "ok")
    expect(page.locator("#waiting button")).to_have_count(2)
    assert move(papers, 0)["lines"] == [
        {"sku": "BE1005", "qty": 3, "target": "floor"},
        {"sku": "BE1007", "qty": 12, "target": "floor"},
        {"sku": "FO2001", "qty": 96, "target": "floor"},
    ]
    assert move(papers, 0)["actor"] == "chen"


def test_goods_that_are_scanned_while_a_document_opens_are_counted_in_it(
    open_page: Open, served: Served, papers: FakeDocuments
) -> None:
    page = open_page("/documents", login="chen").page
    expect(page.locator("#line")).to_have_text("在线")
    held: list[Route] = []
    page.route("**/api/v1/documents/*", lambda route: held.insert(0, route), times=1)
    page.locator("#waiting button").filter(has_text="RK-20260501-017").click()
    for count in (1, 2):
        with page.expect_response("**/api/v1/till/search?*"):
            served.tell("receiving", "scan", {"code": "6990101000051"})
        expect(page.locator("#waiting button")).to_have_count(3)
        assert len(held) == 1, count
    held[0].continue_()
    expect(page.get_by_label("实收: 舒缓保湿面霜 50g")).to_have_value("2")
    assert papers.waiting()["open"] == 3


def test_goods_that_are_not_on_the_paper_are_told(open_page: Open, papers: FakeDocuments) -> None:
    page = open_page("/documents", login="chen").page
    choose(page, "DB-0042")
    scan(page, "6990101000051")
    expect_note(page, "不在这张单据上", "bad")
    assert papers.show("d-DB-0042")["lines"][0]["found"] is None


def test_a_count_is_blind_and_says_when_goods_moved_meanwhile(open_page: Open, papers: FakeDocuments) -> None:
    page = open_page("/documents", login="chen", locale="en").page
    choose(page, "PD-0007")
    expect(page.locator("thead")).not_to_contain_text("On the paper")
    water = page.get_by_label("Counted: Spring Water 550 ml")
    water.fill("90")
    page.keyboard.press("Tab")
    expect(page.locator("tr.last")).to_have_count(1)
    papers.sell("FO2001", 6)
    water.fill("89")
    page.keyboard.press("Tab")
    expect_note(page, "was sold or moved since you counted it", "warn")
    assert "96" not in page.locator("main").inner_text()
    page.get_by_role("button", name="Book · 89 units in all").click()
    expect(page.locator(".book-row")).to_contain_text("2 lines have no number. Book without them?")
    expect(page.get_by_role("button", name="Cancel")).to_be_focused()
    page.get_by_role("button", name="Yes, book without them").click()
    expect(page.locator("#waiting button")).to_have_count(2)
    assert papers.book.stock("FO2001").floor == 89
    assert papers.steps()[-1] == ("d-PD-0007", "booked")


def test_a_refusal_needs_a_reason_and_escape_leads_back(open_page: Open, papers: FakeDocuments) -> None:
    page = open_page("/documents", login="chen").page
    choose(page, "DB-0042")
    page.get_by_role("button", name="拒绝").click()
    expect(page.locator("#reason")).to_be_focused()
    expect(page.get_by_role("button", name="拒绝这张单据")).to_be_disabled()
    page.keyboard.press("Escape")
    expect(page.locator("#reason")).to_have_count(0)
    page.get_by_role("button", name="拒绝").click()
    expect(page.locator("#reason")).to_be_focused()
    page.keyboard.type("货已坏")
    page.keyboard.press("Enter")
    expect(page.locator("#waiting button")).to_have_count(2)
    assert papers.steps()[-1] == ("d-DB-0042", "refused")


def test_what_was_entered_outlives_a_reload_and_a_wrong_number_is_not_taken(
    open_page: Open, papers: FakeDocuments
) -> None:
    page = open_page("/documents", login="wang").page
    choose(page, "DB-0042")
    lotion = page.get_by_label("实发: 防晒乳 SPF50 60ml")
    lotion.fill("三")
    page.keyboard.press("Tab")
    expect(lotion).to_have_value("")
    lotion.fill("5")
    page.keyboard.press("Tab")
    expect_note(page, "超过单据上的数量", "bad")
    expect(lotion).to_have_value("")
    lotion.fill("４")
    page.keyboard.press("Tab")
    expect(page.locator("tr.last")).to_have_count(1)
    page.reload()
    expect(page.locator("#document")).to_contain_text("DB-0042")
    expect(page.get_by_label("实发: 防晒乳 SPF50 60ml")).to_have_value("4")
    expect(page.locator("#rule")).to_contain_text("只有店长能入账")
    expect(page.get_by_role("button", name="入账")).to_be_disabled()
    assert papers.show("d-DB-0042")["lines"][0]["found"] == 4


def test_a_document_that_is_taken_back_leaves_the_page(
    open_page: Open, served: Served, papers: FakeDocuments
) -> None:
    page = open_page("/documents", login="chen").page
    choose(page, "DB-0042")
    expect(page.locator("#line")).to_have_text("在线")
    papers.ask("transfer_out", ("BE1001", 3), number="DB-0042")
    served.tell("status", "documents", {"document": "d-DB-0042"})
    expect_note(page, "总部修改了这张单据", "warn")
    expect(page.locator("tbody tr")).to_have_count(1)
    papers.ask("transfer_out", ("BE1001", 3), number="DB-0042", withdrawn=True)
    served.tell("status", "documents", {"document": "d-DB-0042"})
    expect_note(page, "这张单据已经结束", "info")
    expect(page.locator("#waiting button")).to_have_count(2)


def test_frozen_goods_are_counted_instead_of_accepted(
    open_page: Open, shop: FakeShop, papers: FakeDocuments
) -> None:
    lose_the_books(shop)
    page = open_page("/stock", login="chen").page
    page.get_by_role("link", name="去盘点").click()
    page.get_by_role("button", name="盘点冻结的商品").click()
    expect(page.locator("#document")).to_have_text("盘点 · C-0501-1204")
    expect(page.locator("tbody tr")).to_have_count(3)
    scan(page, "6990102000029")
    expect(page.locator("tbody tr")).to_have_count(4)
    expect(page.get_by_label("盘点数: 红富士苹果")).to_have_value("1")
    page.get_by_role("button", name="放弃这次盘点").click()
    expect(page.locator("#reason")).to_be_focused()
    page.keyboard.type("不需要")
    page.keyboard.press("Enter")
    expect(page.locator("#waiting button")).to_have_count(3)
    assert papers.steps()[-1] == ("d-own", "refused")


def test_a_count_is_begun_with_the_first_scan(open_page: Open, served: Served, papers: FakeDocuments) -> None:
    page = open_page("/documents", login="wang").page
    expect(page.locator("#line")).to_have_text("在线")
    served.tell("receiving", "scan", {"code": "6990101000051"})
    expect(page.locator("#document")).to_have_text("盘点 · C-0501-1204")
    expect(page.get_by_label("盘点数: 舒缓保湿面霜")).to_have_value("")
    assert papers.waiting()["open"] == 4


def set_aside(papers: FakeDocuments, sku: str, units: int) -> None:
    """Units of the shelf are the online shop's."""
    papers.book.put_stock(sku, replace(papers.book.stock(sku), granted=units))
    papers.book.commit()


@pytest.mark.parametrize("width", [360, 1280])
def test_goods_that_may_not_leave_are_named_on_their_line(
    open_page: Open, papers: FakeDocuments, width: int
) -> None:
    on_shelf = papers.book.stock("FO2002").floor
    set_aside(papers, "FO2002", on_shelf - 2)
    page = open_page("/documents", login="chen", locale="en", width=width, height=740).page
    choose(page, "DB-0042")
    scan(page, "6990101000051")
    expect(page.locator(".toast.bad")).to_have_count(1)
    page.get_by_role("button", name="All as on the paper").click()
    page.get_by_role("button", name="Book · 14 units in all").click()
    field = page.locator("tr").filter(has=page.locator('[aria-invalid="true"]')).locator("input")
    expect(field).to_be_focused()
    expect(field).to_have_value("10")
    expect(page.locator("#line-fault")).to_contain_text("only 2 may leave")
    expect(page.locator("#line-fault")).to_contain_text(
        f"on the shelf: {on_shelf} · set aside for the online shop: {on_shelf - 2}"
    )
    expect(page.locator(".toast")).to_have_count(0)
    expect(page.locator("#line-fault")).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    field.fill("2")
    page.keyboard.press("Tab")
    expect(page.locator("#line-fault")).to_have_count(0)
    page.get_by_role("button", name="Book · 6 units in all").click()
    expect(page.locator("#waiting button")).to_have_count(2)


def test_a_number_that_is_none_is_said_on_its_line(open_page: Open, papers: FakeDocuments) -> None:
    page = open_page("/documents", login="wang", locale="en").page
    choose(page, "PD-0007")
    water = page.get_by_label("Counted: Spring Water 550 ml")
    water.fill("−3")
    page.keyboard.press("Tab")
    expect(page.locator("#line-fault")).to_contain_text("“−3” is no number of units")
    expect(water).to_have_attribute("aria-describedby", "line-fault")
    expect(water).to_have_value("")
    water.fill("3")
    page.keyboard.press("Tab")
    expect(page.locator("#line-fault")).to_have_count(0)


def test_a_document_whose_note_was_received_says_by_whom(open_page: Open, papers: FakeDocuments) -> None:
    papers.notes["RK-20260501-017"] = "lin"
    page = open_page("/documents", login="chen", locale="en").page
    choose(page, "RK-20260501-017")
    page.get_by_role("button", name="All as on the paper").click()
    page.get_by_role("button", name="Book · 132 units in all").click()
    expect_note(page, "This delivery was received already", "bad")
    expect_note(page, "lin booked its note on", "bad")
    assert papers.show("d-RK-20260501-017")["state"] == "open"


def test_a_refusal_covers_no_field_and_goes_with_the_next_input(
    open_page: Open, papers: FakeDocuments
) -> None:
    page = open_page("/documents", login="wang", locale="en", width=360, height=640).page
    choose(page, "PD-0007")
    scan(page, "6990101000051", "6990101000051")
    toast = page.locator(".toast")
    expect(toast).to_have_count(1)
    expect(toast).to_contain_text("is not on this count")
    expect(toast).not_to_contain_text("Put it aside")
    box = toast.bounding_box()
    for field in page.locator("input").all():
        place = field.bounding_box()
        assert box is not None
        assert place is not None
        assert place["y"] >= box["y"] + box["height"] or place["y"] + place["height"] <= box["y"]
    page.get_by_label("Counted: Spring Water 550 ml").fill("1")
    expect(toast).to_have_count(0)


def test_a_word_that_fits_several_goods_stays_and_choices_say_what_is_not_asked_for(
    open_page: Open, papers: FakeDocuments
) -> None:
    page = open_page("/documents", login="wang", locale="en").page
    choose(page, "PD-0007")
    page.locator("#scan").fill("0")
    page.keyboard.press("Enter")
    expect(page.locator(".pick").first).to_be_visible()
    expect(page.locator("#scan")).to_have_value("0")
    asked_for = page.locator(".pick").filter(has_text="Spring Water")
    expect(asked_for).not_to_contain_text("not on this count")
    others = page.locator(".pick").filter(has_text="not on this count")
    expect(others.first).to_be_visible()
    asked_for.first.click()
    expect(page.locator("#scan")).to_have_value("")
    expect(page.get_by_label("Counted: Spring Water 550 ml")).to_have_value("1")
