"""The shop on a real port, and a browser that notes everything that goes wrong."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from tests.browser.chromium import chromium
from tests.browser.shop.running_shop import RunningShop, serving
from tests.unit.hub.shop_web.shop_fixtures import shop_database

__all__ = ["shop_database"]

OUTPUT = Path(__file__).parents[3] / "test-output" / "shop"
AXE = Path(__file__).parents[1] / "vendor" / "axe.min.js"
LIMIT_MS = 10_000


@dataclass(slots=True)
class Visit:
    """One page in one browser, with what it complained of."""

    page: Page
    url: str
    name: str
    troubles: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        """Open a path of the shop."""
        self.page.goto(self.url + path)

    def shot(self, name: str, *, wide: bool = False) -> None:
        """Keep a picture."""
        OUTPUT.mkdir(parents=True, exist_ok=True)
        size = self.name.replace("-360", "-1280") if wide else self.name
        self.page.screenshot(path=str(OUTPUT / f"{name}-{size}.png"), full_page=True)

    def faults(self) -> list[str]:
        """What axe finds, with every rule on."""
        # a script from outside is what the pages' policy forbids: it comes by the debugger instead
        self.page.evaluate(AXE.read_text())
        found: dict[str, Any] = self.page.evaluate("axe.run(document)")
        return [f"{one['id']}: {node['html'][:120]}" for one in found["violations"] for node in one["nodes"]]

    def overflow(self) -> int:
        """Pixels that stand out of the page to the right."""
        width: int = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        return width


def visit(context: BrowserContext, url: str, name: str) -> Visit:
    """A page that notes its troubles; answers that refuse are no trouble of the page."""
    page = context.new_page()
    page.set_default_timeout(LIMIT_MS)
    made = Visit(page, url, name)

    def on_console(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and "status of 4" not in message.text:
            made.troubles.append(message.text)

    page.on("console", on_console)
    page.on("pageerror", lambda error: made.troubles.append(str(error)))
    return made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def shop(tmp_path: Path, shop_database: Path) -> Iterator[RunningShop]:
    with serving(tmp_path, shop_database) as running:
        running.do(lambda world: world.reach("renmin"))
        yield running
