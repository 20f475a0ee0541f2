"""The pages over the real agent: sell, pick, take money, hand over; its books are read afterwards."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from pos_agent.db.migrate import migrate
from pos_agent.documents.book_document import book_document
from pos_agent.link.inbox import take_down
from pos_agent.take_scans import scan_from_device
from sync.rules.canonical import to_raw
from sync.rules.items import DocumentItem, DocumentLine
from sync.rules.streams import Down
from tests.browser.agent.real_agent import RealAgent, at_work
from tests.browser.agent.stage import expect_note
from tests.browser.agent.test_looks import check
from tests.browser.agent.test_paper_out import keep
from tests.unit.pos_agent.agent_stage import CODE, COLA, gtin, hold_item

pytestmark = pytest.mark.browser
NUMBER = "260501-00000042"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty ledger."""
    path = tmp_path_factory.mktemp("template") / "agent.db"
    migrate(path)
    return path


@pytest.fixture
def agent(template: Path, tmp_path: Path) -> Iterator[RealAgent]:
    """The real agent with ten colas, five milks and one order."""
    running = RealAgent(template, tmp_path)
    stage = running.start()
    running.do(stage.receive(SKU_1=10, SKU_2=5))
    running.do(stage.take_hold(hold_item("o-1", (COLA, 2), number=NUMBER)))
    yield running
    running.stop()


@pytest.fixture
def page(browser: Browser, agent: RealAgent) -> Iterator[Page]:
    """A till whose clerk has signed in on the page."""
    with at_work(browser, agent, "mei") as signed_in:
        yield signed_in


def test_a_sale_from_scan_to_receipt(page: Page, agent: RealAgent) -> None:
    page.keyboard.type("3*")
    page.keyboard.type(gtin(1))
    page.keyboard.press("Enter")
    expect(page.locator("#total")).to_have_text("¥10.50")
    page.keyboard.type("牛奶")
    expect(page.get_by_role("option")).to_contain_text(["¥12.80"])
    page.keyboard.press("Enter")
    expect(page.locator("#total")).to_have_text("¥23.30")
    page.keyboard.press("F9")
    page.locator("#given").fill("50")
    page.keyboard.press("Enter")
    expect(page.locator("#change")).to_have_text("¥26.70")
    expect(page.locator("[data-paper='queued']")).to_be_visible()
    page.get_by_role("button", name="补打").click()
    expect_note(page, "正在补打")
    assert agent.stage is not None
    assert agent.do(agent.stage.sku(COLA)).floor == 7


def test_the_serial_scanner_and_an_unknown_code(page: Page, agent: RealAgent) -> None:
    assert agent.stage is not None
    agent.do(scan_from_device(agent.stage.desk, gtin(2), "1"))
    expect(page.locator("#total")).to_have_text("¥12.80")
    agent.do(scan_from_device(agent.stage.desk, "6900000000999", "1"))
    expect_note(page, "没有此条码的商品")
    expect(page.locator("#total")).to_have_text("¥12.80")


def test_more_than_the_shelf_holds_is_told_with_its_orders(page: Page, agent: RealAgent) -> None:
    page.keyboard.type("99*")
    page.keyboard.type(gtin(1))
    page.keyboard.press("Enter")
    expect(page.locator("#total")).to_have_text("¥346.50")
    page.keyboard.press("F9")
    expect(page.locator("#given")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".short")).to_be_visible()
    expect(page.locator(".hurt li").first).to_have_text(NUMBER)
    assert agent.stage is not None
    assert agent.do(agent.stage.sku(COLA)).floor == 10


def test_a_document_arrives_on_the_page_and_what_is_counted_is_kept(page: Page, agent: RealAgent) -> None:
    page.get_by_role("link", name="单据").click()
    expect(page.locator("#waiting")).to_contain_text("没有待处理的单据")
    asked = DocumentItem(
        id="d-1",
        rev=1,
        task="count",
        number="PD-1",
        at="2026-05-01T03:00:00.000Z",
        lines=(DocumentLine(sku=COLA, names={}),),
    )
    assert agent.stage is not None
    down = Down(hinc=1, sinc=1, base=0, ver=1, app=0, items=(to_raw(asked),))
    agent.do(take_down(agent.stage.desk, down))
    page.get_by_role("button", name="盘点 · PD-1").click()
    expect(page.locator("#open-documents")).to_contain_text("1")
    agent.do(scan_from_device(agent.stage.desk, gtin(1), "1"))
    counted = page.get_by_label("盘点数: 可口可乐 500ml")
    expect(counted).to_have_value("1")
    counted.fill("9")
    page.keyboard.press("Tab")
    expect(page.locator("tr.last")).to_have_count(1)
    page.reload()
    expect(counted).to_have_value("9")
    booked = agent.do(book_document(agent.stage.desk, "d-1", "lin", is_partly=False))
    expect(page.locator("#waiting")).to_contain_text("没有待处理的单据")
    assert (booked["state"], agent.do(agent.stage.sku(COLA)).floor) == ("booked", 9)


def test_an_order_from_shelf_to_customer(page: Page, agent: RealAgent) -> None:
    page.get_by_role("link", name="自提台").first.click()
    mine = page.locator("[aria-labelledby='lane-pick'] article")
    mine.get_by_role("button", name="开始拣货").click()
    expect(mine).to_contain_text("0 / 2")
    page.locator("#scan").fill(gtin(2))
    page.keyboard.press("Enter")
    expect_note(page, "不在订单里")
    for picked in (1, 2):
        page.locator("#scan").fill(gtin(1))
        page.keyboard.press("Enter")
        expect(mine).to_contain_text(f"{picked} / 2")
    mine.get_by_label("货位").fill("R-07")
    mine.get_by_label("袋数").select_option("2")
    mine.get_by_role("button", name="打印袋标").click()
    expect(mine.get_by_role("button", name="重打袋标")).to_be_visible()
    expect(mine).to_contain_text("R-07，2 袋")
    check(page, "counter-bag-label")
    for width in (360, 768, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        keep(page, f"counter-bag-label-{width}.png")
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, width
    page.set_viewport_size({"width": 1280, "height": 900})
    mine.get_by_role("button", name="备好").click()
    page.locator("#scan").fill(NUMBER)
    page.keyboard.press("Enter")
    here = page.locator(".here")
    expect(here).to_contain_text("请再扫顾客的二维码")
    expect(here.get_by_role("button", name="交付")).to_have_count(0)
    page.locator("#tail").fill("1234")
    page.locator("#scan").fill(CODE.lower())
    page.keyboard.press("Enter")
    expect(page.locator("#due")).to_have_text("¥7.00")
    page.locator("#given").fill("10")
    page.keyboard.press("Enter")
    expect(page.locator(".here output")).to_have_text("¥3.00")
    assert agent.stage is not None
    assert agent.do(agent.stage.sku(COLA)).floor == 8
    kinds = agent.do(agent.stage.rows("SELECT kind, count(*) FROM print_job GROUP BY kind"))
    assert kinds == [("bag", 2), ("receipt", 1)]
    page.locator("#scan").fill(CODE)
    page.keyboard.press("Enter")
    expect(page.locator(".here .notice.bad")).to_contain_text("已经取走")
