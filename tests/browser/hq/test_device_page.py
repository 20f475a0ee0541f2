"""HQ's page of devices: from the board's tile to what somebody has to do, at every width."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.hq.running_hq import RunningHq, say
from tests.browser.hq.test_hq_pages import looks_right, sign_in, visiting

pytestmark = pytest.mark.browser
STORE = "renmin"
WORDS = {
    "en": (
        "out of paper",
        "put in a new roll",
        "works, but comes and goes",
        "It came and went three times",
        "1,204",
    ),
    "zh-CN": ("缺纸", "换上新纸卷", "能用，但时断时续", "五分钟内断开三次", "1,204"),
}


async def told(hq: RunningHq) -> None:
    """A store reports a printer without paper, a scanner that comes and goes, and a drawer that opened."""
    at = hq.ago(minutes=12)
    await say(
        hq, STORE, "online", papers=2,
        printers=[
            {"id": "kitchen", "role": "pick", "state": "online", "since": at, "jobs": 80},
            {"id": "front", "role": "receipt", "state": "paper_out", "since": at, "jobs": 1204,
             "uncertain": 1, "last_error": "printer.paper_out"},
        ],
        scanners=[
            {"id": "hand", "state": "degraded", "since": at, "scans": 8100, "reconnects": 5,
             "text": "3 troubles within 300 s", "cause": "unsteady", "place": "serial:/dev/ttyUSB0"},
        ],
        drawers=[{"id": "drawer", "state": "opened", "since": at}],
    )  # fmt: skip


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_a_device_in_trouble_is_found_from_the_board(
    chromium: Browser, hq: RunningHq, pictures: Path, lang: str
) -> None:
    hq.do(told(hq))
    with visiting(chromium, hq, lang, 1280) as page:
        sign_in(page, hq)
        page.locator(f"[data-store='{STORE}'] .devices a").click()
        expect(page.locator("[data-device]")).to_have_count(4)
        expect(page.locator(".side a[href='/hq/devices']")).to_have_attribute("aria-current", "page")
        assert page.locator("[data-device]").evaluate_all("rows => rows.map(row => row.dataset.device)") == [
            "front", "hand", "kitchen", "drawer",
        ]  # fmt: skip
        for word in WORDS[lang]:
            expect(page.locator(f"[data-store='{STORE}']")).to_contain_text(word)
        looks_right(page, pictures, f"devices-{lang}")
        with page.expect_response(lambda answer: "/hq/devices?store=" in answer.url):
            hq.tell_board()
        expect(page.locator("#devices section")).to_have_count(1)
        page.goto(f"{hq.url}/hq/devices")
        expect(page.locator("#devices section").first).to_have_attribute("data-store", STORE)
