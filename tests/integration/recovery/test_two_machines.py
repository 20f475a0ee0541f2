"""Two machines write under one identity: both stop, one is enrolled anew, the other stays out."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from hub.demo.line_route import free_port
from tests.integration.fire.people import LIMIT_S, Scene, until
from tests.integration.recovery.rehearsal import (
    TEA,
    ask_for,
    data_folder,
    deliver,
    enrol_again,
    is_whole,
    look_for,
    order,
    sell,
    sell_at,
    state_of,
    stop,
    to_check,
    troubles,
)

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]


@dataclass(frozen=True, slots=True)
class Twin:
    """The second machine."""

    page: httpx.Client

    def is_red(self) -> bool:
        """Whether it says that it may not go on."""
        return self.page.get("/readyz").status_code == 503


def copy_machine(scene: Scene, folder: Path) -> list[str]:
    """The store's whole data folder on another machine; returns how its agent is started."""
    start = list(scene.store["start"])
    place = start.index("--config") + 1
    original = Path(start[place])
    shutil.copytree(data_folder(start), folder / "data")
    kept = original.read_text("utf-8").split("[[printer]]")[0].splitlines()
    changed = [line for line in kept if line.partition(" ")[0] not in {"data_dir", "port", "broker_url"}]
    config = folder / "agent.toml"
    head = [
        f'data_dir = "{folder / "data"}"',
        f"port = {free_port()}",
        f'broker_url = "{scene.told["broker"]["url"]}"',
    ]
    config.write_text("\n".join([*head, *changed, ""]), "utf-8")
    start[place] = str(config)
    return start


@contextmanager
def running_twin(scene: Scene, start: list[str]) -> Iterator[Twin]:
    """The second machine runs until the block ends."""
    config = Path(start[start.index("--config") + 1]).read_text("utf-8")
    port = next(line.split("=")[1].strip() for line in config.splitlines() if line.startswith("port"))
    process = subprocess.Popen(
        start, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=10) as page:
            until(lambda: _signs_in(scene, page))
            yield Twin(page)
    finally:
        process.terminate()
        process.wait(LIMIT_S)


def _signs_in(scene: Scene, page: httpx.Client) -> bool:
    person = scene.store["staff"][0]
    try:
        answer = page.post("/api/v1/session", json={"login": person["user"], "pin": person["pin"]})
    except httpx.HTTPError:
        return False
    if answer.status_code == 201:
        page.headers["authorization"] = f"Bearer {answer.json()['token']}"
    return answer.status_code == 201


def test_two_machines_stop_and_one_of_them_is_enrolled_anew(scene: Scene, tmp_path: Path) -> None:
    deliver(scene, "two machines", 60)
    made = order(scene, 1, "two-machines-1")
    until(scene.in_step)
    before = scene.balance(TEA)
    stop(scene, "agent")
    copied = copy_machine(scene, tmp_path)
    scene.line("cut")
    scene.start("agent")
    until(lambda: _signs_in(scene, scene.agent))
    sell(scene, 2)
    with running_twin(scene, copied) as twin:
        sell_at(twin.page, 3)
        until(lambda: twin.page.get("/api/v1/status").json()["unsent"] == 0)
        scene.line("restore")
        until(lambda: state_of(scene) == "stopped")
        until(lambda: twin.is_red() and scene.agent.get("/readyz").status_code == 503)
        assert "chain_split" in [kind for kind, _facts in troubles(scene)]
        refused = ask_for(scene, 1, "two-machines-2")
        assert (refused.status_code, refused.json()["code"]) == (503, "store.not_ready")

        stop(scene, "agent")
        said = enrol_again(scene)
        assert "facts of the old ledger" in said
        until(lambda: is_whole(scene))
        until(lambda: [one["number"] for one in to_check(scene)] == [made["number"]])
        look_for(scene, to_check(scene)[0]["order"], is_collected=False)
        assert scene.balance(TEA)["floor"] == before["floor"] - 2 - 3
        assert order(scene, 1, "two-machines-3")["state"] == "pending_store"
        scene.assert_books_are_right(TEA)

        found = twin.page.get("/api/v1/counter").json()
        orders = [*found["to_pick"], *found["ready"]]
        assert [one["number"] for one in orders] == [made["number"]]
        path = f"/api/v1/counter/orders/{orders[0]['order']}/pick"
        out = twin.page.post(path, json={})
        assert (out.status_code, out.json()["code"]) == (409, "replaced")
        assert twin.is_red()
        assert not twin.page.get("/api/v1/status").json()["online"]
