"""A store's machine is put back to a backup: rehearsed as docs/recovery tells it."""

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from hub.walk.tools import run_command, with_word
from tests.integration.fire.people import Scene, until
from tests.integration.recovery.rehearsal import (
    TEA,
    agent_command,
    data_folder,
    deliver,
    enrol_again,
    is_up,
    is_whole,
    look_for,
    order,
    sell,
    sign_in,
    stop,
    to_check,
)

pytestmark = [pytest.mark.processes, pytest.mark.timeout(240)]


def heard(scene: Scene) -> tuple[int, int]:
    """Which incarnation of the store the hub hears, and up to which event."""
    path = data_folder(scene.told["hub"]["start"]) / "hub.sqlite"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        row = connection.execute(
            "SELECT sinc, app FROM store_stream WHERE store = ?", (scene.store["id"],)
        ).fetchone()
    return int(row[0]), int(row[1])


def back_up(scene: Scene, backup: Path) -> None:
    """A backup while the agent runs."""
    said = agent_command(scene, "backup", str(backup))
    assert f"{scene.store['id']} up to event " in said
    assert "it holds the store's secret" in said
    assert backup.stat().st_mode & 0o777 == 0o600


def put_back(scene: Scene, backup: Path) -> None:
    """The machine's disk is lost; a backup is put on the new one, and its agent starts."""
    busy = [*with_word(scene.store["start"], "run", "restore"), str(backup)]
    code, refused = run_command(busy)
    assert (code, "an agent is running" in refused) == (1, True)
    stop(scene, "agent")
    shutil.rmtree(data_folder(scene.store["start"]))
    scene.line("restore")
    said = agent_command(scene, "restore", str(backup))
    store = scene.store["id"]
    assert f"{store} is put back to event " in said
    assert f"now ask the head office for a code: omo-hub stores code {store}" in said
    assert re.search(r"then join with it: omo-agent enrol http://127\.0\.0\.1:\d+ CODE", said)
    scene.start("agent")
    until(lambda: is_up(scene))
    sign_in(scene)


def assert_waits_for_a_code(scene: Scene) -> None:
    """It says what it is, and that it has no line."""
    status = scene.agent.get("/api/v1/status").json()
    assert (status["alarm"], status["online"]) == ("put_back", False)
    ready = scene.agent.get("/readyz")
    assert (ready.status_code, "put back from a backup and sends nothing" in ready.text) == (503, True)


def test_a_store_is_put_back_sells_on_and_joins_anew(scene: Scene, tmp_path: Path) -> None:
    backup = tmp_path / "store.backup"
    deliver(scene, "agent put back", 60)
    numbers = [sell(scene, 2)]
    until(scene.in_step)
    back_up(scene, backup)
    made = order(scene, 3, "agent-put-back-1")
    numbers.append(sell(scene, 1))
    until(lambda: scene.in_step() and scene.balance(TEA)["open"] == 3)
    known, at = scene.balance(TEA), heard(scene)
    scene.line("cut")
    numbers.append(sell(scene, 4))  # the hub never hears of these: they are counted after the loss

    put_back(scene, backup)
    numbers += [sell(scene, 5), sell(scene, 1)]
    assert_waits_for_a_code(scene)
    assert heard(scene) == at

    stop(scene, "agent")
    said = enrol_again(scene)
    assert "; 4 facts of the old ledger that the hub had not seen are carried on" in said
    assert "look for 1 open orders, and count or accept" in said
    until(lambda: is_whole(scene))
    after = scene.balance(TEA)
    assert (after["floor"], after["frozen"]) == (known["floor"] - 5 - 1, True)
    assert heard(scene)[0] == at[0] + 1
    assert scene.agent.get("/api/v1/status").json()["alarm"] is None
    until(lambda: [one["number"] for one in to_check(scene)] == [made["number"]])
    look_for(scene, to_check(scene)[0]["order"], is_collected=False)
    assert scene.agent.post("/api/v1/stock/accept", json={"all": True}).json()["left"] == 0
    numbers.append(sell(scene, 1))
    assert len(set(numbers)) == len(numbers)
    until(scene.in_step)
    scene.assert_books_are_right(TEA)
    assert agent_command(scene, "verify") == "the books are right"
