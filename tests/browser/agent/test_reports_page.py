"""A manager closes the till: from the page to the paper on the virtual printer."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.agent.real_agent import RealAgent, at_work
from tests.browser.agent.test_looks import check
from tests.browser.agent.test_paper_out import agent, keep, printer, sell

__all__ = ["agent", "printer"]

pytestmark = [pytest.mark.browser, pytest.mark.processes]


@pytest.fixture
def page(browser: Browser, agent: RealAgent) -> Iterator[Page]:
    """A till at which the manager works."""
    with at_work(browser, agent, "lin") as signed_in:
        yield signed_in


def is_drawn(page: Page) -> None:
    """The paper's picture is there."""
    expect(page.locator(".on-paper img")).to_be_visible()
    assert page.evaluate("document.querySelector('.on-paper img').decode().then(() => true)")


def test_the_till_is_closed_from_the_page_and_the_paper_says_what_the_screen_says(
    page: Page, tmp_path: Path
) -> None:
    sell(page)
    expect(page.locator("[data-paper='confirmed']")).to_be_visible()
    page.goto(page.url.replace("/till", "/reports"))
    expect(page.locator("#now .on-paper")).to_contain_text("抽屉应有现金")
    expect(page.locator("#now .on-paper")).to_contain_text("￥3.50")
    is_drawn(page)
    check(page, "reports-now")
    keep(page, "reports-now.png")
    page.get_by_role("button", name="结账（Z）").click()
    expect(page.get_by_role("button", name="结账", exact=True)).to_be_focused()
    check(page, "reports-ask")
    keep(page, "reports-ask.png")
    page.keyboard.press("Enter")
    expect(page.locator("#closing h2")).to_have_text("s1-1-1-Z0001")
    expect(page.locator("#past")).to_contain_text("1 张小票")
    expect(page.locator("#closing [data-paper='confirmed']")).to_be_visible()
    is_drawn(page)
    check(page, "reports-closed")
    for width in (360, 768, 1280, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, width
        keep(page, f"reports-closed-{width}.png")
    page.get_by_role("button", name="补打").click()
    expect(page.locator("#toasts")).to_contain_text("正在补打")
    page.get_by_role("button", name="返回当前").click()
    expect(page.locator("#now .on-paper")).to_contain_text("此期间没有小票")
    papers = [path.read_text() for path in (tmp_path / "papers").glob("*.txt")]
    closed = [text for text in papers if "Z0001" in text and "COPY" not in text]
    assert len(closed) == 1
    assert "抽屉应有现金" in closed[0]
    assert "3.50" in closed[0]
