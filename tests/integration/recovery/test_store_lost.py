"""A store's disk is lost, or an old image of it is put back: rehearsed as docs/recovery tells it."""

import re
import shutil

import pytest

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
    put_away,
    sell,
    stop,
    to_check,
    troubles,
)

pytestmark = [pytest.mark.processes, pytest.mark.timeout(240)]


def frozen_in(said: str) -> int:
    """How many SKUs the enrolment said are to be counted or accepted."""
    found = re.search(r"count or accept (\d+) SKUs", said)
    assert found is not None, said
    return int(found[1])


def test_a_lost_disk_is_replaced_by_what_the_hub_knows(scene: Scene) -> None:
    deliver(scene, "lost disk", 60)
    sell(scene, 2)
    made = order(scene, 3, "lost-disk-1")
    until(lambda: scene.in_step() and scene.balance(TEA)["open"] == 3)
    before = scene.balance(TEA)
    scene.line("cut")
    sell(scene, 4)
    stop(scene, "agent")
    scene.line("restore")
    folder = data_folder(scene.store["start"])
    shutil.rmtree(folder)

    said = enrol_again(scene)
    assert "joined as incarnation 2" in said
    assert "look for 1 open orders" in said
    until(lambda: is_whole(scene))
    after = scene.balance(TEA)
    assert (before.pop("frozen"), after.pop("frozen")) == (False, True)
    assert {name: after[name] for name in before} == before
    scene.assert_books_are_right(TEA)
    until(lambda: ("verify_list", {"orders": 1}) in troubles(scene))
    until(lambda: [one["number"] for one in to_check(scene)] == [made["number"]])
    look_for(scene, to_check(scene)[0]["order"], is_collected=False)
    assert to_check(scene) == []
    accepted = scene.agent.post("/api/v1/stock/accept", json={"all": True}).json()
    assert accepted["accepted"] == frozen_in(said)
    assert accepted["left"] == 0
    assert not scene.balance(TEA)["frozen"]
    assert order(scene, 1, "lost-disk-2")["state"] == "pending_store"
    until(scene.in_step)


def test_an_old_image_is_found_out_and_its_sales_are_carried(scene: Scene) -> None:
    deliver(scene, "old image", 60)
    until(scene.in_step)
    stop(scene, "agent")
    folder = data_folder(scene.store["start"])
    image = put_away(folder, "agent.db")
    scene.start("agent")
    until(scene.in_step)
    sell(scene, 1)
    until(scene.in_step)
    known = scene.balance(TEA)

    stop(scene, "agent")
    scene.line("cut")
    for path in folder.glob("agent.db*"):
        path.unlink()
    for path in image.iterdir():
        shutil.copy2(path, folder / path.name)
    scene.start("agent")
    until(lambda: is_up(scene))
    sell(scene, 5)
    scene.line("restore")
    until(lambda: is_up(scene) and scene.agent.get("/readyz").status_code == 503)

    stop(scene, "agent")
    said = enrol_again(scene)
    assert "facts of the old ledger" in said
    until(lambda: is_whole(scene))
    assert scene.balance(TEA)["floor"] == known["floor"] - 5
    scene.assert_books_are_right(TEA)
    assert agent_command(scene, "verify") == "the books are right"
