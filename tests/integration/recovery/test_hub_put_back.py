"""The hub is put back to a backup: nothing is sold twice, what stores know comes back by itself."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from hub.walk.tools import run_command, with_word
from tests.integration.fire.people import Scene, until
from tests.integration.recovery.rehearsal import (
    TEA,
    data_folder,
    deliver,
    hub_command,
    is_whole,
    order,
    pay_in_sandbox,
    sell,
    stop,
    troubles,
)

ALL_STORES = True
pytestmark = [pytest.mark.processes, pytest.mark.timeout(240)]


def test_the_hub_is_put_back_and_hears_its_stores_again(scene: Scene, tmp_path: Path) -> None:
    deliver(scene, "put back", 80)
    first = order(scene, 2, "put-back-1")
    until(scene.in_step)
    backup = tmp_path / "hub.backup"
    assert "3 stores heard" in hub_command(scene, "backup", str(backup))
    assert backup.stat().st_mode & 0o777 == 0o600

    second = order(scene, 3, "put-back-2")
    sell(scene, 4)
    until(scene.in_step)
    known = scene.balance(TEA)
    busy = [*with_word(scene.told["hub"]["start"], "serve", "restore"), str(backup)]
    code, said = run_command(busy)
    assert code == 1
    assert "a hub is running" in said

    scene.line("cut")
    nobodys = order(scene, 1, "put-back-nobody", "sandbox")
    pay_in_sandbox(scene, nobodys)
    stop(scene, "hub")
    scene.line("restore")
    said = hub_command(scene, "restore", str(backup))
    assert "the hub is incarnation 2 now" in said
    assert f"heard again by themselves: jiangwan, {scene.store['id']}, zhangjiang" in said
    scene.start("hub")
    until(scene.answers)
    until(lambda: is_whole(scene))
    assert scene.balance(TEA) == known
    scene.assert_books_are_right(TEA)
    assert _stages(scene) == {first["number"]: "accepted", second["number"]: "accepted"}
    raised = [(kind, facts.get("number")) for kind, facts in troubles(scene)]
    assert raised == [("hub_restored", None), ("recovered_order", second["number"])]
    assert nobodys["number"] not in str(troubles(scene))  # the backup's age is what can be lost: docs say so
    assert order(scene, 1, "put-back-3")["state"] == "pending_store"
    until(scene.in_step)


def _stages(scene: Scene) -> dict[str, str]:
    """Every order of the store, as the hub knows it."""
    path = data_folder(scene.told["hub"]["start"]) / "hub.sqlite"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        rows = connection.execute("SELECT number, stage FROM orders WHERE store = ?", (scene.store["id"],))
        return dict(rows.fetchall())


def test_an_old_copy_of_the_database_is_told_to_the_hub_with_here(scene: Scene, tmp_path: Path) -> None:
    deliver(scene, "put here", 20)
    until(scene.in_step)
    folder = data_folder(scene.told["hub"]["start"])
    stop(scene, "hub")
    with (
        closing(sqlite3.connect(folder / "hub.sqlite")) as present,
        closing(sqlite3.connect(tmp_path / "hub.sqlite")) as copy,
    ):
        present.backup(copy)
    scene.start("hub")
    until(scene.answers)
    made = order(scene, 2, "put-here-1")
    until(scene.in_step)

    stop(scene, "hub")
    for path in folder.glob("hub.sqlite*"):
        path.unlink()
    shutil.copy2(tmp_path / "hub.sqlite", folder / "hub.sqlite")
    said = hub_command(scene, "restore", "--here")
    assert "on the database in place" in said
    scene.start("hub")
    until(scene.answers)
    until(lambda: is_whole(scene))
    assert _stages(scene)[made["number"]] == "accepted"
    scene.assert_books_are_right(TEA)
