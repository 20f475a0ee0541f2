"""`omo-hub digest`: asks the serving hub, waits for the answer, says what came of it."""

import asyncio
import json
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hub.digest_command import application
from hub.start import KEY_FILE
from sync.keys.signing import SigningKey
from sync.storage.incarnations import Incarnations
from tests.unit.hub.stock.small_chain import enrol, small_hub

run = CliRunner().invoke
CHECKED = "2026-05-01T06:17:00.000Z"
TEA = {"sku": "tea", "hub": {"sku": "tea", "floor": 10, "granted": 5}, "store": {"sku": "tea", "floor": 9}}


@pytest.fixture
def config(tmp_path: Path, schema: Path) -> Path:
    """Settings of a hub whose store s1 has an agent and whose store s2 has none."""
    folder = tmp_path / "hub"

    async def fill() -> None:
        async with small_hub(folder, schema) as hub:
            await enrol(hub)

    asyncio.run(fill())
    Incarnations(folder).issue("hub")
    SigningKey.create(folder / KEY_FILE)
    path = tmp_path / "hub.toml"
    path.write_text(f'data_dir = "{folder}"\n', "utf-8")
    return path


@contextmanager
def answering(database: Path, differ: int, rows: str) -> Iterator[None]:
    """A hub that serves: it compares as soon as it sees the question."""
    quiet = threading.Event()

    def answer() -> None:
        ends = time.monotonic() + 20
        with closing(sqlite3.connect(database, timeout=20, isolation_level=None)) as connection:
            while time.monotonic() < ends:
                found = connection.execute(
                    "UPDATE store_digest SET asked_at = '', checked_at = ?, seq = 7, differ = ?, rows = ?"
                    " WHERE asked_at <> ''",
                    (CHECKED, differ, rows),
                )
                if found.rowcount:
                    return
                quiet.wait(0.01)

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def test_a_store_in_step_is_told_so(config: Path, tmp_path: Path) -> None:
    with answering(tmp_path / "hub" / "hub.sqlite", 0, "[]"):
        told = run(application, ["digest", "s1", "--config", str(config)])
    assert (told.exit_code, told.output) == (
        0,
        f"● s1 and the hub are in step after event 7, checked {CHECKED}\n",
    )


def test_books_that_differ_are_shown_from_both_sides(config: Path, tmp_path: Path) -> None:
    with answering(tmp_path / "hub" / "hub.sqlite", 1, json.dumps([TEA, {"sku": "soap", "hub": TEA["hub"]}])):
        told = run(application, ["digest", "s1", "--config", str(config)])
    assert told.exit_code == 1
    assert told.output.splitlines() == [
        f"▲ s1 and the hub differ in 1 of 256 parts after event 7, checked {CHECKED}; see the exceptions",
        "  tea hub: floor 10, staged 0, damaged 0, granted 5, returned 0, settled 0",
        "  tea store: floor 9, staged 0, damaged 0, granted 0, returned 0, settled 0",
        "  soap hub: floor 10, staged 0, damaged 0, granted 5, returned 0, settled 0",
        "  soap store: nothing",
    ]


def test_the_answer_as_json(config: Path, tmp_path: Path) -> None:
    with answering(tmp_path / "hub" / "hub.sqlite", 1, json.dumps([TEA])):
        told = run(application, ["digest", "s1", "--json", "--config", str(config)])
    assert told.exit_code == 1
    assert json.loads(told.output) == {
        "store": "s1", "in_step": False, "seq": 7, "checked_at": CHECKED, "differ": 1, "buckets": [],
        "skus": [{"sku": "tea", "hub": [10, 0, 0, 5, 0, 0], "store": [9, 0, 0, 0, 0, 0]}], "beyond": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("store", "said"),
    [
        ("s1", "s1: no answer yet; the hub must be serving and the store in reach"),
        ("s2", "s2 has no agent yet: `omo-hub stores code s2`"),
        ("s9", "there is no store 's9'"),
    ],
)
def test_what_cannot_be_compared_is_told_with_what_to_do(config: Path, store: str, said: str) -> None:
    told = run(application, ["digest", store, "--wait", "0", "--config", str(config)])
    assert told.exit_code == 1
    assert said in told.output
