"""A hub whose folder lost a part refuses to go on as if it were new; looking changes nothing."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hub.broker.rules import HUB_USER
from hub.commands import application
from hub.db.open import FILE_NAME
from hub.serve import main
from hub.settings import RULED_USER, HubSettings
from hub.start import KEY_FILE, LOCK, running_kernel
from hub.stores.sync_broker import SECRET_FILE
from sync.storage.file_state import damaged
from sync.storage.incarnations import Incarnations

RESTORE = "restore the backup (omo-hub restore FILE)"
run = CliRunner().invoke


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def config(tmp_path: Path, data: Path) -> str:
    path = tmp_path / "hub.toml"
    path.write_text(f'data_dir = "{data}"\nport = 0\n', "utf-8")
    return str(path)


@pytest.fixture
def whole(data: Path, config: str) -> Path:
    """A hub after its first start; the empty file that its processes lock stays."""
    told = run(application, ["migrate", "--config", config])
    assert told.exit_code == 0
    assert told.stdout.endswith(f"{data / FILE_NAME}: schema none -> 0001\n")
    (data / LOCK).touch(mode=0o600)
    return data


def everything(folder: Path) -> dict[str, bytes | None]:
    """Every file below a folder with its bytes, but for the lock of who serves; None for a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
        if path.name != LOCK
    }


@pytest.mark.parametrize("what_is_left", ["nothing", "an empty file"])
def test_a_lost_database_is_not_begun_anew(
    whole: Path, config: str, capsys: pytest.CaptureFixture[str], what_is_left: str
) -> None:
    database = whole / FILE_NAME
    database.unlink()
    if what_is_left == "an empty file":
        database.touch()
    before = everything(whole)
    word = "missing" if what_is_left == "nothing" else "empty"
    for words in (["migrate"], ["verify"], ["stores", "list"], ["broker", "sync"]):
        told = run(application, [*words, "--config", config])
        assert (told.exit_code, told.stderr) == (1, f"omo-hub: {database} is {word}: {RESTORE}\n")
    assert main(HubSettings.load(Path(config))) == 2
    assert capsys.readouterr().err == f"omo-hub: {database} is {word}: {RESTORE}\n"
    assert everything(whole) == before


@pytest.mark.parametrize("known", [{"hub": 1, "s1": 1}, {"hub": 2}])
def test_a_folder_from_before_the_mark_is_known_by_its_numbers(
    data: Path, config: str, known: dict[str, int]
) -> None:
    data.mkdir()
    (data / "incarnations").write_text(json.dumps(known), "utf-8")
    told = run(application, ["migrate", "--config", config])
    assert (told.exit_code, told.stderr) == (1, f"omo-hub: {data / FILE_NAME} is missing: {RESTORE}\n")
    assert list(everything(data)) == ["incarnations"]


def test_a_first_start_that_was_cut_short_goes_on(data: Path, config: str) -> None:
    data.mkdir()
    Incarnations(data).issue("hub")
    assert run(application, ["migrate", "--config", config]).exit_code == 0
    assert run(application, ["verify", "--config", config]).exit_code == 0


async def test_a_first_start_by_serving_is_remembered_too(data: Path) -> None:
    async with running_kernel(HubSettings(data_dir=data)) as kernel:
        assert kernel.hinc == 1
    (data / FILE_NAME).unlink()
    with pytest.raises(Exception, match="is missing: restore the backup"):
        async with running_kernel(HubSettings(data_dir=data)):
            pass


def test_looking_at_nothing_says_so_and_makes_nothing(tmp_path: Path, data: Path, config: str) -> None:
    told = run(application, ["verify", "--config", config])
    assert (told.exit_code, told.stderr) == (
        1,
        f"omo-hub: no database at {data / FILE_NAME}: run omo-hub migrate\n",
    )
    assert told.stdout == ""
    doctor = run(application, ["doctor", "--config", config])
    assert f"BAD database: no database at {data / FILE_NAME}: run omo-hub migrate\n" in doctor.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["hub.toml"]


def test_a_lost_pickup_key_is_not_made_anew(
    whole: Path, config: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (whole / KEY_FILE).unlink()
    assert main(HubSettings.load(Path(config))) == 2
    lost = f"{whole / KEY_FILE} is missing, and stores know its key: {RESTORE}"
    assert capsys.readouterr().err == f"omo-hub: {lost}\n"
    told = run(application, ["stores", "list", "--config", config])
    assert (told.exit_code, told.stderr) == (1, f"omo-hub: {lost}\n")
    assert not (whole / KEY_FILE).exists()


@pytest.mark.parametrize("name", [KEY_FILE, SECRET_FILE])
@pytest.mark.parametrize("damage", ["a folder", "nonsense"])
def test_a_damaged_secret_is_told_in_words(
    whole: Path, config: str, capsys: pytest.CaptureFixture[str], name: str, damage: str
) -> None:
    path = whole / name
    path.unlink(missing_ok=True)
    if damage == "a folder":
        path.mkdir()
    else:
        path.write_bytes(b"\xff\xfe")
        path.chmod(0o600)
    assert main(HubSettings.load(Path(config))) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"omo-hub: {path} ")
    assert said.count("\n") == 1
    if name == KEY_FILE:
        told = run(application, ["stores", "list", "--config", config])
        assert (told.exit_code, told.stderr) == (1, said)


def test_a_damaged_page_is_told_in_words(whole: Path, config: str) -> None:
    database = whole / FILE_NAME
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        of_streams = "SELECT rootpage FROM sqlite_schema WHERE tbl_name = 'store_stream'"
        roots = [row[0] for row in connection.execute(of_streams)]
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    content = bytearray(database.read_bytes())
    for root in roots:
        content[(root - 1) * size : root * size] = b"\xff" * size
    database.write_bytes(content)
    told = run(application, ["verify", "--config", config])
    assert told.exit_code == 1
    assert told.stderr == f"omo-hub: {damaged(database, 'database disk image is malformed')}\n"


def test_a_database_of_a_newer_program_is_told_in_words(whole: Path, config: str) -> None:
    database = whole / FILE_NAME
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    told = run(application, ["migrate", "--config", config])
    assert told.exit_code == 1
    assert told.stderr.splitlines()[-1] == (
        f"omo-hub: {database} cannot be brought up to date: Can't locate revision identified by '9999'"
    )
    told = run(application, ["verify", "--config", config])
    assert told.stderr == (
        f"omo-hub: {database} has schema 9999, this version needs 0001: run omo-hub migrate\n"
    )


@pytest.mark.parametrize("deep", ["incarnations", "settings"])
def test_nesting_without_end_is_told_in_words(data: Path, config: str, deep: str) -> None:
    if deep == "settings":
        Path(config).write_text(f"x = {'[' * 5000}", "utf-8")
    else:
        data.mkdir()
        (data / "incarnations").write_text("[" * 100_000, "utf-8")
    told = run(application, ["migrate", "--config", config])
    assert told.exit_code in {1, 2}
    assert "is damaged" in told.stderr or "nested too deep" in told.stderr
    assert isinstance(told.exception, SystemExit)


@pytest.mark.parametrize("folder", ["/dev/null", "/dev/null/x", "/proc/1/x"])
def test_a_folder_that_holds_nothing_is_a_wrong_setting(tmp_path: Path, folder: str) -> None:
    config = tmp_path / "hub.toml"
    config.write_text(f'data_dir = "{folder}"\n[broker]\nurl = "http://broker"\n', "utf-8")
    told = run(application, ["config", "check", "--config", str(config)])
    assert told.exit_code == 1
    assert told.stderr.startswith(f"omo-hub: The settings cannot be used:\n  - {folder} ")
    assert "'http://broker' is no broker address" in told.stderr


def test_good_settings_leave_no_trace(tmp_path: Path, config: str) -> None:
    told = run(application, ["config", "check", "--config", config])
    assert told.exit_code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["hub.toml"]


def test_the_brokers_rules_know_one_name_of_the_hub(tmp_path: Path) -> None:
    assert RULED_USER == HUB_USER
    config = tmp_path / "hub.toml"
    config.write_text('[broker]\nuser = "centre"\nfolder = "broker"\n', "utf-8")
    told = run(application, ["config", "check", "--config", str(config)])
    assert told.exit_code == 2
    config.write_text('[broker]\nuser = "centre"\n', "utf-8")
    assert HubSettings.load(config).broker.user == "centre"
