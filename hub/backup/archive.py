"""A backup as one file: a tar of the database, what is kept outside of it, and a manifest with their hashes.

    manifest.json    {"format": 1, "at", "hinc", "stores": {id: [sinc, app]}, "sha256": {name: hex}}
    hub.sqlite       a consistent copy, made while the hub serves
    incarnations     the highest numbers issued
    pickup-key       the key that signs pickup tokens

It holds secrets: its file is readable by its owner alone.
"""

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from hub.backup.errors import BadBackup

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
MOST_MANIFEST_BYTES: Final = 16 * 1024 * 1024
BLOCK: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself; `stores` is (incarnation, last event) by store."""

    at: str
    hinc: int
    stores: Mapping[str, tuple[int, int]]
    sha256: Mapping[str, str]


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def write_archive(target: Path, parts: Mapping[str, Path], manifest: Manifest) -> int:
    """Write a backup beside its name first, durably; returns its size in bytes."""
    draft = target.with_name(target.name + ".part")
    said = {"format": FORMAT, "at": manifest.at, "hinc": manifest.hinc, "stores": dict(manifest.stores)}
    text = json.dumps({**said, "sha256": dict(manifest.sha256)}, sort_keys=True, indent=1).encode()
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        with tarfile.open(fileobj=file, mode="w") as archive:
            info = tarfile.TarInfo(MANIFEST)
            info.size, info.mode = len(text), 0o600
            archive.addfile(info, io.BytesIO(text))
            for name, path in parts.items():
                archive.add(path, arcname=name, recursive=False)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(target)
    return target.stat().st_size


def read_manifest(source: Path) -> Manifest:
    """What a backup says of itself.

    Raises:
        BadBackup: it is none.
    """
    try:
        with tarfile.open(source, mode="r:") as archive:
            member = archive.getmember(MANIFEST)
            file = archive.extractfile(member)
            if file is None or member.size > MOST_MANIFEST_BYTES:
                raise BadBackup(f"{source} has no manifest that could be read")
            return _manifest(json.loads(file.read()))
    except (OSError, tarfile.TarError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadBackup(f"{source} is no backup of a hub: {error}") from error


def _manifest(told: dict[str, Any]) -> Manifest:
    """The manifest's values, or an error of theirs."""
    if told["format"] != FORMAT:
        raise BadBackup(f"backup format {told['format']!r} is not known to this version")
    stores = {str(store): (int(sinc), int(app)) for store, (sinc, app) in told["stores"].items()}
    sums = {str(name): str(found) for name, found in told["sha256"].items()}
    return Manifest(str(told["at"]), int(told["hinc"]), stores, sums)


def extract(source: Path, manifest: Manifest, targets: Mapping[str, Path]) -> None:
    """Write parts of a backup to files (mode 0600), each checked against the manifest.

    Raises:
        BadBackup: a part is missing or damaged; what was written so far is removed.
    """
    try:
        with tarfile.open(source, mode="r:") as archive:
            for name, target in targets.items():
                _extract_one(archive, name, target)
                _require_same(target, name, manifest)
    except (OSError, tarfile.TarError, KeyError) as error:
        _remove(targets)
        raise BadBackup(f"{source} is damaged: {error}") from error
    except BadBackup:
        _remove(targets)
        raise


def _require_same(target: Path, name: str, manifest: Manifest) -> None:
    """Refuse a part that is not what was written."""
    if sha256_of(target) != manifest.sha256.get(name):
        raise BadBackup(f"{name} in this backup is damaged: its hash is not the manifest's")


def _extract_one(archive: tarfile.TarFile, name: str, target: Path) -> None:
    """One part, byte by byte: nothing of the archive decides where a file goes."""
    file = archive.extractfile(archive.getmember(name))
    if file is None:
        raise KeyError(name)
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
