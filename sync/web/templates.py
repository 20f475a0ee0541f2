"""Pages from Jinja templates: escaped, strict about missing values, found in several packages.

Names: `base.html`, `components.html` of this package and of the program's frame have no prefix; an area's
templates are named after its folder, `orders/place.html` is `templates/place.html` of the package
`hub.orders`. In every template:

- `_("…")`, `ngettext(…)` translate; `asset("web/base.css")` is a static address; `lang`, `languages` tell
  the language;
- `{{ minor|money("CNY") }}`, `{{ n|number }}`, `{{ at|clock }}`, `{{ at|date }}`, `{{ at|age }}`, `{{
  at|since }}`;
- `{{ script_texts() }}` is the catalogue as JSON, for pages made of scripts;
- `request`, `identity`; and components: `{% import "components.html" as ui %}` then `{{ ui.pill("ok", _("in
  step")) }}`.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemBytecodeCache,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
)
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from sync.values.clock import Clock
from sync.web import formats
from sync.web.assets import Assets
from sync.web.routes import identity_of
from sync.web.translations import Texts, current, display_zone, gettext, languages, ngettext, package_folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What a page is made from beside its template.

    Attributes:
        assets: Static files.
        library: Languages.
        clock: Tells ages.
        product: Name in the title of each page.
    """

    assets: Assets
    library: Mapping[str, Texts]
    clock: Clock
    product: str = "OMO Hub"


class Pages:
    """Renders the pages of a program; kept at `app.state.pages`."""

    def __init__(
        self,
        frame: Frame,
        *,
        frames: Sequence[str] = (),
        areas: Sequence[str] = (),
        compiled_folder: Path | None = None,
    ) -> None:
        """Prepare the environment.

        Args:
            frame: See `Frame`.
            frames: Packages whose templates have no prefix, before this one (`hub.web`).
            areas: Packages whose templates are prefixed with their last name (`hub.orders`).
            compiled_folder: Where compiled templates are kept over restarts; None compiles at first use.
        """
        self.frame = frame
        self.environment = _environment(_loader(frames, areas), compiled_folder)
        self._fill()

    def _fill(self) -> None:
        environment, frame = self.environment, self.frame
        environment.filters.update(
            money=_money,
            number=_number,
            clock=_clock,
            date=_date,
            since=_since,
            age=lambda instant: formats.age(frame.clock.now() - _aware(instant), current()),
        )
        environment.globals.update(
            asset=frame.assets.url,
            import_map=Markup(frame.assets.import_map),  # noqa: S704  # our own JSON of our own file names
            script_texts=_script_texts,
        )

    def render(self, name: str, context: Mapping[str, Any] | None = None) -> str:
        """Return a template as text, outside of or within a request; a given value wins over a common one."""
        return self.environment.get_template(name).render({**self._common(), **(context or {})})

    def page(
        self,
        request: Request,
        name: str,
        context: Mapping[str, Any] | None = None,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> HTMLResponse:
        """Return a page.

        Args:
            request: Whose page it is.
            name: Template, `orders/place.html`.
            context: Its values; a value the template uses and nobody gave is an error, not an empty place.
            status: HTTP status.
            headers: Further headers; pages are not stored by caches unless they say so.
        """
        given = {
            "request": request,
            "identity": identity_of(request),
            "here": _Here(request),
            **(context or {}),
        }
        html = self.render(name, given)
        return HTMLResponse(html, status, headers={"cache-control": "no-store", **(headers or {})})

    def _common(self) -> dict[str, Any]:
        texts = current()
        return {
            "lang": texts.tag,
            "languages": languages(self.frame.library),
            "program": texts.gettext(self.frame.product),
        }


class _Here:
    """The address of the page, and the same address in another language."""

    def __init__(self, request: Request) -> None:
        self.path = request.url.path
        self._query = request.url.query

    def in_language(self, tag: str) -> str:
        pairs = [(name, value) for name, value in parse_qsl(self._query) if name != "lang"]
        return f"{self.path}?{urlencode([*pairs, ('lang', tag)])}"


def _folders(packages: Sequence[str]) -> Iterator[Path]:
    return (package_folder(package) / "templates" for package in packages)


def _loader(frames: Sequence[str], areas: Sequence[str]) -> BaseLoader:
    shared = FileSystemLoader(list(_folders((*frames, "sync.web"))))
    by_area = {
        area.rpartition(".")[2]: FileSystemLoader(folder)
        for area, folder in zip(areas, _folders(areas), strict=True)
    }
    return ChoiceLoader([PrefixLoader(by_area), shared])


def _environment(loader: BaseLoader, compiled_folder: Path | None) -> Environment:
    cache = FileSystemBytecodeCache(str(compiled_folder)) if compiled_folder is not None else None
    environment = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
        bytecode_cache=cache,
    )
    environment.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    return environment


def _script_texts() -> Markup:
    """Return the catalogue of the request's language as JSON for the script block `texts`."""
    text = json.dumps(current().entries, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704  # no tag can begin in it


def _aware(instant: datetime) -> datetime:
    return instant if instant.tzinfo is not None else instant.replace(tzinfo=UTC)


def _money(minor: int, currency: str = "CNY") -> str:
    return formats.money(minor, currency, current().locale)


def _number(value: int | Decimal) -> str:
    return formats.number(value, current().locale)


def _clock(instant: datetime) -> str:
    return formats.time_of_day(_aware(instant), display_zone(), current().locale)


def _date(instant: datetime) -> str:
    return formats.date_of(_aware(instant), display_zone(), current().locale)


def _since(instant: datetime) -> str:
    return gettext("since %(time)s", time=_clock(instant))
