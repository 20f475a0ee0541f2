"""The demo program: its routes, its people, its events."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from prometheus_client import CollectorRegistry, Counter
from pydantic import BaseModel, ConfigDict
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Mount

from sync.web.app import WebParts, web_app
from sync.web.assets import Assets
from sync.web.errors import N_, InvalidInput, Problem
from sync.web.events import EventHub
from sync.web.forms import Count, Line, idempotency_key, local_path, read_form, read_json, read_query
from sync.web.health import Finding, health_routes
from sync.web.openapi import openapi_route
from sync.web.permissions import CLERK, MACHINE, NOBODY, PUBLIC, PUBLIC_API, Identity
from sync.web.routes import Contract, route
from sync.web.sessions import MemorySessions, Sessions, cookie_name
from sync.web.templates import Frame, Pages
from sync.web.translations import gettext, load_texts, show_times_in

PACKAGE = "tests.unit.sync.web.demo_pages"
NOW = datetime(2026, 5, 1, 6, 17, tzinfo=UTC)


class SetClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.instant = NOW

    def now(self) -> datetime:
        """The instant it was set to."""
        return self.instant

    def monotonic(self) -> float:
        """The same in seconds."""
        return self.instant.timestamp()


class NewOrder(BaseModel):
    """The body of a new order."""

    model_config = ConfigDict(extra="forbid")
    store: Line
    qty: Count
    pay: Literal["counter", "sandbox"] = "counter"


class Order(BaseModel):
    """An order."""

    id: str
    qty: int


class SignIn(BaseModel):
    """The sign-in form."""

    user: Line
    password: Line


class Search(BaseModel):
    """The search query."""

    text: Line
    limit: Count = 20


class DomainError(Exception):
    """What a package of the program raises."""


@dataclass
class Demo:
    """The program and what the tests look at."""

    https: bool = False
    clock: SetClock = field(default_factory=SetClock)
    store: MemorySessions = field(default_factory=MemorySessions)
    events: EventHub = field(default_factory=lambda: EventHub(listeners_max=2, heartbeat_s=0.05))
    placed: list[NewOrder] = field(default_factory=list)
    ready: bool = True

    def __post_init__(self) -> None:
        self.registry = CollectorRegistry()
        Counter("demo_orders", "Orders placed", registry=self.registry)
        self.sessions = Sessions(
            store=self.store,
            clock=self.clock,
            cookie=cookie_name("omo-demo", https=self.https, port=80),
            https=self.https,
        )
        frame = Frame(assets=Assets({"demo": PACKAGE}), library=load_texts([PACKAGE]), clock=self.clock)
        self.pages = Pages(frame, frames=[PACKAGE])
        self.app = self.build()

    def build(self) -> Starlette:
        """The application."""
        placing = Contract(
            summary="Place an order",
            body=NewOrder,
            answers={201: Order},
            refusals={409: "Not enough stock"},
            idempotent=True,
        )
        searching = Contract(summary="Search", query=Search, answers={200: Order})
        routes = [
            route("/", self.home, permission=PUBLIC),
            route("/sign-in", self.sign_in, ["GET", "POST"], permission=PUBLIC),
            route("/sign-out", self.sign_out, ["POST"], permission=CLERK),
            route("/desk", self.desk, permission=CLERK),
            route("/fall", self.fall, permission=PUBLIC),
            route("/domain", self.domain, permission=PUBLIC),
            route("/events", self.stream, permission=PUBLIC),
            route("/api/v1/search", self.search, permission=PUBLIC_API, contract=searching),
            *health_routes({"database": self.database}, self.registry),
            openapi_route("Demo", "1"),
            Mount(
                "/api/v1",
                routes=[
                    route(
                        "/orders",
                        self.place,
                        ["POST"],
                        permission=PUBLIC_API,
                        contract=placing,
                        max_body_bytes=500,
                    ),
                    route(
                        "/devices/{device_id:number}",
                        self.device,
                        ["POST"],
                        permission=MACHINE,
                        contract=Contract(),
                    ),
                ],
            ),
        ]
        return web_app(
            WebParts(
                routes=routes,
                pages=self.pages,
                identify=self.identify,
                sign_in_url="/sign-in",
                https=self.https,
                translate={
                    DomainError: lambda error: Problem(409, "domain.refused", N_("Not now"), str(error))
                },
            )
        )

    async def identify(self, request: Request) -> Identity:
        """Who calls."""
        if request.headers.get("authorization") == "Bearer machine":
            return Identity("m1", permissions=frozenset({"machine"}))
        session = await self.sessions.read(request)
        if session is None:
            return NOBODY
        held = frozenset({"clerk", "machine"}) if session.subject == "wang" else frozenset({"hq"})
        return Identity(session.subject, permissions=held, by_cookie=True)

    async def database(self) -> Finding:
        """A check."""
        if not self.ready:
            raise OSError("disk full")
        return Finding(ok=True, detail="wal")

    async def home(self, request: Request) -> Response:
        """All components on one page."""
        show_times_in("Asia/Shanghai")
        context = {"at": NOW - timedelta(minutes=12), "phone": request.query_params.get("phone", "")}
        return self.pages.page(request, "parts.html", context)

    async def sign_in(self, request: Request) -> Response:
        """Form and sign-in."""
        if request.method == "GET":
            return self.pages.page(request, "sign_in.html", {"given": {}, "faults": {}})
        try:
            given = await read_form(request, SignIn)
        except InvalidInput as wrong:
            faults = {one.field: gettext(one.message, **one.values) for one in wrong.faults}
            context = {"given": wrong.given, "faults": faults}
            return self.pages.page(request, "sign_in.html", context, status=422)
        answer = RedirectResponse(local_path(request.query_params.get("next")), 303)
        await self.sessions.open(request, answer, given.user)
        return answer

    async def sign_out(self, request: Request) -> Response:
        """Sign-out."""
        answer = RedirectResponse("/", 303)
        await self.sessions.close(request, answer)
        return answer

    async def desk(self, request: Request) -> Response:
        """For clerks."""
        return JSONResponse({"who": request.state.identity.subject})

    async def fall(self, _request: Request) -> Response:
        """Falls."""
        raise RuntimeError("secret inside")

    async def domain(self, _request: Request) -> Response:
        """Raises an error of the program."""
        raise DomainError("shelf is being counted")

    async def stream(self, request: Request) -> Response:
        """Events."""
        return self.events.response(request, ["orders"])

    async def place(self, request: Request) -> Response:
        """Takes an order."""
        idempotency_key(request)
        order = await read_json(request, NewOrder)
        if order.qty > 5:
            raise Problem(
                409, "stock.short", N_("Only %(left)s left"), values={"left": 5}, extra={"available": 5}
            )
        self.placed.append(order)
        return JSONResponse({"id": "o1", "qty": order.qty}, 201)

    async def search(self, request: Request) -> Response:
        """Takes a query."""
        query = read_query(request, Search)
        return JSONResponse({"id": query.text, "qty": query.limit})

    async def device(self, request: Request) -> Response:
        """For machines."""
        return JSONResponse({"id": request.path_params["device_id"]})


app = Demo().app
