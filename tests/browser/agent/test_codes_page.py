"""Unknown codes in a real browser over the real agent: kept at the till, named by the manager, sold."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from pos_agent.db.migrate import migrate
from pos_agent.take_scans import scan_from_device
from tests.browser.agent.real_agent import RealAgent
from tests.browser.agent.stage import Watched, signed_in
from tests.browser.agent.test_looks import check
from tests.unit.pos_agent.agent_stage import Stage

pytestmark = pytest.mark.browser
STRANGE, OTHER, MONEY = "6900000000999", "BOX-778-1", "130123456789012345"
NARROW: ViewportSize = {"width": 360, "height": 780}
WIDE: ViewportSize = {"width": 1280, "height": 800}


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[RealAgent]:
    """The real agent with colas on the floor."""
    template = tmp_path / "template.db"
    migrate(template)
    folder = tmp_path / "agent"
    folder.mkdir()
    running = RealAgent(template, folder)
    stage = running.start()
    running.do(stage.receive(SKU_1=100))
    yield running
    running.stop()


def opened(browser: Browser, agent: RealAgent, login: str, path: str, locale: str) -> Watched:
    """A page after signing in, as wide as a counter's."""
    context = signed_in(browser, agent.url, login="", locale=locale, viewport=WIDE)
    watched = Watched(context.new_page())
    watched.page.goto(agent.url + path)
    watched.page.locator(f"input[value='{login}']").check()
    watched.page.locator("#pin").fill("2468")
    watched.page.keyboard.press("Enter")
    watched.page.wait_for_url(f"**{path}")
    expect(watched.page.locator("#line")).to_be_visible()
    return watched


def look(page: Page, name: str) -> None:
    """On a phone and on a counter's screen."""
    for size in (NARROW, WIDE):
        page.set_viewport_size(size)
        check(page, f"{name}-{size['width']}")


def take_a_case_in(page: Page, url: str, said: str) -> None:
    """A case on the page that takes goods in: it counts its units and says so."""
    page.goto(url + "/receiving")
    expect(page.locator("#scan")).to_be_focused()
    page.keyboard.type(STRANGE)
    page.keyboard.press("Enter")
    expect(page.locator(".qty-input")).to_have_value("12")
    expect(page.locator("#toasts")).to_contain_text(said)


@pytest.mark.parametrize(
    ("locale", "name", "cases"),
    [("zh-CN", "可乐", ("3 箱 × 12", "1 箱 × 12")), ("en", "Cola", ("3 cases of 12", "1 case of 12"))],
)
def test_a_code_is_kept_named_and_sold(
    browser: Browser, agent: RealAgent, locale: str, name: str, cases: tuple[str, str]
) -> None:
    stage: Stage | None = agent.stage
    assert stage is not None
    till = opened(browser, agent, "mei", "/till", locale)
    page = till.page
    for code in (MONEY, OTHER, STRANGE):
        agent.do(scan_from_device(stage.desk, code, "1"))
    expect(page.locator("#kept")).to_be_visible()
    manager = opened(browser, agent, "lin", "/codes", locale)
    lists = manager.page
    expect(lists.locator("[data-code]")).to_have_count(2)
    expect(lists.locator("#unkept li")).to_have_count(1)
    assert MONEY not in lists.content()
    look(lists, f"codes-{locale}")
    lists.locator(f"[data-code='{OTHER}'] button").nth(1).click()
    expect(lists.locator("[data-code]")).to_have_count(1)
    lists.locator(f"[data-code='{STRANGE}'] button").first.click()
    expect(lists.locator("#scan")).to_be_focused()
    lists.keyboard.type(name)
    lists.keyboard.press("Enter")
    expect(lists.locator("#pieces")).to_be_focused()
    lists.keyboard.type("12")
    look(lists, f"codes-naming-{locale}")
    lists.locator("#save").click()
    expect(lists.locator(f"[data-named='{STRANGE}']")).to_contain_text("× 12")
    expect(lists.locator("[data-code]")).to_have_count(0)
    agent.do(scan_from_device(stage.desk, STRANGE, "1"))
    expect(page.locator("#total")).to_have_text("¥42.00")
    expect(page.locator("#scan")).to_be_focused()
    page.keyboard.type("2*")
    agent.do(scan_from_device(stage.desk, STRANGE, "1"))
    expect(page.locator("#total")).to_have_text("¥126.00")
    expect(page.locator("tbody .cases").first).to_have_text(cases[0])
    look(page, f"till-cases-{locale}")
    take_a_case_in(lists, agent.url, cases[1])
    look(lists, f"receiving-case-{locale}")
    lists.goto(agent.url + "/codes")
    lists.locator(f"[data-named='{STRANGE}'] button").click()
    expect(lists.locator("[data-named]")).to_have_count(0)
    page.keyboard.press("F9")
    expect(page.locator("#given")).to_be_focused()
    page.locator("#given").fill("150")
    page.keyboard.press("Enter")
    expect(page.locator("#change")).to_be_visible()
    ((number,),) = agent.do(stage.rows("SELECT number FROM receipt"))
    agent.do(scan_from_device(stage.desk, number, "1"))
    expect(page.locator("#shown-receipt")).to_contain_text(number)
    look(page, f"till-receipt-{locale}")
    for watched in (till, manager):
        watched.page.context.close()
        assert watched.faults == []
