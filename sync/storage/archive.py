"""A backup as one file: a tar of files, and a manifest that says what they are, with their hashes.

What a manifest says beside the hashes is its program's. A backup holds secrets: its file is readable by its
owner alone.
"""

import hashlib
import io
import json
import os
import sqlite3
import tarfile
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import IO, Any, Final

from sync.storage.durable import move_durably
from sync.storage.errors import BadBackup

MANIFEST: Final = "manifest.json"
MOST_MANIFEST_BYTES: Final = 16 * 1024 * 1024
BLOCK: Final = 1024 * 1024


def copy_database(source: Path, target: Path) -> None:
    """A consistent copy of a database that may be in use.

    It is copied in one step: one that is parted begins anew whenever somebody writes in between
    (sqlite.org/backup.html), which under load is always.

    Raises:
        sqlite3.Error: it cannot be read, or the copy not be written.
    """
    with (
        closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as present,
        closing(sqlite3.connect(target)) as copy,
    ):
        present.backup(copy, pages=-1)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def write_archive(target: Path, parts: Mapping[str, Path], said: Mapping[str, Any]) -> int:
    """Write a backup (mode 0600) beside its name first, durably; returns its size in bytes.

    Args:
        target: the file to make.
        parts: files by the names that they get.
        said: what the manifest says.

    Raises:
        OSError: it could not be written; nothing is left of it.
    """
    draft = target.with_name(target.name + ".part")
    text = json.dumps(dict(said), sort_keys=True, indent=1).encode()
    try:
        _write(draft, parts, text)
        move_durably(draft, target)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    return target.stat().st_size


def _write(draft: Path, parts: Mapping[str, Path], text: bytes) -> None:
    """The tar, on the disk when this returns."""
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        os.fchmod(file.fileno(), 0o600)
        with tarfile.open(fileobj=file, mode="w") as archive:
            info = tarfile.TarInfo(MANIFEST)
            info.size, info.mode = len(text), 0o600
            archive.addfile(info, io.BytesIO(text))
            for name, path in parts.items():
                archive.add(path, arcname=name, recursive=False)
        file.flush()
        os.fsync(file.fileno())


def read_said(source: Path, whose: str) -> dict[str, Any]:
    """What a backup's manifest says.

    Args:
        source: the file.
        whose: whose backup it should be, for the words of the error.

    Raises:
        BadBackup: it is none.
    """
    try:
        with tarfile.open(source, mode="r:") as archive:
            member, file = _plain(archive, MANIFEST)
            if member.size > MOST_MANIFEST_BYTES:
                raise BadBackup(f"{source} has no manifest that could be read")
            told = json.loads(file.read())
    except FileNotFoundError as error:
        raise BadBackup(f"there is no file {source}") from error
    except OSError as error:
        raise BadBackup(f"{source} cannot be read: {error.strerror or error}") from error
    except (tarfile.TarError, KeyError, ValueError, RecursionError) as error:
        raise BadBackup(f"{source} is no backup of {whose}: {error}") from error
    if not isinstance(told, dict):
        raise BadBackup(f"{source} is no backup of {whose}: its manifest is no object")
    return told


def extract(source: Path, sums: Mapping[str, str], targets: Mapping[str, Path]) -> None:
    """Write parts of a backup to files (mode 0600), each checked against its SHA-256.

    Args:
        source: the backup.
        sums: SHA-256 in hex by part.
        targets: where to, by part; nothing in the archive decides where a file goes.

    Raises:
        BadBackup: a part is missing, odd or damaged, or the disk does not take it; what was written so far is
            removed.
    """
    try:
        with tarfile.open(source, mode="r:") as archive:
            for name, target in targets.items():
                _extract_one(archive, name, target)
                _require_same(target, name, sums)
    except (tarfile.TarError, KeyError, ValueError) as error:
        _remove(targets)
        raise BadBackup(f"{source} is damaged: {error}") from error
    except OSError as error:
        _remove(targets)
        where = ", ".join(sorted({str(target.parent) for target in targets.values()}))
        raise BadBackup(
            f"{source} could not be put into {where}: {error}. The backup itself may be whole"
        ) from error
    except BadBackup:
        _remove(targets)
        raise


def _plain(archive: tarfile.TarFile, name: str) -> tuple[tarfile.TarInfo, IO[bytes]]:
    """A part that is a file with all its bytes in the archive: no link, no device, no hole that grows.

    Raises:
        KeyError: there is none.
        ValueError: it is something else.
    """
    member = archive.getmember(name)
    file = archive.extractfile(member) if member.isreg() and not member.issparse() else None
    if file is None:
        raise ValueError(f"{name} is no plain file in it")
    return member, file


def _require_same(target: Path, name: str, sums: Mapping[str, str]) -> None:
    """Refuse a part that is not what was written."""
    if sha256_of(target) != sums.get(name):
        raise BadBackup(f"{name} in this backup is damaged: its hash is not the manifest's")


def _extract_one(archive: tarfile.TarFile, name: str, target: Path) -> None:
    """One part, byte by byte."""
    _, file = _plain(archive, name)
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as written:
        while block := file.read(BLOCK):
            written.write(block)
        written.flush()
        os.fsync(written.fileno())


def _remove(targets: Mapping[str, Path]) -> None:
    """Leave nothing half-written behind."""
    for target in targets.values():
        target.unlink(missing_ok=True)
