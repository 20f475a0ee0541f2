"""Printers that announce themselves on the network (DNS-SD over multicast DNS, RFC 6763 and RFC 6762).

Listens for a moment and asks nobody by address. Needs the optional package ``zeroconf`` (extra ``mdns``).
"""

import asyncio
from typing import TYPE_CHECKING, Final

from devices.discovery.found import Found

if TYPE_CHECKING:
    from zeroconf import ServiceInfo
    from zeroconf.asyncio import AsyncZeroconf

RAW: Final = "_pdl-datastream._tcp.local."
LPD: Final = "_printer._tcp.local."
IPP: Final = "_ipp._tcp.local."
MOST: Final = 64
MISSING: Final = "printers that announce themselves were not looked for: pip install omo-retail-hub[mdns]"
_MOST_TEXT: Final = 60
_RAW_PORT: Final = 9100
_HINTS: Final = {
    LPD: "it announces only LPD: ask it on port 9100 with --host, or set it up as a queue of CUPS",
    IPP: "it announces only IPP: ask it on port 9100 with --host, or set it up as a queue of CUPS",
}


async def announced_printers(timeout_s: float, interfaces: list[str] | None = None) -> list[Found]:
    """Printers that announce one of the three services, those that take raw data first.

    Args:
        timeout_s: how long to listen, then how long at most to ask what was heard for its addresses.
        interfaces: addresses of this machine to listen on; all of them if None.
    """
    try:
        from zeroconf import InterfaceChoice  # noqa: PLC0415 - an extra
        from zeroconf.asyncio import AsyncZeroconf  # noqa: PLC0415 - an extra
    except ImportError:
        return [Found("mdns", "", trouble=MISSING, cause="no_mdns")]
    try:
        zeroconf = AsyncZeroconf(interfaces=interfaces or InterfaceChoice.All)
    except OSError as error:
        words = f"nobody can be listened to on this network: {error}"
        return [Found("mdns", "", trouble=words, cause="mdns_closed")]
    try:
        infos = await _resolved(zeroconf, await _heard(zeroconf, timeout_s), timeout_s)
    finally:
        await zeroconf.async_close()
        await asyncio.sleep(0)  # its sockets are closed in the loop's next turn, which may be the last one
    return _told(infos)


async def _heard(zeroconf: "AsyncZeroconf", timeout_s: float) -> list[tuple[str, str]]:
    """The services heard within the time, as (type, name), at most MOST."""
    from zeroconf import ServiceStateChange  # noqa: PLC0415 - an extra
    from zeroconf.asyncio import AsyncServiceBrowser  # noqa: PLC0415 - an extra

    heard: dict[tuple[str, str], None] = {}

    def note(service_type: str, name: str, state_change: ServiceStateChange, **_others: object) -> None:
        if state_change is not ServiceStateChange.Removed and len(heard) < MOST:
            heard[service_type, name] = None

    browser = AsyncServiceBrowser(zeroconf.zeroconf, [RAW, LPD, IPP], handlers=[note])
    await asyncio.sleep(timeout_s)
    await browser.async_cancel()
    return list(heard)


async def _resolved(
    zeroconf: "AsyncZeroconf", heard: list[tuple[str, str]], timeout_s: float
) -> list["ServiceInfo"]:
    """What they tell of themselves; who does not answer in time is left out."""
    from zeroconf.asyncio import AsyncServiceInfo  # noqa: PLC0415 - an extra

    infos = [AsyncServiceInfo(service_type, name) for service_type, name in heard]
    answers = await asyncio.gather(
        *(info.async_request(zeroconf.zeroconf, timeout_s * 1000) for info in infos)
    )
    return [info for info, has_answered in zip(infos, answers, strict=True) if has_answered]


def _told(infos: list["ServiceInfo"]) -> list[Found]:
    """One entry for each machine: its raw port if it has one, else a hint."""
    found: dict[str, Found] = {}
    for info in sorted(infos, key=lambda one: ((RAW, LPD, IPP).index(one.type), one.name)):
        host = next(iter(info.parsed_addresses()), "")
        if host and host not in found:
            found[host] = _entry(info, host)
    return list(found.values())


def _entry(info: "ServiceInfo", host: str) -> Found:
    name = _printable(info.name.removesuffix(f".{info.type}"))
    if info.type == RAW:
        place = f"[{host}]" if ":" in host else host
        return Found("network", f"tcp://{place}:{info.port or _RAW_PORT}", name)
    return Found("network", "", f"{name} ({host})", _HINTS[info.type])


def _printable(text: str) -> str:
    """A stranger's text, short and without characters that move the cursor."""
    return "".join(char for char in text if char.isprintable())[:_MOST_TEXT]
