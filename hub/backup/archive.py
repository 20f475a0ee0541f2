"""What the hub's backup holds (a tar, see `sync.storage.archive`), and what its manifest says.

    manifest.json    {"format": 1, "number", "at", "hinc", "stores": {id: [sinc, app]}, "sha256": {name: hex}}
    hub.sqlite       a consistent copy, made while the hub serves
    incarnations     the highest numbers issued
    pickup-key       the key that signs pickup tokens

It holds secrets: its file is readable by its owner alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sync.storage import archive
from sync.storage.archive import sha256_of
from sync.storage.errors import BadBackup

__all__ = ["Manifest", "extract", "read_manifest", "sha256_of", "write_archive"]

FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself.

    Args:
        number: its number in the hub's list; no other backup ever gets it.
        at: when it was taken.
        hinc: the hub's incarnation then.
        stores: (incarnation, last event) by store.
        sha256: SHA-256 in hex by part.
    """

    number: int
    at: str
    hinc: int
    stores: Mapping[str, tuple[int, int]]
    sha256: Mapping[str, str]


def write_archive(target: Path, parts: Mapping[str, Path], manifest: Manifest) -> int:
    """Write a backup durably; returns its size in bytes."""
    said = {
        "format": FORMAT,
        "number": manifest.number,
        "at": manifest.at,
        "hinc": manifest.hinc,
        "stores": dict(manifest.stores),
        "sha256": dict(manifest.sha256),
    }
    return archive.write_archive(target, parts, said)


def read_manifest(source: Path) -> Manifest:
    """What a backup says of itself.

    Raises:
        BadBackup: it is none.
    """
    told = archive.read_said(source, "a hub")
    try:
        return _manifest(told)
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError) as error:
        raise BadBackup(f"{source} is no backup of a hub: {error}") from error


def _manifest(told: dict[str, Any]) -> Manifest:
    """The manifest's values, or an error of theirs."""
    if told["format"] != FORMAT:
        raise BadBackup(f"backup format {told['format']!r} is not known to this version")
    stores = {str(store): (int(sinc), int(app)) for store, (sinc, app) in told["stores"].items()}
    sums = {str(name): str(found) for name, found in told["sha256"].items()}
    return Manifest(int(told["number"]), str(told["at"]), int(told["hinc"]), stores, sums)


def extract(source: Path, manifest: Manifest, targets: Mapping[str, Path]) -> None:
    """Write parts of a backup to files (mode 0600), each checked against the manifest.

    Raises:
        BadBackup: a part is missing or damaged; what was written so far is removed.
    """
    archive.extract(source, manifest.sha256, targets)
