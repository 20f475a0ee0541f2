"""Taking a backup while the hub serves, and keeping the list of those that may be put back."""

import json
import sqlite3
import tempfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from hub.backup.archive import Manifest, sha256_of, write_archive
from hub.backup.errors import BadBackup
from hub.db.open import FILE_NAME
from hub.settings import HubSettings
from hub.start import KEY_FILE
from sync.rules.errors import Refused
from sync.storage import incarnations
from sync.storage.writer import Transaction

Apps = Mapping[str, tuple[int, int]]
"""Incarnation and last event that were heard, by store."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A backup that was written."""

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
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".omo-backup-") as place:
        copy = Path(place) / FILE_NAME
        with (
            closing(sqlite3.connect(f"file:{folder / FILE_NAME}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(copy)) as written,
        ):
            source.backup(written, pages=4096)
        apps = heard_in(copy)
        kept = [folder / name for name in (incarnations.FILE_NAME, KEY_FILE)]
        parts = {FILE_NAME: copy, **{path.name: path for path in kept}}
        sums = {name: sha256_of(path) for name, path in parts.items()}
        size = write_archive(target, parts, Manifest(at, hinc, apps, sums))
    return Taken(target, size, at, apps)


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
        transaction.execute(
            "INSERT INTO backup (at, file, bytes, apps) VALUES (?, ?, ?, ?)",
            (self.taken.at, str(self.taken.file), self.taken.bytes, json.dumps(dict(self.taken.apps))),
        )
        reckon_stable(transaction)


@dataclass(frozen=True, slots=True)
class ForgetBackup:
    """Command: a backup will never be put back; its file is not touched."""

    backup: int

    def __call__(self, transaction: Transaction) -> None:
        """Run in the writer.

        Raises:
            Refused: `unknown_backup`.
        """
        if transaction.execute("DELETE FROM backup WHERE id = ?", (self.backup,)).rowcount != 1:
            raise Refused("unknown_backup", id=self.backup)
        reckon_stable(transaction)


def reckon_stable(transaction: Transaction) -> None:
    """For each store the event that every backup has heard, 0 where one has not or there is none."""
    kept = [json.loads(row[0]) for row in transaction.all("SELECT apps FROM backup")]
    for store, sinc in transaction.all("SELECT store, sinc FROM store_stream"):
        heard = [found[store][1] if found.get(store, [0])[0] == sinc else 0 for found in kept]
        transaction.execute(
            "UPDATE store_stream SET stable = ? WHERE store = ?", (min(heard, default=0), store)
        )
