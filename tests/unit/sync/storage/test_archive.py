"""A backup's file: what is not a plain file of it, whole and with its hash, is refused."""

import io
import json
import tarfile
from pathlib import Path

import pytest

from pos_agent.backup.archive import read_manifest
from sync.storage.archive import MANIFEST, extract, read_said, sha256_of, write_archive
from sync.storage.errors import BadBackup

SAID = {"format": 1, "program": "agent", "at": "x", "store": "s1", "sinc": 1, "seq": 1, "chain": "0" * 16}


def archive_of(folder: Path, said: object, *others: tarfile.TarInfo) -> Path:
    """A tar with this manifest and members without bytes."""
    text = json.dumps(said).encode()
    made = folder / "odd.tar"
    with tarfile.open(made, "w") as archive:
        info = tarfile.TarInfo(MANIFEST)
        info.size = len(text)
        archive.addfile(info, io.BytesIO(text))
        for other in others:
            archive.addfile(other)
    return made


def member(kind: bytes, link: str = "") -> tarfile.TarInfo:
    """A member of the database's name that is no file."""
    info = tarfile.TarInfo("agent.db")
    info.type, info.linkname = kind, link
    return info


def test_parts_come_back_as_they_were(tmp_path: Path) -> None:
    part = tmp_path / "agent.db"
    part.write_bytes(b"ledger")
    sums = {"agent.db": sha256_of(part)}
    made = tmp_path / "a.backup"
    write_archive(made, {"agent.db": part}, {**SAID, "sha256": sums})
    assert read_said(made, "an agent")["sha256"] == sums
    extract(made, sums, {"agent.db": tmp_path / "back.db"})
    assert (tmp_path / "back.db").read_bytes() == b"ledger"
    assert made.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("kind", "link"),
    [
        (tarfile.SYMTYPE, "agent.db"),
        (tarfile.SYMTYPE, "/etc/passwd"),
        (tarfile.LNKTYPE, MANIFEST),
        (tarfile.DIRTYPE, ""),
        (tarfile.FIFOTYPE, ""),
    ],
)
def test_a_part_that_is_no_plain_file_is_refused_and_leaves_nothing(
    tmp_path: Path, kind: bytes, link: str
) -> None:
    odd = archive_of(tmp_path, SAID, member(kind, link))
    with pytest.raises(BadBackup, match="damaged"):
        extract(odd, {"agent.db": "0" * 64}, {"agent.db": tmp_path / "back.db"})
    assert not (tmp_path / "back.db").exists()


def test_a_part_with_holes_is_refused_before_it_grows(tmp_path: Path) -> None:
    header = b"1\n0\n0\n".ljust(512, b"\0")
    hole = tarfile.TarInfo("agent.db")
    hole.size = len(header)
    hole.pax_headers = {
        "GNU.sparse.major": "1",
        "GNU.sparse.minor": "0",
        "GNU.sparse.name": "agent.db",
        "GNU.sparse.realsize": str(2**40),
    }
    odd = tmp_path / "hole.tar"
    with tarfile.open(odd, "w", format=tarfile.PAX_FORMAT) as archive:
        archive.addfile(hole, io.BytesIO(header))
    with pytest.raises(BadBackup, match="no plain file"):
        extract(odd, {}, {"agent.db": tmp_path / "back.db"})
    assert not (tmp_path / "back.db").exists()


@pytest.mark.parametrize("seq", [float("inf"), "many", None])
def test_numbers_that_are_none_are_refused(tmp_path: Path, seq: object) -> None:
    with pytest.raises(BadBackup, match="no backup of an agent"):
        read_manifest(archive_of(tmp_path, {**SAID, "seq": seq, "sha256": {}}))


def test_a_place_that_takes_no_file_is_not_blamed_on_the_backup(tmp_path: Path) -> None:
    part = tmp_path / "agent.db"
    part.write_bytes(b"ledger")
    made = tmp_path / "a.backup"
    sums = {"agent.db": sha256_of(part)}
    write_archive(made, {"agent.db": part}, {**SAID, "sha256": sums})
    with pytest.raises(BadBackup, match="The backup itself may be whole"):
        extract(made, sums, {"agent.db": tmp_path / "nowhere" / "back.db"})
