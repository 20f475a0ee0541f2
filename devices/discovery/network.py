"""Printers on machines that a person names, and queues of CUPS."""

import asyncio
import contextlib
import re
import shutil
from typing import Final

from devices.discovery.found import Found
from devices.ports.trouble import Cause, cause_below

RAW_PORT: Final = 9100
MOST_HOSTS: Final = 64
_HOST: Final = re.compile(r"[A-Za-z0-9.:_-]{1,253}")
_QUEUE: Final = re.compile(r"[A-Za-z0-9_.-]{1,127}")
_MOST_QUEUES: Final = 200


async def network_printers(hosts: list[str], timeout_s: float) -> list[Found]:
    """Which of these hosts take a connection where printers listen (port 9100)."""
    return list(await asyncio.gather(*(_ask(host, timeout_s) for host in hosts)))


def need_hosts(hosts: list[str]) -> None:
    """Refuse what cannot be asked, before anything is.

    Raises:
        ValueError: a host cannot be one, or there are too many.
    """
    if len(hosts) > MOST_HOSTS:
        raise ValueError(f"name at most {MOST_HOSTS} hosts at once")
    for host in hosts:
        if not _HOST.fullmatch(host):
            raise ValueError(f"{host[:60]!r} is no name or address of a machine")


async def _ask(host: str, timeout_s: float) -> Found:
    try:
        async with asyncio.timeout(timeout_s):
            _, writer = await asyncio.open_connection(host, RAW_PORT)
    except TimeoutError:
        return _out_of_reach(host, f"{host} does not answer on port {RAW_PORT}", Cause.SILENT_HOST)
    except (OSError, UnicodeError) as error:
        return _out_of_reach(host, f"{host}: {error}", cause_below(error))
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return Found("network", f"tcp://{host}:{RAW_PORT}", host)


def _out_of_reach(host: str, words: str, cause: Cause) -> Found:
    return Found("network", "", host, words, cause.value, {"place": f"tcp://{host}:{RAW_PORT}"})


async def cups_queues(timeout_s: float, lpstat: str = "lpstat") -> list[Found]:
    """The queues of this machine's CUPS; nothing where it has none."""
    if shutil.which(lpstat) is None:
        return []
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        lpstat, "-e", stdout=pipe, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        async with asyncio.timeout(timeout_s):
            said, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        return [Found("cups", "", trouble="CUPS does not answer: look at its service", cause="cups_silent")]
    names = [name for name in said.decode("utf-8", "replace").split() if _QUEUE.fullmatch(name)]
    return [Found("cups", f"cups:{name}", name) for name in names[:_MOST_QUEUES]]
