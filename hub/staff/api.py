"""Signing in and out by programs."""

from typing import Final

from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from hub.staff.permissions import ROLES
from hub.staff.sign_in import address_of, desk_of
from sync.values.clock import to_instant
from sync.web.forms import Line, read_json
from sync.web.permissions import PUBLIC_API, Permission
from sync.web.routes import Contract, identity_of, route

_TOKEN: Final = Permission("board", by_machine=True, by_cookie=False)


class SignIn(BaseModel):
    """Who signs in."""

    model_config = ConfigDict(extra="forbid")

    user: Line
    password: Line


class Token(BaseModel):
    """What to send as `Authorization: Bearer`."""

    token: str
    expires_at: str
    permissions: list[str]


class Caller(BaseModel):
    """Who the caller is."""

    user: str
    name: str
    permissions: list[str]


async def open_session(request: Request) -> Response:
    """Sign in."""
    given = await read_json(request, SignIn)
    desk = desk_of(request)
    person = await desk.prove(given.user, given.password, address_of(request))
    token, session = await desk.open_token(person)
    answer = Token(
        token=token, expires_at=to_instant(session.expires_at), permissions=sorted(ROLES[person.role])
    )
    return JSONResponse(answer.model_dump(), 201, headers={"cache-control": "no-store"})


async def show_session(request: Request) -> Response:
    """Who the caller is."""
    who = identity_of(request)
    answer = Caller(user=who.subject, name=who.name, permissions=sorted(who.permissions))
    return JSONResponse(answer.model_dump(), headers={"cache-control": "no-store"})


async def close_session(request: Request) -> Response:
    """Sign out."""
    await desk_of(request).drop_token(request)
    return Response(status_code=204)


ROUTES: list[BaseRoute] = [
    route(
        "/api/v1/session",
        open_session,
        ["POST"],
        permission=PUBLIC_API,
        contract=Contract(
            summary="Sign in to HQ's calls",
            body=SignIn,
            answers={201: Token},
            refusals={
                401: "User or password is wrong",
                429: "Too many wrong tries; see retry_after_s",
                503: "Too many are signing in; see Retry-After",
            },
        ),
    ),
    route(
        "/api/v1/session",
        show_session,
        permission=_TOKEN,
        contract=Contract(summary="Who the caller is", answers={200: Caller}),
    ),
    route(
        "/api/v1/session",
        close_session,
        ["DELETE"],
        permission=_TOKEN,
        contract=Contract(summary="Sign out", answers={204: None}),
    ),
]
