"""`route()`: the only way to declare a route, so that each names its permission, its limit and its models.

The guard before the endpoint identifies the caller, checks the permission, refuses cross-site writes and
limits the body. `app.state.identify` (async, request -> Identity) is asked when the request carries a
cookie or an Authorization header; without it everybody is nobody. A person who is not signed in is sent to
`app.state.sign_in_url` when a page was asked for.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from pydantic import BaseModel
from starlette.convertors import Convertor, register_url_convertor
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sync.web.errors import N_, Problem
from sync.web.origin import may_write
from sync.web.permissions import NOBODY, Identity, Permission
from sync.web.problems import from_status, wants_page

BODY_MAX_BYTES = 64 * 1024
DRAIN_TIMES = 4
"""How many times its limit a body may have to be read away before it is answered with 413."""
DRAIN_LIMIT_S = 20.0
Endpoint = Callable[[Request], Awaitable[Response]]


class NumberConvertor(Convertor[int]):
    """`{line:number}` in a path: digits that any column takes; a longer run of them is no such address.

    The framework's own `int` takes any number of digits: 20 of them fall in the database, 5,000 before it.
    """

    regex = "[0-9]{1,18}"

    def convert(self, value: str) -> int:
        """The number in the address."""
        return int(value)

    def to_string(self, value: int) -> str:
        """The number as an address has it."""
        return str(value)


register_url_convertor("number", NumberConvertor())


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """What the API document says of a route.

    Attributes:
        summary: One line.
        body: Model of the JSON body.
        answers: Model of the body of each successful status; None for an empty one.
        query: Model of the query parameters.
        refusals: Problem statuses beside those every route may give, with what they mean.
        idempotent: True when the call takes an Idempotency-Key.
    """

    summary: str = ""
    body: type[BaseModel] | None = None
    answers: Mapping[int, type[BaseModel] | None] = field(default_factory=dict)
    query: type[BaseModel] | None = None
    refusals: Mapping[int, str] = field(default_factory=dict)
    idempotent: bool = False


class GuardedRoute(Route):
    """A route with its permission and contract on it, for tests and documents."""

    permission: Permission
    contract: Contract | None


def route(  # noqa: PLR0913  # keywords of one declaration, mirrors starlette's Route
    path: str,
    endpoint: Endpoint,
    methods: Collection[str] = ("GET",),
    *,
    permission: Permission,
    name: str | None = None,
    contract: Contract | None = None,
    max_body_bytes: int = BODY_MAX_BYTES,
) -> GuardedRoute:
    """Declare a route.

    Args:
        path: As in starlette, `/orders/{order_id}`; a number is `{line:number}`.
        endpoint: Async function from request to response.
        methods: Allowed methods; everything else is answered with 405.
        permission: What the caller needs.
        name: For `url_for`; the endpoint's name unless told.
        contract: Makes the route part of the OpenAPI document.
        max_body_bytes: A larger body is answered with 413; nothing of it is kept.
    """
    made = GuardedRoute(
        path,
        endpoint,
        methods=list(methods),
        name=name,
        include_in_schema=contract is not None,
        middleware=[Middleware(Guard, permission=permission, max_body_bytes=max_body_bytes)],
    )
    made.permission = permission
    made.contract = contract
    return made


class Guard:
    """Stands before an endpoint; see the module."""

    def __init__(self, app: ASGIApp, permission: Permission, max_body_bytes: int) -> None:
        self.app = app
        self.permission = permission
        self.max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or refuse it before anything has been read."""
        request = Request(scope, receive)
        if not may_write(scope["method"], request.headers, self.permission):
            raise Problem(403, "origin.refused", TITLE_ORIGIN, DETAIL_ORIGIN)
        identity = await _identify(request)
        request.state.identity = identity
        if not identity.may(self.permission):
            answer = _refuse(request, identity)
            await answer(scope, receive, send)
            return
        try:
            bounded = limited(request.headers, receive, self.max_body_bytes)
        except Problem:
            await read_away(receive, DRAIN_TIMES * self.max_body_bytes)
            raise
        await self.app(scope, bounded, send)


async def read_away(receive: Receive, most_bytes: int) -> None:
    """Take in a body that is refused for its size, within bounds, and keep nothing of it.

    A browser that is still sending hears no answer: without this its reader would see a broken
    connection in place of the page that says what is wrong.
    """
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(DRAIN_LIMIT_S):
            while most_bytes > 0:
                message = await receive()
                most_bytes -= len(message.get("body", b""))
                if not message.get("more_body"):
                    return


def limited(headers: Headers, receive: Receive, max_bytes: int) -> Receive:
    """Return `receive` with a limit on the body.

    Raises:
        Problem: 413, at once when the declared length is too large, else when too much has arrived.
    """
    declared = headers.get("content-length", "")
    if declared.isdecimal() and int(declared[:20]) > max_bytes:
        raise _too_large()
    arrived = 0

    async def receive_within() -> Message:
        nonlocal arrived
        message = await receive()
        arrived += len(message.get("body", b""))
        if arrived > max_bytes:
            raise _too_large()
        return message

    return receive_within


def _too_large() -> Problem:
    return from_status(HTTPException(413))


async def _identify(request: Request) -> Identity:
    identify = getattr(request.app.state, "identify", None)
    if identify is None or ("cookie" not in request.headers and "authorization" not in request.headers):
        return NOBODY
    identity: Identity = await identify(request)
    return identity


def _refuse(request: Request, identity: Identity) -> Response:
    if identity.known:
        raise Problem(403, "permission.missing", TITLE_FORBIDDEN, DETAIL_FORBIDDEN)
    sign_in: Any = getattr(request.app.state, "sign_in_url", None)
    if sign_in is not None and request.method == "GET" and wants_page(request):
        target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"{sign_in}?next={quote(target, safe='')}", status_code=303)
    raise Problem(
        401, "identity.missing", TITLE_UNKNOWN, DETAIL_UNKNOWN, headers={"WWW-Authenticate": "Bearer"}
    )


def identity_of(request: Request) -> Identity:
    """Return who is calling; nobody outside a guarded route."""
    identity: Identity = getattr(request.state, "identity", NOBODY)
    return identity


TITLE_ORIGIN = N_("This request did not come from our own page")
DETAIL_ORIGIN = N_("Open the page again and repeat it there. Nothing was changed.")
TITLE_FORBIDDEN = N_("You may not do this")
DETAIL_FORBIDDEN = N_("Ask somebody whose role allows it, or sign in as another person.")
TITLE_UNKNOWN = N_("Please sign in")
DETAIL_UNKNOWN = N_("This needs somebody who is signed in. Sign in and try again.")
