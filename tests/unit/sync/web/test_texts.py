"""Languages, formats, templates and static files."""

import hashlib
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from babel import Locale
from jinja2 import UndefinedError
from starlette.testclient import TestClient

from sync.web import formats
from sync.web.assets import Assets
from sync.web.errors import AssetMissing
from sync.web.translation_check import check_translations, used_messages
from sync.web.translations import load_texts, negotiate, package_folder, speaking
from tests.unit.sync.web.demo_pages.program import PACKAGE, Demo

ZH, EN = Locale.parse("zh_CN"), Locale("en")
WEB = package_folder("sync.web")


@pytest.mark.parametrize("package", ["sync.web", PACKAGE])
def test_both_languages_are_complete(package: str) -> None:
    assert check_translations(package) == []
    assert len(used_messages(package)) > 40


def test_the_check_finds_what_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "textdemo"
    (package / "translations").mkdir(parents=True)
    (package / "__init__.py").write_text(
        '_("used"); _("places %(a)s"); ngettext("one", "many", 2); _("Language")', "utf-8"
    )
    (package / "translations" / "en.po").write_text('msgid "used"\nmsgstr "used"\n', "utf-8")
    entries = (
        'msgid "used"\nmsgstr ""\n\nmsgid "places %(a)s"\nmsgstr "地 %(b)s"\n\n'
        '#, fuzzy\nmsgid "old"\nmsgstr "旧"\n'
    )
    (package / "translations" / "zh_CN.po").write_text(entries, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    faults = check_translations("textdemo")
    assert sorted(faults) == sorted(
        [
            "textdemo zh-CN: no text for ('one', 'many') of __init__.py",
            "textdemo zh-CN: 'used' is empty",
            "textdemo zh-CN: 'places %(a)s' has other places in '地 %(b)s'",
            "textdemo zh-CN: 'old' is used nowhere",
            "textdemo zh-CN: 'old' is fuzzy",
            "textdemo en: no text for 'places %(a)s' of __init__.py",
            "textdemo en: no text for ('one', 'many') of __init__.py",
        ]
    )


@pytest.mark.parametrize(
    ("asked", "remembered", "accepted", "tag"),
    [
        ("en", "zh-CN", "zh", "en"),
        ("fr", "en", "zh", "en"),
        (None, None, "fr, en;q=0.5, zh;q=0.9", "zh-CN"),
        (None, None, "en-GB,en;q=0.9", "en"),
        (None, None, "zh-TW", "zh-CN"),
        (None, None, "", "zh-CN"),
        (None, None, "en;q=0, *;q=zz," * 100, "zh-CN"),
        ("<script>", "\x00", "☃", "zh-CN"),
    ],
)
def test_the_language_is_negotiated(
    asked: str | None, remembered: str | None, accepted: str, tag: str
) -> None:
    assert negotiate(asked, remembered, accepted) == tag


def test_the_chosen_language_is_remembered(client: TestClient) -> None:
    assert '<html lang="en"' in client.get("/sign-in").text
    assert '<html lang="zh-CN"' in client.get("/sign-in?lang=zh-CN").text
    assert '<html lang="zh-CN"' in client.get("/sign-in").text
    assert '<a href="/sign-in?lang=en"' in client.get("/sign-in").text


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (1280, "CNY", "¥12.80"),
        (128000, "CNY", "¥1,280.00"),
        (0, "CNY", "¥0.00"),
        (5, "CNY", "¥0.05"),
        (-5000, "CNY", "−¥50.00"),
        (1280, "JPY", "JP¥1,280"),
        (1280, "USD", "$12.80"),
        (1280, "CHF", "CHF 12.80"),
        (9007199254740993, "CNY", "¥90,071,992,547,409.93"),
    ],
)
def test_money_is_exact(minor: int, currency: str, text: str) -> None:
    assert formats.money(minor, currency, ZH) == text
    assert formats.money(minor, currency, EN) == text


@pytest.mark.parametrize(
    ("elapsed", "zh", "en"),
    [
        (timedelta(seconds=-5), "0 秒", "0 s"),
        (timedelta(seconds=59.9), "59 秒", "59 s"),
        (timedelta(minutes=12, seconds=59), "12 分钟", "12 min"),
        (timedelta(hours=23, minutes=59), "23 小时", "23 h"),
        (timedelta(days=3), "3 天", "3 d"),
    ],
)
def test_ages_read_plainly(elapsed: timedelta, zh: str, en: str) -> None:
    library = load_texts([])
    assert formats.age(elapsed, library["zh-CN"]) == zh
    assert formats.age(elapsed, library["en"]) == en


def test_a_page_shows_times_of_its_store_and_texts_of_its_reader(client: TestClient) -> None:
    zh = client.get("/?lang=zh-CN").text
    en = client.get("/?lang=en").text
    assert "<span>14:05 起 · 12 分钟</span>" in zh
    assert "<span>since 14:05 · 12 min</span>" in en
    assert "2026年5月1日" in zh
    assert "3 行" in zh
    assert "3 lines" in en


def test_given_text_is_escaped(client: TestClient) -> None:
    text = client.get("/", params={"phone": '"><script>alert(1)</script>'}).text
    assert "<script>alert" not in text
    assert "&#34;&gt;&lt;script&gt;alert(1)" in text


def test_a_missing_value_is_an_error(demo: Demo) -> None:
    with speaking(demo.pages.frame.library["en"]), pytest.raises(UndefinedError):
        demo.pages.render("sign_in.html", {"given": {}})


def test_no_template_has_an_inline_script_style_or_handler() -> None:
    for path in WEB.glob("templates/*.html"):
        text = path.read_text("utf-8")
        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", text), path.name
        for script in re.findall(r"<script[^>]*>", text):
            assert "src=" in script or "importmap" in script, path.name


def test_static_addresses_change_with_the_content(client: TestClient) -> None:
    assets = Assets({"demo": PACKAGE})
    url = assets.url("web/base.css")
    answer = client.get(url)
    assert re.fullmatch(r"/static/web/[0-9a-f]{12}/base\.css", url)
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.text == (WEB / "static" / "base.css").read_text("utf-8")
    again = client.get(url, headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/static/web/000000000000/base.css").headers["cache-control"] == "no-cache"
    assert client.post(url).status_code == 405
    with pytest.raises(AssetMissing):
        assets.url("web/none.css")


@pytest.mark.parametrize(
    "path",
    [
        "/static/",
        "/static/web",
        "/static/web/x/../errors.py",
        "/static/web/x/%2e%2e/app.py",
        "/static/web//etc/passwd",
    ],
)
def test_nothing_outside_the_static_folder_is_served(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_import_map_is_allowed_by_its_hash(client: TestClient) -> None:
    answer = client.get("/")
    (text,) = re.findall(r'<script type="importmap">(.*?)</script>', answer.text)
    imports = json.loads(text)["imports"]
    assert Assets({"demo": PACKAGE}).import_map_hash in answer.headers["content-security-policy"]
    assert client.get(imports["preact"]).headers["content-type"] == "text/javascript; charset=utf-8"
    assert imports["omo/demo/"].startswith("/static/demo/")


def test_vendored_files_are_unchanged_and_licensed() -> None:
    vendor = WEB / "static" / "vendor"
    manifest = json.loads((vendor / "manifest.json").read_text("utf-8"))
    listed = {
        name: entry["sha256"] for package in manifest["packages"] for name, entry in package["files"].items()
    }
    found = {
        path.relative_to(vendor).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in vendor.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    assert found == listed
    for package in manifest["packages"]:
        assert package["licence"]
        assert any(name.endswith("LICENSE") for name in package["files"])


def test_the_shared_files_of_a_page_are_small(client: TestClient) -> None:
    assets = Assets()
    shared = ["web/tokens.css", "web/base.css", "web/ui.js", "web/theme.js", "web/icon.svg"]
    assert sum(assets.size(path) for path in shared) < 12_000
    assert assets.size("web/vendor/htmx/htmx.min.js") < 14_000
    assert (
        sum(
            assets.size(f"web/vendor/{path}")
            for path in ("preact/preact.mjs", "preact/hooks.mjs", "htm/htm.mjs")
        )
        < 9_000
    )


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _themes() -> dict[str, dict[str, str]]:
    text = (WEB / "static" / "tokens.css").read_text("utf-8")
    blocks = re.findall(r"(:root|\[data-theme=\"\w+\"\]|:root:not\([^)]*\)) \{(.*?)\}", text, re.DOTALL)
    parsed: list[tuple[str, dict[str, str]]] = [
        (name, dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", body))) for name, body in blocks
    ]
    light = parsed[0][1]
    return {name: {**light, **values} for name, values in parsed}


def test_every_text_colour_can_be_read_on_its_ground() -> None:
    themes = _themes()
    assert len(themes) == 4
    for theme, colour in themes.items():
        floor = 7.0 if theme == '[data-theme="contrast"]' else 4.5
        pairs = [
            (ink, ground)
            for ink in ("ink", "ink-2", "ink-3")
            for ground in ("paper", "canvas", "sunken", "jade-2")
        ]
        pairs += [
            (tone, ground)
            for tone in ("ok", "warn", "bad", "info", "jade", "price")
            for ground in ("paper", "canvas")
        ]
        pairs += [(tone, f"{tone}-2") for tone in ("ok", "warn", "bad", "info", "jade")]
        pairs += [
            ("on-jade", "jade"),
            ("on-jade", "jade-3"),
            ("on-bad", "bad"),
            ("on-deep", "deep"),
            ("on-deep-2", "deep"),
        ]
        pairs += [("ink-2", "line")] if floor < 7 else []
        low = {pair: round(_contrast(colour[pair[0]], colour[pair[1]]), 2) for pair in pairs}
        assert {pair: ratio for pair, ratio in low.items() if ratio < floor} == {}, theme
        assert _contrast(colour["edge"], colour["paper"]) >= 3, theme


def test_the_automatic_dark_theme_is_the_chosen_dark_theme() -> None:
    themes = _themes()
    dark: dict[str, Any] = themes['[data-theme="dark"]']
    (automatic,) = (values for name, values in themes.items() if name.startswith(":root:not"))
    assert automatic == dark


def test_filters_take_naive_times_as_utc(demo: Demo) -> None:
    template = demo.pages.environment.from_string("{{ at|clock }} {{ n|number }}")
    naive = datetime(2026, 5, 1, 6, 17, tzinfo=UTC).replace(tzinfo=None)
    assert template.render(at=naive, n=1234567) == "06:17 1,234,567"
