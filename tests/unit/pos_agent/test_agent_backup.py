"""A store's backup: taken while it trades, put back whole or not at all, and never under old numbers."""

import json
import shutil
import sqlite3
import tarfile
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pos_agent import enrolment
from pos_agent.backup.restore import Restored, restore, told
from pos_agent.backup.take_backup import Taken, take_backup
from pos_agent.cli import app
from pos_agent.doctor.examine import examine
from pos_agent.errors import AlreadyEnrolled, LedgerLost, NotEnrolled, SchemaTrouble
from pos_agent.hardware.choose_devices import Chosen
from pos_agent.ledger.position import refuse_lost_ledger
from pos_agent.ledger.read_remains import old_ledger, remains_of
from pos_agent.ledger.verify import verify
from pos_agent.machine_lock import AlreadyRunning, only_one
from pos_agent.settings import AgentSettings
from pos_agent.till.rules import receipt_epoch
from sync.storage.archive import sha256_of, write_archive
from sync.storage.errors import BadBackup
from sync.storage.incarnations import Incarnations
from tests.unit.pos_agent.agent_stage import COLA, STORE, Stage, client, enrolment_answer, staged
from tests.unit.sync.storage.recorded_renames import SYNCED, recorded_renames

AT = "2026-05-01T06:00:00.000Z"
PUT_BACK = "2026-05-02T08:00:00.000Z"
EPOCH = 1777708800
PARTS = ("agent.db", "enrolment.json", "broker.secret", "incarnations")


async def sell(stage: Stage) -> str:
    """One cola for cash; returns the receipt's number."""
    async with client(stage) as till:
        ticket = (await till.post("/api/v1/till/lines", json={"sku": COLA, "qty": 1})).json()
        paid = await till.post("/api/v1/till/pay", json={"given_minor": 5000, "ticket": ticket["id"]})
    return str(paid.json()["receipt"]["number"])


@pytest.fixture
async def shop(template: Path, tmp_path: Path) -> AsyncIterator[Stage]:
    """A store that joined, sold one cola, and has a ticket open at its till."""
    folder = tmp_path / "data"
    joined = enrolment.keep(folder, enrolment_answer())
    enrolment.remember_ledger(folder, joined)
    async with staged(template, folder) as stage:
        await stage.receive(SKU_1=10)
        assert await sell(stage) == "s1-1-1-000001"
        async with client(stage) as till:
            await till.post("/api/v1/till/lines", json={"sku": COLA, "qty": 2})
        yield stage


def contents(folder: Path) -> dict[str, bytes]:
    """Every file that is kept; the lock is empty, and SQLite's index of a log holds nothing of its own."""
    kept = [path for path in sorted(folder.iterdir()) if not path.name.endswith("-shm")]
    return {path.name: path.read_bytes() for path in kept if path.stat().st_size}


def names(folder: Path) -> list[str]:
    """What lies in a folder."""
    return sorted(path.name for path in folder.iterdir())


async def stopped(stage: Stage) -> AgentSettings:
    """The store's program has ended."""
    await stage.desk.ledger.writer.close()
    await stage.desk.reader.close()
    return stage.desk.settings


async def backed_up(stage: Stage, folder: Path) -> tuple[AgentSettings, Path, Taken]:
    """A backup of the running store, whose program then ends."""
    file = folder / "store.backup"
    taken = take_backup(stage.desk.settings, file, AT)
    return await stopped(stage), file, taken


def lose(settings: AgentSettings) -> None:
    """The disk dies."""
    shutil.rmtree(settings.data_dir)


def rows(settings: AgentSettings, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(settings.database)) as connection:
        return connection.execute(sql).fetchall()


async def test_a_backup_is_taken_while_the_store_trades(shop: Stage, tmp_path: Path) -> None:
    settings, file, taken = await backed_up(shop, tmp_path)
    (seq, chain) = rows(settings, "SELECT seq, chain FROM position")[0]
    found = taken.manifest
    assert (found.store, found.sinc, found.seq, found.chain, found.at) == (STORE, 1, seq, chain, AT)
    assert (file.stat().st_mode & 0o777, taken.bytes) == (0o600, file.stat().st_size)
    with tarfile.open(file) as archive:
        assert archive.getnames() == ["manifest.json", *PARTS]
    assert names(tmp_path) == ["data", "store.backup"]


async def test_a_backup_overwrites_nothing_and_needs_a_ledger(shop: Stage, tmp_path: Path) -> None:
    settings, file, _taken = await backed_up(shop, tmp_path)
    before = file.read_bytes()
    with pytest.raises(BadBackup, match="exists already"):
        take_backup(settings, file, AT)
    assert file.read_bytes() == before
    (settings.data_dir / "agent.db").unlink()
    with pytest.raises(NotEnrolled, match="has no ledger of s1 yet"):
        take_backup(settings, tmp_path / "none.backup", AT)
    assert not (tmp_path / "none.backup").exists()


async def test_the_commands_say_in_words_what_does_not_work(shop: Stage, tmp_path: Path) -> None:
    config, nobody = tmp_path / "agent.toml", tmp_path / "nobody.toml"
    config.write_text(f'data_dir = "{tmp_path / "data"}"\n', "utf-8")
    nobody.write_text(f'data_dir = "{tmp_path / "none"}"\n', "utf-8")
    nowhere = tmp_path / "nowhere" / "store.backup"
    await stopped(shop)
    for words, said in (
        (
            ["backup", str(nowhere), "--config", str(config)],
            f"omo-agent: {nowhere} could not be written: there is no such folder\n",
        ),
        (["backup", str(tmp_path / "b"), "--config", str(nobody)], "has joined no store yet"),
        (["restore", str(nowhere), "--config", str(config)], f"omo-agent: there is no file {nowhere}\n"),
        (["restore", str(tmp_path), "--config", str(config)], f"omo-agent: {tmp_path} cannot be read"),
    ):
        done = CliRunner().invoke(app, words)
        assert (done.exit_code, said in done.stderr) == (1, True), done.output
    assert names(tmp_path) == ["agent.toml", "data", "nobody.toml"]


async def test_a_lost_disk_is_put_back_whole(shop: Stage, tmp_path: Path) -> None:
    settings, file, taken = await backed_up(shop, tmp_path)
    lost = contents(settings.data_dir)
    lose(settings)
    done = restore(settings, file, PUT_BACK)
    folder = settings.data_dir
    assert done == Restored(taken.manifest, "", 1, ())
    assert names(folder) == sorted([*PARTS, "agent.lock"])
    assert {name: (folder / name).read_bytes() for name in PARTS[1:3]} == {
        name: lost[name] for name in PARTS[1:3]
    }
    assert {(folder / name).stat().st_mode & 0o777 for name in PARTS[:3]} == {0o600}
    assert json.loads((folder / "incarnations").read_text()) == {STORE: 1, f"ledger:{STORE}": 1}
    assert verify(settings.database) == []
    assert rows(settings, "SELECT number FROM receipt") == [("s1-1-1-000001",)]


async def test_what_was_under_way_in_a_backup_is_not_done_again(shop: Stage, tmp_path: Path) -> None:
    settings, file, _taken = await backed_up(shop, tmp_path)
    assert rows(settings, "SELECT state FROM print_job") == [("queued",)]
    lose(settings)
    restore(settings, file, PUT_BACK)
    assert rows(settings, "SELECT state, reason FROM print_job") == [("uncertain", "put_back")]
    assert rows(settings, "SELECT COUNT(*) FROM ticket WHERE state = 'open'") == [(0,)]
    assert rows(settings, "SELECT COUNT(*) FROM session") == [(0,)]
    assert rows(settings, "SELECT fenced, put_back_at FROM position") == [(1, PUT_BACK)]


async def test_no_receipt_number_comes_twice_after_a_restore(
    shop: Stage, template: Path, tmp_path: Path
) -> None:
    file = tmp_path / "store.backup"
    take_backup(shop.desk.settings, file, AT)
    given = {"s1-1-1-000001", await sell(shop)}
    settings = await stopped(shop)
    for moment in (PUT_BACK, "2026-05-02T08:00:01.000Z"):
        lose(settings)
        restore(settings, file, moment)
        async with staged(template, settings.data_dir) as stage:
            number = await sell(stage)
        assert number not in given
        given.add(number)
    assert given == {"s1-1-1-000001", "s1-1-1-000002", f"s1-1-{EPOCH}-000001", f"s1-1-{EPOCH + 1}-000001"}
    assert verify(settings.database) == []


def test_an_epoch_is_the_incarnation_or_the_second_of_a_restore() -> None:
    assert (receipt_epoch(3, ""), receipt_epoch(3, PUT_BACK)) == (3, EPOCH)


async def test_the_hub_having_all_of_a_backup_does_not_make_it_whole(
    shop: Stage, template: Path, tmp_path: Path
) -> None:
    settings, file, taken = await backed_up(shop, tmp_path)
    at = (1, taken.manifest.seq)
    before = old_ledger(settings.database)
    assert before is not None
    assert remains_of(before, at, lambda _sinc, _seq: taken.manifest.chain).continues
    lose(settings)
    restore(settings, file, PUT_BACK)
    async with staged(template, settings.data_dir) as stage:
        await sell(stage)
    old = old_ledger(settings.database)
    assert old is not None
    remains = remains_of(old, at, lambda _sinc, _seq: taken.manifest.chain)
    assert (old.is_put_back, remains.continues, remains.carried) == (True, False, 2)


async def test_a_store_that_was_put_back_says_so_and_decides_about_no_order(
    shop: Stage, template: Path, tmp_path: Path
) -> None:
    settings, file, _taken = await backed_up(shop, tmp_path)
    lose(settings)
    restore(settings, file, PUT_BACK)
    async with staged(template, settings.data_dir) as stage, client(stage) as clerk:
        assert (await clerk.get("/api/v1/status")).json()["alarm"] == "put_back"
        ready = await clerk.get("/readyz")
    assert ready.status_code == 503
    assert "put back from a backup and sends nothing" in ready.text


async def test_a_restore_says_what_to_do_next(shop: Stage, tmp_path: Path) -> None:
    settings, file, taken = await backed_up(shop, tmp_path)
    settings.database.write_bytes(b"no database")
    (settings.data_dir / "broker.secret").write_text("another\n")
    assert told(restore(settings, file, PUT_BACK)) == [
        f"s1 is put back to event {taken.manifest.seq} of incarnation 1, as of {AT}",
        "what was in place is kept as agent.before-restore.db",
        "what was in place is kept as broker.before-restore.secret",
        "1 papers were not printed then; nobody knows whether they were since",
        "now ask the head office for a code: omo-hub stores code s1",
        "then join with it: omo-agent enrol URL CODE",
        "what it holds and the hub lacks is carried on; until then `omo-agent run` sells and sends nothing",
    ]
    assert (settings.data_dir / "agent.before-restore.db").read_bytes() == b"no database"
    assert (settings.data_dir / "broker.before-restore.secret").read_text() == "another\n"


async def test_a_log_that_outlived_its_ledger_is_not_taken_for_the_new_ones(
    shop: Stage, tmp_path: Path
) -> None:
    settings, file, _taken = await backed_up(shop, tmp_path)
    stale = settings.data_dir / "agent.db-wal"
    with closing(sqlite3.connect(settings.database)) as connection:
        connection.execute("UPDATE stock SET floor = 99")
        connection.commit()
        left = stale.read_bytes()
    lose(settings)
    settings.data_dir.mkdir()
    stale.write_bytes(left)
    restore(settings, file, PUT_BACK)
    assert not stale.exists()
    assert (settings.data_dir / "agent.before-restore.db-wal").read_bytes() == left
    assert verify(settings.database) == []


async def test_a_running_agent_is_not_put_back(shop: Stage, tmp_path: Path) -> None:
    settings, file, _taken = await backed_up(shop, tmp_path)
    before = contents(settings.data_dir)
    with only_one(settings.data_dir), pytest.raises(AlreadyRunning, match="an agent is running"):
        restore(settings, file, PUT_BACK)
    assert contents(settings.data_dir) == before


async def test_a_ledger_that_knows_more_is_kept(shop: Stage, tmp_path: Path) -> None:
    file = tmp_path / "store.backup"
    take_backup(shop.desk.settings, file, AT)
    await sell(shop)
    settings = await stopped(shop)
    before = contents(settings.data_dir)
    with pytest.raises(AlreadyEnrolled, match=r"which this backup .* does not hold: keep it"):
        restore(settings, file, PUT_BACK)
    assert contents(settings.data_dir) == before


async def test_a_ledger_that_the_backup_holds_gives_way_to_it(
    shop: Stage, template: Path, tmp_path: Path
) -> None:
    old = tmp_path / "old.db"
    with closing(sqlite3.connect(shop.path)) as present, closing(sqlite3.connect(old)) as image:
        present.backup(image)
    await sell(shop)
    settings, file, _taken = await backed_up(shop, tmp_path)
    for path in settings.data_dir.glob("agent.db*"):
        path.unlink()
    shutil.copy(old, settings.database)
    assert [path.name for path in restore(settings, file, PUT_BACK).aside] == ["agent.before-restore.db"]
    assert len(rows(settings, "SELECT 1 FROM receipt")) == 2


async def test_a_healthy_ledger_is_not_put_back_to_itself_but_one_without_its_secret_is(
    shop: Stage, tmp_path: Path
) -> None:
    settings, file, _taken = await backed_up(shop, tmp_path)
    before = contents(settings.data_dir)
    with pytest.raises(AlreadyEnrolled, match="there is nothing to put back"):
        restore(settings, file, PUT_BACK)
    assert contents(settings.data_dir) == before
    (settings.data_dir / "broker.secret").unlink()
    restore(settings, file, PUT_BACK)
    restore(settings, file, "2026-05-03T08:00:00.000Z")
    assert rows(settings, "SELECT put_back_at FROM position") == [("2026-05-03T08:00:00.000Z",)]
    assert len(list(settings.data_dir.glob("agent.before-restore*.db"))) == 2


async def test_the_doctor_says_what_a_ledger_from_a_backup_waits_for(shop: Stage, tmp_path: Path) -> None:
    settings, file, _taken = await backed_up(shop, tmp_path)
    lose(settings)
    restore(settings, file, PUT_BACK)
    told = {found.what: (found.ok, found.text) for found in await examine(Chosen(settings, "agent.toml"))}
    assert told["ledger"] == (
        False,
        f"put back from a backup at {PUT_BACK}: ask the head office for a code and run `omo-agent enrol`",
    )


@pytest.mark.parametrize("of", ["another store", "a later incarnation"])
async def test_another_stores_folder_and_an_older_incarnation_are_refused(
    shop: Stage, tmp_path: Path, of: str
) -> None:
    settings, file, _taken = await backed_up(shop, tmp_path)
    lose(settings)
    answer = enrolment_answer(sinc=2)
    if of == "another store":
        answer = enrolment_answer().model_copy(update={"store": "s2"})
    enrolment.keep(settings.data_dir, answer)
    before = contents(settings.data_dir)
    with pytest.raises(AlreadyEnrolled, match=r"is the agent of s2|joined as incarnation 2 since"):
        restore(settings, file, PUT_BACK)
    assert contents(settings.data_dir) == before


def without(part: str, sql: str, folder: Path) -> bytes:
    """A part with something changed inside."""
    path = folder / f"changed-{part}"
    shutil.copy(folder / part, path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(sql)
        connection.commit()
        connection.execute("PRAGMA journal_mode=DELETE")
    return path.read_bytes()


SQL = {
    "newer": "UPDATE alembic_version SET version_num = '0999'",
    "foreign": "UPDATE position SET store = 's9'",
    "cut": "DELETE FROM event WHERE seq = (SELECT MAX(seq) FROM event)",
}


@pytest.mark.parametrize(
    ("part", "content", "error", "said"),
    [
        ("agent.db", b"", BadBackup, "damaged"),
        ("agent.db", b"SQLite format 3\0" + b"\7" * 5000, BadBackup, "damaged"),
        ("agent.db", b"newer", SchemaTrouble, "of another version .schema 0999."),
        ("agent.db", b"foreign", BadBackup, "not the one that its manifest names"),
        ("agent.db", b"cut", BadBackup, "not the one that its manifest names"),
        ("enrolment.json", b"{}", BadBackup, "enrolment.json is damaged"),
        ("enrolment.json", None, BadBackup, "its enrolment and its incarnations are not the ledger's"),
        ("broker.secret", b"\xff\xff", BadBackup, "holds no key"),
        ("incarnations", b"[]", BadBackup, "incarnations is damaged"),
        ("incarnations", b'{"s1": 2}', BadBackup, "are not the ledger's"),
        ("incarnations", b'{"s1": 1, "x": -1}', BadBackup, "are not the ledger's"),
    ],
)
async def test_a_backup_of_odd_parts_is_refused_whole(
    shop: Stage, tmp_path: Path, part: str, content: bytes | None, error: type[Exception], said: str
) -> None:
    settings, _file, taken = await backed_up(shop, tmp_path)
    parts = {name: settings.data_dir / name for name in PARTS}
    parts[part] = tmp_path / f"odd-{part}"
    if content is None:
        answer = enrolment_answer(sinc=7).model_dump(mode="json", exclude={"secret"})
        content = json.dumps(answer).encode()
    elif content.decode("latin-1") in SQL:
        content = without(part, SQL[content.decode()], settings.data_dir)
    parts[part].write_bytes(content)
    source = tmp_path / "odd.backup"
    sums = {name: sha256_of(path) for name, path in parts.items()}
    at = taken.manifest
    said_of_it = {"format": 1, "program": "agent", "at": AT, "store": STORE, "sinc": 1, "seq": at.seq}
    write_archive(source, parts, {**said_of_it, "chain": at.chain, "sha256": sums})
    for path in settings.data_dir.glob("changed-*"):
        path.unlink()
    before = contents(settings.data_dir)
    with pytest.raises(error, match=said):
        restore(settings, source, PUT_BACK)
    assert contents(settings.data_dir) == before


@pytest.mark.parametrize(
    ("said_of_it", "said"),
    [
        ({"format": 1, "at": AT, "hinc": 1, "stores": {}, "sha256": {}}, "no backup of an agent"),
        ({"format": 2, "program": "agent"}, "has the form 2, which this version does not know"),
        ({"format": 1, "program": "agent"}, "its manifest lacks 'at'"),
    ],
)
async def test_a_file_that_is_no_backup_of_an_agent_is_refused(
    shop: Stage, tmp_path: Path, said_of_it: dict[str, object], said: str
) -> None:
    settings = await stopped(shop)
    before = contents(settings.data_dir)
    odd = tmp_path / "odd.backup"
    write_archive(odd, {}, said_of_it)
    with pytest.raises(BadBackup, match=said):
        restore(settings, odd, PUT_BACK)
    odd.write_bytes(b"not a tar")
    with pytest.raises(BadBackup, match="no backup of an agent"):
        restore(settings, odd, PUT_BACK)
    assert contents(settings.data_dir) == before


async def test_a_flipped_byte_in_a_backup_is_found(shop: Stage, tmp_path: Path) -> None:
    settings, file, _taken = await backed_up(shop, tmp_path)
    before = contents(settings.data_dir)
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(bytes(data))
    with pytest.raises(BadBackup, match=r"agent\.db in this backup is damaged"):
        restore(settings, file, PUT_BACK)
    assert contents(settings.data_dir) == before


def is_put_back(settings: AgentSettings) -> bool:
    """Whether the ledger in place is the one of the backup."""
    try:
        return rows(settings, "SELECT put_back_at FROM position") == [(PUT_BACK,)]
    except sqlite3.DatabaseError:
        return False


def die_at(monkeypatch: pytest.MonkeyPatch, settings: AgentSettings, file: Path, last: int) -> None:
    """A restore that is killed right after a rename, the first being 0; nothing tidies up after it."""
    replace, done = Path.replace, []

    def replace_and_die(self: Path, target: Path) -> Path:
        moved = replace(self, target)
        done.append(moved)
        if len(done) > last:
            raise KeyboardInterrupt
        return moved

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", replace_and_die)
        patch.setattr(shutil, "rmtree", lambda *_args, **_named: None)
        with pytest.raises(KeyboardInterrupt):
            restore(settings, file, PUT_BACK)


async def test_a_restore_that_is_killed_at_any_rename_begins_nothing_anew_and_goes_on(
    shop: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, file, _taken = await backed_up(shop, tmp_path)
    folder, damaged = settings.data_dir, b"damaged by the crash"
    joined = enrolment.load(folder)
    settings.database.write_bytes(damaged)
    (folder / "broker.secret").write_text("another\n")
    shutil.copytree(folder, tmp_path / "kept")
    with recorded_renames(monkeypatch) as renames:
        restore(settings, file, PUT_BACK)
    moved = [what for what in renames if what != SYNCED]
    assert moved == [
        "agent.db -> agent.before-restore.db",
        "broker.secret -> broker.before-restore.secret",
        "broker.secret -> broker.secret",
        "enrolment.json -> enrolment.json",
        "agent.db -> agent.db",
    ]
    assert renames[-1] == SYNCED
    for last in range(len(moved)):
        shutil.rmtree(folder)
        shutil.copytree(tmp_path / "kept", folder)
        die_at(monkeypatch, settings, file, last)
        if not is_put_back(settings):
            with pytest.raises(LedgerLost, match="omo-agent restore FILE"):
                refuse_lost_ledger(settings.database, joined)
            restore(settings, file, PUT_BACK)
        assert is_put_back(settings)
        assert verify(settings.database) == []
        assert (folder / "agent.before-restore.db").read_bytes() == damaged
        assert enrolment.secret_of(folder) == "correct-horse-battery"
        assert Incarnations(folder).highest(f"ledger:{STORE}") == 1
        # all that the last moment leaves holds no secret; the next restore removes it
        left = folder / "restoring"
        assert (names(left) if left.exists() else []) == (["incarnations"] if last + 1 == len(moved) else [])
