"""The agent's commands: plain words, exit codes, nothing half done."""

import asyncio
import json
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pos_agent import enrolment
from pos_agent.cli import _left_to_people, app
from pos_agent.db.migrate import check, migrate
from pos_agent.db.schema import HEAD, ensure_schema, revision_of
from pos_agent.errors import BadFile, LedgerLost, SchemaTrouble
from pos_agent.ledger.position import read_position, refuse_lost_ledger, settle_ledger
from pos_agent.ledger.read_delivery import parse_delivery
from pos_agent.machine_lock import only_one
from pos_agent.settings import AgentSettings
from sync.runtime.errors import SettingsError
from sync.storage.writer import Writer
from tests.unit.pos_agent.agent_stage import COLA, STORE, enrolment_answer, staged

EXAMPLE = Path("config/agent/agent.toml")
run = CliRunner().invoke


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Settings in a folder of their own."""
    path = tmp_path / "agent.toml"
    path.write_text(f'data_dir = "{tmp_path / "data"}"\nport = 0\n', "utf-8")
    return path


@contextmanager
def hub_that_answers(status: int, body: object) -> Iterator[tuple[str, list[bytes]]]:
    """A hub's enrolment address, and what it was asked."""
    asked: list[bytes] = []

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the library's name
            asked.append(self.rfile.read(int(self.headers["content-length"])))
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_the_example_is_the_settings_classes_defaults() -> None:
    assert AgentSettings.load(EXAMPLE) == AgentSettings()


def test_the_example_names_every_setting() -> None:
    text = EXAMPLE.read_text("utf-8")
    for name in AgentSettings.model_fields:
        assert f"{name} = " in text or f"[{name}]" in text or f"[[{name}]]" in text, name


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("port = 70000", "port"),
        ("colour = 1", "colour"),
        ('[[printer]]\nid = "a"\nuri = "x"\nfallback = "b"', "fallback b is no other printer"),
        ('[[scanner]]\nid = "a"\nuri = "x"\ntill = "9"', "no till 9"),
        ('[[printer]]\nid = "a"\nuri = "x"\n[[printer]]\nid = "a"\nuri = "y"', "same id"),
        ("port = ", "not TOML"),
    ],
)
def test_wrong_settings_are_told_in_plain_words(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "agent.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(SettingsError, match=problem):
        AgentSettings.load(path)
    told = run(app, ["config", "check", "--config", str(path)])
    assert told.exit_code == 1
    assert problem in told.output
    assert "Traceback" not in told.output


def test_enrolling_keeps_the_answer_and_hides_the_secret(config: Path, tmp_path: Path) -> None:
    answer = enrolment_answer(sinc=4).model_dump(mode="json")
    with hub_that_answers(201, answer) as (url, asked):
        told = run(app, ["enrol", url, "ABCD-EFGH", "--config", str(config)])
    assert told.exit_code == 0, told.output
    assert json.loads(asked[0]) == {"code": "ABCD-EFGH", "app_version": "0.1.0"}
    data = tmp_path / "data"
    assert enrolment.load(data).sinc == 4
    assert enrolment.secret_of(data) == "correct-horse-battery"
    assert stat.S_IMODE((data / enrolment.SECRET_NAME).stat().st_mode) == 0o600
    assert "correct-horse" not in (data / enrolment.FILE_NAME).read_text("utf-8") + told.output
    assert json.loads((data / "incarnations").read_text("utf-8")) == {STORE: 4}


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (403, {}, "does not accept this code"),
        (409, {}, "the code was not used"),
        (500, {}, "status 500"),
        (201, {"store": "s1"}, "not understood"),
    ],
)
def test_a_refused_enrolment_keeps_nothing(
    config: Path, tmp_path: Path, status: int, body: object, words: str
) -> None:
    with hub_that_answers(status, body) as (url, _asked):
        told = run(app, ["enrol", url, "ABCD-EFGH", "--config", str(config)])
    assert told.exit_code == 1
    assert words in told.output
    assert not (tmp_path / "data").exists()


def test_a_machine_that_has_a_ledger_says_whose_it_is(config: Path, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with closing(sqlite3.connect(tmp_path / "data" / "agent.db")) as ledger, ledger:
        ledger.execute("CREATE TABLE position (store, sinc, seq)")
        ledger.execute("INSERT INTO position VALUES ('s7', 2, 5)")
    with hub_that_answers(409, {}) as (url, asked):
        told = run(app, ["enrol", url, "ABCD-EFGH", "--config", str(config)])
    assert (told.exit_code, json.loads(asked[0])["store"]) == (1, "s7")
    assert "the ledger of s7" in told.output
    assert not (tmp_path / "data" / enrolment.FILE_NAME).exists()


def test_a_code_is_not_spent_where_nothing_can_be_kept(tmp_path: Path) -> None:
    config = tmp_path / "agent.toml"
    config.write_text('data_dir = "/dev/null/data"\n', "utf-8")
    with hub_that_answers(201, enrolment_answer().model_dump(mode="json")) as (url, asked):
        told = run(app, ["enrol", url, "ABCD-EFGH", "--config", str(config)])
    assert (told.exit_code, asked) == (1, [])
    assert "/dev/null/data is no folder: set data_dir to one" in told.stderr


def test_a_hub_that_is_not_there_is_told(config: Path) -> None:
    told = run(app, ["enrol", "http://127.0.0.1:9", "ABCD-EFGH", "--config", str(config)])
    assert (told.exit_code, "cannot be reached" in told.output) == (1, True)


def test_an_agent_that_runs_is_not_enrolled_again(config: Path, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with only_one(tmp_path / "data"), hub_that_answers(201, {}) as (url, asked):
        told = run(app, ["enrol", url, "ABCD-EFGH", "--config", str(config)])
    assert (told.exit_code, asked) == (1, [])
    assert "is running" in told.output


def test_running_without_an_enrolment_says_what_to_do(config: Path) -> None:
    command = [sys.executable, "-m", "pos_agent.cli", "run", "--config", str(config)]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (told.returncode, "omo-agent enrol URL CODE" in told.stderr) == (1, True)
    assert "Traceback" not in told.stderr


def keep_ledger(data: Path, sinc: int = 2) -> None:
    """A folder whose store has sold: enrolled, a ledger of that incarnation, and remembered."""
    joined = enrolment.keep(data, enrolment_answer(sinc=sinc))
    migrate(data / "agent.db")

    async def settle() -> None:
        writer = Writer(data / "agent.db")
        await writer.start()
        await settle_ledger(writer, data, joined)
        await writer.close()

    asyncio.run(settle())


def test_a_ledger_that_was_lost_does_not_begin_anew(config: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    keep_ledger(data)
    refuse_lost_ledger(data / "agent.db", enrolment.load(data))
    (data / "agent.db").unlink()
    told = run(app, ["run", "--config", str(config)])
    assert told.exit_code == 1
    assert told.stderr.startswith(f"omo-agent: the ledger of {STORE} is gone from {data}: put it back")
    assert not (data / "agent.db").exists()
    refuse_lost_ledger(data / "agent.db", enrolment.keep(data, enrolment_answer(sinc=3)))


def made_anew(path: Path) -> None:
    """What `omo-agent migrate` leaves where the file was lost."""
    path.unlink()
    migrate(path)


@pytest.mark.parametrize("emptied", [lambda path: path.write_bytes(b""), made_anew])
def test_an_empty_file_is_no_ledger(config: Path, tmp_path: Path, emptied: Callable[[Path], object]) -> None:
    data = tmp_path / "data"
    goods = tmp_path / "opening.csv"
    goods.write_text(f"sku,qty\n{COLA},5\n", "utf-8")
    keep_ledger(data)
    emptied(data / "agent.db")
    assert "BAD enrolment: the ledger of" in run(app, ["doctor", "--config", str(config)]).output
    for command in (["run"], ["stock", "receive", str(goods)]):
        told = run(app, [*command, "--config", str(config)])
        assert (told.exit_code, "is gone from" in told.output) == (1, True)
        assert read_position(data / "agent.db") is None


async def test_no_way_puts_a_new_position_into_a_lost_ledger(tmp_path: Path) -> None:
    joined = enrolment.keep(tmp_path, enrolment_answer())
    enrolment.remember_ledger(tmp_path, joined)
    await asyncio.to_thread(migrate, tmp_path / "agent.db")
    writer = Writer(tmp_path / "agent.db")
    await writer.start()
    with pytest.raises(LedgerLost, match="is gone from"):
        await settle_ledger(writer, tmp_path, joined)
    await writer.close()
    assert read_position(tmp_path / "agent.db") is None


def test_a_folder_that_forgot_its_incarnations_is_refused(config: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    keep_ledger(data)
    (data / "incarnations").unlink()
    told = run(app, ["run", "--config", str(config)])
    assert told.exit_code == 1
    assert "put the file `incarnations` back" in told.stderr


def test_the_migrations_are_the_tables_and_head_is_known(tmp_path: Path) -> None:
    path = tmp_path / "agent.db"
    assert revision_of(path) is None
    migrate(path)
    migrate(path)
    check(path)
    assert revision_of(path) == HEAD
    names = sorted(Path("pos_agent/db/migrations/versions").glob("0*.py"))
    assert names[-1].name.startswith(HEAD)


def test_a_ledger_of_a_newer_program_is_told_in_plain_words(tmp_path: Path, config: Path) -> None:
    path = tmp_path / "data" / "agent.db"
    migrate(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    told = run(app, ["migrate", "--config", str(config)])
    assert told.exit_code == 1
    expected = f"omo-agent: {path} cannot be brought up to date: Can't locate revision identified by '9999'"
    assert told.stderr.splitlines()[-1] == expected
    with pytest.raises(SchemaTrouble, match="'9999'"):
        ensure_schema(path)
    assert revision_of(path) == "9999"


def test_a_migration_that_takes_too_long_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pos_agent.db.schema.LIMIT_S", 0.001)
    with pytest.raises(SchemaTrouble, match=r"was not brought up to date within 0\.001 s"):
        ensure_schema(tmp_path / "agent.db")


def test_an_address_that_no_device_has_is_told_in_plain_words(config: Path) -> None:
    with config.open("a", encoding="utf-8") as file:
        file.write('[[printer]]\nid = "p1"\nuri = "lpt1"\n')
    told = run(app, ["print-test", "--config", str(config)])
    assert told.exit_code == 1
    assert told.stderr.startswith("omo-agent: 'lpt1' is no device address: write tcp://host:9100")


def test_settings_that_no_program_can_follow_are_told_at_once(tmp_path: Path) -> None:
    config = tmp_path / "agent.toml"
    config.write_text(
        'data_dir = "/dev/null"\nbroker_url = "http://broker"\n'
        '[[printer]]\nid = "p1"\nuri = "lpt1"\n[[printer]]\nid = "p2"\nuri = "tcp://p"\nprofile = "none"\n'
        '[[scanner]]\nid = "s1"\nuri = "usb"\n',
        "utf-8",
    )
    told = run(app, ["config", "check", "--config", str(config)])
    assert told.exit_code == 1
    problems = told.stderr.splitlines()[1:]
    starts = [
        "printer p1: 'lpt1'",
        "printer p2: ",
        "scanner s1: 'usb'",
        "/dev/null is no folder",
        "broker_url: ",
    ]
    assert [any(line.startswith(f"  - {start}") for line in problems) for start in starts] == [True] * 5
    assert len(problems) == 5


def test_running_refuses_a_device_that_has_no_address(tmp_path: Path, config: Path) -> None:
    enrolment.keep(tmp_path / "data", enrolment_answer())
    with config.open("a", encoding="utf-8") as file:
        file.write('[[scanner]]\nid = "s1"\nuri = "usb"\n')
    told = run(app, ["run", "--config", str(config)])
    assert told.exit_code == 1
    assert told.stderr.splitlines()[-1].startswith("  - scanner s1: 'usb' is no device address: write tcp://")
    assert not (tmp_path / "data" / "agent.db").exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"{", "is damaged: restore it from the backup"), (None, "cannot be read: Is a directory")],
)
def test_a_damaged_enrolment_is_told_in_plain_words(
    tmp_path: Path, config: Path, content: bytes | None, words: str
) -> None:
    path = tmp_path / "data" / enrolment.FILE_NAME
    path.parent.mkdir()
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    told = run(app, ["run", "--config", str(config)])
    assert (told.exit_code, told.stderr) == (1, f"omo-agent: {path} {words}\n")


def test_a_folder_in_the_place_of_the_ledger_is_told_in_plain_words(tmp_path: Path, config: Path) -> None:
    path = tmp_path / "data" / "agent.db"
    path.mkdir(parents=True)
    told = run(app, ["migrate", "--config", str(config)])
    expected = f"omo-agent: {path} cannot be brought up to date: unable to open database file"
    assert (told.exit_code, told.stderr.splitlines()[-1]) == (1, expected)


def test_goods_that_come_before_the_first_run_make_the_ledger_of_these_settings(
    tmp_path: Path, config: Path
) -> None:
    data = tmp_path / "data"
    enrolment.keep(data, enrolment_answer())
    goods = tmp_path / "opening.csv"
    goods.write_text(f"sku,qty\n{COLA},5\n", "utf-8")
    told = run(app, ["stock", "receive", str(goods), "--config", str(config)])
    assert (told.exit_code, "unknown_sku" in told.output) == (1, True)
    assert revision_of(data / "agent.db") == HEAD


def test_goods_are_taken_in_from_a_file_once(template: Path, tmp_path: Path, config: Path) -> None:
    data = tmp_path / "data"
    enrolment.keep(data, enrolment_answer())
    goods = tmp_path / "opening.csv"
    goods.write_text(f"sku,qty\n{COLA},5\n{COLA},2\n", "utf-8")
    assert run(app, ["migrate", "--config", str(config)]).exit_code == 0
    unknown = run(app, ["stock", "receive", str(goods), "--config", str(config)])
    assert (unknown.exit_code, "unknown_sku" in unknown.output) == (1, True)
    subprocess.run([sys.executable, "-c", FILL, str(data / "agent.db"), COLA], check=True)
    arguments = ["stock", "receive", str(goods), "--opening", "--config", str(config)]
    first, again = run(app, arguments), run(app, arguments)
    assert first.output == "7 units from opening.csv, event 1\n"
    assert again.output == "7 units from opening.csv, event 1 (booked before)\n"
    assert run(app, ["verify", "--config", str(config)]).output == "the books are right\n"
    with only_one(data):
        busy = run(app, arguments)
    words = f"omo-agent: an agent is running on {data} already: stop it first, then try again\n"
    assert (busy.exit_code, busy.stderr) == (1, words)


@pytest.mark.parametrize(
    ("unsure", "frozen", "words"),
    [
        (0, 2, "count or accept 2 SKUs (until then the hub gets no more units of them)"),
        (3, 0, "look for 3 open orders"),
        (
            3,
            2,
            (
                "look for 3 open orders, and count or accept 2 SKUs (until then the hub gets no more units of"
                " them)"
            ),
        ),
    ],
)
def test_only_what_is_left_to_people_is_told(unsure: int, frozen: int, words: str) -> None:
    assert _left_to_people(unsure, frozen) == words


FILL = """
import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as c:
    row = (sys.argv[2], 1, "{}", "", 1, 1, "CNY", "piece", "on", "", "[]", "")
    c.execute("INSERT INTO product VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
c.close()
"""


def test_the_doctor_says_what_is_wrong_in_plain_words(config: Path, tmp_path: Path) -> None:
    told = run(app, ["doctor", "--config", str(config)])
    assert told.exit_code == 1
    assert "BAD enrolment: " in told.output
    assert f"ok  data folder: {tmp_path / 'data'} is not made yet; joining a store makes it" in told.output
    assert "omo-agent enrol URL CODE" in told.output
    enrolment.keep(tmp_path / "data", enrolment_answer())
    told = run(app, ["doctor", "--config", str(config)])
    assert f"ok  enrolment: store {STORE}, incarnation 1" in told.output
    assert "BAD broker: mqtt://127.0.0.1:1" in told.output
    assert "BAD printers: none is set up" in told.output
    with only_one(tmp_path / "data"):
        told = run(app, ["doctor", "--config", str(config)])
    assert "in use by the running agent" in told.output


def test_the_doctor_speaks_of_devices_in_two_languages_and_as_json(config: Path, tmp_path: Path) -> None:
    with config.open("a", encoding="utf-8") as file:
        file.write('[[printer]]\nid = "p1"\nuri = "tcp://127.0.0.1:1"\n')
        file.write(f'[[scanner]]\nid = "s1"\nuri = "serial:{tmp_path}/none"\n')
    enrolment.keep(tmp_path / "data", enrolment_answer())
    command = ["doctor", "--config", str(config)]
    told = run(app, [*command, "--lang", "en"])
    assert "BAD printer p1: tcp://127.0.0.1:1 refuses: the machine is there" in told.output
    assert f"BAD scanner s1: serial:{tmp_path}/none is not there. Plug the device in" in told.output
    told = run(app, [*command, "--lang", "zh-CN", "--json"])
    assert told.exit_code == 1
    found = {one["what"]: one for one in json.loads(told.output)}
    assert (found["printer p1"]["ok"], "拒绝连接" in found["printer p1"]["text"]) == (False, True)
    told = run(app, ["print-test", "--config", str(config), "--lang", "en", "--json"])
    assert [(one["what"], one["ok"], one["code"]) for one in json.loads(told.output)] == [
        ("p1", False, "refused")
    ]


def test_a_broken_device_file_is_told_by_name(config: Path, tmp_path: Path) -> None:
    enrolment.keep(tmp_path / "data", enrolment_answer())
    check = ["config", "check", "--config", str(config)]
    assert run(app, check).output == "the settings are right\nprinters and scanners: agent.toml\n"
    file = tmp_path / "data" / "devices.toml"
    file.write_text('[[printer]]\nid = "p9"\nuri = "tcp://p"\n', "utf-8")
    assert run(app, check).output == "the settings are right\nprinters and scanners: devices.toml\n"
    file.write_text("[[printer]", "utf-8")
    told = run(app, check)
    assert (told.exit_code, f"{file}: it is not TOML" in told.stderr) == (1, True)
    assert "until then the devices of agent.toml count" in told.stderr
    assert f"BAD devices.toml: {file}" in run(app, ["doctor", "--config", str(config)]).output


@pytest.mark.parametrize(
    "text",
    ["", "sku\nx\n", "sku,qty\nx,0\n", "sku,qty\nx,-1\n", "sku,qty\nx,1.5\n", "sku,qty\nx,9999999999\n",
     "sku,qty\n,1\n", 'sku,qty\n"x,1\n', "sku,qty\nx,１\n", "sku,qty\nx\n"],
)  # fmt: skip
def test_a_wrong_delivery_names_what_is_wrong(text: str) -> None:
    with pytest.raises(BadFile, match=r"row|CSV"):
        parse_delivery(text)


def test_running_imports_no_library_that_it_does_not_need() -> None:
    code = "import pos_agent.cli, pos_agent.start, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert loaded.isdisjoint(
        {"alembic", "sqlalchemy", "sqlmodel", "rich", "httpx", "PIL", "escpos", "granian"}
    )


async def _stock_in(template: Path, folder: Path) -> None:
    async with staged(template, folder) as stage:
        await stage.receive(SKU_1=5)


def test_a_number_is_explained_while_an_agent_may_run(config: Path, tmp_path: Path, template: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    asyncio.run(_stock_in(template, folder))

    told = run(app, ["why", COLA, "--config", str(config)])
    unknown = run(app, ["why", "nothing", "--config", str(config)])
    odd = run(app, ["why", COLA, "--before", "x", "--config", str(config)])

    assert told.exit_code == 0, told.output
    assert told.output.splitlines()[0] == f"{COLA}: 5 in the store (floor 5, staged 0), damaged 0"
    assert "the 1 movements sum to 5: ● agrees" in told.output
    assert (unknown.exit_code, odd.exit_code) == (1, 1)
    assert "knows 'nothing'" in unknown.output
    assert "is no page" in odd.output


def test_there_is_nothing_to_explain_without_a_ledger(config: Path) -> None:
    assert run(app, ["why", COLA, "--config", str(config)]).exit_code == 1


def test_devices_are_listed_with_the_names_under_which_they_are_set_up(config: Path) -> None:
    lines = '[[printer]]\nid = "front"\nuri = "tcp://127.0.0.1:1"\n'
    config.write_text(config.read_text("utf-8") + lines, "utf-8")
    told = run(app, ["devices", "--config", str(config)])
    assert told.exit_code == 0
    assert "tcp://127.0.0.1:1 · set up as front" in told.output
    as_json = run(app, ["devices", "--json", "--config", str(config)])
    assert {one["id"] for one in json.loads(as_json.output)} >= {"front"}
    wrong = run(app, ["devices", "--host", "a b", "--config", str(config)])
    assert wrong.exit_code == 1
    assert "no name or address of a machine" in wrong.output
