"""The page of simulated devices, over the real ones: papers, faults, drawer, scanner, both languages."""

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.agent.stage import WAIT_S, Watched, expect_note
from tests.browser.agent.test_looks import AXE, AXE_RUN, GLYPHS

pytestmark = pytest.mark.browser

PICTURES = Path("test-output/agent")
RECEIPT = bytes.fromhex("1B 40 1B 70 00 19 FA 1D 21 11") + "欧莫便利 ￥3.50".encode("gbk") + b"\n\x1dV\x00"


@pytest.fixture
def devices(tmp_path: Path) -> Iterator[tuple[str, int]]:
    """The page's address and the printer's port, of devices that run as a shop starts them."""
    words = ("simulate-devices", "--data", str(tmp_path), "--page-port", "0", "--printer-port", "0")
    argv = [sys.executable, "-m", "pos_agent.cli", *words]
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    told = ""
    while '"url"' not in told:
        line = process.stdout.readline()
        assert line, told
        told += line
    url, port = re.search(r"at (http://\S+)", told), re.search(r"tcp://127\.0\.0\.1:(\d+)", told)
    assert url
    assert port
    yield url[1], int(port[1])
    process.terminate()
    assert process.wait(WAIT_S) == 0
    process.stdout.close()


def send(port: int, data: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port), 5) as connection:
        connection.sendall(data)


def looks_right(page: Page, name: str) -> None:
    page.screenshot(path=PICTURES / f"training-{name}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(GLYPHS)
    page.evaluate(AXE.read_text("utf-8"))
    assert page.evaluate(AXE_RUN) == []


def plan_an_open_cover(page: Page, port: int) -> None:
    """It strikes behind the next paper, and the paper after it waits."""
    page.get_by_label("故障", exact=True).select_option("开盖")
    page.get_by_label("再过", exact=True).fill("1")
    page.get_by_label("单位", exact=True).select_option("张纸")
    page.get_by_role("button", name="预约", exact=True).click()
    expect(page.get_by_text("再过 1 张纸：开盖")).to_be_visible()
    send(port, RECEIPT)
    cover = page.get_by_role("button", name="开盖", exact=True)
    expect(cover).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".planned")).to_have_count(0)
    cover.click()
    expect(page.get_by_role("heading", name="3 张纸")).to_be_visible()


def test_papers_faults_drawer_and_scanner(browser: Browser, devices: tuple[str, int]) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    url, port = devices
    context = browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 900})
    context.set_default_timeout(WAIT_S * 1000)
    watched = Watched(context.new_page())
    page = watched.page
    page.goto(url)
    expect(page.get_by_text("还没有打印过。")).to_be_visible()

    send(port, RECEIPT)
    picture = page.get_by_alt_text("第 1 张的图片；文字在下面")
    expect(picture).to_have_js_property("naturalWidth", 576)
    expect(page.get_by_text("钱箱已打开")).to_be_visible()
    page.get_by_text("文字", exact=True).click()
    expect(page.locator("pre")).to_contain_text("欧莫便利 ￥3.50")

    fault = page.get_by_role("button", name="缺纸", exact=True)
    fault.focus()
    page.keyboard.press("Enter")
    expect(fault).to_have_attribute("aria-pressed", "true")
    expect(fault).to_be_focused()
    expect(page.get_by_text("不打印")).to_be_visible()
    send(port, RECEIPT)
    expect(page.get_by_text(re.compile(r"\d+ 字节在等待"))).to_be_visible()
    looks_right(page, "1280-zh")
    page.get_by_role("button", name="全部恢复正常").last.click()
    expect(page.get_by_role("heading", name="2 张纸")).to_be_visible()
    expect(page.locator("details[open]")).to_have_count(1)
    page.get_by_role("button", name="推回去").click()
    expect(page.get_by_text("钱箱已关")).to_be_visible()

    plan_an_open_cover(page, port)
    page.get_by_role("button", name="商品（EAN-13）").click()
    expect(page.get_by_text("扫了 1 次")).to_be_visible()
    page.get_by_label("条码", exact=True).fill("6990101000013")
    page.get_by_role("button", name="扫码", exact=True).click()
    expect(page.get_by_text("扫了 2 次")).to_be_visible()
    page.get_by_role("button", name="拔掉", exact=True).click()
    expect(page.get_by_text("已拔出")).to_be_visible()
    page.keyboard.press("Tab")
    page.get_by_label("条码", exact=True).press("Enter")
    expect_note(page, "扫码枪已拔出。请先插上。")
    expect(page.get_by_text("扫了 2 次")).to_be_visible()

    page.set_viewport_size({"width": 360, "height": 740})
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", name="3 papers")).to_be_visible()
    looks_right(page, "360-en")
    context.close()
    assert watched.faults == []
