"""Taking a backup of a store's agent, while it runs or not."""

import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pos_agent import enrolment
from pos_agent.backup.archive import Manifest, write_archive
from pos_agent.enrolment import FILE_NAME as ENROLMENT
from pos_agent.enrolment import SECRET_NAME, Enrolment
from pos_agent.errors import NotEnrolled
from pos_agent.settings import AgentSettings
from sync.storage import incarnations
from sync.storage.archive import copy_database, sha256_of
from sync.storage.errors import BadBackup

BESIDE: Final = (ENROLMENT, SECRET_NAME, incarnations.FILE_NAME)
"""What belongs to a ledger and lies beside it."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A backup that was written."""

    file: Path
    bytes: int
    manifest: Manifest


def take_backup(settings: AgentSettings, target: Path, at: str) -> Taken:
    """Copy an agent's state into one file; it may run meanwhile.

    Raises:
        BadBackup: the target exists already, or the machine joined anew at this very moment.
        NotEnrolled: there is nothing to copy yet.
        sqlite3.Error, OSError: it could not be written; nothing is left of it.
    """
    if target.exists():
        raise BadBackup(f"{target} exists already: choose another name")
    folder = settings.data_dir
    joined = enrolment.load(folder)
    if joined.takes_over is not None or not settings.database.exists():
        raise NotEnrolled(f"{folder} has no ledger of {joined.store} yet: start `omo-agent run` first")
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".omo-backup-") as name:
        place = Path(name)
        parts = _copied(settings, place)
        seq, chain = _position_in(parts[settings.database.name], enrolment.load(place))
        manifest = Manifest(
            at=at,
            store=joined.store,
            sinc=joined.sinc,
            seq=seq,
            chain=chain,
            sha256={part: sha256_of(path) for part, path in parts.items()},
        )
        size = write_archive(target, parts, manifest)
    return Taken(target, size, manifest)


def _copied(settings: AgentSettings, place: Path) -> dict[str, Path]:
    """Everything in one state, in a folder of its own."""
    for name in BESIDE:
        (place / name).write_bytes((settings.data_dir / name).read_bytes())
    names = (settings.database.name, *BESIDE)
    copy_database(settings.database, place / settings.database.name)
    return {name: place / name for name in names}


def _position_in(copy: Path, joined: Enrolment) -> tuple[int, str]:
    """Where the copied ledger ends; it must be the copied enrolment's."""
    with closing(sqlite3.connect(f"file:{copy}?mode=ro", uri=True)) as connection:
        row = connection.execute("SELECT store, sinc, seq, chain FROM position").fetchone()
    if row is None or (row[0], row[1]) != (joined.store, joined.sinc):
        raise BadBackup("the ledger is not this enrolment's: start `omo-agent run`, then try again")
    return row[2], row[3]


def told(taken: Taken) -> str:
    """What was written, in words."""
    at = taken.manifest
    return (
        f"{taken.file}: {taken.bytes} bytes, {at.store} up to event {at.seq} of incarnation {at.sinc},"
        f" taken {at.at}; it holds the store's secret"
    )
