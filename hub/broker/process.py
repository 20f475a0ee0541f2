"""The broker's process: known by the pid file it writes itself, told by SIGHUP to read its files again."""

import os
import signal
import subprocess
from pathlib import Path

import structlog

PID_FILE = "broker.pid"
_OURS = ("mosquitto", "hub.broker.embedded")

log = structlog.get_logger(__name__)


def reload(pid: int) -> bool:
    """Tell a broker to read its user and rule files again.

    The process is looked at first: SIGHUP ends a program that does not expect it, and a stale pid may have
    gone to another one.

    Returns:
        True when a broker was told; False when no broker of ours has this pid.
    """
    if not is_broker(pid):
        return False
    try:
        os.kill(pid, signal.SIGHUP)
    except ProcessLookupError:
        return False
    log.info("broker.reloaded", pid=pid)
    return True


def is_broker(pid: int) -> bool:
    """Tell whether a running process is a mosquitto or our embedded broker."""
    words = _command_line(pid)
    return any(Path(word).name == _OURS[0] for word in words[:1]) or _OURS[1] in words


def running_pid(folder: Path) -> int | None:
    """Give the pid of the broker that serves a folder, if one runs."""
    try:
        pid = int((folder / PID_FILE).read_text("ascii"))
    except (OSError, ValueError):
        return None
    return pid if pid > 0 and is_broker(pid) else None


def _command_line(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode("utf-8", "replace").split("\0")
    except OSError:
        if Path("/proc/self").exists():
            return []
    # For systems without /proc: a fixed program, a number as its argument.
    answer = subprocess.run(  # noqa: S603
        ["/bin/ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True, timeout=5, check=False
    )
    return answer.stdout.split()
