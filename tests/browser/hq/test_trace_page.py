"""One event's trace in a real browser: both languages, four widths, reached from the pages around it."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.hq.running_hq import RunningHq
from tests.browser.hq.test_hq_pages import looks_right, sign_in, visiting

pytestmark = pytest.mark.browser

HEADS = {"en": "Order RE-000003", "zh-CN": "订单 RE-000003"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_every_state_of_the_page_looks_right(
    chromium: Browser, hq: RunningHq, pictures: Path, lang: str, scheme: str
) -> None:
    with visiting(chromium, hq, lang, 1280, scheme=scheme, refused=1) as page:
        sign_in(page, hq)
        for name, query in {"order": "?id=RE-000003", "none": "?id=nowhere", "empty": ""}.items():
            page.goto(f"{hq.url}/hq/trace{query}")
            looks_right(page, pictures, f"trace-{name}-{lang}-{scheme}")


def hops(page: Page, leg: str) -> list[str]:
    """The names of a leg's hops as they stand on the page."""
    found: list[str] = page.locator(f'[data-leg="{leg}"] .hop').evaluate_all(
        "all => all.map(one => one.dataset.hop)"
    )
    return found


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_an_order_is_followed_from_its_page(chromium: Browser, hq: RunningHq, lang: str) -> None:
    with visiting(chromium, hq, lang, 1280) as page:
        sign_in(page, hq)
        page.goto(hq.url + "/hq/orders/RE-000003")
        page.locator('a[href="/hq/trace?id=RE-000003"]').click()

        expect(page.locator(".trace-id")).to_have_text(HEADS[lang])
        legs = page.locator("[data-leg]").evaluate_all("all => all.map(one => one.dataset.leg)")
        assert legs == ["renmin/v40", "renmin/1/101", "renmin/1/102", "renmin/1/103"]
        assert hops(page, "renmin/v40") == ["given", "item_sent", "answered"]
        assert hops(page, "renmin/1/102") == ["made", "first_sent", "sent", "heard", "applied", "told"]
        expect(page.locator('[data-leg="renmin/1/102"] [data-hop="sent"] .gap')).to_contain_text("41 ")
        page.locator('[data-leg="renmin/1/102"] .leg-head a').click()
        expect(page.locator("[data-leg]")).to_have_count(1)
        expect(page.locator("#f-id")).to_have_value("renmin/1/102")


def test_the_board_and_a_trouble_lead_to_an_event(chromium: Browser, hq: RunningHq) -> None:
    with visiting(chromium, hq, "en", 1280, refused=2) as page:
        sign_in(page, hq)
        page.locator('[data-store="renmin"] a[href="/hq/trace?id=renmin/1/20"]').click()
        expect(page.locator("h1")).to_have_text("Trace")
        expect(page.locator(".leg-note")).to_contain_text("not kept")
        page.goto(hq.url + "/hq")
        page.locator('#letter-list a[href="/hq/trace?id=jiangwan/1/17"]').click()
        expect(page.locator('[data-leg="jiangwan/1/17"]')).to_be_visible()
        page.goto(hq.url + "/hq/exceptions")
        page.locator('a[href="/hq/trace?id=jiangwan/17"]').click()
        expect(page.locator('[data-leg="jiangwan/1/17"]')).to_be_visible()
        page.goto(hq.url + "/hq/stock/renmin/BE1001")
        page.locator("#movements a", has_text="event 74").click()
        expect(page.locator("#no-trace h2")).to_have_text("Event renmin/1/74 has not reached the hub")
        page.fill("#f-id", "no such thing")
        page.keyboard.press("Enter")
        expect(page.locator("#no-trace h2")).to_have_text("Nothing here is called “no such thing”")
