"""A wish for paper that the network repeats is printed once, and its id prints nothing else."""

from typing import Any

import pytest

from pos_agent.hardware.change_devices import DeviceSetup
from pos_agent.hardware.choose_devices import Chosen
from pos_agent.hardware.device_trial import Trials
from pos_agent.hardware.forget_papers import forget_papers
from sync.rules.errors import Refused
from tests.unit.pos_agent.agent_stage import COLA, MILK, Stage, client, gtin

WISH = {"request": "wish-0001"}


async def jobs(stage: Stage) -> list[tuple[Any, ...]]:
    return await stage.rows("SELECT id, kind, copies, copy_number FROM print_job ORDER BY seq")


async def test_labels_asked_for_twice_are_printed_once(stage: Stage) -> None:
    body = {**WISH, "lines": [{"sku": COLA, "copies": 3}, {"sku": MILK}]}
    async with client(stage, "lin") as boss:
        first = await boss.post("/api/v1/labels", json=body)
        again = await boss.post("/api/v1/labels", json=body)
        anew = await boss.post("/api/v1/labels", json={**body, "request": "wish-0002"})
    assert [one.status_code for one in (first, again, anew)] == [202, 202, 202]
    assert again.json() == first.json()
    assert [job[0] for job in await jobs(stage)] == [*first.json()["jobs"], *anew.json()["jobs"]]


@pytest.mark.parametrize("lines", [[{"sku": COLA, "copies": 2}], [{"sku": MILK}], [{"sku": COLA}] * 2])
async def test_a_request_that_printed_something_else_prints_nothing(
    stage: Stage, lines: list[dict[str, Any]]
) -> None:
    async with client(stage, "lin") as boss:
        await boss.post("/api/v1/labels", json={**WISH, "lines": [{"sku": COLA}]})
        before = await jobs(stage)
        other = await boss.post("/api/v1/labels", json={**WISH, "lines": lines})
        look = await boss.post("/api/v1/reports/x/print", json=WISH)
    for answer in (other, look):
        assert (answer.status_code, answer.json()["code"]) == (409, "other_paper")
    assert await jobs(stage) == before


async def test_a_refused_wish_may_be_tried_again_with_its_id(stage: Stage) -> None:
    async with client(stage, "lin") as boss:
        refused = await boss.post("/api/v1/labels", json={**WISH, "lines": [{"sku": "NOWHERE"}]})
        told = await boss.post("/api/v1/labels", json={**WISH, "lines": [{"sku": COLA}]})
    assert (refused.status_code, told.status_code) == (404, 202)
    assert [job[1:] for job in await jobs(stage)] == [("label", 1, 0)]


async def test_copies_and_looks_at_a_till_are_printed_once(stage: Stage) -> None:
    await stage.receive(SKU_1=5)
    async with client(stage, "lin") as boss:
        ticket = (await boss.post("/api/v1/till/scan", json={"code": gtin(1)})).json()["ticket"]
        paid = await boss.post("/api/v1/till/pay", json={"given_minor": 350, "ticket": ticket["id"]})
        number = paid.json()["receipt"]["number"]
        paths = (f"/api/v1/receipts/{number}/reprint", "/api/v1/reports/x/print")
        told = [
            [(await boss.post(path, json={"request": f"wish-{path[8:12]}"})).json()["job"] for _ in range(3)]
            for path in paths
        ]
        bare = await boss.post(paths[0], json={})
    assert bare.status_code == 422
    assert [len(set(found)) for found in told] == [1, 1]
    assert [job[1:] for job in await jobs(stage)] == [
        ("receipt", 1, 0),
        ("receipt", 1, 1),
        ("report", 1, 0),
    ]


async def test_wishes_are_forgotten_with_their_papers(stage: Stage) -> None:
    async with client(stage, "lin") as boss:
        await boss.post("/api/v1/labels", json={**WISH, "lines": [{"sku": COLA}]})
    await forget_papers(stage.desk)
    assert await stage.rows("SELECT id FROM print_request") == [("wish-0001",)]
    stage.clock.go(86_400 * 181)
    await forget_papers(stage.desk)
    assert await stage.rows("SELECT id FROM print_request") == []


def test_a_trial_is_begun_once_by_a_request() -> None:
    trials = Trials(lambda _code: False, lambda: None)
    assert trials.begins("wish-0001", "page on a")
    assert not trials.begins("wish-0001", "page on a")
    with pytest.raises(Refused, match="other_paper"):
        trials.begins("wish-0001", "page on b")
    assert trials.begins("wish-0002", "page on b")
    trials.take_back("wish-0002")
    assert trials.begins("wish-0002", "page on b")


async def test_a_test_page_that_nobody_answered_is_not_printed_twice(stage: Stage) -> None:
    desk = stage.desk
    trials = Trials(lambda _code: False, lambda: None)
    desk.setup = DeviceSetup(Chosen(desk.settings, "agent.toml"), lambda _settings: None, trials)
    printer = {"id": "new", "uri": "tcp://127.0.0.1:3"}
    async with client(stage, "lin") as boss:
        body = {**WISH, "kind": "page", "printer": printer}
        assert (await boss.post("/api/v1/setup/trial", json=body)).json()["kind"] == "page"
        first = trials.latest
        assert (await boss.post("/api/v1/setup/trial", json=body)).json()["kind"] == "page"
        assert trials.latest is first
        other = await boss.post("/api/v1/setup/trial", json={**body, "kind": "drawer"})
        assert (other.status_code, other.json()["code"]) == (409, "other_paper")
        wrong = {**body, "request": "wish-0002", "printer": {**printer, "profile": "none"}}
        assert (await boss.post("/api/v1/setup/trial", json=wrong)).status_code == 422
        await trials.end()
        assert trials.begins("wish-0002", "what was refused did not begin")
