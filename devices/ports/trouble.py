"""Why a device cannot be used, or not be relied on, as one stable word: what a person is told depends on it.

It opens nothing.
"""

import errno
import grp
import socket
from enum import StrEnum
from pathlib import Path
from typing import Final

from devices.errors import PortError, PortLost, PortTimeout


class Cause(StrEnum):
    """What stands between a program and its device; below the blank line, what it did while it was open."""

    PERMISSION = "permission"
    BUSY = "busy"
    REFUSED = "refused"
    SILENT_HOST = "silent_host"
    UNKNOWN_HOST = "unknown_host"
    ABSENT = "absent"
    BROKEN = "broken"
    NO_PACKAGE = "no_package"
    NO_CUPS = "no_cups"
    QUEUE_REFUSES = "queue_refuses"
    NOT_CONNECTED = "not_connected"
    ENDED = "ended"

    WENT_AWAY = "went_away"
    STUCK = "stuck"
    UNSTEADY = "unsteady"
    UNFORESEEN = "unforeseen"
    NO_MARK = "no_mark"
    NOT_SEEN = "not_seen"


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
    """The word for a port's error: its own, else by what the system said below it."""
    if error.cause:
        return Cause(error.cause)
    told = cause_below(error.__cause__)
    if told is not Cause.BROKEN and not isinstance(error, PortTimeout):
        return told
    if isinstance(error, PortTimeout):
        return Cause.STUCK
    return Cause.WENT_AWAY if isinstance(error, PortLost) else Cause.BROKEN


def cause_below(below: BaseException | None) -> Cause:
    """The word for what the system said; ``broken`` for all that is rare."""
    if isinstance(below, ImportError) or isinstance(getattr(below, "__cause__", None), ImportError):
        return Cause.NO_PACKAGE
    if isinstance(below, socket.gaierror | UnicodeError):
        return Cause.UNKNOWN_HOST
    if isinstance(below, FileNotFoundError):
        return Cause.ABSENT
    number = below.errno if isinstance(below, OSError) else None
    if number in _BY_NUMBER:
        return _BY_NUMBER[number]
    if isinstance(below, FileNotFoundError):  # a port's own word for what is not plugged in has no number
        return Cause.ABSENT
    return Cause.SILENT_HOST if isinstance(below, TimeoutError) else Cause.BROKEN


def group_of(path: Path) -> str:
    """The group that may open a device; empty where it cannot be told."""
    try:
        return grp.getgrgid(path.stat().st_gid).gr_name
    except (OSError, KeyError):
        return ""
