"""The sign-in page of HQ."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from hub.staff.api import SignIn
from hub.staff.permissions import BOARD
from hub.staff.sign_in import address_of, desk_of
from hub.web.state import pages_of
from sync.web.errors import InvalidInput, Problem
from sync.web.forms import local_path, read_form
from sync.web.permissions import PUBLIC
from sync.web.routes import identity_of, route
from sync.web.translations import gettext

SIGN_IN_URL = "/hq/sign-in"


async def show_sign_in(request: Request) -> Response:
    """The form; somebody who is signed in goes on."""
    if identity_of(request).known:
        return RedirectResponse(_next(request), 303)
    return _form(request, "", {}, 200)


async def sign_in(request: Request) -> Response:
    """Sign in and go on to where the person was going."""
    try:
        given = await read_form(request, SignIn)
    except InvalidInput as wrong:
        faults = {one.field: gettext(one.message, **one.values) for one in wrong.faults}
        return _form(request, wrong.given.get("user", ""), faults, 422)
    desk = desk_of(request)
    try:
        person = await desk.prove(given.user, given.password, address_of(request))
    except Problem as problem:
        said = {
            "title": gettext(problem.title),
            "detail": gettext(problem.detail, **problem.values),
        }
        return _form(request, given.user, said, problem.status)
    answer = RedirectResponse(_next(request), 303)
    await desk.sessions.open(request, answer, person.login, person.facts())
    return answer


async def sign_out(request: Request) -> Response:
    """End the session."""
    answer = RedirectResponse(SIGN_IN_URL, 303)
    await desk_of(request).sessions.close(request, answer)
    return answer


def _next(request: Request) -> str:
    """Where to go after signing in."""
    return local_path(request.query_params.get("next"), "/hq")


def _form(request: Request, user: str, said: dict[str, str], status: int) -> Response:
    """The page with what was given and what was wrong."""
    context = {"user": user, "said": said}
    return pages_of(request).page(request, "staff/sign_in.html", context, status=status)


ROUTES: list[BaseRoute] = [
    route(SIGN_IN_URL, show_sign_in, permission=PUBLIC),
    route(SIGN_IN_URL, sign_in, ["POST"], permission=PUBLIC),
    route("/hq/sign-out", sign_out, ["POST"], permission=BOARD),
]
