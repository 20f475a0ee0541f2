"""The diagnostics hold what helps and no secret: each that is planted here is looked for in every part."""

import io
import json
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from pos_agent import enrolment
from pos_agent.app import build_app
from pos_agent.cli import app
from pos_agent.doctor.dump import Packed, own_secrets, pack
from pos_agent.doctor.live import Live, ask_running
from pos_agent.hardware.board import Heard
from pos_agent.hardware.choose_devices import Chosen
from sync.runtime.kept_log import KeptLog
from sync.storage.writer import Transaction
from tests.unit.pos_agent.agent_stage import (
    PIN_HASH,
    HeldClock,
    Stage,
    agent_settings,
    client,
    enrolment_answer,
    hold_item,
    staged,
)

SECRET, TOKEN = "correct-horse-battery", "take-over-me-42"
PAYMENT, PHONE, CUSTOMER = "134567890123456789", "13912345678", "欧阳小红"
PLANTED = {
    "broker's secret": SECRET,
    "take-over token": TOKEN,
    "password in an address": "hunter2",
    "hash of a PIN": PIN_HASH,
    "payment code": PAYMENT,
    "phone": PHONE,
    "customer": CUSTOMER,
    "paper": "谢谢惠顾",
    "why the drawer was opened": "for my aunt",
    "unknown code": "QX-77-unknown",
    "session": "session-key-of-lin",
    "paired browser": "paired-browser-key",
    "authority's key": "BEGIN PRIVATE KEY",
}
LOGGED = (
    f'{{"event": "line.refused", "said": "{SECRET}"}}',
    f'{{"event": "scan.failed", "text": "paid with {PAYMENT}"}}',
    f'{{"event": "order.told", "to": "{PHONE}"}}',
    f'{{"event": "staff.kept", "text": "{PIN_HASH}"}}',
    '{"event": "printer.lost", "printer": "p1", "reason": "cover open"}',
)
SETTINGS: dict[str, Any] = {
    "broker_url": "mqtt://s1:hunter2@127.0.0.1:1",
    "printer": [{"id": "p1", "role": "receipt", "uri": "tcp://admin:hunter2@127.0.0.1:1"}],
    "lan": {"open": True, "host": "127.0.0.1", "port": 0, "names": ["till.local"]},
}


def plant(tx: Transaction) -> None:
    """Put a secret into each table that could hold one."""
    at = "2026-05-01T04:00:00.000Z"
    tx.execute(
        "INSERT INTO unknown_code (code, seen, first_seen, last_seen, till, how)"
        " VALUES (?, 1, ?, ?, '1', 'page')",
        (PLANTED["unknown code"], at, at),
    )
    tx.execute("INSERT INTO session VALUES (?, 'lin', ?, ?, ?, '{}')", (PLANTED["session"], at, at, at))
    tx.execute(
        "INSERT INTO paired_browser VALUES ('b1', ?, ?, '1', 'lin', ?, ?)",
        (PLANTED["paired browser"], f"{CUSTOMER} phone", at, at),
    )
    tx.execute(
        "INSERT INTO drawer_opening (at, till, actor, cause, reason, receipt, printer, outcome)"
        " VALUES (?, '1', 'lin', 'no_sale', ?, '', 'p1', 'sent')",
        (at, PLANTED["why the drawer was opened"]),
    )
    tx.execute(
        "INSERT INTO print_job (id, printer, kind, document, sha256, copies, copy_number, state, reason,"
        " created_at, changed_at) VALUES ('j1', 'p1', 'receipt', ?, ?, 1, 0, 'uncertain', 'no_mark', ?, ?)",
        (f'["{PLANTED["paper"]} {CUSTOMER}"]', "0" * 64, at, at),
    )


@pytest.fixture
async def shop(template: Path, tmp_path: Path) -> AsyncIterator[Stage]:
    """A store with a secret in every corner."""
    answer = enrolment_answer().model_copy(update={"takes_over": enrolment.TakeOver(token=TOKEN)})
    enrolment.keep(tmp_path, answer)
    log = KeptLog(tmp_path / "log", io.StringIO())
    log.write("\n".join(LOGGED) + "\n")
    log.finish()
    async with staged(template, tmp_path, **SETTINGS) as made:
        await made.take_hold(hold_item("o-1", contact=CUSTOMER))
        await made.desk.ledger.writer.run(plant)
        await made.desk.lan.renew()
        made.desk.board.printer_is("p1", Heard("offline", "it is off", "refused", made.clock.now()))
        made.desk.board.printers["p1"].tally.jobs = 7
        yield made


def parts_of(content: bytes) -> dict[str, str]:
    """The text of each part."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode() for name in archive.namelist()}


def need_no_secret(parts: dict[str, str]) -> None:
    """None of the planted secrets, in any part, in any spelling of JSON."""
    for what, secret in PLANTED.items():
        escaped = json.dumps(secret)[1:-1]
        holders = [name for name, text in parts.items() if secret in text or escaped in text]
        assert holders == [], what


async def test_a_managers_file_holds_what_helps_and_no_secret(shop: Stage) -> None:
    async with client(shop, "lin") as manager:
        answer = await manager.get("/api/v1/setup/diagnostics")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    assert answer.headers["content-disposition"] == 'attachment; filename="omo-s1-20260501.zip"'
    parts = parts_of(answer.content)
    need_no_secret(parts)
    running, journals = json.loads(parts["running.json"]), json.loads(parts["journals.json"])
    assert [(one["id"], one["state"], one["text"]) for one in running["printers"]] == [
        ("p1", "offline", "it is off")
    ]
    assert 'omo_agent_device_state{device="p1",kind="printer",state="offline"} 1.0' in parts["metrics.txt"]
    assert 'omo_agent_device_total{count="jobs",device="p1",kind="printer"} 7.0' in parts["metrics.txt"]
    assert [(one["id"], one["state"]) for one in journals["last_papers"]] == [("j1", "uncertain")]
    assert (journals["unknown_codes"], journals["drawer"][0]["count"]) == ([{"count": 1, "seen": 1}], 1)
    assert journals["position"][0]["store"] == "s1"
    assert not any("problem" in one for one in journals.values() if isinstance(one, dict))
    settings = json.loads(parts["settings.json"])
    assert settings["broker_url"] == "mqtt://[hidden]@127.0.0.1:1"
    assert settings["printer"][0]["uri"] == "tcp://[hidden]@127.0.0.1:1"
    assert json.loads(parts["about.json"])["store"]["sinc"] == 1
    log = parts["log.txt"].splitlines()
    assert log[0] == '{"event": "line.refused", "said": "[hidden]"}'
    assert log[-1] == LOGGED[-1]
    assert any(
        one["what"] == "phones: certificate" and one["ok"] for one in json.loads(parts["findings.json"])
    )


async def test_the_file_is_the_managers_alone(shop: Stage) -> None:
    async with client(shop, "mei") as clerk:
        refused = await clerk.get("/api/v1/setup/diagnostics")
    transport = httpx.ASGITransport(app=build_app(shop.desk, 8700))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as stranger:
        unknown = await stranger.get("/api/v1/setup/diagnostics")
    assert (refused.status_code, unknown.status_code) == (403, 401)


def test_the_command_writes_a_new_private_file_and_overwrites_none(tmp_path: Path) -> None:
    config, file = tmp_path / "agent.toml", tmp_path / "help.zip"
    config.write_text(f'data_dir = "{tmp_path / "data"}"\nport = 0\n', "utf-8")
    command = ["doctor", "--lang", "en", "--config", str(config), "--dump", str(file)]
    told = CliRunner().invoke(app, command)
    assert "BAD enrolment: " in told.stdout
    assert f"{file}: " in told.stderr
    parts = parts_of(file.read_bytes())
    assert json.loads(parts["journals.json"]) == {"problem": "there is no ledger yet"}
    assert "BAD" not in parts["findings.json"]
    assert json.loads(parts["about.json"])["store"] is None
    assert file.stat().st_mode & 0o777 == 0o600
    before = file.read_bytes()
    again = CliRunner().invoke(app, command)
    assert (again.exit_code, "could not be written: File exists" in again.stderr) == (1, True)
    assert file.read_bytes() == before


def test_an_agent_that_does_not_answer_is_told(tmp_path: Path) -> None:
    told = ask_running(agent_settings(tmp_path, port=1))
    assert told.metrics == ""
    assert told.facts["problem"].startswith("no agent answers at http://127.0.0.1:1: ")


def test_a_damaged_folder_is_packed_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "agent.db").write_bytes(b"rubbish" * 500)
    (tmp_path / "enrolment.json").write_text("{", "utf-8")
    settings = agent_settings(tmp_path)
    assert own_secrets(tmp_path) == ()
    packed = Packed(Chosen(settings, "agent.toml"), [], Live(), HeldClock().now())
    parts = parts_of(pack(packed))
    assert "problem" in json.loads(parts["journals.json"])
    assert {one["name"] for one in json.loads(parts["files.json"])} == {"agent.db", "enrolment.json"}


def test_a_file_that_goes_away_meanwhile_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "agent.db").write_bytes(b"")
    listed = [tmp_path / "agent.db", tmp_path / "devices.new"]
    monkeypatch.setattr(Path, "rglob", lambda *_: iter(listed))
    packed = Packed(Chosen(agent_settings(tmp_path), "agent.toml"), [], Live(), HeldClock().now())
    assert [one["name"] for one in json.loads(parts_of(pack(packed))["files.json"])] == ["agent.db"]
