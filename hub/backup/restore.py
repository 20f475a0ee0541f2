"""Putting the hub back to a backup: a new incarnation, unpaid holds dropped, every store heard again.

All of it happens on a draft of the database; only when that is finished does it take the present one's
place, which is set aside. The incarnation is raised first, and outside of both.
"""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hub.backup.archive import Manifest, extract, read_manifest
from hub.backup.take_backup import Record, keep_records, reckon_stable, records_in
from hub.db.open import FILE_NAME, REVISION, SchemaTrouble, revision_of
from hub.orders.change_order import close_unpaid
from hub.settings import HubSettings
from hub.start import HUB, KEY_FILE, alone, make_folder
from hub.stock.book import SqliteHubBook
from hub.stock.open_trouble import NewTrouble, open_trouble
from sync.keys.errors import KeyFault
from sync.keys.signing import SigningKey
from sync.rules.central import recover
from sync.storage import incarnations
from sync.storage.archive import copy_database
from sync.storage.aside import lies_at, set_aside
from sync.storage.connection import open_for_writing
from sync.storage.durable import move_durably
from sync.storage.errors import BadBackup
from sync.storage.incarnations import Incarnations
from sync.storage.writer import Transaction
from sync.values.bounds import MOST_COUNTER

MIGRATE_LIMIT_S: Final = 300.0


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore came to.

    Args:
        hinc: the new incarnation.
        at: when the backup was taken; empty where the present database was kept.
        replaying: stores that are heard again from where the backup ends.
        unknown_secrets: stores whose agent enrolled after the backup: they need a new enrolment.
        dropped: unpaid orders whose units are free again.
        aside: where the database that was in place lies now.
    """

    hinc: int
    at: str
    replaying: tuple[str, ...]
    unknown_secrets: tuple[str, ...]
    dropped: int
    aside: Path | None


def restore(settings: HubSettings, source: Path | None, at: str) -> Restored:
    """Put the hub back, or (without a source) raise the incarnation over the database that is in place.

    Raises:
        BadBackup: the file is no whole backup, or there is nothing to go on from; nothing was changed.
        sync.storage.one_process.AlreadyRunning: the hub serves; nothing was changed.
        SchemaTrouble: the backup is of a newer version; nothing was changed.
    """
    make_folder(settings)
    with alone(settings):
        manifest = read_manifest(source) if source is not None else None
        database = settings.data_dir / FILE_NAME
        draft = database.with_name(f"{FILE_NAME}.restoring")
        if source is None:
            before = _require_numbers(settings)
            if _died_between_renames(database, before):
                return _finished(database, before)
        for left in (draft, *database.parent.glob(f"{FILE_NAME}.ready-for-incarnation-*")):
            _remove(left)
        _remember_given(settings, database)
        if source is not None and manifest is not None:
            _unpack(settings, source, manifest, draft)
        else:
            _copy(database, draft)
        _require_whole(draft)
        _bring_up(draft)
        _remember_given(settings, draft)
        records = records_in(database)
        if source is not None and manifest is not None:
            records.append(_record_of(source, manifest))
        hinc = Incarnations(settings.data_dir).issue(HUB)
        replaying, unknown, dropped = _raise(settings, draft, hinc, at, records)
        aside = _take_place(database, draft, hinc)
    return Restored(hinc, manifest.at if manifest else "", replaying, unknown, dropped, aside)


def _record_of(source: Path, manifest: Manifest) -> Record:
    """The backup itself, which its own copy of the list cannot hold: it may be put back once more."""
    apps = json.dumps(dict(manifest.stores))
    return manifest.number, manifest.at, str(source), source.stat().st_size, apps


def _require_numbers(settings: HubSettings) -> int:
    """The hub's incarnation. Without those that were used, one might be used again: a backup has them."""
    hinc = Incarnations(settings.data_dir).highest(HUB)
    if not hinc:
        raise BadBackup(f"{settings.data_dir} has no incarnations: name a backup to restore")
    return hinc


def _remember_given(settings: HubSettings, database: Path) -> None:
    """The incarnations that a database says were given to stores; one that cannot be read says nothing."""
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            given = connection.execute("SELECT store, sinc FROM store_stream WHERE sinc > 0").fetchall()
    except sqlite3.DatabaseError:
        return
    known = Incarnations(settings.data_dir)
    for store, sinc in given:
        known.raise_to(store, sinc)


def _died_between_renames(database: Path, hinc: int) -> bool:
    """Whether an earlier try moved the database away, and ended before the finished one took its place."""
    return _ready(database, hinc).exists() and _aside(database, hinc).exists() and not database.exists()


def _finished(database: Path, hinc: int) -> Restored:
    """Put in place what an earlier try had finished."""
    ready = _ready(database, hinc)
    with closing(sqlite3.connect(f"file:{ready}?mode=ro", uri=True)) as connection:
        states = connection.execute("SELECT store, state FROM store_stream ORDER BY store").fetchall()
    move_durably(ready, database)
    replaying = tuple(store for store, state in states if state == "replaying")
    unknown = tuple(store for store, state in states if state == "rebuilding")
    return Restored(hinc, "", replaying, unknown, 0, _aside(database, hinc))


def _unpack(settings: HubSettings, source: Path, manifest: Manifest, draft: Path) -> None:
    """The database as a draft; what is kept outside is merged: numbers rise, a key that is there stays."""
    folder = settings.data_dir
    numbers, key = folder / "incarnations.restoring", folder / f"{KEY_FILE}.restoring"
    extract(source, manifest, {FILE_NAME: draft, incarnations.FILE_NAME: numbers, KEY_FILE: key})
    known = Incarnations(folder)
    try:
        told = _numbers(numbers)
        SigningKey.load(key)
        _require_whole(draft)
    except (BadBackup, KeyFault) as error:
        for part in (numbers, key, draft):
            part.unlink(missing_ok=True)
        raise BadBackup(f"this backup cannot be used: {error}") from error
    for name, number in told.items():
        known.raise_to(name, number)
    numbers.unlink()
    if (folder / KEY_FILE).exists():
        key.unlink()
    else:
        move_durably(key, folder / KEY_FILE)


def _numbers(path: Path) -> dict[str, int]:
    """The incarnations in a backup."""
    try:
        told = json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError) as error:
        raise BadBackup("its incarnations cannot be read") from error
    if not isinstance(told, dict) or not all(
        type(number) is int and 0 <= number < MOST_COUNTER for number in told.values()
    ):
        raise BadBackup("its incarnations are no numbers that could have been given")
    return told


def _copy(database: Path, draft: Path) -> None:
    """The database in place, as a draft."""
    if not database.exists():
        aside = sorted(
            found.name for found in database.parent.glob(f"{database.name}.before-incarnation-*[0-9]")
        )
        hint = f" (earlier databases lie beside it: {', '.join(aside)})" if aside else ""
        raise BadBackup(f"there is no database at {database}: name a backup to restore{hint}")
    copy_database(database, draft)


def _require_whole(draft: Path) -> None:
    """A damaged database is not put in place."""
    try:
        with closing(sqlite3.connect(f"file:{draft}?mode=ro", uri=True)) as connection:
            found = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        raise BadBackup(f"the database in this backup is damaged: {error}") from error
    if found is None or found[0] != "ok":
        raise BadBackup(f"the database in this backup is damaged: {found}")
    if revision_of(draft) is None:
        raise BadBackup("the database in this backup is no hub's")


def _bring_up(draft: Path) -> None:
    """A backup of an earlier version gets this one's schema, in a process of its own."""
    if revision_of(draft) == REVISION:
        return
    command = [sys.executable, "-m", "hub.db.migrate", str(draft)]
    done = subprocess.run(command, capture_output=True, timeout=MIGRATE_LIMIT_S, check=False)  # noqa: S603
    if done.returncode or revision_of(draft) != REVISION:
        raise SchemaTrouble(f"the database in this backup could not be brought to schema {REVISION}")


@contextmanager
def _transaction(draft: Path) -> Iterator[Transaction]:
    """One transaction on the draft, its pages in the file itself at the end."""
    with closing(open_for_writing(draft)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield Transaction(connection)
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _raise(
    settings: HubSettings, draft: Path, hinc: int, at: str, records: list[Record]
) -> tuple[tuple[str, ...], tuple[str, ...], int]:
    """What the rules say of each store's position; unpaid orders are over; known backups stay known."""
    issued = Incarnations(settings.data_dir)
    replaying, unknown = [], []
    with _transaction(draft) as transaction:
        unpaid = transaction.all("SELECT id, store FROM orders WHERE stage = 'unpaid'")
        for order, store in unpaid:
            close_unpaid(transaction, order, store, hinc, at)
        for store, sinc in transaction.all("SELECT store, sinc FROM store_stream ORDER BY store"):
            newest = issued.highest(store)
            book = SqliteHubBook(transaction, store, hinc, at)
            book.put_position(recover.restored(book.position(), hinc, newest))
            book.finish()
            if newest > sinc:
                unknown.append(store)
            elif sinc:
                replaying.append(store)
        keep_records(transaction, records)
        reckon_stable(transaction)
        facts = {"hinc": hinc, "unpaid": len(unpaid)}
        open_trouble(transaction, NewTrouble(kind="hub_restored", store="", facts=facts, at=at))
    return tuple(replaying), tuple(unknown), len(unpaid)


def _take_place(database: Path, draft: Path, hinc: int) -> Path | None:
    """The draft becomes the database; what was there is set aside with what belongs to it."""
    aside, ready = None, _ready(database, hinc)
    move_durably(draft, ready)
    if lies_at(database):
        aside = _aside(database, hinc)
        set_aside(database, aside)
    move_durably(ready, database)
    return aside


def _ready(database: Path, hinc: int) -> Path:
    """What a draft is called that is finished: from here on, renames alone are left."""
    return database.with_name(f"{database.name}.ready-for-incarnation-{hinc}")


def _aside(database: Path, hinc: int) -> Path:
    """Where the database goes that incarnation `hinc` takes the place of."""
    return database.with_name(f"{database.name}.before-incarnation-{hinc}")


def _remove(draft: Path) -> None:
    """What an earlier try left."""
    for ending in ("", "-wal", "-shm"):
        draft.with_name(draft.name + ending).unlink(missing_ok=True)
