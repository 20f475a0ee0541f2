"""HQ's pages in a real browser: both languages, three widths, nothing overflows, nothing is blocked."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Response, expect

from tests.browser.hq.running_hq import PASSWORD, USER, RunningHq, add_trouble, say

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[1] / "vendor" / "axe.min.js"
SIZES = {1920: 1000, 1280: 860, 768: 1024, 360: 740}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PAGES = {
    "board": ("/hq", {"en": "Sync board", "zh-CN": "同步看板"}),
    "orders": ("/hq/orders", {"en": "Orders", "zh-CN": "订单"}),
    "order": ("/hq/orders/RE-000003", {"en": "Order RE-000003", "zh-CN": "订单 RE-000003"}),
    "stores": ("/hq/stores", {"en": "Stores", "zh-CN": "门店"}),
    "import": ("/hq/import", {"en": "Import products", "zh-CN": "导入商品"}),
}
PRODUCTS = (
    "sku,gtin,name_zh,name_en,brand,category_zh,category_en,price_minor\n"
    "NEW1,,云朵面巾纸,Cloud Tissues,云朵,家居 > 纸品,Home > Paper,990\n"
    "NEW2,123,坏条码,Bad Barcode,云朵,家居 > 纸品,Home > Paper,990\n"
    "NEW3,,没有价格,No Price,云朵,家居 > 纸品,Home > Paper,\n"
)


@contextmanager
def visiting(
    chromium: Browser, hq: RunningHq, lang: str, width: int, *, scheme: str = "light", refused: int = 0
) -> Iterator[Page]:
    """A page that asserts at its end that nothing went wrong; `refused` answers are part of the story."""
    context = chromium.new_context(
        locale=lang,
        viewport={"width": width, "height": SIZES[width]},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    faults: list[str] = []
    answers: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and "status of 4" not in message.text:
            faults.append(message.text)

    def on_response(response: Response) -> None:
        if response.status >= 400:
            answers.append(f"{response.status} {response.url}")

    page.on("console", on_console)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("response", on_response)
    yield page
    assert faults == []
    assert len(answers) == refused, answers
    context.close()


def sign_in(page: Page, hq: RunningHq) -> None:
    page.goto(hq.url + "/hq/sign-in")
    page.fill("#f-user", USER)
    page.fill("#f-password", PASSWORD)
    page.click("main button")
    page.wait_for_url("**/hq")


def fits(page: Page) -> None:
    """Nothing is wider than the window."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0


def is_accessible(page: Page) -> None:
    """No violation of level A or AA, no rule switched off."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}}).then(r => r.violations)", TAGS
    )
    told = [(one["id"], [node["html"][:160] for node in one["nodes"]]) for one in found]
    assert told == [], json.dumps(told, indent=1, ensure_ascii=False)


def looks_right(page: Page, pictures: Path, name: str) -> None:
    """At every width the page fits, axe finds nothing, and its picture is kept."""
    for width, height in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        fits(page)
        is_accessible(page)
        page.screenshot(path=pictures / f"{name}-{width}.png", full_page=True)


def test_chinese_letters_are_no_boxes(chromium: Browser) -> None:
    page = chromium.new_page()

    differs = page.evaluate(
        """() => { const paint = (text) => { const canvas = document.createElement('canvas');
        const pen = canvas.getContext('2d'); pen.font = '40px sans-serif'; pen.fillText(text, 5, 50);
        return canvas.toDataURL(); };
        return paint('步') !== paint('\\uffff') && paint('步') !== paint('板'); }"""
    )

    page.close()
    assert differs is True


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_every_page_looks_right(chromium: Browser, hq: RunningHq, pictures: Path, lang: str) -> None:
    with visiting(chromium, hq, lang, 1280) as page:
        page.goto(hq.url + "/hq/sign-in")
        looks_right(page, pictures, f"sign-in-{lang}")
        sign_in(page, hq)
        for name, (path, titles) in PAGES.items():
            page.goto(hq.url + path)
            expect(page.locator("h1")).to_have_text(titles[lang])
            assert page.locator("html").get_attribute("lang") == lang
            looks_right(page, pictures, f"{name}-{lang}")


def test_the_board_in_the_dark(chromium: Browser, hq: RunningHq, pictures: Path) -> None:
    with visiting(chromium, hq, "zh-CN", 1280, scheme="dark") as page:
        sign_in(page, hq)
        is_accessible(page)
        page.screenshot(path=pictures / "board-dark.png", full_page=True)


def test_the_board_tells_each_store_by_shape_colour_and_word(chromium: Browser, hq: RunningHq) -> None:
    with visiting(chromium, hq, "en", 1280) as page:
        sign_in(page, hq)

        tiles = page.locator("#tiles article")
        told = [
            (one.get_attribute("data-store"), one.locator("h2 .state").inner_text()) for one in tiles.all()
        ]

        assert told == [("zhangjiang", "offline"), ("jiangwan", "behind"), ("renmin", "in step")]
        marks = {one.inner_html() for one in tiles.locator("h2 .state svg").all()}
        assert len(marks) == 3
        expect(tiles.nth(1)).to_contain_text("1,204 unsent")
        expect(tiles.nth(1)).to_contain_text("printer: out of paper")


def test_the_board_changes_by_itself(chromium: Browser, hq: RunningHq) -> None:
    with visiting(chromium, hq, "en", 1280) as page:
        sign_in(page, hq)
        expect(page.locator("article[data-store=renmin]")).to_contain_text("in step")
        page.wait_for_timeout(300)
        skewed = {"seq": 20, "app_version": "0.1.0", "skew_ms": 48_000}

        hq.do(say(hq, "renmin", "online", **skewed))
        hq.tell_board()

        expect(page.locator("article[data-store=renmin]")).to_contain_text("clock", timeout=5000)
        expect(page.locator("article[data-store=renmin]")).to_contain_text("+48 s")
        hq.do(say(hq, "renmin", "online", seq=20, app_version="0.1.0", skew_ms=40))


def test_a_trouble_is_resolved_on_the_board(chromium: Browser, hq: RunningHq) -> None:
    hq.do(add_trouble(hq, "print_uncertain", "renmin", {"number": "R-02-1187"}, 999))
    with visiting(chromium, hq, "en", 1280) as page:
        sign_in(page, hq)
        row = page.locator("#trouble-list tbody tr").first
        expect(row).to_contain_text("Print uncertain")

        row.locator("summary").click()
        row.locator("textarea").fill("Reprinted and handed over")
        row.locator("form button").click()

        expect(page.locator("#trouble-list")).not_to_contain_text("Print uncertain")


def test_the_board_works_without_scripts(chromium: Browser, hq: RunningHq) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="en")
    page = context.new_page()
    sign_in(page, hq)

    assert "offline" in page.locator("#tiles").inner_text()
    page.reload()
    assert page.locator("h1").inner_text() == "Sync board"
    context.close()


def test_a_code_is_made_and_shown_once(chromium: Browser, hq: RunningHq, pictures: Path) -> None:
    with visiting(chromium, hq, "zh-CN", 1280) as page:
        sign_in(page, hq)
        page.goto(hq.url + "/hq/stores")

        page.locator("form[action='/hq/stores/renmin/code'] button").click()

        code = page.locator("[data-code]").inner_text()
        assert len(code) == 9
        expect(page.locator(".command")).to_have_text(f"omo-agent enrol {hq.url} {code}")
        fits(page)
        is_accessible(page)
        page.screenshot(path=pictures / "stores-code.png", full_page=True)
        page.goto(hq.url + "/hq/stores")
        assert code not in page.content()


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_a_file_is_previewed_and_taken_in(
    chromium: Browser, hq: RunningHq, pictures: Path, tmp_path: Path, lang: str
) -> None:
    file = tmp_path / "products.csv"
    file.write_text(PRODUCTS.replace("NEW", f"NEW-{lang}-").replace("123", "6901234567893"), "utf-8")
    with visiting(chromium, hq, lang, 1280) as page:
        sign_in(page, hq)
        page.goto(hq.url + "/hq/import")

        page.set_input_files("#file", file)
        page.locator("main form button").click()

        expect(page.locator(".figure dd").first).to_have_text("1")
        expect(page.locator(".said li")).to_have_count(3)
        fits(page)
        is_accessible(page)
        page.screenshot(path=pictures / f"preview-{lang}.png", full_page=True)
        page.locator("main form button").click()
        expect(page.locator(".notice.ok")).to_contain_text("1")
        fits(page)
        is_accessible(page)
        page.screenshot(path=pictures / f"done-{lang}.png", full_page=True)


def test_a_wrong_password_is_told_beside_the_form(chromium: Browser, hq: RunningHq, pictures: Path) -> None:
    with visiting(chromium, hq, "zh-CN", 360, refused=1) as page:
        page.goto(hq.url + "/hq/sign-in")
        page.fill("#f-user", "somebody")
        page.fill("#f-password", "wrong")

        page.click("main button")

        expect(page.locator(".notice")).to_contain_text("用户名或密码不正确")
        assert page.input_value("#f-user") == "somebody"
        is_accessible(page)
        page.screenshot(path=pictures / "sign-in-wrong.png")
