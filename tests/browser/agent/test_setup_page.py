"""A manager sets up a printer and a scanner on the page: typed, tried, kept, used without a restart."""

import asyncio
import os
import pty
import tty
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from pos_agent.agent import is_secret, tell_trial, use_devices
from pos_agent.db.migrate import migrate
from pos_agent.hardware.change_devices import DeviceSetup
from pos_agent.hardware.choose_devices import choose_devices
from pos_agent.hardware.device_trial import Trials
from pos_agent.hardware.printers import Printers
from pos_agent.hardware.scanners import Scanners
from pos_agent.settings import AgentSettings
from sync.runtime.supervision import Lifetime
from tests.browser.agent.real_agent import RealAgent, at_work
from tests.browser.agent.test_looks import check
from tests.browser.agent.test_paper_out import keep, sell
from tests.integration.devices.virtual_devices import Program, running
from tests.unit.pos_agent.agent_stage import gtin

pytestmark = [pytest.mark.browser, pytest.mark.processes]


@pytest.fixture
def printer(tmp_path: Path) -> Iterator[Program]:
    """A virtual printer."""
    with running("printer", "--port", "0", "--papers", str(tmp_path / "papers"), "--no-png") as program:
        yield program


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[RealAgent]:
    """The real agent without a device, its spool and its scanners at work."""
    template = tmp_path / "template.db"
    migrate(template)
    made = RealAgent(template, tmp_path, printer=[])
    stage = made.start()
    made.do(stage.receive(SKU_1=10))
    desk, lifetime = stage.desk, Lifetime()

    async def start() -> list[asyncio.Task[None]]:
        async def take(_code: str, _till: str) -> None:
            """Nothing is sold by a scan here."""

        printers = Printers(desk.settings, desk.ledger.writer, desk.reader, desk.board, desk.clock)
        scanners = Scanners(desk.settings, desk.board, take)
        desk.papers.wake = printers.wake

        def changed() -> None:
            desk.screens.publish("status", "devices", None)

        desk.board.changed = changed

        def use(settings: AgentSettings) -> None:
            use_devices(desk, printers, scanners, settings)

        trials = Trials(
            lambda code: is_secret(code, desk.code_forms),
            lambda: tell_trial(desk),
            scanners.lent,
            desk.displays.lent,
        )
        desk.setup = DeviceSetup(choose_devices(desk.settings), use, trials)
        return [asyncio.create_task(one.run(lifetime)) for one in (printers, scanners, desk.displays)]

    tasks = made.do(start())

    async def end() -> None:
        lifetime.stopping.set()
        await asyncio.gather(*tasks)

    yield made
    made.do(end())
    made.stop()


@pytest.fixture
def page(browser: Browser, agent: RealAgent) -> Iterator[Page]:
    """A browser in which lin, the manager, is signed in."""
    with at_work(browser, agent, "lin") as signed_in:
        yield signed_in


def show(page: Page, name: str) -> None:
    """Look at the page at four widths."""
    check(page, name)
    for width in (360, 768, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        keep(page, f"{name}-{width}.png")
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, width
    page.set_viewport_size({"width": 1280, "height": 900})


def test_a_printer_is_tried_kept_and_prints_the_next_receipt(
    page: Page, agent: RealAgent, printer: Program, tmp_path: Path
) -> None:
    page.goto(agent.url + "/devices")
    page.get_by_role("link", name="设置设备").click()
    expect(page.locator("#printers")).to_contain_text("没有设置打印机")
    show(page, "setup-empty")
    with page.expect_download() as handed:
        page.get_by_role("link", name="下载诊断文件").click()
    assert handed.value.suggested_filename == "omo-s1-20260501.zip"
    assert zipfile.is_zipfile(handed.value.path())
    page.get_by_role("button", name="添加打印机").click()
    page.get_by_label("地址").fill("lpt1")
    page.get_by_role("button", name="打印测试页").click()
    expect(page.locator("#e-uri")).to_contain_text("这不是打印机地址")
    page.get_by_label("地址").fill("tcp://127.0.0.1:1")
    page.get_by_role("button", name="打印测试页").click()
    expect(page.locator("#outcome")).to_contain_text("拒绝连接")
    assert not (tmp_path / "devices.toml").exists()

    page.get_by_label("地址").fill(f"tcp://127.0.0.1:{printer.facts['port']}")
    page.get_by_label("接有钱箱").check()
    page.get_by_role("button", name="打印测试页").click()
    expect(page.locator("#outcome")).to_contain_text("已打印")
    ruler = (tmp_path / "papers" / "0001.txt").read_text("utf-8")
    assert "1234567890" * 4 + "1234567|\n" in ruler
    page.get_by_role("button", name="不正常").click()
    expect(page.locator("#outcome")).to_contain_text("请选更窄的型号")
    page.get_by_role("button", name="是，正常").click()
    expect(page.locator("#outcome")).to_contain_text("已测试")
    page.get_by_role("button", name="打开钱箱").click()
    expect(page.locator("#outcome")).to_contain_text("已发出开箱信号")
    show(page, "setup-form")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("[data-device='printer-1']")).to_contain_text("小票机")
    show(page, "setup-kept")
    assert 'id = "printer-1"' in (tmp_path / "devices.toml").read_text("utf-8")

    page.goto(agent.url + "/till")
    expect(page.locator("#scan")).to_be_focused()
    sell(page)
    expect(page.locator("[data-paper='confirmed']")).to_be_visible()
    assert any("3.50" in path.read_text("utf-8") for path in (tmp_path / "papers").glob("*.txt"))

    change_at_once_and_remove(page, agent, tmp_path)


def change_at_once_and_remove(page: Page, agent: RealAgent, tmp_path: Path) -> None:
    """Another manager is faster; then the printer goes."""
    page.goto(agent.url + "/setup-devices")
    device = page.locator("[data-device='printer-1']")
    device.get_by_role("button", name="修改").click()
    page.get_by_label("型号").select_option("generic-58")
    other = page.evaluate(
        """async () => {
          const now = await (await fetch('/api/v1/setup')).json();
          const printer = { ...now.printers[0], role: 'pick' };
          const body = JSON.stringify({ version: now.version, is_new: false, printer });
          const headers = { 'content-type': 'application/json' };
          return (await fetch('/api/v1/setup/printer', { method: 'POST', headers, body })).status;
        }"""
    )
    assert other == 200
    page.get_by_role("button", name="不测试直接保存").click()
    expect(page.locator("#toasts")).to_contain_text("其他人刚刚修改了设备")
    assert 'profile = "generic-80"' in (tmp_path / "devices.toml").read_text("utf-8")
    page.get_by_role("button", name="取消").click()
    device.get_by_role("button", name="删除").click()
    device.locator(".acts .danger").click()
    expect(page.locator("#printers")).to_contain_text("没有设置打印机")


def test_a_scanner_shows_what_it_reads_and_no_money(page: Page, agent: RealAgent, tmp_path: Path) -> None:
    handle, line = pty.openpty()
    tty.setraw(line)
    page.goto(agent.url + "/setup-devices?lang=en")
    page.get_by_role("button", name="Add a scanner").click()
    page.get_by_label("Address").fill(f"serial:{tmp_path}/none")
    page.get_by_role("button", name="Test: scan something").click()
    expect(page.locator("#outcome")).to_contain_text("is not there")
    page.get_by_label("Address").fill(f"serial:{os.ttyname(line)}")
    page.get_by_role("button", name="Test: scan something").click()
    expect(page.locator("#outcome")).to_contain_text("Scan anything now")
    os.write(handle, f"{gtin(1)}\r".encode())
    expect(page.locator("#scans")).to_contain_text(gtin(1))
    os.write(handle, b"134567890123456789\r")
    expect(page.locator("#scans")).to_contain_text("a code that is not shown")
    expect(page.locator("#scans")).not_to_contain_text("1345")
    show(page, "setup-scanner")
    page.get_by_role("button", name="Keep and use").click()
    expect(page.locator("[data-device='scanner-1'] .pill.ok")).to_be_visible()
    page.get_by_role("button", name="Find devices").click()
    expect(page.locator("#finder .list, #finder [role=status] p")).not_to_have_count(0)
    show(page, "setup-found")
    os.close(handle)
    os.close(line)


def test_a_display_shows_a_number_and_then_follows_the_till(page: Page, agent: RealAgent) -> None:
    with running("display") as sign:
        page.goto(agent.url + "/setup-devices")
        page.get_by_role("button", name="添加顾客显示屏").click()
        page.get_by_label("地址").fill("cups:queue")
        page.get_by_role("button", name="测试：显示一个数字").click()
        expect(page.locator("#e-uri")).to_contain_text("这不是顾客显示屏地址")
        page.get_by_label("地址").fill(f"tcp://127.0.0.1:{sign.facts['port']}")
        page.get_by_label("能显示什么").select_option("digits")
        page.get_by_role("button", name="测试：显示一个数字").click()
        expect(page.locator("#outcome")).to_contain_text("是否显示 1234.56")
        assert '"number": "1234.56"' in sign.control("show")
        show(page, "setup-display")
        page.get_by_role("button", name="是，正常").click()
        page.get_by_role("button", name="保存").click()
        expect(page.locator("[data-device='display-1'] .pill.ok")).to_contain_text("顾客显示屏")
        page.goto(agent.url + "/till")
        expect(page.locator("#scan")).to_be_focused()
        page.locator("#scan").fill(gtin(1))
        page.keyboard.press("Enter")
        expect(page.locator("#total")).to_have_text("¥3.50")
        for _ in range(100):
            if '"number": "3.50"' in sign.control("show"):
                break
            page.wait_for_timeout(50)
        assert '"number": "3.50"' in sign.control("show")
