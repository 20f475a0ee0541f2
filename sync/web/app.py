"""Puts an application together: routes, static files, middlewares in the right order, error answers."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.routing import BaseRoute, Mount

from sync.web import problems
from sync.web.assets import PREFIX
from sync.web.context import RequestContext
from sync.web.permissions import Identity
from sync.web.security_headers import SecurityHeaders
from sync.web.templates import Pages
from sync.web.translations import DEFAULT

PAGE_GZIP_MIN_BYTES = 1400
Identify = Callable[[Request], Awaitable[Identity]]


@dataclass(frozen=True, slots=True, kw_only=True)
class WebParts:
    """What an application is made of.

    Attributes:
        routes: From `routes.route`; a test asserts that `permissions.unguarded(app.routes)` is empty.
        pages: Templates and static files.
        identify: Who a request with a cookie or an Authorization header comes from.
        sign_in_url: Where people are sent who are not signed in; None answers 401.
        translate: Errors of the program's packages to problems.
        lifespan: As in starlette; things that start earlier and stop later belong to the supervisor.
        https: True when the pages are served over HTTPS.
        language: For readers who ask for none.
        gates: Stand before the routes, inside the request's context: they answer in the reader's language.
        place_of: What an error page tells of the place it stands in; None leads to the start page.
    """

    routes: Sequence[BaseRoute]
    pages: Pages
    identify: Identify | None = None
    sign_in_url: str | None = None
    translate: Mapping[type[Exception], problems.Translate] = field(default_factory=dict)
    lifespan: Any = None
    https: bool = False
    language: str = DEFAULT
    place_of: problems.PlaceOf | None = None
    gates: Sequence[Middleware] = ()


def web_app(parts: WebParts) -> Starlette:
    """Return the application."""
    assets = parts.pages.frame.assets
    static = Mount(PREFIX, app=assets, name="static")
    static.permission = assets.permission  # type: ignore[attr-defined]  # read by permissions.unguarded
    app = Starlette(
        routes=[static, *parts.routes],
        middleware=[
            Middleware(SecurityHeaders, script_hashes=(assets.import_map_hash,), https=parts.https),
            Middleware(RequestContext, library=parts.pages.frame.library, default=parts.language),
            *parts.gates,
            Middleware(GZipMiddleware, minimum_size=PAGE_GZIP_MIN_BYTES, compresslevel=5),
        ],
        lifespan=parts.lifespan,
    )
    app.state.pages = parts.pages
    app.state.identify = parts.identify
    app.state.sign_in_url = parts.sign_in_url
    if parts.place_of is not None:
        app.state.place_of = parts.place_of
    problems.install(app, parts.translate)
    return app
