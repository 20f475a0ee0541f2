"""Why a port cannot be used: each system's word becomes one of ours, and whatever is rare is not guessed."""

import errno
import os
import pty
import socket
from pathlib import Path

import pytest

from devices.errors import PortAbsent, PortError, PortLost, PortTimeout
from devices.ports.address import port_at
from devices.ports.trouble import Cause, cause_of, group_of


@pytest.mark.parametrize(
    ("below", "cause"),
    [
        (PermissionError(errno.EACCES, "no"), Cause.PERMISSION),
        (OSError(errno.EBUSY, "busy"), Cause.BUSY),
        (ConnectionRefusedError(errno.ECONNREFUSED, "no"), Cause.REFUSED),
        (OSError(errno.EHOSTUNREACH, "no"), Cause.SILENT_HOST),
        (TimeoutError(), Cause.SILENT_HOST),
        (socket.gaierror(socket.EAI_NONAME, "no"), Cause.UNKNOWN_HOST),
        (FileNotFoundError(errno.ENOENT, "no"), Cause.ABSENT),
        (FileNotFoundError("no usb:04b8:0202 is plugged in"), Cause.ABSENT),
        (ModuleNotFoundError("usb"), Cause.NO_PACKAGE),
        (OSError(errno.EIO, "no"), Cause.BROKEN),
        (None, Cause.BROKEN),
    ],
)
def test_a_port_error_has_one_cause(below: BaseException | None, cause: Cause) -> None:
    error = PortAbsent("told")
    error.__cause__ = below
    assert cause_of(error) is cause


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (PortLost("told"), Cause.WENT_AWAY),
        (PortTimeout("told"), Cause.STUCK),
        (PortAbsent("told", "no_cups"), Cause.NO_CUPS),
        (PortLost("told", "ended"), Cause.ENDED),
    ],
)
def test_a_port_that_was_open_tells_what_became_of_it(error: PortError, cause: Cause) -> None:
    assert cause_of(error) is cause
    error.__cause__ = ConnectionResetError(errno.ECONNRESET, "no")
    assert cause_of(error) is cause


def test_a_line_that_was_unplugged_while_open_is_not_there() -> None:
    error = PortLost("told")
    error.__cause__ = OSError(errno.ENODEV, "no")
    assert cause_of(error) is Cause.ABSENT


async def failure(uri: str) -> PortError:
    """What opening an address comes to."""
    port = port_at(uri)
    with pytest.raises(PortError) as refused:
        await port.open(2.0)
    await port.close()
    return refused.value


async def test_real_ports_tell_their_causes(tmp_path: Path) -> None:
    assert cause_of(await failure(f"serial:{tmp_path}/none")) is Cause.ABSENT
    assert cause_of(await failure(f"file:{tmp_path}/none/lp0")) is Cause.ABSENT
    assert cause_of(await failure("tcp://127.0.0.1:1")) is Cause.REFUSED
    handle, line = pty.openpty()
    first = port_at(f"serial:{os.ttyname(line)}")
    await first.open(2.0)
    assert cause_of(await failure(f"serial:{os.ttyname(line)}")) is Cause.BUSY
    await first.close()
    os.close(handle)
    os.close(line)


def test_the_group_of_a_device_is_named(tmp_path: Path) -> None:
    assert group_of(tmp_path) != ""
    assert group_of(tmp_path / "none") == ""
