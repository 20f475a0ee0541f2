"""The running agent: opens the ledger, joins the areas to the line and the devices, serves the pages."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, cast

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from pos_agent import __version__
from pos_agent.catalogue.profile import load_profile
from pos_agent.codes import api as codes_api
from pos_agent.desk import Desk
from pos_agent.documents import api as documents_api
from pos_agent.enrolment import Enrolment, secret_of
from pos_agent.errors import NotEnrolled
from pos_agent.hardware import api as hardware_api
from pos_agent.hardware import setup_api
from pos_agent.hardware.board import DeviceBoard
from pos_agent.hardware.change_devices import DeviceSetup
from pos_agent.hardware.choose_devices import Chosen
from pos_agent.hardware.device_trial import Trials
from pos_agent.hardware.drawer import Drawer
from pos_agent.hardware.papers import Papers
from pos_agent.hardware.printers import Printers
from pos_agent.hardware.scanners import Scanners
from pos_agent.labels import api as labels_api
from pos_agent.lan import api as lan_api
from pos_agent.lan.certificate_files import CertificateFiles
from pos_agent.lan.door import LanDoor
from pos_agent.lan.gate import LanGate
from pos_agent.ledger import api as ledger_api
from pos_agent.ledger.position import put_back_at, settle_ledger
from pos_agent.ledger.self_check import SelfCheck
from pos_agent.ledger.store_book import Ledger
from pos_agent.line_watch import WatchedLink
from pos_agent.link.compose import presence_payload
from pos_agent.link.store_link import StoreLink
from pos_agent.pickup import api as pickup_api
from pos_agent.pickup.expire import keep_looking
from pos_agent.problems import TRANSLATE
from pos_agent.reports import api as reports_api
from pos_agent.screen.pages import ROUTES as SCREENS
from pos_agent.settings import AgentSettings
from pos_agent.staff import api as staff_api
from pos_agent.staff.session_store import Doorman, TableSessions
from pos_agent.status_api import routes as status_routes
from pos_agent.take_scans import scan_from_device
from pos_agent.till import api as till_api
from pos_agent.till.classify import CodeForms, classify
from pos_agent.till.facing import greeting_of
from sync.link.client_id import client_id
from sync.link.paho_link import PahoLink
from sync.link.port import Link, LinkConfig, Will
from sync.messages.topics import agent_subscriptions, store_topic
from sync.rules.errors import Refused
from sync.runtime.clock import SystemClock
from sync.runtime.logging import get_logger
from sync.runtime.loop_watch import loop_watch
from sync.runtime.server import Listener, ServerOptions, http_service
from sync.runtime.supervision import Service, supervise
from sync.storage.file_state import FileState
from sync.storage.incarnations import Incarnations
from sync.storage.reader import Reader
from sync.storage.writer import Writer
from sync.values.clock import Clock, to_instant
from sync.web.app import WebParts, web_app
from sync.web.assets import Assets
from sync.web.events import EventHub
from sync.web.health import Finding, health_routes
from sync.web.openapi import openapi_document, openapi_route
from sync.web.sessions import Sessions, cookie_name
from sync.web.templates import Frame, Pages
from sync.web.translations import load_texts

log = get_logger(__name__)
MakeLink = Callable[[LinkConfig], Link]
SIGN_IN_URL = "/sign-in"
TITLE = "OMO store agent"
SCREEN = "pos_agent.screen"
PUT_BACK = (
    "this ledger was put back from a backup and sends nothing: ask the head office for a code and run"
    " `omo-agent enrol`"
)
FENCED = "another machine took this store over, or this ledger is an old copy: call the head office"
TEXTS = ("pos_agent.problems", "pos_agent.hardware", SCREEN)


def link_config(settings: AgentSettings, enrolment: Enrolment, at: str) -> LinkConfig:
    """How this store dials: its own credential, its last will."""
    store = enrolment.store
    will = Will(store_topic(store, "presence"), presence_payload("offline", enrolment.sinc, at))
    secret = secret_of(settings.data_dir)
    return LinkConfig(
        url=settings.broker_url or enrolment.broker.url,
        user=enrolment.broker.user,
        secret=secret,
        client_id=client_id(f"omo-agent-{store}-{enrolment.sinc}", secret),
        subscriptions=agent_subscriptions(store),
        will=will,
        retry_max_s=settings.reconnect_most_s,
    )


class Agent:
    """One store's agent, put together; `start` before anything else, `close` at the end.

    Args:
        settings: of this machine.
        enrolment: which store it is.
        clock: tells the time.
        make_link: makes the connection to the broker.
        chosen: where its devices were set up; None = in the settings.
    """

    def __init__(
        self,
        settings: AgentSettings,
        enrolment: Enrolment,
        clock: Clock | None = None,
        make_link: MakeLink = PahoLink,
        chosen: Chosen | None = None,
    ) -> None:
        self.settings = settings
        self._chosen = chosen or Chosen(settings, "agent.toml")
        self.enrolment = enrolment
        self.clock = clock or SystemClock()
        self._make_link = make_link
        state = FileState(settings.database)
        self.writer = Writer(settings.database, state=state)
        self.reader = Reader(settings.database, state=state)

    async def start(self) -> None:
        """Open the ledger and make the parts.

        Raises:
            NotEnrolled: the ledger and the enrolment do not fit together.
        """
        _check_incarnation(self.settings.data_dir, self.enrolment)
        await self.writer.start()
        await self.reader.start()
        await settle_ledger(self.writer, self.settings.data_dir, self.enrolment)
        self._put_back_at = put_back_at(self.settings.database)
        board = DeviceBoard(self.settings)
        self.printers = Printers(self.settings, self.writer, self.reader, board, self.clock)
        drawer = Drawer(self.settings, self.writer, self.printers.open_drawer)
        self.desk = Desk(
            settings=self.settings,
            enrolment=self.enrolment,
            clock=self.clock,
            ledger=Ledger(self.writer),
            reader=self.reader,
            papers=Papers(self.settings, self.clock, self.printers.wake),
            screens=EventHub(),
            profile=await load_profile(self.reader, self.enrolment),
            board=board,
            lan=make_door(self.settings, self.enrolment, self.clock),
            drawer=drawer,
            setup=DeviceSetup(self._chosen, self._use_devices, self._make_trials()),
        )
        self.desk.displays.greet(greeting_of(self.desk.profile))
        config = link_config(self.settings, self.enrolment, to_instant(self.clock.now()))
        self.link = StoreLink(self.desk, WatchedLink(self._make_link(config), self.desk))
        self.desk.ledger.grown = self.link.grown
        self.scanners = Scanners(self.settings, board, self._scanned)
        if self._put_back_at:
            self.desk.line.since = self._put_back_at
            log.warning("agent.put_back", at=self._put_back_at)

    def _make_trials(self) -> Trials:
        """Trials that take a scanner from the till for a while, and tell pages that there is news."""
        return Trials(
            lambda code: is_secret(
                code, CodeForms(labels=self.settings.scale_forms, members=self.settings.member_forms)
            ),
            lambda: tell_trial(self.desk),
            self._lend,
        )

    def _lend(self, uri: str) -> AbstractAsyncContextManager[None]:
        """Let a trial read from a scanner's device in the place of the till."""
        return self.scanners.lent(uri)

    def _use_devices(self, settings: AgentSettings) -> None:
        """Go on with other devices, while everything runs."""
        use_devices(self.desk, self.printers, self.scanners, settings)

    async def close(self) -> None:
        """Finish what waits and close the ledger."""
        await self.writer.close()
        await self.reader.close()

    def services(self) -> list[Service]:
        """Everything that runs beside the pages, in the order of starting.

        A ledger that was put back has no line: what it writes would take numbers that were given before.
        """
        line = [] if self._put_back_at else [Service("link", self.link.run)]
        return [
            Service("printers", self.printers.run),
            *line,
            Service("scanners", self.scanners.run),
            Service("displays", self.desk.displays.run),
            Service("expiry", lambda lifetime: keep_looking(self.desk, lifetime)),
            Service("verify", SelfCheck(self.desk).run),
            loop_watch(self.desk.metrics.loop_delay.set),
        ]

    async def _scanned(self, code: str, till: str) -> None:
        await scan_from_device(self.desk, code, till)


def make_door(settings: AgentSettings, enrolment: Enrolment, clock: Clock) -> LanDoor:
    """The door to the shop's network, still shut."""
    return LanDoor(settings.lan, CertificateFiles(settings.data_dir, enrolment.store), clock)


def is_secret(code: str, forms: CodeForms) -> bool:
    """Whether a scanned code is money, a member's, or opens a customer's order."""
    try:
        return classify(code, forms).meaning in {"payment", "pickup", "member"}
    except Refused:
        return False


def tell_trial(desk: Desk) -> None:
    """Tell open pages that a trial of a device goes on; what it came to is read by those who may."""
    desk.screens.publish("status", "trial", None)


def use_devices(desk: Desk, printers: Printers, scanners: Scanners, settings: AgentSettings) -> None:
    """Hand new settings to whoever works with devices; papers first, so that none follows the old ones."""
    desk.settings = settings
    desk.board.use(settings)
    desk.papers.use(settings)
    if desk.drawer is not None:
        desk.drawer.use(settings)
    printers.use(settings)
    scanners.use(settings)
    desk.screens.publish("status", "devices", None)


def build_app(desk: Desk, port: int) -> Starlette:
    """The pages and the API of an agent, for this machine itself.

    Args:
        desk: the agent.
        port: TCP port of the pages; part of the cookie's name, since browsers share cookies over ports.
    """
    name = cookie_name(f"omo-{desk.enrolment.store}", https=False, port=port)
    return _app(desk, name)


def build_lan_app(desk: Desk) -> Starlette:
    """The same for the shop's network: over HTTPS, to paired browsers.

    No Strict-Transport-Security: a phone that does not trust the store's authority yet must be able to
    go on to the page that explains how it does.
    """
    name = cookie_name(f"omo-{desk.enrolment.store}", https=True, port=0)
    return _app(desk, name, Middleware(LanGate, desk=desk))


def _app(desk: Desk, cookie: str, *gates: Middleware) -> Starlette:
    store = TableSessions(desk)
    sessions = Sessions(store=store, clock=desk.clock, cookie=cookie, https=bool(gates))
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
        product="OMO Store",
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
        *lan_api.routes(),
        *staff_api.routes(sessions, store),
        *till_api.routes(),
        *pickup_api.routes(),
        *ledger_api.routes(),
        *documents_api.routes(),
        *codes_api.routes(),
        *labels_api.routes(),
        *reports_api.routes(),
    ]


def described() -> dict[str, Any]:
    """The API document, without a running agent: its routes say all, and nobody calls them here."""
    nobody = cast("Any", None)
    return openapi_document(area_routes(nobody, nobody), title=TITLE, version=__version__)


async def run_agent(chosen: Chosen, enrolment: Enrolment) -> int:
    """Run until told to stop; returns the exit code."""
    settings = chosen.settings
    for problem in chosen.problems:
        log.error("devices.file_broken", problem=problem, used="agent.toml")
    listener = Listener(ServerOptions(host=settings.host, port=settings.port))
    agent = Agent(settings, enrolment, chosen=chosen)
    try:
        await agent.start()
        app = build_app(agent.desk, listener.port)
        pages = http_service(app, listener, before_stop=agent.desk.screens.close)
        log.info("agent.started", store=enrolment.store, sinc=enrolment.sinc, url=listener.url)
        return await supervise([*agent.services(), pages, *await lan_services(agent.desk)])
    finally:
        await agent.close()


async def lan_services(desk: Desk) -> list[Service]:
    """What serves the shop's network; nothing where the door stays shut."""
    listener = await desk.lan.open()
    if listener is None:
        return []
    pages = http_service(build_lan_app(desk), listener, name="https", before_stop=desk.screens.close)
    return [pages, Service("certificate", desk.lan.keep)]


def _check_incarnation(data_dir: Path, enrolment: Enrolment) -> None:
    """An enrolment older than one seen on this machine comes from an old image."""
    highest = Incarnations(data_dir).highest(enrolment.store)
    if enrolment.sinc < highest:
        raise NotEnrolled(
            f"this folder's enrolment is incarnation {enrolment.sinc}, but {highest} was seen here: "
            "it comes from an old copy; ask the head office for a code and run `omo-agent enrol`"
        )
