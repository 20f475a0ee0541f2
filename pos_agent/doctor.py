"""The doctor: looks at everything the agent needs and says in plain words what is wrong."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from devices.errors import DeviceError
from pos_agent import enrolment
from pos_agent.db.schema import HEAD, revision_of
from pos_agent.errors import AgentError
from pos_agent.hardware.choose_devices import Chosen
from pos_agent.hardware.look_at import Look, look_at_printer, look_at_scanner
from pos_agent.hardware.look_words import Gettext, gettext_in, tell_look
from pos_agent.hardware.printer_configs import printer_config
from pos_agent.ledger.position import put_back_at, refuse_lost_ledger
from pos_agent.ledger.verify import verify
from pos_agent.machine_lock import AlreadyRunning, only_one
from pos_agent.settings import AgentSettings, PrinterSection, ScannerSection
from sync.keys.errors import KeyFault
from sync.link.address import open_socket, split_url
from sync.link.errors import LinkError
from sync.runtime.data_folder import folder_trouble
from sync.storage.errors import DiskTrouble

DIAL_S = 3.0
LEAST_FREE_BYTES = 500 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was looked at."""

    ok: bool
    what: str
    text: str


async def examine(chosen: Chosen, tag: str = "en") -> list[Found]:
    """Everything, one finding each; nothing is changed and nothing printed on paper.

    Args:
        chosen: the settings with the devices that count.
        tag: the language in which devices are spoken of, `zh-CN` or `en`.
    """
    settings = chosen.settings
    found = [Found(False, "devices.toml", f"{told}; agent.toml counts") for told in chosen.problems]
    found += [_disk(settings), _ledger(settings)]
    try:
        joined = enrolment.load(settings.data_dir)
        enrolment.secret_of(settings.data_dir)
        refuse_lost_ledger(settings.database, joined)
    except (AgentError, KeyFault, ValueError) as error:
        found.append(Found(False, "enrolment", str(error)))
    else:
        found.append(Found(True, "enrolment", f"store {joined.store}, incarnation {joined.sinc}"))
        found.append(await _broker(settings.broker_url or joined.broker.url))
    found += await _devices(settings, gettext_in(tag))
    if not settings.printer:
        found.append(Found(False, "printers", "none is set up: receipts are kept but not printed"))
    return found


async def _devices(settings: AgentSettings, gettext: Gettext) -> list[Found]:
    """Each device, unless a running agent holds them: it shows their states itself."""
    try:
        with only_one(settings.data_dir):
            printers = [await _printer(one, settings, gettext) for one in settings.printer]
            return printers + [await _scanner(one, gettext) for one in settings.scanner]
    except AlreadyRunning:
        return [Found(True, "devices", "in use by the running agent, whose pages show how they are")]
    except DiskTrouble as error:
        return [Found(False, "devices", f"not looked at: {error}")]


async def _printer(one: PrinterSection, settings: AgentSettings, gettext: Gettext) -> Found:
    return await _looked(
        f"printer {one.id}", lambda: look_at_printer(printer_config(one, settings, None)), gettext
    )


async def _scanner(one: ScannerSection, gettext: Gettext) -> Found:
    return await _looked(f"scanner {one.id}", lambda: look_at_scanner(one.uri), gettext)


async def _looked(what: str, look: Callable[[], Awaitable[Look]], gettext: Gettext) -> Found:
    try:
        seen = await look()
    except DeviceError as error:
        return Found(False, what, str(error))
    return Found(seen.is_good, what, tell_look(seen.code, seen.facts, gettext))


def _disk(settings: AgentSettings) -> Found:
    trouble = folder_trouble(settings.data_dir)
    if trouble is not None:
        return Found(False, "data folder", trouble)
    if not settings.data_dir.exists():
        return Found(True, "data folder", f"{settings.data_dir} is not made yet; joining a store makes it")
    free = shutil.disk_usage(settings.data_dir).free
    return Found(free >= LEAST_FREE_BYTES, "data folder", f"{settings.data_dir}, {free // 2**20} MiB free")


def _ledger(settings: AgentSettings) -> Found:
    try:
        revision = revision_of(settings.database)
    except AgentError as error:
        return Found(False, "ledger", str(error))
    if revision is None:
        return Found(True, "ledger", "not made yet; the first run makes it")
    if revision != HEAD:
        return Found(True, "ledger", f"schema {revision}; the next run brings it to {HEAD}")
    if at := put_back_at(settings.database):
        told = f"put back from a backup at {at}: ask the head office for a code and run `omo-agent enrol`"
        return Found(False, "ledger", told)
    findings = verify(settings.database)
    return Found(not findings, "ledger", "the books are right" if not findings else findings[0])


async def _broker(url: str) -> Found:
    try:
        async with asyncio.timeout(DIAL_S):
            sock = await open_socket(*split_url(url))
    except (TimeoutError, LinkError) as error:
        return Found(False, "broker", f"{url}: {str(error) or 'no answer'}; the store works on without it")
    sock.close()
    return Found(True, "broker", f"{url} accepts connections")
