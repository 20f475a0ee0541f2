"""Goods with a label of the scales, as clerk and customer see them: quantity, price, sum, refusals."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from pos_agent.catalogue.apply_page import apply_page
from pos_agent.db.migrate import migrate
from pos_agent.settings import ScaleLabelSection
from pos_agent.take_scans import scan_from_device
from sync.values.gtin import check_digit
from tests.browser.agent.real_agent import RealAgent
from tests.browser.agent.stage import Watched, expect_note, signed_in
from tests.browser.agent.test_looks import check
from tests.unit.pos_agent.agent_stage import Stage, catalogue_page, gtin, product

pytestmark = pytest.mark.browser
FORMS = tuple(ScaleLabelSection(form=form) for form in ("21IIIIIWWWWWC", "28IIIIIWWWWWAAAAAC"))
WEIGHED, PRICED, ZERO = "210012300765", "28001230123401990", "210012300000"
TOO_OLD = f"010{gtin(1)}17260101"  # use by the first of January
SIZES = {360: 780, 1280: 800}


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[RealAgent]:
    """The real agent of a shop that weighs apples, five kilograms of them, and sells cola."""
    template = tmp_path / "template.db"
    migrate(template)
    folder = tmp_path / "agent"
    folder.mkdir()
    running = RealAgent(template, folder, scale_label=FORMS)
    stage = running.start()
    apples = product("00123", 8, "红富士苹果", "Fuji apples", 1280)
    page = replace(
        catalogue_page([{**apples, "unit": "g", "per": 500, "version": 101}], since=100), to=101, top=101
    )
    running.do(stage.desk.ledger.writer.run(lambda tx: apply_page(tx, page, stage.desk.at)))
    running.do(stage.receive(**{"00123": 5000, "SKU_1": 10}))
    yield running
    running.stop()


def scan(agent: RealAgent, *codes: str) -> None:
    stage: Stage | None = agent.stage
    assert stage is not None
    for code in codes:
        agent.do(scan_from_device(stage.desk, code, "1"))


def look(page: Page, name: str) -> None:
    """On a phone and on a counter's screen."""
    for width, height in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        check(page, f"{name}-{width}")


@pytest.mark.parametrize(
    ("locale", "label", "refusals", "items"),
    [
        ("zh-CN", "按标签价", ("标签", "过期"), "4 件"),
        ("en", "price on the label", ("This label says zero", "These goods are out of date"), "4 items"),
    ],
)
def test_labels_are_shown_as_they_are(
    browser: Browser, agent: RealAgent, locale: str, label: str, refusals: tuple[str, str], items: str
) -> None:
    context = signed_in(browser, agent.url, login="", locale=locale, viewport={"width": 1280, "height": 800})
    till, customer = Watched(context.new_page()), Watched(context.new_page())
    page, facing = till.page, customer.page
    page.goto(agent.url + "/sign-in?next=/till")
    page.locator("input[value='mei']").check()
    page.locator("#pin").fill("2468")
    page.keyboard.press("Enter")
    expect(page.locator("#scan")).to_be_focused()
    facing.goto(agent.url + "/customer")
    expect(facing.locator("main.facing")).to_have_attribute("data-state", "idle")
    scan(agent, gtin(1), gtin(1), *(code + check_digit(code) for code in (PRICED, WEIGHED)))
    expect(page.locator("#total")).to_have_text("¥46.48")  # 2 x 3.50, 19.90 off the label, 765 x 12.80 / 500
    expect(page.locator(".total .row")).to_contain_text(items)
    expect(page.locator("[data-line='2']")).to_contain_text(label)
    marked = page.locator("tr[aria-current='true']")
    expect(marked).to_contain_text("765 g")
    expect(marked).to_contain_text("2500 g")  # half is kept for the online shop
    expect(marked.locator("button")).to_have_count(0)
    look(page, f"till-weighed-{locale}")
    expect(facing.locator("[data-line='2'] .sub")).to_have_text(f"1234 g · {label}")
    expect(facing.locator("[data-line='3'] .sub")).to_have_text("765 g × ¥12.80 / 500 g")
    look(facing, f"customer-weighed-{locale}")
    for name, code, words in zip(("zero", "old"), (ZERO + check_digit(ZERO), TOO_OLD), refusals, strict=True):
        scan(agent, code)
        expect_note(page, words, "bad")
        look(page, f"till-{name}-{locale}")
    expect(page.locator("#total")).to_have_text("¥46.48")
    page.keyboard.press("F9")
    expect(page.locator("#given")).to_be_focused()
    page.locator("#given").fill("50")
    page.keyboard.press("Enter")
    expect(page.locator("#change")).to_have_text("¥3.52")
    stage = agent.stage
    assert stage is not None
    ((number,),) = agent.do(stage.rows("SELECT number FROM receipt"))
    scan(agent, number)
    expect(page.locator("#shown-receipt")).to_contain_text(f"1234 g · {label}")
    look(page, f"till-weighed-receipt-{locale}")
    context.close()
    assert till.faults + customer.faults == []
