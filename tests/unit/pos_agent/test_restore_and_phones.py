"""What a restore does to paired phones: each is paired anew, and the machine's own authority stays."""

import sqlite3
from contextlib import closing
from pathlib import Path

from pos_agent import enrolment
from pos_agent.backup.restore import restore
from pos_agent.backup.take_backup import take_backup
from tests.unit.pos_agent.agent_stage import client, enrolment_answer, staged
from tests.unit.pos_agent.test_agent_backup import AT, PUT_BACK
from tests.unit.pos_agent.test_lan import HOST, pair, phone

DOOR = {"lan": {"open": True, "names": [HOST]}, "tills": ("1", "2")}


async def test_a_phone_that_was_paired_is_a_stranger_after_a_restore(template: Path, tmp_path: Path) -> None:
    """It may have been removed after the backup: decision 15."""
    folder, file = tmp_path / "data", tmp_path / "store.backup"
    enrolment.remember_ledger(folder, enrolment.keep(folder, enrolment_answer()))
    async with staged(template, folder, **DOOR) as stage:
        await stage.desk.lan.renew()
        stage.desk.lan.port = 8743
        async with phone(stage) as caller:
            await pair(stage, caller)
            assert (await caller.get("/api/v1/status")).status_code == 200
            kept = caller.cookies
        take_backup(stage.desk.settings, file, AT)
        settings = stage.desk.settings
    with closing(sqlite3.connect(settings.database)) as before:
        assert before.execute("SELECT count(*) FROM paired_browser").fetchone() == (1,)
    authority = {path.name: path.read_bytes() for path in (folder / "lan").iterdir()}
    for path in folder.glob("agent.db*"):
        path.unlink()

    restore(settings, file, PUT_BACK)

    assert {path.name: path.read_bytes() for path in (folder / "lan").iterdir()} == authority
    async with staged(template, folder, **DOOR) as stage:
        await stage.desk.lan.renew()
        stage.desk.lan.port = 8743
        async with client(stage, "lin") as manager:
            assert (await manager.get("/api/v1/browsers")).json()["browsers"] == []
        async with phone(stage) as caller:
            caller.cookies = kept
            refused = await caller.get("/api/v1/status")
            assert (refused.status_code, refused.json()["code"]) == (403, "not_paired")
            await pair(stage, caller)
            assert (await caller.get("/api/v1/status")).status_code == 200
