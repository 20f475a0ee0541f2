"""What an operator does by hand when something was lost: stop, put away, enrol anew, put back."""

import json
import re
import shutil
import signal
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx

from hub.walk.tools import run_command, with_word
from tests.integration.fire.people import LIMIT_S, Scene, until

TEA = "BE1010"


def hub_command(scene: Scene, *words: str) -> str:
    """Run a command of the hub; returns what it said."""
    return _command(scene.told["hub"]["start"], "serve", words)


def agent_command(scene: Scene, *words: str) -> str:
    """Run a command of the store's agent; returns what it said."""
    return _command(scene.store["start"], "run", words)


def _command(start: list[str], word: str, words: tuple[str, ...]) -> str:
    """The argv of the JSON line with another command in it."""
    argv = with_word(start, word, words[0])
    place = argv.index(words[0]) + 1
    code, said = run_command([*argv[:place], *words[1:], *argv[place:]])
    assert code == 0, said
    return said


def data_folder(start: list[str]) -> Path:
    """The data folder of a program, from the settings file that its argv names."""
    config = Path(start[start.index("--config") + 1])
    found = re.search(r'^data_dir\s*=\s*"(.+)"', config.read_text("utf-8"), re.MULTILINE)
    assert found is not None
    return (config.parent / found[1]).resolve() if not Path(found[1]).is_absolute() else Path(found[1])


def enrol_again(scene: Scene) -> str:
    """A new code from the hub, spent by the store's agent, which then starts; returns what it said."""
    code = hub_command(scene, "stores", "code", scene.store["id"]).split()[0]
    said = agent_command(scene, "enrol", scene.told["hub"]["url"], code)
    scene.start("agent")
    until(scene.answers, LIMIT_S)
    sign_in(scene)
    return said


def sign_in(scene: Scene) -> None:
    """A clerk signs in once the agent knows its people again."""

    def is_in() -> bool:
        person = scene.store["staff"][0]
        answer = scene.agent.post(
            "/api/v1/session", json={"login": person["user"], "pin": person["pin"]}, headers={}
        )
        if answer.status_code != 201:
            return False
        scene.token = answer.json()["token"]
        scene.agent.headers["authorization"] = f"Bearer {scene.token}"
        return True

    until(is_in)


def is_whole(scene: Scene) -> bool:
    """Whether the hub sells for the store again."""
    return state_of(scene) == "whole"


def state_of(scene: Scene) -> str:
    """Where the hub stands with the store."""
    found = json.loads(hub_command(scene, "stores", "list", "--json"))
    return str(next(one["state"] for one in found if one["id"] == scene.store["id"]))


def troubles(scene: Scene) -> list[tuple[str, dict[str, Any]]]:
    """The exceptions of the store and of the hub itself: kind and facts, the oldest first."""
    path = data_folder(scene.told["hub"]["start"]) / "hub.sqlite"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        rows = connection.execute(
            "SELECT kind, facts FROM trouble WHERE store IN ('', ?) ORDER BY id", (scene.store["id"],)
        ).fetchall()
    return [(kind, json.loads(facts)) for kind, facts in rows]


def to_check(scene: Scene) -> list[dict[str, Any]]:
    """The orders that somebody has to look for."""
    found: list[dict[str, Any]] = scene.agent.get("/api/v1/counter").json()["to_check"]
    return found


def look_for(scene: Scene, order_id: str, *, is_collected: bool) -> None:
    """Somebody looked for an order and says what became of it."""
    path = f"/api/v1/counter/orders/{order_id}/verify"
    answer = scene.agent.post(path, json={"collected": is_collected})
    assert answer.status_code == 200, answer.text


def is_up(scene: Scene) -> bool:
    """Whether the store's agent answers at all."""
    try:
        return scene.agent.get("/healthz").status_code == 200
    except httpx.HTTPError:
        return False


def deliver(scene: Scene, ref: str, qty: int) -> None:
    """Tea arrives."""
    lines = [{"sku": TEA, "qty": qty}]
    answer = scene.agent.post("/api/v1/stock/receive", json={"ref": ref, "reason": "receive", "lines": lines})
    assert answer.status_code == 201, answer.text


def ask_for(scene: Scene, qty: int, key: str, pay: str = "counter") -> httpx.Response:
    """A customer asks for tea."""
    return scene.hub.post(
        "/api/v1/orders",
        headers={"idempotency-key": key},
        json={
            "store": scene.store["id"],
            "lines": [{"sku": TEA, "qty": qty}],
            "contact": {"name": "Wang", "phone": "13800138000"},
            "pay": pay,
            "locale": "en",
        },
    )


def pay_in_sandbox(scene: Scene, made: dict[str, Any]) -> None:
    """The customer of an order pays it."""
    headers = {"sec-fetch-site": "same-origin", "origin": str(scene.told["hub"]["url"])}
    answer = scene.hub.post(made["pay_url"], data={"outcome": "paid"}, headers=headers)
    assert answer.status_code == 303, answer.text


def order(scene: Scene, qty: int, key: str, pay: str = "counter") -> dict[str, Any]:
    """A customer orders tea, to be paid at the counter unless `pay` says otherwise."""
    answer = ask_for(scene, qty, key, pay)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def sell(scene: Scene, qty: int) -> str:
    """The till sells tea for cash; returns the receipt's number."""
    return sell_at(scene.agent, qty)


def sell_at(till: httpx.Client, qty: int) -> str:
    """A machine's till sells tea for cash."""
    till.post("/api/v1/till/clear", json={})
    ticket = till.post("/api/v1/till/lines", json={"sku": TEA, "qty": qty}).json()
    pay = {"tender": "cash", "ticket": ticket["id"], "given_minor": ticket["total_minor"]}
    answer = till.post("/api/v1/till/pay", json=pay)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["receipt"]["number"])


def put_away(folder: Path, *names: str) -> Path:
    """Copy files of a folder elsewhere, as an image of the disk would hold them."""
    image = folder.with_name(folder.name + ".image")
    image.mkdir()
    for name in names:
        for path in folder.glob(f"{name}*"):
            shutil.copy2(path, image / path.name)
    return image


def stop(scene: Scene, name: str) -> None:
    """End a program as an operator does."""
    process = scene.restarted.get(name)
    if process is not None:
        process.send_signal(signal.SIGTERM)
        process.wait(LIMIT_S)
    else:
        scene.kill(name)
