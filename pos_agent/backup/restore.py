"""Putting a store's agent back to a backup: everything is made ready first, then renames alone are left.

A kill at any moment leaves the ledger before, the finished one, or none, with which `omo-agent run` refuses
to begin; the same call goes on from there. Nothing that was in place is deleted.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pos_agent import enrolment
from pos_agent.backup.archive import Manifest, read_manifest
from pos_agent.backup.put_back import LedgerEnd, end_of, holds, mark_put_back, require_ledger
from pos_agent.backup.take_backup import BESIDE
from pos_agent.enrolment import FILE_NAME as ENROLMENT
from pos_agent.enrolment import SECRET_NAME, Enrolment
from pos_agent.errors import AlreadyEnrolled, NotEnrolled
from pos_agent.hardware.check_settings import need_folder
from pos_agent.ledger.position import put_back_at
from pos_agent.machine_lock import only_one
from pos_agent.settings import AgentSettings
from sync.keys.errors import KeyFault
from sync.storage.archive import extract
from sync.storage.aside import free_name, lies_at, set_aside
from sync.storage.durable import move_durably
from sync.storage.errors import BadBackup
from sync.storage.incarnations import Incarnations
from sync.values.bounds import MOST_COUNTER

MARK: Final = "before-restore"


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore came to.

    Args:
        manifest: the backup's.
        hub_url: where the store enrols; empty where that is not known.
        papers: print jobs of which nobody knows whether they were printed.
        aside: the files that were in place, under their new names.
    """

    manifest: Manifest
    hub_url: str
    papers: int
    aside: tuple[Path, ...]


def restore(settings: AgentSettings, source: Path, at: str) -> Restored:
    """Put ledger, enrolment, secret, incarnations and print jobs back.

    Args:
        settings: of this machine.
        source: a backup of a store's agent.
        at: the present.

    Raises:
        BadBackup: the file is no whole backup; nothing was changed.
        SchemaTrouble: it is of a newer version; nothing was changed.
        AlreadyEnrolled: this machine is another store's, or knows more than the backup; nothing was changed.
        pos_agent.machine_lock.AlreadyRunning: the agent runs; nothing was changed.
    """
    manifest = read_manifest(source)
    need_folder(settings)
    folder = settings.data_dir
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with only_one(folder), _workplace(folder) as place:
        names = (settings.database.name, *BESIDE)
        extract(source, manifest.sha256, {name: place / name for name in names})
        draft = place / settings.database.name
        joined = _require_parts(place, manifest)
        require_ledger(draft, manifest)
        _refuse_loss(settings, manifest, draft)
        papers = mark_put_back(draft, at)
        _remember(folder, place, joined)
        aside = _take_places(settings, place)
    return Restored(manifest, joined.hub_url, papers, aside)


@contextmanager
def _workplace(folder: Path) -> Iterator[Path]:
    """A folder on the same disk, without what an earlier try left."""
    place = folder / "restoring"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(mode=0o700)
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _require_parts(place: Path, manifest: Manifest) -> Enrolment:
    """What lies beside the ledger is whole and belongs to it."""
    try:
        joined = enrolment.load(place)
        enrolment.secret_of(place)
        known = Incarnations(place)
        numbers = {name: known.highest(name) for name in known.names()}
    except (NotEnrolled, KeyFault, ValueError) as error:
        raise BadBackup(f"this backup cannot be used: {error}") from error
    is_sound = all(0 <= number <= MOST_COUNTER for number in numbers.values())
    is_same = (joined.store, joined.sinc) == (manifest.store, manifest.sinc)
    if not is_same or not is_sound or numbers.get(manifest.store) != manifest.sinc:
        raise BadBackup("this backup cannot be used: its enrolment and its incarnations are not the ledger's")
    return joined


def _refuse_loss(settings: AgentSettings, manifest: Manifest, draft: Path) -> None:
    """Nothing takes the place of what knows more than it.

    Raises:
        AlreadyEnrolled: see there; each text says what to do instead.
    """
    folder, store = settings.data_dir, manifest.store
    if (other := _store_here(folder, settings.database)) not in {"", store}:
        raise AlreadyEnrolled(f"{folder} is the agent of {other}, this backup is of {store}")
    seen = Incarnations(folder).highest(store)
    if seen > manifest.sinc:
        raise AlreadyEnrolled(
            f"this machine joined as incarnation {seen} since, this backup is of incarnation {manifest.sinc}:"
            " it holds nothing that was not taken over; ask the head office for a code and `omo-agent enrol`"
        )
    present = end_of(settings.database)
    if present is not None and not holds(draft, present):
        raise AlreadyEnrolled(
            f"the ledger in {folder} is whole and ends at event {present.seq} of incarnation {present.sinc},"
            f" which this backup (event {manifest.seq} of {manifest.sinc}) does not hold: keep it;"
            " `omo-agent enrol` carries it on"
        )
    if present is not None and present.seq == manifest.seq and _is_at_work(settings):
        raise AlreadyEnrolled(
            f"the ledger in {folder} is whole and ends where this backup does: there is nothing to put back"
        )


def _is_at_work(settings: AgentSettings) -> bool:
    """Whether the agent in place could simply be started."""
    try:
        enrolment.load(settings.data_dir)
        enrolment.secret_of(settings.data_dir)
    except (NotEnrolled, KeyFault):
        return False
    return not put_back_at(settings.database)


def _store_here(folder: Path, database: Path) -> str:
    """The store whose agent this folder is; empty where nothing tells."""
    try:
        return enrolment.load(folder).store
    except NotEnrolled:
        present: LedgerEnd | None = end_of(database)
        return present.store if present is not None else ""


def _remember(folder: Path, place: Path, joined: Enrolment) -> None:
    """The numbers rise first, outside of the ledger: from here on a lost ledger cannot begin anew."""
    known, told = Incarnations(folder), Incarnations(place)
    for name in told.names():
        known.raise_to(name, told.highest(name))
    enrolment.remember_ledger(folder, joined)


def _take_places(settings: AgentSettings, place: Path) -> tuple[Path, ...]:
    """Renames: what is in place goes aside, then what was made ready comes, the ledger last."""
    aside, database = [], settings.database
    if lies_at(database):
        aside.append(free_name(database, MARK))
        set_aside(database, aside[-1])
    for name in (SECRET_NAME, ENROLMENT):
        path = settings.data_dir / name
        if path.exists() and path.read_bytes() != (place / name).read_bytes():
            aside.append(free_name(path, MARK))
            move_durably(path, aside[-1])
        move_durably(place / name, path)
    move_durably(place / database.name, database)
    return tuple(aside)


def told(done: Restored) -> list[str]:
    """What was put back and what is left to do, in words."""
    at = done.manifest
    lines = [f"{at.store} is put back to event {at.seq} of incarnation {at.sinc}, as of {at.at}"]
    lines += [f"what was in place is kept as {path.name}" for path in done.aside]
    if done.papers:
        lines.append(f"{done.papers} papers were not printed then; nobody knows whether they were since")
    lines += [
        "now ask the head office for a code: omo-hub stores code " + at.store,
        f"then join with it: omo-agent enrol {done.hub_url or 'URL'} CODE",
        "what it holds and the hub lacks is carried on; until then `omo-agent run` sells and sends nothing",
    ]
    return lines
