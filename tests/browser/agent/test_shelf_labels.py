"""A manager prints shelf labels: from the stock page to the paper of a virtual printer."""

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from pos_agent.catalogue.apply_page import apply_page
from sync.runtime.clock import SystemClock
from tests.browser.agent.real_agent import RealAgent
from tests.browser.agent.test_looks import check
from tests.browser.agent.test_paper_out import agent as resting_agent
from tests.browser.agent.test_paper_out import keep, printer
from tests.browser.agent.test_reports_page import is_drawn, page
from tests.integration.devices.virtual_devices import Program
from tests.unit.pos_agent.agent_stage import COLA, MILK, PRODUCTS, catalogue_page, gtin

__all__ = ["page", "printer", "resting_agent"]

pytestmark = [pytest.mark.browser, pytest.mark.processes]


@pytest.fixture
def agent(resting_agent: RealAgent) -> RealAgent:
    """The agent at the hour of its spool, which prints no label that waited for half a day."""
    assert resting_agent.stage is not None
    resting_agent.stage.clock.moment = SystemClock().now()
    return resting_agent


def find(page: Page, text: str, name: str) -> None:
    """Show goods by their number or name."""
    page.locator("#scan").fill(text)
    page.keyboard.press("Enter")
    expect(page.locator("h2", has_text=name)).to_be_visible()


def test_labels_are_picked_looked_at_and_printed(
    page: Page, agent: RealAgent, printer: Program, tmp_path: Path
) -> None:
    page.goto(agent.url + "/stock")
    find(page, gtin(1), "可口可乐")
    page.locator("#add-label").click()
    expect(page.locator("#label-printer")).to_contain_text("front")
    expect(page.locator(".on-paper")).to_contain_text("￥3.50")
    is_drawn(page)
    page.get_by_label("每次扫码都加入标签").check()
    page.locator("#scan").fill(gtin(2))
    page.keyboard.press("Enter")
    expect(page.locator(f"[data-label='{MILK}']")).to_be_visible()
    page.get_by_label("份数: 可口可乐").select_option("3")
    expect(page.locator("#print-labels")).to_have_text("打印 4 张标签")
    expect(page.locator(".on-paper")).to_contain_text("￥12.80")
    is_drawn(page)
    check(page, "stock-labels")
    for width in (360, 768, 1280, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, width
        keep(page, f"stock-labels-{width}.png")

    page.reload()
    expect(page.locator("#print-labels")).to_have_text("打印 4 张标签")
    page.locator(f"[data-label='{COLA}'] button", has_text="可口可乐").first.click()
    expect(page.locator(".on-paper")).to_contain_text("￥3.50")
    page.locator("#print-labels").click()
    expect(page.locator("#toasts")).to_contain_text("正在打印 4 张标签")
    expect(page.locator("#print-labels")).to_have_count(0)
    page.goto(agent.url + "/devices")
    expect(page.locator("#papers")).to_contain_text("没有需要您处理的单据")
    papers = [path.read_text() for path in (tmp_path / "papers").glob("*.txt")]
    assert sorted("可口可乐" in text for text in papers) == [False, True, True, True]
    assert all("货架 A-0" in text for text in papers)
    tick_off_what_changed(page, agent, tmp_path)


def change_prices(agent: RealAgent) -> None:
    """Headquarters raise two prices."""
    assert agent.stage is not None
    writer, at = agent.stage.desk.ledger.writer, agent.stage.desk.at
    raised = [{**one, "price_minor": one["price_minor"] + 30, "version": 101} for one in PRODUCTS[:2]]
    told = replace(catalogue_page(raised, since=100), to=101, top=101)
    agent.do(writer.run(lambda tx: apply_page(tx, told, at)))


def tick_off_what_changed(page: Page, agent: RealAgent, tmp_path: Path) -> None:
    """Prices change: both labels are listed, printed, hung and ticked off."""
    change_prices(agent)
    page.goto(agent.url + "/stock")
    first = page.locator(f"[data-change='{COLA}']")
    expect(first).to_contain_text("¥3.50")
    expect(first).to_contain_text("¥3.80")
    expect(first.locator(".pill")).to_have_text("未打印")
    page.locator("#print-missing").click()
    expect(page.locator("#toasts")).to_contain_text("正在打印 2 张标签")
    expect(page.locator("#print-missing")).to_have_text("已全部打印")
    expect(first.locator(".pill")).to_have_text("已打印", timeout=10_000)
    assert any("3.80" in path.read_text() for path in (tmp_path / "papers").glob("*.txt"))
    first.locator("input").check()
    check(page, "stock-changed-labels")
    for width in (360, 768, 1280, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        keep(page, f"stock-changed-{width}.png")
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, width
    page.locator("#tick-off").click()
    expect(page.locator(f"[data-change='{MILK}']")).to_be_visible()
    expect(first).to_have_count(0)
    page.reload()
    expect(page.locator("#changes .count")).to_have_text("1")
    assert agent.do(agent.stage.rows("SELECT sku FROM price_change")) == [(MILK,)]  # type: ignore[union-attr]
