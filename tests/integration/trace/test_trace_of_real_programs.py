"""A sale and an order followed from the till to the shop page, over real programs and a real broker."""

import json
import threading
from itertools import pairwise
from typing import Any

import httpx
import pytest

from tests.integration.fire.people import Scene, until
from tests.integration.recovery.rehearsal import hub_command

pytestmark = [pytest.mark.processes, pytest.mark.timeout(120)]

TEA, SOAP = "BE1001", "BE1002"
WAIT_S = 3.0
"""Longer than the agent waits before it sends what nobody heard once more."""


def as_hq(scene: Scene) -> httpx.Client:
    """A caller signed in as HQ."""
    who = scene.told["hub"]["logins"][0]
    answer = scene.hub.post("/api/v1/session", json={"user": who["user"], "password": who["password"]})
    assert answer.status_code == 201, answer.text
    headers = {"authorization": f"Bearer {answer.json()['token']}"}
    return httpx.Client(base_url=scene.told["hub"]["url"], headers=headers, trust_env=False, timeout=10)


def sell(scene: Scene, sku: str) -> str:
    """The till sells one unit; returns the receipt's number."""
    ticket = scene.agent.post("/api/v1/till/lines", json={"sku": sku, "qty": 1}).json()
    pay = {"tender": "cash", "ticket": ticket["id"], "given_minor": ticket["total_minor"]}
    answer = scene.agent.post("/api/v1/till/pay", json=pay)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["receipt"]["number"])


def order(scene: Scene, sku: str) -> str:
    """A customer orders one unit; returns the order's number."""
    body = {
        "store": scene.store["id"],
        "lines": [{"sku": sku, "qty": 1}],
        "contact": {"name": "Li Na", "phone": "+8613800138000"},
        "pay": "counter",
        "locale": "en",
    }
    answer = scene.hub.post("/api/v1/orders", json=body, headers={"Idempotency-Key": f"trace-{sku}"})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["number"])


def hops_of(leg: dict[str, Any]) -> list[str]:
    """The names of a leg's hops; their times never go back, and each tells the way from the one before."""
    hops = leg["hops"]
    assert [hop["at"] for hop in hops] == sorted(hop["at"] for hop in hops)
    assert not any(hop["clocks_differ"] for hop in hops)
    assert hops[0]["after_ms"] is None
    assert all(after["after_ms"] is not None for _, after in pairwise(hops))
    return [hop["name"] for hop in hops]


def trace_of(caller: httpx.Client, name: str) -> dict[str, Any]:
    """The trace of an id."""
    answer = caller.get(f"/api/v1/trace/{name}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_sale_is_followed_over_every_hop(scene: Scene) -> None:
    until(scene.in_step)
    number = sell(scene, TEA)
    until(scene.in_step)
    with as_hq(scene) as caller:
        found = trace_of(caller, number)
        (move,) = [leg for leg in found["legs"] if leg["kind"] == "move"]
        alone = trace_of(caller, move["id"])

    assert (found["kind"], found["store"], found["clocks_differ"]) == ("paper", scene.store["id"], False)
    assert {(leg["way"], leg["kind"], leg["kept"]) for leg in found["legs"]} == {
        ("up", "move", "kept"),
        ("up", "payment", "kept"),
    }
    assert hops_of(move) == ["made", "sent", "heard", "applied", "told"]
    assert [hop["count"] for hop in move["hops"] if hop["name"] == "sent"] == [1]
    assert move["facts"]["goods"] == f"1 × {TEA}"
    assert alone["legs"] == [move]


def test_an_order_is_followed_down_and_up(scene: Scene) -> None:
    until(scene.in_step)
    number = order(scene, SOAP)
    with as_hq(scene) as caller:
        until(lambda: any(leg["what"] == "received" for leg in trace_of(caller, number)["legs"]))
        until(lambda: all(leg["kept"] == "kept" for leg in trace_of(caller, number)["legs"]))
        found = trace_of(caller, number)

    down, *up = found["legs"]
    assert (found["kind"], found["id"]) == ("order", number)
    assert (down["way"], down["what"]) == ("down", "order")
    assert hops_of(down) == ["given", "item_sent", "answered"]
    assert up[0]["what"] == "received"
    assert all(hops_of(leg)[-3:] == ["heard", "applied", "told"] for leg in up)
    told = hub_command(scene, "trace", number)
    assert "sent by the hub" in told
    assert "confirmed by the store" in told


def test_what_a_dead_hub_did_not_hear_is_told_as_sent_again(scene: Scene) -> None:
    until(scene.in_step)
    scene.kill("hub")
    number = sell(scene, TEA)
    threading.Event().wait(WAIT_S)
    scene.start("hub")
    until(scene.answers)
    until(scene.in_step)
    with as_hq(scene) as caller:
        (move,) = [leg for leg in trace_of(caller, number)["legs"] if leg["kind"] == "move"]

    assert hops_of(move) == ["made", "first_sent", "sent", "heard", "applied", "told"]
    first, last = move["hops"][1:3]
    assert first["count"] >= 2
    assert last["count"] == first["count"]
    assert last["after_ms"] >= 1_000
    # each second what is in memory is written down: then the command line tells the same
    until(lambda: json.loads(hub_command(scene, "trace", move["id"], "--json"))["legs"] == [move])
