"""Packs what whoever helps has to know into one file: versions, settings, states, counts, the last log lines.

No secret is in it, no code that is money, nothing of customers, no paper's text: what could hold any is not
read; what is read goes through the log's redactor; and the machine's own secrets are looked for at the end.
"""

import contextlib
import io
import json
import os
import platform
import sqlite3
import ssl
import sys
import zipfile
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from pos_agent import __version__, enrolment
from pos_agent.doctor.examine import Found
from pos_agent.doctor.journals import read_journals
from pos_agent.doctor.live import Live
from pos_agent.errors import AgentError
from pos_agent.hardware.choose_devices import Chosen
from pos_agent.settings import LOG_FOLDER
from sync.keys.errors import KeyFault
from sync.runtime.kept_log import last_lines
from sync.runtime.redaction import HIDDEN, redact, redact_text
from sync.values.clock import to_instant

MOST_LINES: Final = 3_000
MOST_FILES: Final = 200
_LIBRARIES: Final = (
    *("starlette", "uvicorn", "paho-mqtt", "pyserial", "python-escpos", "pydantic", "cryptography"),
)
_OPTIONAL: Final = ("pyudev", "evdev", "pyusb", "zeroconf")
_README: Final = """\
Diagnostics of an OMO store agent.

about.json     versions, machine, store        findings.json  what the doctor says
settings.json  agent.toml with the devices     journals.json  where ledger and print journal stand
metrics.txt    counts, states of devices       running.json   what the running agent says
log.txt        the last lines of its log       files.json     sizes in the data folder

Passwords, tokens, PINs, payment codes, phone numbers, customers' data and the text of papers are not in it.
"""


@dataclass(frozen=True, slots=True)
class Packed:
    """What goes into a dump.

    Attributes:
        chosen: the settings with the devices that count.
        findings: what the doctor says.
        live: what a running agent says of itself.
        now: the present.
    """

    chosen: Chosen
    findings: list[Found]
    live: Live
    now: datetime


def pack(packed: Packed) -> bytes:
    """The dump as a zip file. Blocks."""
    data_dir = packed.chosen.settings.data_dir
    secrets = own_secrets(data_dir)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in _parts(packed).items():
            archive.writestr(name, _without(text, secrets))
    return content.getvalue()


def write_dump(path: Path, content: bytes) -> None:
    """Write the dump into a new file that its owner alone can read.

    Raises:
        FileExistsError: there is such a file; it is left as it is.
        OSError: it cannot be written.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)


def own_secrets(data_dir: Path) -> tuple[str, ...]:
    """The secrets of this machine that are text: they may stand nowhere in a dump."""
    found = []
    try:
        found.append(enrolment.secret_of(data_dir))
        joined = enrolment.load(data_dir)
        found += [joined.takes_over.token] if joined.takes_over is not None else []
    except (AgentError, KeyFault, ValueError, OSError):
        pass  # not joined: there is none
    return tuple(one for one in found if one)


def _parts(packed: Packed) -> dict[str, str]:
    settings = packed.chosen.settings
    return {
        "README.txt": _README,
        "about.json": _json(_about(packed)),
        "settings.json": _json(settings.model_dump(mode="json")),
        "findings.json": _json([asdict(one) for one in packed.findings]),
        "journals.json": _json(read_journals(settings.database)),
        "running.json": _json(packed.live.facts),
        "metrics.txt": packed.live.metrics,
        "files.json": _json(_files(settings.data_dir)),
        "log.txt": "\n".join(map(redact_text, last_lines(settings.data_dir / LOG_FOLDER, MOST_LINES))),
    }


def _about(packed: Packed) -> dict[str, Any]:
    return {
        "at": to_instant(packed.now),
        "agent": __version__,
        "store": _store(packed.chosen.settings.data_dir),
        "devices_from": packed.chosen.source,
        "python": sys.version,
        "system": platform.platform(),
        "sqlite": sqlite3.sqlite_version,
        "openssl": ssl.OPENSSL_VERSION,
        "libraries": {name: _version(name) for name in _LIBRARIES},
        "optional": {name: _version(name) for name in _OPTIONAL},
    }


def _store(data_dir: Path) -> dict[str, Any] | None:
    try:
        joined = enrolment.load(data_dir)
    except (AgentError, ValueError, OSError):
        return None
    keys = [key.id for key in joined.hub_keys]
    known = joined.model_dump(include={"store", "part", "sinc", "hinc", "locale", "currency", "tz"})
    return {**known, "broker": joined.broker.url, "hub": joined.hub_url, "keys": keys}


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _files(data_dir: Path) -> list[dict[str, Any]]:
    """Names, sizes and modes; no content."""
    found = []
    paths = sorted(data_dir.rglob("*"))[:MOST_FILES] if data_dir.is_dir() else []
    for path in paths:
        name = str(path.relative_to(data_dir))
        with contextlib.suppress(FileNotFoundError):  # a running agent renames drafts and journals meanwhile
            about = path.lstat()
            found.append({"name": name, "bytes": about.st_size, "mode": f"{about.st_mode & 0o7777:04o}"})
    return found


def _json(value: Any) -> str:
    return json.dumps(redact(value), ensure_ascii=False, indent=1)


def _without(text: str, secrets: tuple[str, ...]) -> str:
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    return text
