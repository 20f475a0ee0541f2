"""Signing in and out over HTTP: a token for machines, a cookie for browsers."""

import json
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from pos_agent.desk import Desk, facing_channel
from pos_agent.requests import Body, answer, browser_of, desk_of, till_of, tills_of
from pos_agent.staff.queries import Person
from pos_agent.staff.rules import PinLimit
from pos_agent.staff.session_store import TableSessions, open_token
from pos_agent.staff.sign_in import sign_in
from sync.web.forms import read_json
from sync.web.permissions import PUBLIC_API
from sync.web.routes import Contract, route
from sync.web.sessions import Sessions


class SignInBody(Body):
    """Who, and the PIN; the till only where a store has several."""

    login: Annotated[str, Field(min_length=1, max_length=64)]
    pin: Annotated[str, Field(min_length=1, max_length=64)]
    till: Annotated[str, Field(max_length=8)] = ""


@dataclass(slots=True)
class Door:
    """The endpoints around a session."""

    sessions: Sessions
    store: TableSessions
    limit: PinLimit

    async def open_token(self, request: Request) -> Response:
        """A token for a machine."""
        desk = desk_of(request)
        person, data = await self._sign_in(desk, request)
        token = await open_token(desk, self.store, person.login, data)
        return answer({"token": token, **_shown(person)}, 201)

    async def open_browser(self, request: Request) -> Response:
        """A session cookie for a browser."""
        person, data = await self._sign_in(desk_of(request), request)
        response = answer(_shown(person))
        await self.sessions.open(request, response, person.login, data)
        desk_of(request).screens.publish(facing_channel(data["till"]), "staff")
        return response

    async def close(self, request: Request) -> Response:
        """Sign the browser out."""
        response = Response(status_code=204, headers={"cache-control": "no-store"})
        till = till_of(request)
        await self.sessions.close(request, response)
        # the customer's screen has a stream of its own, which outlives the session
        desk_of(request).screens.publish(facing_channel(till), "staff")
        return response

    async def people(self, request: Request) -> Response:
        """Who may sign in here: logins and names, for the sign-in page."""
        rows = await desk_of(request).reader.all(
            "SELECT body FROM setting WHERE key LIKE 'staff:%' ORDER BY key LIMIT 200"
        )
        bodies = [json.loads(body) for (body,) in rows]
        shown = [
            {"login": body["login"], "names": body.get("names", {}), "role": body.get("role", "")}
            for body in bodies
            if isinstance(body.get("login"), str) and body.get("active") is not False
        ]
        desk = desk_of(request)
        tills = list(tills_of(request))
        return answer(
            {"store": desk.profile.store, "names": desk.profile.names, "staff": shown, "tills": tills}
        )

    async def _sign_in(self, desk: Desk, request: Request) -> tuple[Person, dict[str, str]]:
        body = await read_json(request, SignInBody)
        person = await sign_in(desk, self.limit, body.login, body.pin)
        tills, browser = tills_of(request), browser_of(request)
        till = body.till if body.till in tills else tills[0]
        bound = {"browser": browser.id} if browser is not None else {}
        return person, {"role": person.role, "till": till, **bound}


def routes(sessions: Sessions, store: TableSessions) -> list[BaseRoute]:
    """The routes around signing in."""
    door = Door(sessions, store, PinLimit())
    told = {401: "Name or PIN is not right", 429: "Too many wrong tries"}
    return [
        route(
            "/api/v1/session",
            door.open_token,
            ("POST",),
            permission=PUBLIC_API,
            contract=Contract(
                summary="A token for a machine", body=SignInBody, answers={201: None}, refusals=told
            ),
        ),
        route(
            "/api/v1/sign-in",
            door.open_browser,
            ("POST",),
            permission=PUBLIC_API,
            contract=Contract(summary="A session for a browser", body=SignInBody, refusals=told),
        ),
        route(
            "/api/v1/sign-out",
            door.close,
            ("POST",),
            permission=PUBLIC_API,
            contract=Contract(summary="Sign out", answers={204: None}),
        ),
        route(
            "/api/v1/staff",
            door.people,
            permission=PUBLIC_API,
            contract=Contract(summary="Who may sign in"),
        ),
    ]


def _shown(person: Person) -> dict[str, object]:
    return {"login": person.login, "names": person.names, "role": person.role}
