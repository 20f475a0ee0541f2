"""Exceptions, stock and "why is it 47?" in a real browser: both languages, four widths, decided by hand."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.hq.running_hq import RunningHq, add_trouble
from tests.browser.hq.test_hq_pages import SIZES, is_accessible, looks_right, sign_in, visiting

pytestmark = pytest.mark.browser

PAGES = {
    "exceptions": ("/hq/exceptions", {"en": "Exceptions", "zh-CN": "异常"}),
    "exception": ("/hq/exceptions/1", {"en": "Deficit", "zh-CN": "库存缺口"}),
    "stock": ("/hq/stock", {"en": "Stock", "zh-CN": "库存"}),
    "why": ("/hq/stock/renmin/BE1001", {}),
}


def hidden_sideways(page: Page) -> list[str]:
    """Tables of which a part is seen only by scrolling sideways."""
    found: list[str] = page.evaluate(
        "[...document.querySelectorAll('.scroller')].filter(e => e.scrollWidth > e.clientWidth)"
        ".map(e => e.getAttribute('aria-labelledby'))"
    )
    return found


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_every_page_looks_right(chromium: Browser, hq: RunningHq, pictures: Path, lang: str) -> None:
    with visiting(chromium, hq, lang, 1280) as page:
        sign_in(page, hq)
        for name, (path, titles) in PAGES.items():
            page.goto(hq.url + path)
            if lang in titles:
                expect(page.locator("h1")).to_have_text(titles[lang])
            looks_right(page, pictures, f"{name}-{lang}")
            for width in SIZES if name == "why" else ():
                page.set_viewport_size({"width": width, "height": SIZES[width]})
                assert hidden_sideways(page) == []


@pytest.mark.parametrize("path", ["/hq/exceptions", "/hq/exceptions/1", "/hq/stock/renmin/BE1001"])
def test_in_the_dark(chromium: Browser, hq: RunningHq, pictures: Path, path: str) -> None:
    with visiting(chromium, hq, "zh-CN", 1280, scheme="dark") as page:
        sign_in(page, hq)
        page.goto(hq.url + path)
        is_accessible(page)
        page.screenshot(path=pictures / f"dark{path.replace('/', '-')}.png", full_page=True)


def test_a_barcode_leads_to_the_explanation_and_its_pages(chromium: Browser, hq: RunningHq) -> None:
    with visiting(chromium, hq, "en", 1280) as page:
        sign_in(page, hq)
        page.goto(hq.url + "/hq/stock")
        page.fill("#f-q", "BE1001")
        page.select_option("#f-store", "renmin")
        page.keyboard.press("Tab")

        page.locator("form[role=search] button").click()

        expect(page.locator(".why-number")).to_have_text("47")
        expect(page.locator("#sum-check")).to_contain_text("73 movements sum to 47.")
        expect(page.locator("#movements tbody tr")).to_have_count(50)
        expect(page.locator("#movements tbody tr").first).to_contain_text("picked for an order")
        page.locator("a[rel=next]").click()
        expect(page.locator("#movements tbody tr")).to_have_count(24)
        expect(page.locator("#movements tbody tr").last).to_contain_text("送货单 D-2026-0417")
        expect(page.locator("#movements tbody tr").last.locator("strong").last).to_have_text("120")


def test_an_exception_is_given_to_somebody_and_resolved(chromium: Browser, hq: RunningHq) -> None:
    hq.do(add_trouble(hq, "short_pick", "renmin", {"order": "RE-000003", "sku": "BE1001", "qty": 1}, 9999))
    with visiting(chromium, hq, "en", 1280) as page:
        sign_in(page, hq)
        page.goto(hq.url + "/hq/exceptions?kind=short_pick")
        row = page.locator("#queue tbody tr")
        expect(row).to_have_count(1)
        expect(row).to_contain_text("The store could not find all units of an order.")
        row.get_by_role("link", name="Decide").click()

        page.get_by_role("button", name="Assign").click()
        expect(page.locator(".state")).to_have_text("assigned")
        page.get_by_role("region", name="Resolve").get_by_label("What was done").select_option(
            "customer_told"
        )
        page.get_by_label("In your words").fill("Called; the customer takes another one")
        page.get_by_role("button", name="Close it").click()

        expect(page.locator(".state").first).to_have_text("resolved")
        expect(page.locator(".history li")).to_have_count(3)
        expect(page.locator(".history li").last).to_contain_text("Called; the customer takes another one")
        page.goto(hq.url + "/hq/exceptions?kind=short_pick")
        expect(page.locator("h2").last).to_have_text("No exception fits")


def test_the_queue_works_by_keyboard_and_without_scripts(chromium: Browser, hq: RunningHq) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="en")
    page = context.new_page()
    sign_in(page, hq)
    page.goto(hq.url + "/hq/exceptions")

    page.locator("#f-state").focus()
    page.keyboard.press("ArrowDown")
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    page.wait_for_url("**/hq/exceptions?state=open**")
    assert page.locator("#queue tbody tr").count() >= 3
    context.close()
