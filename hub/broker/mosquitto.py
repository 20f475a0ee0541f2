"""Mosquitto: finding the program, its version, and writing a configuration that this version understands."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import structlog

from hub.broker.errors import MosquittoMissingError
from hub.broker.files import PASSWORD_FILE, RULE_FILE, replace_file
from hub.broker.process import PID_FILE

CONFIGURATION_FILE = "mosquitto.conf"
MAX_PACKET_BYTES = 1_000_000
MAX_QUEUED = 10_000
MAX_QUEUED_BYTES = 67_108_864
PLUGINS_SINCE = (2, 1, 0)
"""From here on rule and password files are read by plugins; the old options go with 3.0."""

# Debian keeps the program where the PATH of ordinary users does not look.
_MORE_FOLDERS = ("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin")
_PLUGIN_FOLDERS = ("/usr/lib", "/usr/lib64", "/usr/local/lib", "/opt/homebrew/lib")
_VERSION = re.compile(r"mosquitto version (\d+)\.(\d+)\.(\d+)")

Version = tuple[int, int, int]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class MosquittoSettings:
    """What a configuration is made of.

    Attributes:
        port: TCP port to listen on.
        folder: Folder of the user and rule files, the pid file and the configuration itself.
        bind: Address to listen on; loopback unless told otherwise, for there is no TLS here.
        as_root: Whether the broker will be started by root.
        plugin_folder: Where the password and rule plugins are; None where there are none.
    """

    port: int
    folder: Path
    bind: str = "127.0.0.1"
    as_root: bool = False
    plugin_folder: Path | None = None


def find_mosquitto() -> Path | None:
    """Look for the program on PATH and where distributions put daemons."""
    for folder in (None, *_MORE_FOLDERS):
        found = shutil.which("mosquitto", path=folder)
        if found:
            return Path(found)
    return None


def version_of(program: Path) -> Version:
    """Ask the program for its version.

    Raises:
        MosquittoMissingError: It cannot be run, or says something else.
    """
    try:
        answer = subprocess.run([program, "-h"], capture_output=True, text=True, timeout=10, check=False)  # noqa: S603 - the program we found
    except (OSError, subprocess.TimeoutExpired) as error:
        raise MosquittoMissingError(f"{program} cannot be run: {error}") from error
    return parse_version(answer.stdout + answer.stderr)


def parse_version(text: str) -> Version:
    """Read the version out of the program's help text.

    Raises:
        MosquittoMissingError: There is none in it.
    """
    found = _VERSION.search(text)
    if found is None:
        raise MosquittoMissingError("the program found as mosquitto does not tell its version")
    major, minor, patch = found.groups()
    return int(major), int(minor), int(patch)


def find_plugin_folder() -> Path | None:
    """Look for mosquitto's password plugin, which is there from 2.1 on."""
    for folder in _PLUGIN_FOLDERS:
        for place in (Path(folder), *Path(folder).glob("*-linux-gnu*")):
            if (place / "mosquitto_password_file.so").exists():
                return place
    return None


def configuration(version: Version, settings: MosquittoSettings) -> str:
    """Give the text of ``mosquitto.conf`` for one version of the program."""
    lines = [
        "# Written by the hub at each start; changes made here are lost.",
        f"listener {settings.port} {settings.bind}",
        "allow_anonymous false",
        f"pid_file {settings.folder / PID_FILE}",
        *_user_lines(as_root=settings.as_root),
        *_access_lines(version, settings),
        "# The broker keeps nothing that matters: durability is the hub's and the agents'.",
        "persistence false",
        "max_inflight_messages 100",
        f"max_queued_messages {MAX_QUEUED}",
        f"max_queued_bytes {MAX_QUEUED_BYTES}",
        "queue_qos0_messages false",
        f"{'max_packet_size' if version >= (2, 0, 0) else 'message_size_limit'} {MAX_PACKET_BYTES}",
        "# Without this, small messages wait for the acknowledgement of the last one.",
        "set_tcp_nodelay true",
        "connection_messages true",
        "log_dest stderr",
        "log_type error",
        "log_type warning",
        "log_type notice",
        "",
    ]
    return "\n".join(lines)


def write_configuration(program: Path, port: int, folder: Path, *, bind: str = "127.0.0.1") -> Path:
    """Write the configuration for the program found, and give its path.

    Raises:
        MosquittoMissingError: The program does not tell its version.
        OSError: The folder cannot be written.
    """
    version = version_of(program)
    as_root = os.geteuid() == 0
    plugins = find_plugin_folder() if version >= PLUGINS_SINCE else None
    folder = folder.absolute()
    settings = MosquittoSettings(port, folder, bind, as_root=as_root, plugin_folder=plugins)
    if as_root:
        log.warning(
            "broker.runs_as_root", why="mosquitto would drop to another user that cannot read its files"
        )
    path = folder / CONFIGURATION_FILE
    replace_file(path, configuration(version, settings))
    return path


def _user_lines(*, as_root: bool) -> list[str]:
    if not as_root:
        return []
    return [
        "# Started by root, mosquitto drops to another user, which then cannot read files of mode 0600 below",
        "# a folder of mode 0700, and does not say so. So it stays root here; run the hub as a user of its",
        "# own to avoid that.",
        "user root",
    ]


def _access_lines(version: Version, settings: MosquittoSettings) -> list[str]:
    passwords, rules = settings.folder / PASSWORD_FILE, settings.folder / RULE_FILE
    if version < PLUGINS_SINCE or settings.plugin_folder is None:
        return [f"password_file {passwords}", f"acl_file {rules}"]
    return [
        f"global_plugin {settings.plugin_folder / 'mosquitto_password_file.so'}",
        f"plugin_opt_password_file {passwords}",
        f"global_plugin {settings.plugin_folder / 'mosquitto_acl_file.so'}",
        f"plugin_opt_acl_file {rules}",
    ]
