"""Why the door to the shop's network stays shut, as a stable word with its facts. It opens nothing."""

import errno
from dataclasses import dataclass, field
from typing import Final

from pos_agent.errors import CertificateTrouble
from pos_agent.settings import LanSection

_BY_NUMBER: Final = {
    errno.EADDRINUSE: "port_taken",
    errno.EADDRNOTAVAIL: "not_own_address",
    errno.EACCES: "port_forbidden",
    errno.EPERM: "port_forbidden",
}


@dataclass(frozen=True, slots=True)
class DoorTrouble:
    """What stands in the way.

    Attributes:
        code: stable, a key of `words.WORDS`; empty = nothing.
        facts: what the words name.
    """

    code: str = ""
    facts: dict[str, str] = field(default_factory=dict)


NONE: Final = DoorTrouble()


def trouble_of(error: CertificateTrouble | OSError, section: LanSection) -> DoorTrouble:
    """The word for what went wrong while the door was opened or its certificate renewed."""
    if isinstance(error, CertificateTrouble):
        return DoorTrouble(f"authority_{error.cause}", {"path": error.path, "why": error.why})
    facts = {"address": section.host, "port": str(section.port), "why": error.strerror or str(error)}
    return DoorTrouble(_BY_NUMBER.get(error.errno or 0, "not_opened"), facts)
