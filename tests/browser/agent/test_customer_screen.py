"""The customer's screen beside a real till: greeting, sale, change, closed; its agent begins anew once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from pos_agent.db.migrate import migrate
from tests.browser.agent.real_agent import RealAgent, sign_in
from tests.browser.agent.stage import Watched, signed_in
from tests.browser.agent.test_looks import check
from tests.unit.pos_agent.agent_stage import gtin

pytestmark = pytest.mark.browser
AGAIN_MS = 20_000
"""A page asks again within seconds once its agent is back."""
SIZES = {360: 740, 768: 1024, 1280: 800, 1920: 1080}


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[RealAgent]:
    """The real agent with goods to sell."""
    template = tmp_path / "template.db"
    migrate(template)
    made = RealAgent(template, tmp_path)
    stage = made.start()
    made.do(stage.receive(SKU_1=30, SKU_2=30, SKU_3=30))
    yield made
    made.stop()


def looked_at(page: Page, name: str, language: str) -> None:
    """The scene in each size."""
    for width, height in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        check(page, f"customer-{name}-{language}-{width}")


@pytest.mark.parametrize(
    ("language", "welcome", "closed", "name"),
    [
        ("zh-CN", "欢迎光临", "本收银台暂停收银", "可口可乐 500ml"),
        ("en", "Welcome", "This till is closed", "Cola 500 ml"),
    ],
)
def test_a_customer_sees_the_sale_and_the_change(  # the four words of a language
    browser: Browser, agent: RealAgent, language: str, welcome: str, closed: str, name: str
) -> None:
    context = signed_in(
        browser, agent.url, login="", locale=language, viewport={"width": 1280, "height": 800}
    )
    till, screen = Watched(context.new_page()), Watched(context.new_page())
    sign_in(till.page, agent.url, "mei")
    screen.page.goto(agent.url + "/customer")
    state = screen.page.locator("main.facing")
    expect(state).to_have_attribute("data-state", "idle")
    expect(state).to_contain_text(welcome)
    looked_at(screen.page, "idle", language)
    for number in (1, 2, 3, 1):
        till.page.keyboard.type(gtin(number))
        till.page.keyboard.press("Enter")
    expect(screen.page.locator("#total")).to_have_text("¥29.79")
    expect(screen.page.locator("tr[data-line='1']")).to_contain_text(name)
    expect(screen.page.locator("tr[data-line='1']")).to_contain_text("2 × ¥3.50")
    looked_at(screen.page, "sale", language)
    agent.stop()
    expect(state).to_have_attribute("data-state", "closed")
    agent.start_again()
    expect(state).to_have_attribute("data-state", "sale", timeout=AGAIN_MS)
    expect(screen.page.locator("#total")).to_have_text("¥29.79")
    expect(screen.page.locator("tr[data-line='1']")).to_contain_text(name)
    expect(till.page.locator("#total")).to_have_text("¥29.79", timeout=AGAIN_MS)
    till.page.keyboard.press("F9")
    till.page.locator("#given").fill("50")
    till.page.keyboard.press("Enter")
    expect(screen.page.locator("#change")).to_have_text("¥20.21")
    looked_at(screen.page, "paid", language)
    till.page.locator("details.menu summary").click()
    till.page.locator(".menu-box button.btn").last.click()
    till.page.wait_for_url("**/sign-in")
    expect(state).to_have_attribute("data-state", "closed")
    expect(state).to_contain_text(closed)
    assert screen.page.url.endswith("/customer")
    looked_at(screen.page, "closed", language)
    context.close()
    # what the browser tells of: refusals of a till that nobody works at, and the agent that was away
    told = ("401", "ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE_CHUNKED_ENCODING")
    faults = [fault for fault in (*till.faults, *screen.faults) if not any(word in fault for word in told)]
    assert faults == []
