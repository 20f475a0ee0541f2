"""The demo comes up, the walk passes against it, and a second start goes on where it stopped."""

import json
import ssl
import subprocess
from pathlib import Path

import httpx
import pytest

from hub.demo.broker import module_argv
from hub.walk.tools import run_command, with_word
from tests.integration.processes.running_demo import kept_facts, running_demo

pytestmark = [pytest.mark.processes, pytest.mark.timeout(240)]
WALK_LIMIT_S = 120


def test_the_walk_passes_and_a_second_start_goes_on(tmp_path: Path) -> None:
    with running_demo(tmp_path) as told:
        walked = subprocess.run(
            module_argv("hub.walk", "--against", "-"),
            input=json.dumps(told),
            capture_output=True,
            text=True,
            timeout=WALK_LIMIT_S,
            check=False,
        )
        assert walked.returncode == 0, walked.stdout[-4000:] + walked.stderr[-2000:]
        assert "steps passed" in walked.stdout
        sold = _balances(told)
        _pair_a_phone(told["stores"][0])
    kept = kept_facts(tmp_path)

    with running_demo(tmp_path) as again:
        assert _without_pids(again) == _without_pids(told)
        assert kept_facts(tmp_path) == kept
        assert _balances(again) == sold
        for start in (again["hub"]["start"], again["stores"][0]["start"]):
            old = "serve" if "serve" in start else "run"
            code, said = run_command(with_word(start, old, "verify"))
            assert code == 0, said


def _pair_a_phone(store: dict) -> None:  # type: ignore[type-arg]  # the JSON line as it comes
    """By the store's own certificate, the door, and a code that the manager got at the till."""
    manager = next(person for person in store["staff"] if person["role"] == "manager")
    with httpx.Client(base_url=store["agent_url"], trust_env=False, timeout=10) as till:
        trust = ssl.create_default_context(cadata=till.get("/ca/store.pem").text)
        answer = till.post("/api/v1/session", json={"login": manager["user"], "pin": manager["pin"]})
        till.headers["authorization"] = f"Bearer {answer.json()['token']}"
        code = till.post("/api/v1/pairing", json={"name": "walk", "till": "1"}).json()["code"]
        door = {"base_url": store["door_url"], "verify": trust, "headers": {"accept": "text/html"}}
        with httpx.Client(**door, trust_env=False, timeout=10) as phone:
            assert phone.get("/till").headers["location"].startswith("/pair")
            assert phone.post("/api/v1/pair", json={"code": code}).is_success
            assert phone.get("/till").headers["location"].startswith("/sign-in")
        browsers = till.get("/api/v1/browsers").json()["browsers"]
    assert [one["name"] for one in browsers] == ["walk"]


def _balances(told: dict) -> dict:  # type: ignore[type-arg]  # the JSON line as it comes
    """Balances of one product in every store: an opening stock booked twice would show."""
    found = {}
    for store in told["stores"]:
        with httpx.Client(base_url=store["agent_url"], trust_env=False, timeout=10) as client:
            person = store["staff"][0]
            answer = client.post("/api/v1/session", json={"login": person["user"], "pin": person["pin"]})
            headers = {"authorization": f"Bearer {answer.json()['token']}"}
            found[store["id"]] = client.get("/api/v1/stock/BE1001", headers=headers).json()
    assert found["renmin"]["floor"] == 20
    return found


def _without_pids(told: dict) -> dict:  # type: ignore[type-arg]  # the JSON line as it comes
    """The line, but for what a start changes."""
    stores = [{**store, "pid": 0} for store in told["stores"]]
    return {
        **told,
        "hub": {**told["hub"], "pid": 0},
        "broker": {**told["broker"], "pid": 0},
        "devices": {**told["devices"], "pid": 0},
        "stores": stores,
    }
