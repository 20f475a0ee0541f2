"""The agent's web application: every area's routes, for this machine itself and for the shop's network."""

from typing import Any, cast

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from pos_agent import __version__
from pos_agent.codes import api as codes_api
from pos_agent.desk import Desk
from pos_agent.doctor import api as doctor_api
from pos_agent.documents import api as documents_api
from pos_agent.hardware import api as hardware_api
from pos_agent.hardware import setup_api
from pos_agent.labels import api as labels_api
from pos_agent.labels import changes_api
from pos_agent.lan import api as lan_api
from pos_agent.lan.gate import LanGate
from pos_agent.ledger import api as ledger_api
from pos_agent.pickup import api as pickup_api
from pos_agent.problems import TRANSLATE, refusal
from pos_agent.reports import api as reports_api
from pos_agent.screen.pages import PRODUCT
from pos_agent.screen.pages import ROUTES as SCREENS
from pos_agent.staff import api as staff_api
from pos_agent.staff.session_store import Doorman, TableSessions
from pos_agent.status_api import routes as status_routes
from pos_agent.till import api as till_api
from sync.rules.errors import Refused
from sync.values.clock import Clock
from sync.web.app import WebParts, web_app
from sync.web.assets import Assets
from sync.web.errors import Problem
from sync.web.health import Finding, health_routes
from sync.web.known_hosts import KnownHosts, is_loopback
from sync.web.openapi import openapi_document, openapi_route
from sync.web.sessions import Sessions, cookie_name
from sync.web.templates import Frame, Pages
from sync.web.translations import load_texts

SIGN_IN_URL = "/sign-in"
TITLE = "OMO store agent"
SCREEN = "pos_agent.screen"
PUT_BACK = (
    "this ledger was put back from a backup and sends nothing: ask the head office for a code and run"
    " `omo-agent enrol`"
)
FENCED = "another machine took this store over, or this ledger is an old copy: call the head office"
TEXTS = ("pos_agent.problems", "pos_agent.hardware", "pos_agent.lan", SCREEN)


def build_app(desk: Desk, port: int) -> Starlette:
    """The pages and the API of an agent, for this machine itself.

    Args:
        desk: the agent.
        port: TCP port of the pages; part of the cookie's name, since browsers share cookies over ports.
    """
    name = cookie_name(f"omo-{desk.enrolment.store}", https=False, port=port)
    gate = Middleware(KnownHosts, knows=lambda host: is_own_name(desk, host), problem=foreign_name)
    return _app(desk, name, gate, https=False)


def is_own_name(desk: Desk, name: str) -> bool:
    """Whether the pages on this machine itself answer under a name: its own, the door's, and set ones."""
    section = desk.settings.lan
    of_door = {*section.names, *desk.lan.files.names} if section.open else set()
    return is_loopback(name) or name in of_door or name in desk.settings.hosts


def foreign_name() -> Problem:
    """What is said under any other name."""
    return refusal(Refused("foreign_name"))


def build_lan_app(desk: Desk) -> Starlette:
    """The same for the shop's network: over HTTPS, to paired browsers.

    No Strict-Transport-Security: a phone that does not trust the store's authority yet must be able to
    go on to the page that explains how it does.
    """
    name = cookie_name(f"omo-{desk.enrolment.store}", https=True, port=0)
    return _app(desk, name, Middleware(LanGate, desk=desk), https=True)


def _app(desk: Desk, cookie: str, *gates: Middleware, https: bool) -> Starlette:
    store = TableSessions(desk)
    sessions = Sessions(store=store, clock=desk.clock, cookie=cookie, https=https)
    parts = WebParts(
        routes=[
            *api_routes(desk, sessions, store),
            *SCREENS,
        ],
        pages=make_pages(desk.clock),
        identify=Doorman(desk, sessions, store).identify,
        sign_in_url=SIGN_IN_URL,
        translate=TRANSLATE,
        gates=gates,
        language=desk.profile.locale if desk.profile.locale in {"zh-CN", "en"} else "zh-CN",
    )
    app = web_app(parts)
    app.state.desk = desk
    app.state.sessions = sessions
    return app


def make_pages(clock: Clock) -> Pages:
    """Templates, texts and static files of the agent's pages."""
    frame = Frame(
        assets=Assets({"agent": SCREEN}),
        library=load_texts(TEXTS),
        clock=clock,
        product=PRODUCT,
    )
    return Pages(frame, areas=[SCREEN])


def api_routes(desk: Desk, sessions: Sessions, store: TableSessions) -> list[BaseRoute]:
    """Every route but the pages'."""

    async def ledger_answers() -> Finding:
        if problem := desk.ledger.writer.state.problem:
            return Finding(ok=False, detail=problem)
        fenced, put_back = await desk.reader.one("SELECT fenced, put_back_at FROM position") or (1, "")
        return Finding(ok=not fenced, detail=(PUT_BACK if put_back else FENCED) if fenced else "")

    async def writer_keeps_up() -> Finding:
        waiting = desk.ledger.writer.waiting
        return Finding(ok=waiting < 4_000, detail=f"{waiting} commands wait")

    health = health_routes({"ledger": ledger_answers, "writer": writer_keeps_up}, desk.metrics.registry)
    return [*area_routes(sessions, store), *health, openapi_route(TITLE, __version__)]


def area_routes(sessions: Sessions, store: TableSessions) -> list[BaseRoute]:
    """Every area's API."""
    return [
        *status_routes(),
        *hardware_api.routes(),
        *setup_api.routes(),
        *doctor_api.routes(),
        *lan_api.routes(),
        *staff_api.routes(sessions, store),
        *till_api.routes(),
        *pickup_api.routes(),
        *ledger_api.routes(),
        *documents_api.routes(),
        *codes_api.routes(),
        *labels_api.routes(),
        *changes_api.routes(),
        *reports_api.routes(),
    ]


def described() -> dict[str, Any]:
    """The API document, without a running agent: its routes say all, and nobody calls them here."""
    nobody = cast("Any", None)
    return openapi_document(area_routes(nobody, nobody), title=TITLE, version=__version__)
