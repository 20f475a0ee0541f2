"""The door to the shop's network: what is served there, under which names, and why it is shut if it is.

A door that cannot be opened shuts no till: the pages on the machine itself go on.
"""

import asyncio
import contextlib
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import ip_address
from typing import Final

from pos_agent.errors import CertificateTrouble
from pos_agent.lan.certificate_files import CertificateFiles
from pos_agent.lan.names import is_private, present_addresses
from pos_agent.lan.pairing import Pairing
from pos_agent.lan.trouble import NONE, DoorTrouble, trouble_of
from pos_agent.settings import LanSection
from sync.runtime.logging import get_logger
from sync.runtime.server import Listener, ServerOptions
from sync.runtime.supervision import Lifetime
from sync.values.clock import Clock

log = get_logger(__name__)
LOOK_EVERY_S: Final = 60.0
PRIVATE_BUT_HERE: Final = ("127.0.0.1", "::1", "localhost")


@dataclass(slots=True)
class LanDoor:
    """One agent's door.

    Attributes:
        section: how it is set.
        files: authority and served certificate.
        clock: tells when they end.
        pairing: the open code.
        port: where it listens; 0 while it does not.
        trouble: why it does not, or why its certificate is not renewed.
    """

    section: LanSection
    files: CertificateFiles
    clock: Clock
    pairing: Pairing = field(default_factory=Pairing)
    port: int = 0
    trouble: DoorTrouble = NONE

    @property
    def is_open(self) -> bool:
        """Whether phones are served."""
        return self.port != 0

    @property
    def urls(self) -> list[str]:
        """Addresses that a phone may open: set names first, then the present addresses."""
        known = [name for name in self.section.names if name not in PRIVATE_BUT_HERE]
        rest = sorted(self.files.names - set(known) - set(PRIVATE_BUT_HERE))
        names = [*known, *rest] or sorted(self.files.names)
        return [f"https://{f'[{name}]' if ':' in name else name}:{self.port}" for name in names]

    async def open(self) -> Listener | None:
        """The listening socket; None where the door is not meant to be open, or cannot be."""
        if not self.section.open:
            return None
        try:
            await self.renew()
            options = ServerOptions(host=self.section.host, port=self.section.port, tls=self.files.context)
            listener = Listener(options)
        except (CertificateTrouble, OSError) as error:
            self.trouble = trouble_of(error, self.section)
            log.warning("lan.not_open", code=self.trouble.code, problem=str(error))
            return None
        self.port = listener.port
        log.info("lan.open", urls=self.urls, fingerprint=self.files.fingerprint)
        return listener

    async def renew(self) -> bool:
        """Look after the certificate; returns whether a new one is served.

        Raises:
            CertificateTrouble: the authority cannot be used.
            OSError: the disk refuses.
        """
        return await asyncio.to_thread(self._renew, self.clock.now())

    def own_addresses(self) -> tuple[str, ...]:
        """The private addresses under which it listens: the one it is set to, else all present ones."""
        host = ip_address(self.section.host)
        if host.is_unspecified:
            return present_addresses()
        return (str(host),) if is_private(str(host)) else ()

    def _renew(self, now: datetime) -> bool:
        names = {*self.section.names, *self.own_addresses()}
        # a machine without any address yet: its own name for itself, until it has one
        return self.files.renew(tuple(sorted(names)) or PRIVATE_BUT_HERE[:1], now)

    async def keep(self, lifetime: Lifetime) -> None:
        """Renew before the end and after a change of addresses, until the program stops."""
        lifetime.ready()
        stopping = asyncio.ensure_future(lifetime.until_stopping())
        try:
            while not stopping.done():
                await asyncio.wait([stopping], timeout=LOOK_EVERY_S)
                await self.look()
        finally:
            stopping.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await stopping

    async def look(self) -> None:
        """One look at the certificate; trouble is told once, and what was served goes on."""
        try:
            is_new = await self.renew()
        except (CertificateTrouble, OSError) as error:
            if self.trouble != (found := trouble_of(error, self.section)):
                self.trouble = found
                log.warning("lan.not_renewed", code=found.code, problem=str(error))
            return
        if self.trouble.code or is_new:
            self.trouble = NONE
            log.info("lan.renewed", names=sorted(self.files.names))
