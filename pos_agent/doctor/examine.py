"""The doctor: looks at everything the agent needs and says in plain words what is wrong."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from devices.errors import DeviceError
from pos_agent import enrolment
from pos_agent.db.schema import HEAD, revision_of
from pos_agent.doctor.look_at_store import last_booking, look_at_phones
from pos_agent.doctor.words import WORDS, gettext_of
from pos_agent.enrolment import Enrolment
from pos_agent.errors import AgentError
from pos_agent.hardware.choose_devices import Chosen
from pos_agent.hardware.look_at import Look, look_at_printer, look_at_scanner
from pos_agent.hardware.look_words import Gettext, tell_look
from pos_agent.hardware.printer_configs import printer_config
from pos_agent.lan.words import tell_door
from pos_agent.ledger.position import put_back_at, refuse_lost_ledger
from pos_agent.ledger.verify import verify
from pos_agent.machine_lock import AlreadyRunning, only_one
from pos_agent.settings import AgentSettings, PrinterSection, ScannerSection
from sync.keys.errors import KeyFault
from sync.link.address import open_socket, split_url
from sync.link.errors import LinkError
from sync.runtime.clock import SystemClock
from sync.runtime.data_folder import folder_trouble
from sync.runtime.redaction import redact_text
from sync.storage.errors import DiskTrouble
from sync.values.clock import Clock

DIAL_S = 3.0
LEAST_FREE_BYTES = 500 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was looked at; `what` is a stable word, the same in every language."""

    ok: bool
    what: str
    text: str


async def examine(
    chosen: Chosen, tag: str = "en", clock: Clock | None = None, *, with_books: bool = True
) -> list[Found]:
    """Everything, one finding each; nothing is changed and nothing printed on paper.

    Args:
        chosen: the settings with the devices that count.
        tag: the language of the findings, `zh-CN` or `en`; what the system and the files say stays English.
        clock: tells the time.
        with_books: whether to go through the books, which takes long in an old store.
    """
    look = _Look(chosen.settings, gettext_of(tag), clock or SystemClock())
    found = [look.said(False, "devices.toml", "device_file", problem=told) for told in chosen.problems]
    found += [look.disk(), look.ledger(with_books=with_books), *look.clock_finding()]
    joined = look.enrolment(found)
    if joined is not None:
        found.append(await look.broker(chosen.settings.broker_url or joined.broker.url))
    found += await look.devices()
    if not chosen.settings.printer:
        found.append(look.said(False, "printers", "no_printer"))
    return [*found, *look.phones(joined.store if joined else "")]


@dataclass(frozen=True, slots=True)
class _Look:
    """One examination."""

    settings: AgentSettings
    gettext: Gettext
    clock: Clock

    def said(self, ok: bool, what: str, code: str, **facts: object) -> Found:  # noqa: FBT001  # the finding's own
        return Found(ok, what, self.gettext(WORDS[code], **facts))

    def disk(self) -> Found:
        folder = self.settings.data_dir
        trouble = folder_trouble(folder)
        if trouble is not None:
            return Found(False, "data folder", trouble)
        if not folder.exists():
            return self.said(True, "data folder", "folder_to_come", folder=folder)
        free = shutil.disk_usage(folder).free
        has_room = free >= LEAST_FREE_BYTES
        code = "folder" if has_room else "folder_full"
        return self.said(has_room, "data folder", code, folder=folder, free=free // 2**20)

    def ledger(self, *, with_books: bool) -> Found:
        database = self.settings.database
        try:
            revision = revision_of(database)
        except AgentError as error:
            return Found(False, "ledger", str(error))
        if revision is None:
            return self.said(True, "ledger", "ledger_to_come")
        if revision != HEAD:
            return self.said(True, "ledger", "ledger_older", revision=revision, head=HEAD)
        if at := put_back_at(database):
            return self.said(False, "ledger", "ledger_put_back", at=at)
        if not with_books:
            return self.said(True, "ledger", "ledger_unread", revision=revision)
        findings = verify(database)
        return Found(False, "ledger", findings[0]) if findings else self.said(True, "ledger", "ledger_good")

    def clock_finding(self) -> list[Found]:
        """Whether the clock is behind what was booked; nothing where nothing was."""
        sign = last_booking(self.settings.database, self.clock.now())
        if sign is None:
            return []
        return [Found(sign.ok, "clock", tell_door(sign.code, sign.facts, self.gettext))]

    def enrolment(self, found: list[Found]) -> Enrolment | None:
        """Which store this machine is; what is wrong with that is added to what was found."""
        try:
            joined = enrolment.load(self.settings.data_dir)
            enrolment.secret_of(self.settings.data_dir)
            refuse_lost_ledger(self.settings.database, joined)
        except (AgentError, KeyFault, ValueError) as error:
            found.append(Found(False, "enrolment", str(error)))
            return None
        found.append(self.said(True, "enrolment", "enrolled", store=joined.store, sinc=joined.sinc))
        return joined

    async def broker(self, url: str) -> Found:
        try:
            async with asyncio.timeout(DIAL_S):
                sock = await open_socket(*split_url(url))
        except (TimeoutError, LinkError) as error:
            code = "broker_refuses" if str(error) else "broker_silent"
            return self.said(False, "broker", code, url=redact_text(url), problem=redact_text(str(error)))
        sock.close()
        return self.said(True, "broker", "broker", url=redact_text(url))

    async def devices(self) -> list[Found]:
        """Each device, unless a running agent holds them: it shows their states itself."""
        try:
            with only_one(self.settings.data_dir):
                printers = [await self._printer(one) for one in self.settings.printer]
                return printers + [await self._scanner(one) for one in self.settings.scanner]
        except AlreadyRunning:
            return [self.said(True, "devices", "devices_in_use")]
        except DiskTrouble as error:
            return [self.said(False, "devices", "devices_not_looked_at", problem=error)]

    async def _printer(self, one: PrinterSection) -> Found:
        return await self._looked(
            f"printer {one.id}", lambda: look_at_printer(printer_config(one, self.settings, None))
        )

    async def _scanner(self, one: ScannerSection) -> Found:
        return await self._looked(f"scanner {one.id}", lambda: look_at_scanner(one.uri))

    async def _looked(self, what: str, look: Callable[[], Awaitable[Look]]) -> Found:
        try:
            seen = await look()
        except DeviceError as error:
            return Found(False, what, str(error))
        return Found(seen.is_good, what, tell_look(seen.code, seen.facts, self.gettext))

    def phones(self, store: str) -> list[Found]:
        """The door to the shop's network."""
        signs = look_at_phones(self.settings, store, self.clock)
        return [
            Found(
                sign.ok,
                sign.part if sign.part == "phones" else f"phones: {sign.part}",
                tell_door(sign.code, sign.facts, self.gettext),
            )
            for sign in signs
        ]
