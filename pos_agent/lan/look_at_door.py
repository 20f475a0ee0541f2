"""Looks at the door to the shop's network from outside the agent: it makes, renews and opens nothing."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Final

from pos_agent.errors import CertificateTrouble
from pos_agent.lan.authority import Authority, Served, read_authority, read_served
from pos_agent.lan.certificate_files import AUTHORITY, FOLDER, RENEW_BEFORE, SERVED, read_private
from pos_agent.lan.door import LanDoor
from pos_agent.lan.names import as_address, present_addresses
from pos_agent.lan.paired_browsers import MOST_BROWSERS
from pos_agent.lan.trouble import trouble_of

ANSWER_S: Final = 1.0
WARN_BEFORE: Final = timedelta(days=90)
IDLE_AFTER: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing that was seen: `part` of the door, `code` and `facts` for `words`."""

    ok: bool
    part: str
    code: str
    facts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Seen:
    """What is looked at.

    Attributes:
        door: the door as the settings have it; not opened.
        now: the present by this machine's clock.
        is_running: whether an agent works on this folder.
        browsers: when each paired browser was last seen.
    """

    door: LanDoor
    now: datetime
    is_running: bool
    browsers: tuple[datetime, ...]


def look_at_door(seen: Seen) -> list[Sign]:
    """Authority, certificate, addresses, port, paired browsers; one sign where the door is shut. Blocks."""
    if not seen.door.section.open:
        return [Sign(True, "phones", "shut")]
    return [*_certificates(seen), *_addresses(seen), _port(seen), _browsers(seen)]


def _certificates(seen: Seen) -> Iterator[Sign]:
    folder = seen.door.files.data_dir / FOLDER
    path = folder / AUTHORITY
    if not path.exists():
        yield Sign(not seen.is_running, "authority", "authority_missing")
        return
    try:
        authority = read_authority(read_private(path), str(path))
    except CertificateTrouble as error:
        trouble = trouble_of(error, seen.door.section)
        yield Sign(False, "authority", trouble.code, trouble.facts)
        return
    yield _authority(authority, seen.now)
    yield _served(seen, authority)


def _authority(authority: Authority, now: datetime) -> Sign:
    ends = authority.certificate.not_valid_after_utc
    facts = {"until": _day(ends), "fingerprint": authority.fingerprint}
    if ends - now < WARN_BEFORE:
        return Sign(False, "authority", "authority_ends", facts)
    return Sign(True, "authority", "authority_good", facts)


def _served(seen: Seen, authority: Authority) -> Sign:
    path = seen.door.files.data_dir / FOLDER / SERVED
    try:
        served = read_served(read_private(path), authority) if path.is_file() else None
    except CertificateTrouble:
        served = None  # the agent replaces a key that others could read
    if served is None:
        return Sign(not seen.is_running, "certificate", "certificate_missing")
    return _certificate(seen, served)


def _certificate(seen: Seen, served: Served) -> Sign:
    if seen.now < served.begins:
        facts = {"now": _minute(seen.now), "since": _minute(served.begins)}
        return Sign(False, "certificate", "clock_behind", facts)
    if served.ends - seen.now <= RENEW_BEFORE:
        return Sign(False, "certificate", "certificate_old", {"until": _day(served.ends)})
    lacking = sorted({*seen.door.section.names, *seen.door.own_addresses()} - served.names)
    if lacking:
        return Sign(False, "certificate", "certificate_lacks", {"names": ", ".join(lacking)})
    facts = {"names": ", ".join(sorted(served.names)), "until": _day(served.ends)}
    return Sign(True, "certificate", "certificate_good", facts)


def _addresses(seen: Seen) -> Iterator[Sign]:
    section = seen.door.section
    host = ip_address(section.host)
    present = present_addresses()
    mine = {*present, section.host}
    foreign = [
        name
        for name in section.names
        if (address := as_address(name)) is not None and not address.is_loopback and name not in mine
    ]
    if foreign:
        yield Sign(False, "names", "foreign_names", {"names": ", ".join(foreign)})
    if host.is_loopback:
        yield Sign(True, "address", "this_machine_alone", {"address": section.host})
    elif host.is_unspecified and not present:
        yield Sign(False, "address", "no_network")
    else:
        yield Sign(True, "address", "own_addresses", {"names": ", ".join(seen.door.own_addresses())})


def _port(seen: Seen) -> Sign:
    section = seen.door.section
    facts = {"port": str(section.port)}
    if section.port == 0:
        return Sign(True, "port", "port_any")
    if seen.is_running:
        answers = _answers(section.host, section.port)
        return Sign(answers, "port", "port_served" if answers else "port_silent", facts)
    try:
        _try_to_listen(section.host, section.port)
    except OSError as error:
        trouble = trouble_of(error, section)
        return Sign(False, "port", trouble.code, trouble.facts)
    return Sign(True, "port", "port_free", facts)


def _try_to_listen(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))
        probe.listen(1)


def _answers(host: str, port: int) -> bool:
    address = ip_address(host)
    place = host if not address.is_unspecified else ("::1" if address.version == 6 else "127.0.0.1")
    try:
        with socket.create_connection((place, port), ANSWER_S):
            return True
    except OSError:
        return False


def _browsers(seen: Seen) -> Sign:
    if not seen.browsers:
        return Sign(True, "browsers", "no_browsers")
    idle = sum(seen.now - at > IDLE_AFTER for at in seen.browsers)
    facts = {"paired": str(len(seen.browsers)), "idle": str(idle), "seen": _day(max(seen.browsers))}
    if len(seen.browsers) >= MOST_BROWSERS:
        return Sign(False, "browsers", "browsers_full", facts)
    return Sign(True, "browsers", "browsers_idle" if idle else "browsers", facts)


def _day(at: datetime) -> str:
    return f"{at.astimezone():%Y-%m-%d}"


def _minute(at: datetime) -> str:
    return f"{at.astimezone():%Y-%m-%d %H:%M}"
