"""Taking a backup while the hub serves, and keeping the list of those that may be put back."""

import json
import sqlite3
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hub.backup.archive import Manifest, sha256_of, write_archive
from hub.backup.errors import UnknownBackup
from hub.db.open import FILE_NAME
from hub.settings import HubSettings
from hub.start import KEY_FILE
from sync.storage import incarnations
from sync.storage.archive import copy_database
from sync.storage.errors import BadBackup
from sync.storage.incarnations import Incarnations
from sync.storage.writer import Transaction

Apps = Mapping[str, tuple[int, int]]
"""Incarnation and last event that were heard, by store."""

NUMBERS: Final = "backup:hub"
"""The name under which the backups' numbers are kept outside of the database; no store's id holds a colon."""
Record = tuple[int, str, str, int, str]
"""A backup as the list has it: number, when, file, bytes, and what it heard of each store as JSON."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A backup that was written."""

    number: int
    file: Path
    bytes: int
    at: str
    apps: Apps


def take_backup(settings: HubSettings, target: Path, hinc: int, at: str) -> Taken:
    """Copy the hub's state into one file; the hub may serve meanwhile.

    Raises:
        BadBackup: the target exists already.
        sqlite3.Error, OSError: it could not be written; nothing is left of it.
    """
    if target.exists():
        raise BadBackup(f"{target} exists already: choose another name")
    folder = settings.data_dir
    number = Incarnations(folder).issue(NUMBERS)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".omo-backup-") as place:
        copy = Path(place) / FILE_NAME
        copy_database(folder / FILE_NAME, copy)
        apps = heard_in(copy)
        kept = [folder / name for name in (incarnations.FILE_NAME, KEY_FILE)]
        parts = {FILE_NAME: copy, **{path.name: path for path in kept}}
        sums = {name: sha256_of(path) for name, path in parts.items()}
        size = write_archive(target, parts, Manifest(number, at, hinc, apps, sums))
    return Taken(number, target, size, at, apps)


def heard_in(database: Path) -> dict[str, tuple[int, int]]:
    """What a database has heard of each store that ever enrolled."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        rows = connection.execute("SELECT store, sinc, app FROM store_stream WHERE sinc > 0").fetchall()
    return {store: (sinc, app) for store, sinc, app in rows}


@dataclass(frozen=True, slots=True)
class RecordBackup:
    """Command: a backup was taken and may be put back; stores are told what it has heard."""

    taken: Taken

    def __call__(self, transaction: Transaction) -> None:
        """Run in the writer."""
        taken = self.taken
        row = (taken.number, taken.at, str(taken.file), taken.bytes, json.dumps(dict(taken.apps)))
        keep_records(transaction, [row])
        reckon_stable(transaction)


@dataclass(frozen=True, slots=True)
class ForgetBackup:
    """Command: a backup will never be put back; its file is not touched."""

    backup: int

    def __call__(self, transaction: Transaction) -> None:
        """Run in the writer.

        Raises:
            UnknownBackup: there is none of this number.
        """
        if transaction.execute("DELETE FROM backup WHERE id = ?", (self.backup,)).rowcount != 1:
            raise UnknownBackup(
                f"no backup has the number {self.backup}: `omo-hub backups list` shows those that are known"
            )
        reckon_stable(transaction)


def records_in(database: Path) -> list[Record]:
    """The backups that a database knows; one that cannot be read knows none."""
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            return connection.execute("SELECT id, at, file, bytes, apps FROM backup ORDER BY id").fetchall()
    except sqlite3.DatabaseError:
        return []


def keep_records(transaction: Transaction, records: Iterable[Record]) -> None:
    """Add backups to the list; a number that is there already stays what it is."""
    for record in records:
        transaction.execute(
            "INSERT INTO backup (id, at, file, bytes, apps) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            record,
        )


def reckon_stable(transaction: Transaction) -> None:
    """For each store the event that every backup has heard, 0 where one has not or there is none."""
    kept = [json.loads(row[0]) for row in transaction.all("SELECT apps FROM backup")]
    for store, sinc in transaction.all("SELECT store, sinc FROM store_stream"):
        # a store that never enrolled is in no backup
        known = [found.get(store, (0, 0)) for found in kept]
        heard = [app if of == sinc else 0 for of, app in known]
        transaction.execute(
            "UPDATE store_stream SET stable = ? WHERE store = ?", (min(heard, default=0), store)
        )
