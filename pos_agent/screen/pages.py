"""The frames of the agent's pages; what they show is read from the API by their scripts."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from pos_agent.staff.rules import CLERK, MANAGER
from sync.web.errors import N_
from sync.web.permissions import PUBLIC, Permission
from sync.web.routes import route
from sync.web.templates import Pages

START = "/till"
PRODUCT = N_("OMO Store")
Endpoint = Callable[[Request], Awaitable[Response]]


def _frame(template: str) -> Endpoint:
    """An endpoint that answers with a template."""

    async def show(request: Request) -> Response:
        pages: Pages = request.app.state.pages
        return pages.page(request, f"screen/{template}.html")

    return show


def _page(name: str, permission: Permission = CLERK) -> BaseRoute:
    return route(f"/{name}", _frame(name.replace("-", "_")), permission=permission, name=f"page.{name}")


async def start(_request: Request) -> Response:
    """The till is the page that a store opens first."""
    return RedirectResponse(START, 303)


ROUTES: list[BaseRoute] = [
    route("/", start, permission=PUBLIC, name="page.start"),
    _page("till"),
    _page("counter"),
    _page("receiving"),
    _page("documents"),
    _page("stock", MANAGER),
    _page("codes", MANAGER),
    _page("reports", MANAGER),
    _page("devices"),
    _page("setup-devices", MANAGER),
    _page("phones", MANAGER),
    _page("customer"),
    _page("sign-in", PUBLIC),
]
