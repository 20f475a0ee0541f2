"""Papers that a person looks after, and the cash drawer, over the API."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from devices.clock import timestamp
from devices.printing.document import Document, Text
from devices.printing.job import JobKind, JobState
from devices.printing.journal import set_state
from pos_agent.hardware.drawer import Drawer, Opening
from pos_agent.hardware.forget_papers import forget_papers
from sync.rules.errors import Refused
from sync.storage.writer import Transaction
from tests.unit.pos_agent.agent_stage import CODE, COLA, Stage, client, gtin, hold_item, staged

PAPER = Document((Text("好𠮷"),))
DRAWER = [{"id": "p1", "role": "receipt", "uri": "tcp://127.0.0.1:1", "drawer": True}]


async def paper(stage: Stage, *states: JobState, kind: JobKind = JobKind.RECEIPT) -> str:
    """A paper that went through these states; its id."""
    desk = stage.desk

    def make(tx: Transaction) -> str | None:
        return desk.papers.enqueue(tx, kind, PAPER)

    job = await desk.ledger.writer.run(make)
    assert job is not None
    for state in states:

        def move(tx: Transaction, to: JobState = state) -> None:
            set_state(tx.connection, job, to, "", desk.clock.now())

        await desk.ledger.writer.run(move)
    return job


async def uncertain(stage: Stage) -> str:
    return await paper(stage, JobState.SENDING, JobState.UNCERTAIN)


async def jobs(stage: Stage) -> list[tuple[object, ...]]:
    return await stage.rows("SELECT id, state, decision, decided_by, copy_number FROM print_job ORDER BY seq")


async def test_a_paper_that_came_out_is_settled_by_whoever_saw_it(stage: Stage) -> None:
    job = await uncertain(stage)
    async with client(stage) as caller:
        told = (await caller.get("/api/v1/devices")).json()
        assert [(one["id"], one["state"], one["kind"]) for one in told["papers"]] == [
            (job, "uncertain", "receipt")
        ]
        assert (await caller.get("/api/v1/status")).json()["papers"] == 1
        answer = await caller.post(f"/api/v1/papers/{job}/decision", json={"decision": "came_out"})
        assert (answer.status_code, answer.json()) == (200, {"job": None})
        assert (await caller.get("/api/v1/devices")).json()["papers"] == []
        assert (await caller.get("/api/v1/status")).json()["papers"] == 0
    assert await jobs(stage) == [(job, "uncertain", "came_out", "mei", 0)]


async def test_a_paper_is_printed_again_once_and_marked(stage: Stage) -> None:
    job = await uncertain(stage)
    async with client(stage) as caller:
        path = f"/api/v1/papers/{job}/decision"
        new = (await caller.post(path, json={"decision": "again"})).json()["job"]
        before = await jobs(stage)
        again = await caller.post(path, json={"decision": "again"})
        assert (again.status_code, again.json()["code"]) == (409, "paper_settled")
    assert await jobs(stage) == before == [(job, "uncertain", "again", "mei", 0), (new, "queued", "", "", 1)]


@pytest.mark.parametrize("body", [{"decision": "burn"}, {}, {"decision": "left", "x": 1}])
async def test_another_word_on_a_paper_changes_nothing(stage: Stage, body: dict[str, object]) -> None:
    job = await uncertain(stage)
    before = await jobs(stage)
    async with client(stage) as caller:
        assert (await caller.post(f"/api/v1/papers/{job}/decision", json=body)).status_code == 422
        nobody = await caller.post("/api/v1/papers/none/decision", json={"decision": "left"})
        assert (nobody.status_code, nobody.json()["code"]) == (404, "unknown_paper")
    assert await jobs(stage) == before


async def test_a_confirmed_paper_has_nothing_to_decide(stage: Stage) -> None:
    job = await paper(stage, JobState.SENDING, JobState.CONFIRMED)
    async with client(stage) as caller:
        answer = await caller.post(f"/api/v1/papers/{job}/decision", json={"decision": "left"})
        assert answer.json()["code"] == "paper_settled"
        assert (await caller.get("/api/v1/devices")).json()["papers"] == []


async def test_a_paper_that_waits_long_is_shown_and_an_old_one_is_history(stage: Stage) -> None:
    job = await paper(stage)
    async with client(stage) as caller:
        assert (await caller.get("/api/v1/devices")).json()["papers"] == []
        old = timestamp(stage.desk.clock.now() - timedelta(seconds=16))
        await stage.desk.ledger.writer.run(
            lambda tx: tx.execute("UPDATE print_job SET created_at = ?", (old,))
        )
        assert [one["id"] for one in (await caller.get("/api/v1/devices")).json()["papers"]] == [job]
        old = timestamp(stage.desk.clock.now() - timedelta(hours=73))
        await stage.desk.ledger.writer.run(
            lambda tx: tx.execute("UPDATE print_job SET created_at = ?", (old,))
        )
        assert (await caller.get("/api/v1/devices")).json()["papers"] == []


@pytest.mark.font
async def test_a_paper_is_shown_as_a_picture(stage: Stage) -> None:
    job = await paper(stage)
    async with client(stage) as caller:
        answer = await caller.get(f"/api/v1/papers/{job}/picture")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
        assert answer.content.startswith(b"\x89PNG")
        assert (await caller.get("/api/v1/papers/none/picture")).status_code == 404


async def openings(stage: Stage) -> list[tuple[object, ...]]:
    return await stage.rows("SELECT actor, cause, reason, printer, outcome FROM drawer_opening ORDER BY id")


def drawer(stage: Stage, answer: bool | None) -> list[str]:
    """Give the store a drawer; the printers whose pulse was asked for."""
    asked: list[str] = []

    def open_at(printer: str) -> asyncio.Future[bool]:
        asked.append(printer)
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        if answer is not None:
            future.set_result(answer)
        return future

    stage.desk.drawer = Drawer(stage.desk.settings, stage.desk.ledger.writer, open_at)
    return asked


@pytest.fixture
async def with_drawer(tmp_path: Path, template: Path) -> AsyncIterator[Stage]:
    async with staged(template, tmp_path, printer=DRAWER) as made:
        yield made


async def test_a_manager_opens_the_drawer_with_a_reason_and_it_is_on_record(with_drawer: Stage) -> None:
    asked = drawer(with_drawer, answer=True)
    async with client(with_drawer, "lin") as caller:
        answer = await caller.post("/api/v1/drawer", json={"reason": "换零钱"})
        assert answer.json() == {"opened": True}
    assert asked == ["p1"]
    assert await openings(with_drawer) == [("lin", "no_sale", "换零钱", "p1", "sent")]


async def test_a_drawer_that_cannot_be_reached_is_told_and_kept(with_drawer: Stage) -> None:
    drawer(with_drawer, answer=False)
    async with client(with_drawer, "lin") as caller:
        answer = await caller.post("/api/v1/drawer", json={"reason": "换零钱"})
        assert (answer.status_code, answer.json()["code"]) == (409, "drawer_unreachable")
    assert await openings(with_drawer) == [("lin", "no_sale", "换零钱", "p1", "failed")]


async def test_nobody_opens_it_without_the_right_or_a_reason(with_drawer: Stage) -> None:
    asked = drawer(with_drawer, answer=True)
    async with client(with_drawer) as clerk:
        assert (await clerk.post("/api/v1/drawer", json={"reason": "换零钱"})).status_code == 403
    async with client(with_drawer, "lin") as caller:
        assert (await caller.post("/api/v1/drawer", json={"reason": " "})).status_code == 422
    assert with_drawer.desk.drawer is not None
    with pytest.raises(Refused, match="no_reason"):
        await with_drawer.desk.drawer.open(Opening(at="", till="1", actor="lin", cause="no_sale"))
    assert (asked, await openings(with_drawer)) == ([], [])


async def until_openings(stage: Stage, count: int) -> None:
    """Wait until so many openings are over: they go on beside the call that began them."""
    async with asyncio.timeout(5):
        while len([row for row in await openings(stage) if row[-1] != "asked"]) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def test_the_cash_of_a_sale_opens_the_drawer_once_however_often_it_is_told(with_drawer: Stage) -> None:
    asked = drawer(with_drawer, answer=True)
    await with_drawer.receive(SKU_1=10)
    async with client(with_drawer) as till:
        for _ in range(2):
            ticket = (await till.post("/api/v1/till/scan", json={"code": gtin(1)})).json()["ticket"]
            body = {"given_minor": 500, "ticket": ticket["id"]}
            for _ in range(3):
                assert (await till.post("/api/v1/till/pay", json=body)).status_code == 200
        await until_openings(with_drawer, 2)
    assert asked == ["p1", "p1"]
    assert await openings(with_drawer) == [("mei", "cash", "", "p1", "sent")] * 2


async def test_cash_at_the_counter_opens_the_drawer_and_prepaid_goods_do_not(with_drawer: Stage) -> None:
    asked = drawer(with_drawer, answer=True)
    await with_drawer.receive(SKU_1=10)
    await with_drawer.take_hold(hold_item("o-1", (COLA, 2)))
    await with_drawer.take_hold(hold_item("o-2", (COLA, 2), pay_at="online", due_minor=0))
    async with client(with_drawer) as clerk:
        for order, tender in (("o-2", None), ("o-1", {"tender": "cash", "given_minor": 1000})):
            body = {"code": CODE} | ({"tender": tender} if tender else {})
            answer = await clerk.post(f"/api/v1/counter/orders/{order}/hand-over", json=body)
            assert answer.status_code == 200, answer.text
        await until_openings(with_drawer, 1)
    assert asked == ["p1"]
    assert await openings(with_drawer) == [("mei", "cash", "", "p1", "sent")]


async def test_a_drawer_that_fails_fails_no_sale(with_drawer: Stage) -> None:
    drawer(with_drawer, answer=False)
    await with_drawer.receive(SKU_1=10)
    async with client(with_drawer) as till:
        ticket = (await till.post("/api/v1/till/scan", json={"code": gtin(1)})).json()["ticket"]
        paid = await till.post("/api/v1/till/pay", json={"given_minor": 500, "ticket": ticket["id"]})
        assert paid.json()["state"] == "completed"
        await until_openings(with_drawer, 1)
    assert await openings(with_drawer) == [("mei", "cash", "", "p1", "failed")]


async def test_a_store_without_a_drawer_says_so(stage: Stage) -> None:
    async with client(stage, "lin") as caller:
        answer = await caller.post("/api/v1/drawer", json={"reason": "换零钱"})
        assert (answer.status_code, answer.json()["code"]) == (409, "no_drawer")


async def test_a_paper_too_old_for_a_copy_says_so_and_its_receipt_stays(stage: Stage) -> None:
    await stage.receive(SKU_1=5)
    async with client(stage) as caller:
        ticket = (await caller.post("/api/v1/till/scan", json={"code": gtin(1)})).json()
        ticket = ticket.get("ticket", ticket)
        body = {"ticket": ticket["id"], "given_minor": 350}
        number = (await caller.post("/api/v1/till/pay", json=body)).json()["receipt"]["number"]
        await stage.desk.ledger.writer.run(
            lambda tx: tx.execute("UPDATE print_job SET state = 'confirmed'").rowcount
        )
        assert await forget_papers(stage.desk) == 0
        stage.clock.go(86_400 * 181)
        assert await forget_papers(stage.desk) == 1
        before = await jobs(stage)
        answer = await caller.post("/api/v1/session", json={"login": "mei", "pin": "2468"})
        caller.headers["authorization"] = f"Bearer {answer.json()['token']}"
        refused = await caller.post(f"/api/v1/receipts/{number}/reprint", json={"request": "wish-0001"})
        assert (refused.status_code, refused.json()["code"]) == (409, "paper_forgotten")
        kept = (await caller.get(f"/api/v1/receipts/{number}")).json()
        assert (kept["total_minor"], kept["printed"]) == (350, "confirmed")
        picture = await caller.get(f"/api/v1/papers/{before[0][0]}/picture")
        assert (picture.status_code, picture.json()["code"]) == (409, "paper_forgotten")
        assert await jobs(stage) == before
