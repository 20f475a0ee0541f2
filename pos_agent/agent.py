"""One store's agent, put together: the ledger, the line to the hub, the devices. It serves no page itself."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from pos_agent.catalogue.profile import load_profile
from pos_agent.desk import Desk, code_forms_of
from pos_agent.enrolment import Enrolment, secret_of
from pos_agent.errors import NotEnrolled
from pos_agent.hardware.board import DeviceBoard
from pos_agent.hardware.change_devices import DeviceSetup
from pos_agent.hardware.choose_devices import Chosen
from pos_agent.hardware.device_trial import Trials
from pos_agent.hardware.drawer import Drawer
from pos_agent.hardware.papers import Papers
from pos_agent.hardware.printers import Printers
from pos_agent.hardware.scanners import Scanners
from pos_agent.lan.certificate_files import CertificateFiles
from pos_agent.lan.door import LanDoor
from pos_agent.ledger.position import put_back_at, settle_ledger
from pos_agent.ledger.self_check import SelfCheck
from pos_agent.ledger.store_book import Ledger
from pos_agent.line_watch import WatchedLink
from pos_agent.link.compose import presence_payload
from pos_agent.link.store_link import StoreLink
from pos_agent.pickup.expire import keep_looking
from pos_agent.settings import AgentSettings
from pos_agent.take_scans import scan_from_device
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
from sync.runtime.supervision import Service
from sync.storage.file_state import FileState
from sync.storage.incarnations import Incarnations
from sync.storage.reader import Reader
from sync.storage.writer import Writer
from sync.values.clock import Clock, to_instant
from sync.web.events import EventHub

log = get_logger(__name__)
MakeLink = Callable[[LinkConfig], Link]


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
        """Trials that take scanners and displays from the till for a while, and tell pages of news."""
        return Trials(
            lambda code: is_secret(code, code_forms_of(self.settings)),
            lambda: tell_trial(self.desk),
            self._lend,
            self._lend_display,
        )

    def _lend(self, uri: str) -> AbstractAsyncContextManager[None]:
        """Let a trial read from a scanner's device in the place of the till."""
        return self.scanners.lent(uri)

    def _lend_display(self, uri: str) -> AbstractAsyncContextManager[None]:
        """Let a trial show something on a display in the place of the till."""
        return self.desk.displays.lent(uri)

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
    desk.displays.use(settings)
    desk.screens.publish("status", "devices", None)


def _check_incarnation(data_dir: Path, enrolment: Enrolment) -> None:
    """An enrolment older than one seen on this machine comes from an old image."""
    highest = Incarnations(data_dir).highest(enrolment.store)
    if enrolment.sinc < highest:
        raise NotEnrolled(
            f"this folder's enrolment is incarnation {enrolment.sinc}, but {highest} was seen here: "
            "it comes from an old copy; ask the head office for a code and run `omo-agent enrol`"
        )
