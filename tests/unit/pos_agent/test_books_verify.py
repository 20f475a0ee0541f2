"""Verifying finds every way in which a ledger can be wrong."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from pos_agent.ledger.verify import verify
from tests.unit.pos_agent.agent_stage import COLA, Stage, client, hold_item

TAMPERINGS = {
    "UPDATE stock SET floor = floor + 1": "the balances are",
    "UPDATE stock SET granted = granted + 1": "units are granted",
    "UPDATE stock SET settled = settled + 1": "settled",
    "UPDATE event SET raw = replace(raw, ':10,', ':11,') WHERE seq = 1": "the chain breaks at event 1",
    "DELETE FROM event WHERE seq = 2": "the log jumps from event 1 to 3",
    "UPDATE position SET seq = seq + 1": "the position stands at",
    "DELETE FROM movement WHERE seq = 1": "the movements are not those of the log, from event 1",
    "UPDATE movement SET qty = qty + 1 WHERE seq = 1": "the movements are not those of the log, from event 1",
    "DELETE FROM movement WHERE seq = (SELECT max(seq) FROM movement)": "of the log, from event the end",
    "INSERT INTO movement SELECT 99, place, sku, qty, source, target, reason, ref, actor, at FROM movement"
    " WHERE seq = 1": "of the log, from event the end",
    "UPDATE receipt SET paid_minor = 1, given_minor = 1, change_minor = 0": "the log has 350 paid",
    "UPDATE receipt SET total_minor = 351": "has the total 351, its ticket's lines sum to 350",
    "UPDATE event SET raw = '{' WHERE seq = 1": "event 1 cannot be read",
    "UPDATE event SET raw = '{}' WHERE seq = 1": "event 1 cannot be read",
    "DELETE FROM receipt": "is completed without a receipt",
    "DELETE FROM print_job": "has lost its print job",
}


@pytest.mark.parametrize(("tampering", "finding"), TAMPERINGS.items())
async def test_a_tampered_ledger_is_found(stage: Stage, tampering: str, finding: str) -> None:
    await stage.receive(SKU_1=10)
    await stage.take_hold(hold_item("o-1", (COLA, 1)))
    async with client(stage) as till:
        ticket = (await till.post("/api/v1/till/lines", json={"sku": COLA, "qty": 1})).json()
        await till.post("/api/v1/till/pay", json={"given_minor": 350, "ticket": ticket["id"]})
    assert verify(stage.path) == []
    with closing(sqlite3.connect(stage.path)) as connection:
        connection.execute(tampering)
        connection.commit()
    assert any(finding in found for found in verify(stage.path)), verify(stage.path)


def test_a_file_that_is_no_database_is_a_finding(tmp_path: Path) -> None:
    path = tmp_path / "agent.db"
    path.write_bytes(bytes(range(256)) * 40)
    assert verify(path) == [
        f"{path} cannot be read to its end: file is not a database; put back a copy from before the damage"
    ]
