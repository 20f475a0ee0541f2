"""What an agent's backup holds (a tar, see `sync.storage.archive`), and what its manifest says.

    manifest.json      {"format": 1, "program": "agent", "at", "store", "sinc", "seq", "chain", "sha256"}
    agent.db           a consistent copy of ledger, tickets, receipts, print jobs and catalogue
    enrolment.json     which store this is
    broker.secret      its credential at the broker
    incarnations       the numbers that were seen

It holds a secret: its file is readable by its owner alone.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from sync.storage import archive
from sync.storage.errors import BadBackup

FORMAT: Final = 1
PROGRAM: Final = "agent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup says of itself.

    Args:
        at: when it was taken.
        store: whose it is.
        sinc: the store's incarnation then.
        seq: the last event in it.
        chain: the chain after that event.
        sha256: SHA-256 in hex by part.
    """

    at: str
    store: str
    sinc: int
    seq: int
    chain: str
    sha256: Mapping[str, str]


def write_archive(target: Path, parts: Mapping[str, Path], manifest: Manifest) -> int:
    """Write a backup durably, readable by its owner alone; returns its size in bytes."""
    said = {"format": FORMAT, "program": PROGRAM, **asdict(manifest)}
    return archive.write_archive(target, parts, said)


def read_manifest(source: Path) -> Manifest:
    """What a backup says of itself.

    Raises:
        BadBackup: it is none of an agent, or of a later form.
    """
    told = archive.read_said(source, "an agent")
    if told.get("program") != PROGRAM:
        raise BadBackup(f"{source} is no backup of an agent")
    if told.get("format") != FORMAT:
        raise BadBackup(f"{source} has the form {told.get('format')!r}, which this version does not know")
    try:
        return _manifest(told)
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError) as error:
        raise BadBackup(f"{source} is no backup of an agent: its manifest lacks {error}") from error


def _manifest(told: dict[str, Any]) -> Manifest:
    """The manifest's values, or an error of theirs."""
    return Manifest(
        at=str(told["at"]),
        store=str(told["store"]),
        sinc=int(told["sinc"]),
        seq=int(told["seq"]),
        chain=str(told["chain"]),
        sha256={str(name): str(found) for name, found in told["sha256"].items()},
    )
