"""The paper ends in the middle of a receipt: what a clerk sees, from the alarm to the finished sale."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from pos_agent.db.migrate import migrate
from pos_agent.hardware.printers import Printers
from tests.browser.agent.real_agent import RealAgent, at_work
from tests.browser.agent.test_looks import check
from tests.integration.devices.virtual_devices import Program, running
from tests.unit.pos_agent.agent_stage import gtin

pytestmark = [pytest.mark.browser, pytest.mark.processes]


@pytest.fixture
def printer(tmp_path: Path) -> Iterator[Program]:
    """A virtual printer."""
    with running("printer", "--port", "0", "--papers", str(tmp_path / "papers"), "--no-png") as program:
        yield program


@pytest.fixture
def agent(printer: Program, tmp_path: Path) -> Iterator[RealAgent]:
    """The real agent with its spool on that printer, and goods to sell."""
    template = tmp_path / "template.db"
    migrate(template)
    uri = f"tcp://127.0.0.1:{printer.facts['port']}"
    made = RealAgent(template, tmp_path, printer=[{"id": "front", "role": "receipt", "uri": uri}])
    stage = made.start()
    made.do(stage.receive(SKU_1=10))
    desk = stage.desk

    async def start() -> tuple[Printers, asyncio.Task[None]]:
        printers = Printers(desk.settings, desk.ledger.writer, desk.reader, desk.board, desk.clock)
        desk.papers.wake = printers.wake

        def changed() -> None:
            desk.screens.publish("status", "devices", None)

        desk.board.changed = changed
        return printers, asyncio.create_task(printers._spool.run())

    printers, task = made.do(start())

    async def end() -> None:
        printers._spool.stop()
        await task

    yield made
    printer.control("paper-ok")
    made.do(end())
    made.stop()


@pytest.fixture
def page(browser: Browser, agent: RealAgent) -> Iterator[Page]:
    """A till at which mei works."""
    with at_work(browser, agent, "mei") as signed_in:
        yield signed_in


def keep(page: Page, name: str) -> None:
    """A picture for whoever wants to look."""
    folder = Path(__file__).parents[3] / "build" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / name, full_page=True)


def sell(page: Page) -> None:
    """A cola, paid in cash."""
    page.keyboard.type(gtin(1))
    page.keyboard.press("Enter")
    expect(page.locator("#total")).to_have_text("¥3.50")
    page.keyboard.press("F9")
    page.locator("#given").fill("10")
    page.keyboard.press("Enter")
    expect(page.locator("#change")).to_have_text("¥6.50")


def test_the_paper_ends_in_the_middle_and_the_receipt_comes_out_once(
    page: Page, printer: Program, tmp_path: Path
) -> None:
    assert printer.control("paper-out-after 120") == "ok"
    sell(page)
    expect(page.locator("[data-paper='sent']")).to_be_visible()
    expect(page.locator(".signs")).to_contain_text("缺纸")
    keep(page, "paper-out-alarm.png")
    page.goto(page.url.replace("/till", "/devices"))
    expect(page.locator("[data-device='front']")).to_contain_text("放入新纸卷")
    keep(page, "paper-out-devices.png")
    assert list((tmp_path / "papers").glob("*.txt")) == []

    assert printer.control("paper-ok") == "ok"
    expect(page.locator("[data-device='front']")).not_to_contain_text("放入新纸卷")
    papers = list((tmp_path / "papers").glob("*.txt"))
    assert len(papers) == 1
    assert "3.50" in papers[0].read_text()
    expect(page.locator("#papers")).to_contain_text("没有需要您处理的单据")


def test_a_receipt_that_nobody_knows_of_is_looked_for_and_printed_again(
    page: Page, printer: Program, tmp_path: Path
) -> None:
    assert printer.control("reset-after 120") == "ok"
    sell(page)
    expect(page.locator("[data-paper='uncertain']")).to_be_visible()
    expect(page.locator("#open-papers")).to_contain_text("1")
    keep(page, "paper-uncertain-till.png")
    page.goto(page.url.replace("/till", "/devices"))
    card = page.locator(".paper-card")
    expect(card).to_contain_text("可能未打印")
    expect(card.locator("img")).to_be_visible()
    assert page.evaluate("document.querySelector('.paper-card img').decode().then(() => true)")
    check(page, "devices-uncertain")
    for width in (360, 768, 1920):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, width
        keep(page, f"paper-uncertain-devices-{width}.png")
    page.set_viewport_size({"width": 1280, "height": 800})
    card.get_by_role("button", name="重打").click()
    expect(page.locator("#papers")).to_contain_text("没有需要您处理的单据")
    expect(page.locator("#open-papers")).to_have_count(0)
    page.wait_for_function(
        "fetch('/api/v1/devices').then(r => r.json()).then(d => d.printers[0].state === 'online')"
    )
    again = [path for path in (tmp_path / "papers").glob("*.txt") if "重打 COPY 1" in path.read_text()]
    assert len(again) == 1
