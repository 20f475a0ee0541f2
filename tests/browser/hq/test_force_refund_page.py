"""HQ forces a refund on an order's page, as a browser shows it."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from sync.storage.writer import Transaction
from tests.browser.hq.running_hq import RunningHq, add_order
from tests.browser.hq.test_hq_pages import fits, is_accessible, sign_in, visiting

pytestmark = pytest.mark.browser
NUMBERS = {"zh-CN": 8, "en": 9}
GIVE = {"zh-CN": "现在退回", "en": "Give ¥"}
LOSS = {"zh-CN": "损失", "en": "loss"}
REASON = {"zh-CN": "门店断网三天", "en": "No line for three days"}


def cancelling(hq: RunningHq, number: int) -> str:
    """An order that was paid online and that its silent store should release; its number."""
    hq.do(add_order(hq, number, "zhangjiang", "accepted", 40))
    name, minor = f"ZH-{number:06d}", 2580 * number

    def pay(transaction: Transaction) -> None:
        at = hq.ago(minutes=8)
        transaction.execute(
            "UPDATE orders SET pay = 'sandbox', payment = 'paid', paid_minor = ?, cancel_asked_at = ?"
            " WHERE id = ?",
            (minor, at, name),
        )
        transaction.execute(
            "INSERT INTO payment (id, order_id, provider, state, minor, currency, reference, at, settled_at)"
            " VALUES (?, ?, 'sandbox', 'captured', ?, 'CNY', 'sandbox-1', ?, ?)",
            (name, name, minor, at, at),
        )

    hq.do(hq.kernel.writer.run(pay))
    return name


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_a_refund_is_forced_with_a_reason_and_shown_as_a_loss(
    chromium: Browser, hq: RunningHq, pictures: Path, lang: str
) -> None:
    name = cancelling(hq, NUMBERS[lang])
    with visiting(chromium, hq, lang, 360) as page:
        sign_in(page, hq)
        page.goto(f"{hq.url}/hq/orders/{name}")
        for width in (1280, 360):
            page.set_viewport_size({"width": width, "height": 860})
            fits(page)
            page.screenshot(path=pictures / f"refund-asked-{lang}-{width}.png", full_page=True)
        is_accessible(page)
        button = page.locator("#order-refund button")
        expect(button).to_contain_text(GIVE[lang])
        page.locator("#order-refund input[name=reason]").fill(REASON[lang])
        button.click()
        expect(page.locator("#order-payments")).to_contain_text(REASON[lang])
        expect(page.locator("#order-payments .pill.bad")).to_have_text(LOSS[lang])
        expect(page.locator("#order-refund form")).to_have_count(0)
        fits(page)
        is_accessible(page)
        page.screenshot(path=pictures / f"refund-forced-{lang}-360.png", full_page=True)
