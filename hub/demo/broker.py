"""Start the demo's broker: mosquitto where the machine has it, else the embedded one; or use a given one."""

import asyncio
import contextlib
import sys
from dataclasses import dataclass
from pathlib import Path

import structlog

import hub
from hub.broker.errors import BrokerStartError, MosquittoMissingError
from hub.broker.files import USERS_FILE, write_files
from hub.broker.mosquitto import find_mosquitto, write_configuration
from hub.broker.process import PID_FILE, running_pid
from hub.demo.line_route import free_port
from hub.demo.ports import LOOPBACK, accepts
from sync.link.address import BadAddressError, split_url

BROKER_FOLDER = "broker"
LOG_FILE = "broker.log"
START_LIMIT_S = 10.0
STOP_LIMIT_S = 5.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class RunningBroker:
    """A broker that accepts connections.

    Attributes:
        url: ``mqtt://host:port``.
        kind: ``mosquitto``, ``embedded`` or ``external``.
        pid: Its process; None for one that is not ours.
        start: The argv that brings this process back; empty for one that is not ours.
        process: The process as started here; None for one that is not ours.
    """

    url: str
    kind: str
    pid: int | None
    start: list[str]
    process: asyncio.subprocess.Process | None = None


def broker_folder(data_dir: Path) -> Path:
    """Give the folder of the broker's files; the hub writes its users there."""
    return data_dir / BROKER_FOLDER


async def start_broker(kind: str, data_dir: Path, port: int) -> RunningBroker:
    """Start a broker and wait until it accepts connections.

    Args:
        kind: ``auto``, ``mosquitto``, ``embedded``, or the ``mqtt://host:port`` of a running one.
        data_dir: The demo's folder; users that are already there stay.
        port: Loopback port to listen on; 0 takes a free one. Not used for a running broker.

    Raises:
        BrokerStartError: It did not come up in time; the words say why and where its log is.
        MosquittoMissingError: ``mosquitto`` was asked for and is not on this machine.
        BadAddressError: ``kind`` is neither a known word nor an address.
    """
    if kind not in {"auto", "mosquitto", "embedded"}:
        return await _use_running(kind)
    program = None if kind == "embedded" else find_mosquitto()
    if program is None and kind == "mosquitto":
        raise MosquittoMissingError("mosquitto is not on this machine; install it or use the embedded broker")
    folder = broker_folder(data_dir).absolute()
    port = port or free_port()
    if not (folder / USERS_FILE).exists():
        write_files([], folder)
    if program is not None:
        path = write_configuration(program, port, folder)
        return await _spawn("mosquitto", [str(program), "-c", str(path)], folder, port)
    users = folder / USERS_FILE
    argv = module_argv("hub.broker.embedded", "--port", str(port), "--users", str(users))
    return await _spawn("embedded", argv, folder, port)


async def stop_broker(broker: RunningBroker) -> None:
    """End a broker that was started here, kindly first; one that is not ours is left alone."""
    process = broker.process
    if process is None:
        return
    for end in (process.terminate, process.kill):
        with contextlib.suppress(ProcessLookupError):
            end()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STOP_LIMIT_S):
                await process.wait()
                return


def module_argv(module: str, *arguments: str) -> list[str]:
    """Give an argv that runs one of our modules from any folder and any environment, in one process."""
    root = Path(hub.__file__).resolve().parents[1]
    return ["/usr/bin/env", f"PYTHONPATH={root}", sys.executable, "-m", module, *arguments]


async def _use_running(url: str) -> RunningBroker:
    try:
        host, port = split_url(url)
    except BadAddressError as error:
        raise BadAddressError(
            f"--broker {url!r}: use auto, mosquitto, embedded or mqtt://host:port"
        ) from error
    if not await accepts(port, host):
        raise BrokerStartError(f"no broker accepts connections at {url}")
    return RunningBroker(url, "external", None, [])


async def _spawn(kind: str, argv: list[str], folder: Path, port: int) -> RunningBroker:
    if await accepts(port):
        raise BrokerStartError(f"port {port} is already in use; choose another port base")
    (folder / PID_FILE).unlink(missing_ok=True)
    log_path = folder / LOG_FILE
    with log_path.open("wb") as log_file:
        process = await asyncio.create_subprocess_exec(
            *argv,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log_file,
            stderr=log_file,
            start_new_session=True,  # Ctrl-C is for the demo alone, which then ends its parts in order
        )
    broker = RunningBroker(f"mqtt://{LOOPBACK}:{port}", kind, process.pid, argv, process)
    try:
        await _wait_until_up(broker, port, log_path)
    except BaseException:
        await stop_broker(broker)
        raise
    log.info("broker.started", kind=kind, url=broker.url, pid=broker.pid)
    return broker


async def _wait_until_up(broker: RunningBroker, port: int, log_path: Path) -> None:
    assert broker.process is not None
    try:
        async with asyncio.timeout(START_LIMIT_S):
            # The pid file too, else users written right now would not be told to the broker.
            while running_pid(log_path.parent) != broker.pid or not await accepts(port):
                if broker.process.returncode is not None:
                    raise BrokerStartError(_why(broker, log_path, "ended at once"))
                await asyncio.sleep(0.05)
    except TimeoutError as error:
        raise BrokerStartError(_why(broker, log_path, f"did not answer in {START_LIMIT_S:.0f} s")) from error


def _why(broker: RunningBroker, log_path: Path, what: str) -> str:
    last = log_path.read_text("utf-8", "replace").strip().splitlines()[-3:]
    return f"the {broker.kind} broker {what}; it said: {' / '.join(last) or 'nothing'} (log: {log_path})"
