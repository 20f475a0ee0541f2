"""The agent's pages: complete in both languages, guarded, small, and open to the translation tools."""

import re
from pathlib import Path

import pytest

from pos_agent.screen.pages import ROUTES
from sync.web.assets import Assets
from sync.web.permissions import unguarded
from sync.web.translation_check import check_translations
from sync.web.translations import package_folder

STATIC = package_folder("pos_agent.screen") / "static"
SCRIPTS = sorted(STATIC.rglob("*.js"))
BUDGET_BYTES = 60_000
"""What one page may weigh, compressed: the quality bar is 100 KB."""
PAGES = sorted(path.name for path in STATIC.iterdir() if path.name != "base")
"""All pages of the agent with their libraries, compressed, as a browser loads them once."""


def test_texts_are_complete_in_both_languages() -> None:
    assert check_translations("pos_agent.screen") == []


def test_every_page_names_its_permission() -> None:
    assert unguarded(ROUTES) == []
    assert {getattr(route, "path", "") for route in ROUTES} == {
        "/",
        "/till",
        "/counter",
        "/receiving",
        "/documents",
        "/stock",
        "/codes",
        "/reports",
        "/devices",
        "/setup-devices",
        "/phones",
        "/customer",
        "/sign-in",
    }
    assert {route.path for route in ROUTES if route.permission.anyone} == {"/", "/sign-in"}  # type: ignore[attr-defined]


def test_every_icon_that_a_page_names_is_drawn() -> None:
    drawings = (STATIC / "base" / "signs.js").read_text(encoding="utf-8").partition("const drawings = {")[2]
    drawn = set(re.findall(r'^ {2}"?([a-z-]+)"?: "M', drawings, re.MULTILINE | re.IGNORECASE))
    named = {
        name
        for script in SCRIPTS
        for name in re.findall(r'(?:\$\{Icon\} name|icon)="([a-z-]+)"', script.read_text(encoding="utf-8"))
    }
    assert len(named) > 10
    assert named - drawn == set()


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_is_small_and_its_texts_can_be_found(script: Path) -> None:
    source = script.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 200
    # the extraction does not look into template strings
    assert re.findall(r"\$\{\s*(?:_|ngettext)\(", source) == []
    assert re.findall(r"\beval\(|new Function|style=|document\.write", source) == []


@pytest.mark.parametrize("page", PAGES)
def test_a_page_stays_within_its_budget(page: str) -> None:
    assets = Assets({"agent": "pos_agent.screen"})
    own = [
        path
        for part in ("base", page)
        for path in (STATIC / part, *(STATIC / part).rglob("*"))
        if path.is_file()
    ]
    shared = [f"agent/{path.relative_to(STATIC).as_posix()}" for path in own]
    vendor = ["web/vendor/preact/preact.mjs", "web/vendor/preact/hooks.mjs", "web/vendor/htm/htm.mjs"]
    weight = sum(assets.size(name) for name in [*shared, *vendor, "web/base.css", "web/tokens.css"])
    assert 30_000 < weight <= BUDGET_BYTES


def test_money_is_never_divided_in_a_script() -> None:
    sums = (STATIC / "base" / "goods.js").read_text(encoding="utf-8")
    assert "parseFloat" not in sums
    assert not [
        path.name
        for path in SCRIPTS
        if re.search(r"_minor\s*/|minor\s*/\s*100", path.read_text(encoding="utf-8"))
    ]
