"""Putting a hub back in a folder that lost something, or after a try that was killed."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from hub.backup.archive import Manifest, sha256_of, write_archive
from hub.backup.errors import UnknownBackup
from hub.backup.restore import restore
from hub.backup.take_backup import ForgetBackup, RecordBackup, take_backup
from hub.db.open import FILE_NAME
from hub.start import HUB, KEY_FILE
from sync.keys.signing import SigningKey
from sync.storage.errors import BadBackup
from sync.storage.incarnations import Incarnations
from tests.unit.hub.stock.small_chain import SmallHub, enrol
from tests.unit.sync.storage.recorded_renames import SYNCED, recorded_renames

AT = "2026-05-02T10:00:00.000Z"


def contents(folder: Path) -> dict[str, bytes]:
    """Every file that is kept, but for the empty lock."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.stat().st_size}


async def stopped(hub: SmallHub) -> Path:
    """A hub that has stopped, whose one store enrolled three times."""
    for _ in range(3):
        await enrol(hub)
    await hub.kernel.writer.close()
    folder = hub.kernel.settings.data_dir
    Incarnations(folder).raise_to(HUB, hub.kernel.hinc)
    return folder


def sinc(folder: Path) -> int:
    with closing(sqlite3.connect(folder / FILE_NAME)) as connection:
        return int(connection.execute("SELECT sinc FROM store_stream WHERE store = 's1'").fetchone()[0])


async def test_a_folder_without_incarnations_is_not_raised(hub: SmallHub) -> None:
    folder = await stopped(hub)
    (folder / "incarnations").unlink()
    before = contents(folder)
    with pytest.raises(BadBackup, match="no incarnations"):
        restore(hub.kernel.settings, None, AT)
    assert contents(folder) == before


async def test_numbers_that_only_the_database_knows_are_not_given_again(hub: SmallHub) -> None:
    folder = await stopped(hub)
    (folder / "incarnations").write_text(json.dumps({HUB: hub.kernel.hinc}), "utf-8")
    restore(hub.kernel.settings, None, AT)
    assert (sinc(folder), Incarnations(folder).highest("s1")) == (3, 3)


async def test_a_try_that_was_killed_between_its_renames_is_finished(
    hub: SmallHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = await stopped(hub)
    replace = Path.replace

    def die_after_the_first(self: Path, target: Path) -> Path:
        moved = replace(self, target)
        if self.name == FILE_NAME:
            raise KeyboardInterrupt
        return moved

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", die_after_the_first)
        with pytest.raises(KeyboardInterrupt):
            restore(hub.kernel.settings, None, AT)
    assert not (folder / FILE_NAME).exists()
    done = restore(hub.kernel.settings, None, AT)
    assert (sinc(folder), done.hinc) == (3, Incarnations(folder).highest(HUB))
    assert done.aside is not None
    assert done.aside.exists()


async def test_a_draft_that_was_never_finished_is_not_put_in_place(hub: SmallHub) -> None:
    folder = await stopped(hub)
    restore(hub.kernel.settings, None, AT)
    (folder / FILE_NAME).rename(folder / f"{FILE_NAME}.restoring")
    with pytest.raises(BadBackup, match="no database"):
        restore(hub.kernel.settings, None, AT)
    assert not (folder / FILE_NAME).exists()


async def test_a_missing_database_names_what_lies_beside_it(hub: SmallHub) -> None:
    folder = await stopped(hub)
    (folder / FILE_NAME).rename(folder / f"{FILE_NAME}.before-incarnation-1")
    with pytest.raises(BadBackup, match=f"{FILE_NAME}.before-incarnation-1"):
        restore(hub.kernel.settings, None, AT)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("incarnations", b"[1, 2]", "no numbers"),
        ("incarnations", b'{"hub": "x"}', "no numbers"),
        ("incarnations", b'{"hub": 9007199254740991}', "no numbers"),
        ("incarnations", b"{", "cannot be read"),
        (KEY_FILE, b"zz", "no signing key"),
        (FILE_NAME, b"", "no hub's"),
    ],
)
async def test_a_backup_of_odd_parts_is_refused_whole(
    hub: SmallHub, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    folder = await stopped(hub)
    if not (folder / KEY_FILE).exists():
        SigningKey.create(folder / KEY_FILE)
    parts = {}
    for part in (FILE_NAME, "incarnations", KEY_FILE):
        parts[part] = tmp_path / f"part-{part}"
        parts[part].write_bytes(content if part == name else (folder / part).read_bytes())
    sums = {part: sha256_of(path) for part, path in parts.items()}
    source = tmp_path / "odd.backup"
    write_archive(source, parts, Manifest(number=1, at=AT, hinc=1, stores={}, sha256=sums))
    before = contents(folder)
    with pytest.raises(BadBackup, match=said):
        restore(hub.kernel.settings, source, AT)
    assert contents(folder) == before


def listed(folder: Path) -> list[tuple[int, str]]:
    with closing(sqlite3.connect(folder / FILE_NAME)) as connection:
        return connection.execute("SELECT id, file FROM backup ORDER BY id").fetchall()


async def test_the_list_keeps_the_backup_that_was_put_back_and_no_number_comes_twice(
    hub: SmallHub, tmp_path: Path
) -> None:
    await enrol(hub)
    settings, writer = hub.kernel.settings, hub.kernel.writer
    Incarnations(settings.data_dir).raise_to(HUB, hub.kernel.hinc)
    SigningKey.create(settings.data_dir / KEY_FILE)
    files = [tmp_path / name for name in ("1.backup", "2.backup")]
    for file in files:
        await writer.run(RecordBackup(take_backup(settings, file, 1, AT)))
    await writer.close()
    restore(settings, files[0], AT)
    kept = [(1, str(files[0])), (2, str(files[1]))]
    assert listed(settings.data_dir) == kept
    (settings.data_dir / FILE_NAME).unlink()
    restore(settings, files[1], AT)
    assert listed(settings.data_dir) == kept
    assert take_backup(settings, tmp_path / "3.backup", 3, AT).number == 3


async def test_a_log_that_outlived_its_database_is_not_taken_for_the_new_ones(
    hub: SmallHub, tmp_path: Path
) -> None:
    folder = await stopped(hub)
    SigningKey.create(folder / KEY_FILE)
    file, stale = tmp_path / "hub.backup", folder / f"{FILE_NAME}-wal"
    take_backup(hub.kernel.settings, file, 1, AT)
    with closing(sqlite3.connect(folder / FILE_NAME)) as connection:
        connection.execute("UPDATE store_stream SET sinc = 77")
        connection.commit()
        left = stale.read_bytes()
    for path in folder.glob(f"{FILE_NAME}*"):
        path.unlink()
    stale.write_bytes(left)
    hinc = restore(hub.kernel.settings, file, AT).hinc
    assert sinc(folder) == 3
    assert (folder / f"{FILE_NAME}.before-incarnation-{hinc}-wal").read_bytes() == left


async def test_forgetting_a_backup_that_nobody_knows_is_told_in_words(hub: SmallHub) -> None:
    with pytest.raises(UnknownBackup, match="no backup has the number 9: `omo-hub backups list` shows"):
        await hub.kernel.writer.run(ForgetBackup(9))


async def test_each_rename_of_a_restore_is_on_the_disk_before_the_next(
    hub: SmallHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = await stopped(hub)
    with recorded_renames(monkeypatch) as told:
        hinc = restore(hub.kernel.settings, None, AT).hinc
    ready, aside = f"{FILE_NAME}.ready-for-incarnation-{hinc}", f"{FILE_NAME}.before-incarnation-{hinc}"
    first = told.index(f"{FILE_NAME}.restoring -> {ready}")
    assert [
        what for what in told[first:] if what != SYNCED and "-wal" not in what and "-shm" not in what
    ] == [
        f"{FILE_NAME}.restoring -> {ready}",
        f"{FILE_NAME} -> {aside}",
        f"{ready} -> {FILE_NAME}",
    ]
    renames = [place for place, what in enumerate(told) if what != SYNCED and "-shm" not in what]
    assert all(SYNCED in told[place + 1 : place + 3] for place in renames)
    assert (folder / aside).exists()
