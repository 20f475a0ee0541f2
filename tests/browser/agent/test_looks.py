"""Each page as people see it: no overflow, Chinese glyphs, axe A/AA clean; pictures are kept."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.agent.conftest import Open
from tests.browser.agent.fake_documents import busy_documents
from tests.browser.agent.fake_shop import FakeShop, lose_the_books
from tests.browser.agent.stage import Served

pytestmark = pytest.mark.browser

PICTURES = Path("test-output/agent")
AXE = Path(__file__).parents[1] / "vendor" / "axe.min.js"
AXE_RUN = """async () => (await axe.run(document, {runOnly: {type: "tag",
    values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}})).violations
    .map((one) => one.id + ": " + one.nodes.map((node) => node.html.slice(0, 160)).join(" | "))"""
GLYPHS = """() => {
    const width = (text) => { const two = document.createElement("canvas").getContext("2d");
        two.font = "40px " + getComputedStyle(document.body).fontFamily; two.fillText(text, 10, 60);
        return [...two.getImageData(0, 0, 80, 80).data].join(); };
    return width("店") !== width("\\u{10fffd}") && width("店") !== width("台");
}"""


def idle(_page: Page) -> None:
    """The page as it opens."""


def selling(page: Page) -> None:
    for code in ("6990101000051", "6990101000075", "6990102000036", "6990102000036"):
        page.keyboard.type(code)
        page.keyboard.press("Enter")
    expect(page.locator("#total")).to_have_text("¥236.80")


def searching(page: Page) -> None:
    page.keyboard.type("699010")
    expect(page.get_by_role("option").first).to_be_visible()


def paying(page: Page) -> None:
    selling(page)
    page.keyboard.press("F9")
    page.locator("#given").fill("300")


def short(page: Page) -> None:
    paying(page)
    page.keyboard.press("Enter")
    expect(page.locator(".short")).to_be_visible()


def paid(page: Page) -> None:
    page.keyboard.type("6990101000051")
    page.keyboard.press("Enter")
    expect(page.locator("#total")).to_have_text("¥128.00")
    page.keyboard.press("F9")
    page.locator("#given").fill("200")
    page.keyboard.press("Enter")
    expect(page.locator("[data-paper='confirmed']")).to_be_visible()


def visiting(page: Page) -> None:
    page.locator("#scan").fill("B3XQ8M")
    page.keyboard.press("Enter")
    expect(page.locator("#due")).to_be_visible()
    page.locator("#given").fill("200")


def opened(page: Page) -> None:
    page.locator(".more summary").first.click()
    page.locator(".menu summary").click()


def confirming(page: Page) -> None:
    page.get_by_role("heading", name="R-0708").locator("xpath=ancestor::article").locator(
        ".pair .btn"
    ).last.click()
    expect(page.locator(".sure")).to_be_visible()


def visiting_unsure(page: Page) -> None:
    page.locator("#scan").fill("B3XQ8M")
    page.keyboard.press("Enter")
    expect(page.locator(".here")).to_be_visible()


def explained(page: Page) -> None:
    page.locator("#scan").fill("6990101000013")
    page.keyboard.press("Enter")
    expect(page.locator("#on-hand")).to_have_text("47")


def document_open(number: str) -> Callable[[Page], None]:
    """One document on the page."""

    def act(page: Page) -> None:
        page.locator("#waiting button").filter(has_text=number).click()
        expect(page.locator("#document")).to_contain_text(number)

    return act


def receiving_entered(page: Page) -> None:
    document_open("RK-20260501-017")(page)
    page.locator("tbody input").nth(0).fill("20")
    page.locator("tbody input").nth(1).fill("12")
    page.keyboard.press("Tab")
    expect(page.locator(".differs")).to_have_count(1)
    page.locator(".book-row .btn.main").click()
    expect(page.locator(".book-row [role=group]")).to_be_visible()


def refusing(page: Page) -> None:
    document_open("DB-0042")(page)
    page.locator(".book-row .btn.danger").click()
    expect(page.locator("#reason")).to_be_focused()


SCENES: dict[str, tuple[str, Callable[[Page], None]]] = {
    "till-empty": ("/till", idle),
    "till-selling": ("/till", selling),
    "till-searching": ("/till", searching),
    "till-paying": ("/till", paying),
    "till-short": ("/till", short),
    "till-paid": ("/till", paid),
    "counter": ("/counter", idle),
    "counter-visiting": ("/counter", visiting),
    "counter-opened": ("/counter", opened),
    "counter-lost": ("/counter", idle),
    "counter-lost-confirming": ("/counter", confirming),
    "counter-lost-visiting": ("/counter", visiting_unsure),
    "till-manager": ("/till", idle),
    "receiving": ("/receiving", idle),
    "receiving-lost": ("/receiving", idle),
    "stock-lost": ("/stock", explained),
    "stock-empty": ("/stock", idle),
    "stock": ("/stock", explained),
    "sign-in": ("/sign-in", idle),
    "documents": ("/documents", idle),
    "documents-empty": ("/documents", idle),
    "documents-lost": ("/documents", idle),
    "documents-receiving": ("/documents", receiving_entered),
    "documents-count": ("/documents", document_open("PD-0007")),
    "documents-refusing": ("/documents", refusing),
}
WHO = {"sign-in": "", "stock": "chen", "stock-empty": "chen", "receiving-lost": "chen", "stock-lost": "chen"}
WHO |= {
    "till-manager": "chen",
    "documents": "chen",
    "documents-lost": "chen",
    "documents-receiving": "chen",
    "documents-refusing": "chen",
}
SIZES = {360: 780, 768: 1024, 1280: 800, 1920: 1080}


def check(page: Page, name: str) -> None:
    """Nothing sticks out, axe finds nothing; the picture is kept."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert page.evaluate(AXE_RUN) == []


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_scene_is_whole_and_accessible(
    open_page: Open, served: Served, shop: FakeShop, scene: str, language: str
) -> None:
    if scene.startswith("documents") and scene != "documents-empty":
        served.agent.papers = busy_documents()
    shop.picking = "o-R-0712" if scene.startswith("counter") else None
    if "lost" in scene:
        lose_the_books(shop)
    path, act = SCENES[scene]
    page = open_page(path, locale=language, login=WHO.get(scene, "wang")).page
    act(page)
    assert page.evaluate(GLYPHS)
    check(page, f"{scene}-{language}-1280")
    for width, height in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        page.screenshot(path=PICTURES / f"{scene}-{language}-{width}.png")
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, width


@pytest.mark.parametrize("width", [360, 768, 1920])
@pytest.mark.parametrize(
    "scene", ["till-paying", "counter-visiting", "counter-lost", "counter-lost-visiting"]
)
def test_other_widths_are_accessible_too(open_page: Open, shop: FakeShop, scene: str, width: int) -> None:
    shop.picking = "o-R-0712"
    if "lost" in scene:
        lose_the_books(shop)
    path, act = SCENES[scene]
    page = open_page(path, width=width, height=SIZES[width]).page
    act(page)
    check(page, f"{scene}-zh-CN-{width}")


@pytest.mark.parametrize("theme", ["dark", "contrast"])
@pytest.mark.parametrize("scene", ["till-short", "counter-visiting"])
def test_themes_keep_their_contrast(open_page: Open, scene: str, theme: str) -> None:
    path, act = SCENES[scene]
    page = open_page(path).page
    page.evaluate(f"localStorage.setItem('omo-theme', '{theme}')")
    page.reload()
    page.wait_for_selector("main#main:not(.narrow)")
    act(page)
    check(page, f"{scene}-{theme}-1280")


def test_a_dead_line_and_an_empty_printer_are_whole(open_page: Open, shop: FakeShop) -> None:
    shop.online, shop.unsent, shop.printer = False, 6, "paper_out"
    page = open_page("/till", width=360, height=780).page
    selling(page)
    expect(page.locator(".signs")).to_contain_text("小票机：缺纸")
    check(page, "till-offline-zh-CN-360")


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_an_alarm_is_whole_and_accessible(open_page: Open, shop: FakeShop, language: str, width: int) -> None:
    shop.alarm, shop.online = "refused", False
    page = open_page("/counter", locale=language, width=width, height=800).page
    expect(page.locator("#alarm")).to_be_visible()
    check(page, f"counter-alarm-{language}-{width}")
