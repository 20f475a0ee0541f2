"""A ledger that another agent has followed since: the facts that nobody will carry are counted and told."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from pos_agent.ledger.read_remains import OldLedger, left_behind


@pytest.mark.parametrize(
    ("sinc", "heard", "lost"),
    [(1, 3, 2), (1, 5, 0), (1, 0, 5), (2, 3, 0), (3, 0, 0)],
)
def test_facts_that_nobody_will_carry_are_counted(tmp_path: Path, sinc: int, heard: int, lost: int) -> None:
    path = tmp_path / "agent.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE event (seq INTEGER PRIMARY KEY, chain TEXT)")
        connection.executemany("INSERT INTO event VALUES (?, ?)", [(seq, f"c{seq}") for seq in range(1, 6)])
        connection.commit()
    old = OldLedger(path, "s1", sinc, 5)

    def chain_of(of: int, seq: int) -> str | None:
        return f"c{seq}" if (of, seq) <= (sinc, heard) else None

    assert left_behind(old, (2, 9), chain_of) == lost
