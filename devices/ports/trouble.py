"""Why a port cannot be used, as one stable word: what a person is told depends on it. It opens nothing."""

import errno
import grp
import socket
from enum import StrEnum
from pathlib import Path
from typing import Final

from devices.errors import PortError


class Cause(StrEnum):
    """What stands between a program and its device."""

    PERMISSION = "permission"
    BUSY = "busy"
    REFUSED = "refused"
    SILENT_HOST = "silent_host"
    UNKNOWN_HOST = "unknown_host"
    ABSENT = "absent"
    BROKEN = "broken"


_BY_NUMBER: Final = {
    errno.EACCES: Cause.PERMISSION,
    errno.EPERM: Cause.PERMISSION,
    errno.EBUSY: Cause.BUSY,
    errno.EAGAIN: Cause.BUSY,
    errno.EADDRINUSE: Cause.BUSY,
    errno.ECONNREFUSED: Cause.REFUSED,
    errno.ETIMEDOUT: Cause.SILENT_HOST,
    errno.EHOSTUNREACH: Cause.SILENT_HOST,
    errno.ENETUNREACH: Cause.SILENT_HOST,
    errno.ENOENT: Cause.ABSENT,
    errno.ENODEV: Cause.ABSENT,
    errno.ENXIO: Cause.ABSENT,
    errno.EADDRNOTAVAIL: Cause.ABSENT,
}


def cause_of(error: PortError) -> Cause:
    """The word for a port's error, by what the system said below it; ``broken`` for all that is rare."""
    below: BaseException | None = error.__cause__
    if isinstance(below, socket.gaierror | UnicodeError):
        return Cause.UNKNOWN_HOST
    number = below.errno if isinstance(below, OSError) else None
    if number in _BY_NUMBER:
        return _BY_NUMBER[number]
    return Cause.SILENT_HOST if isinstance(below, TimeoutError) else Cause.BROKEN


def group_of(path: Path) -> str:
    """The group that may open a device; empty where it cannot be told."""
    try:
        return grp.getgrgid(path.stat().st_gid).gr_name
    except (OSError, KeyError):
        return ""
