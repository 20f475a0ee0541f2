"""The board while stores are heard again, taken over or stopped: words and what to do, at every width."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from sync.storage.writer import Transaction
from tests.browser.hq.running_hq import RunningHq, say
from tests.browser.hq.test_hq_pages import SIZES, fits, is_accessible, sign_in, visiting

pytestmark = pytest.mark.browser
STANDS = {"renmin": ("replaying", 0), "jiangwan": ("rebuilding", 0), "zhangjiang": ("whole", 1)}
TOLD = {
    "en": {
        "renmin": ("being heard again", "20 of 1,200 events heard"),
        "jiangwan": ("taking over", "2 orders to check · 41 SKUs frozen"),
        "zhangjiang": ("stopped: two histories", "enrol it anew"),
    },
    "zh-CN": {
        "renmin": ("重新听取中", "已听取 20 / 1,200 个事件"),
        "jiangwan": ("接管中", "2 单待核对 · 41 个 SKU 已冻结"),
        "zhangjiang": ("已停止：两份历史", "重新注册"),
    },
}


async def lose(hq: RunningHq) -> None:
    """One store is heard again, one is taken over, one has two histories."""

    def write(transaction: Transaction) -> None:
        for store, (state, stopped) in STANDS.items():
            transaction.execute(
                "UPDATE store_stream SET state = ?, stopped = ? WHERE store = ?", (state, stopped, store)
            )

    await hq.kernel.writer.run(write)
    await say(hq, "renmin", "online", seq=1200)
    await say(hq, "jiangwan", "online", seq=20, unsure=2, frozen=41)


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_each_tile_says_what_is_going_on(chromium: Browser, hq: RunningHq, pictures: Path, lang: str) -> None:
    hq.do(lose(hq))
    with visiting(chromium, hq, lang, 1280) as page:
        sign_in(page, hq)
        for store, words in TOLD[lang].items():
            for text in words:
                expect(page.locator(f"[data-store='{store}']")).to_contain_text(text)
        expect(page.locator("#trouble-list")).to_contain_text(
            {"en": "Orders to check", "zh-CN": "待核对"}[lang]
        )
        for width, height in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            fits(page)
            is_accessible(page)
            page.screenshot(path=pictures / f"board-after-a-loss-{lang}-{width}.png")
