"""Why is it 47 in this store? And the night's check of the books, told to HQ."""

import json
import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest

from pos_agent.ledger import explain as module
from pos_agent.ledger.explain import PAGE, cursor_of, explain, tell
from pos_agent.ledger.self_check import MOST_TOLD, SelfCheck, latest_result
from pos_agent.link.compose import health_payload
from sync.runtime.pace import ChoreCut, Pace
from tests.unit.pos_agent.agent_stage import COLA, SOAP, Stage, client, hold_item


async def sell(stage: Stage, units: int = 1) -> None:
    async with client(stage) as till:
        ticket = (await till.post("/api/v1/till/lines", json={"sku": COLA, "qty": units})).json()
        paid = await till.post("/api/v1/till/pay", json={"given_minor": 350 * units, "ticket": ticket["id"]})
        assert paid.status_code == 200, paid.text


async def test_the_number_comes_with_its_movements_their_sum_and_its_holds(stage: Stage) -> None:
    await stage.receive(SKU_1=10)
    await stage.take_hold(hold_item("o-1", (COLA, 2)))
    await sell(stage, 3)

    async with client(stage, "lin") as manager:
        told = (await manager.get(f"/api/v1/stock/{COLA}/why")).json()

    assert told["now"]["on_hand"] == 7
    assert told["sum"] == {
        "movements": 2,
        "on_hand": 7,
        "floor": 7,
        "staged": 0,
        "damaged": 0,
        "agrees": True,
    }
    moved = [(one["reason"], one["change"], one["balance"]) for one in told["movements"]]
    assert moved == [("sale", -3, 7), ("opening", 10, 10)]
    assert told["movements"][0]["actor"] == "mei"
    assert [(one["number"], one["qty"], one["open"]) for one in told["holds"]] == [("N-o-1", 2, 2)]


async def test_only_a_manager_is_told(stage: Stage) -> None:
    async with client(stage, "mei") as clerk:
        assert (await clerk.get(f"/api/v1/stock/{COLA}/why")).status_code == 403
        assert (await clerk.get("/stock")).status_code == 403


@pytest.mark.parametrize(("query", "status"), [("nothing/why", 404), (f"{COLA}/why?before=x", 422)])
async def test_what_cannot_be_explained_is_refused(stage: Stage, query: str, status: int) -> None:
    async with client(stage, "lin") as manager:
        assert (await manager.get(f"/api/v1/stock/{query}")).status_code == status


async def test_pages_hold_every_movement_once_and_the_balances_go_on(stage: Stage) -> None:
    for _ in range(PAGE + 2):
        await stage.receive(SKU_1=1)
    first = await explain(stage.desk.reader, COLA)
    assert first is not None
    second = await explain(stage.desk.reader, COLA, cursor_of(first["next_before"]))
    assert second is not None

    balances = [one["balance"] for page in (first, second) for one in page["movements"]]
    assert balances == list(range(PAGE + 2, 0, -1))
    assert second["next_before"] is None


async def test_a_number_that_is_not_the_sum_is_told(stage: Stage) -> None:
    await stage.receive(SKU_1=5)
    with closing(sqlite3.connect(stage.path)) as connection:
        connection.execute("UPDATE stock SET floor = 6")
        connection.commit()

    found = await explain(stage.desk.reader, COLA)

    assert found is not None
    assert found["sum"]["agrees"] is False
    assert "the 1 movements sum to 5: ■ DIFFERS" in tell(found)


async def test_an_event_that_the_hub_rejected_is_told_with_the_goods(stage: Stage) -> None:
    await stage.receive(SKU_1=5)
    await stage.receive(SKU_3=5)
    with closing(sqlite3.connect(stage.path)) as connection:
        connection.execute("UPDATE event SET rejected = 'unknown_sku' WHERE seq = 1")
        connection.commit()

    cola, soap = await explain(stage.desk.reader, COLA), await explain(stage.desk.reader, SOAP)

    assert cola is not None
    assert soap is not None
    assert cola["rejected"] == [{"seq": 1, "code": "unknown_sku"}]
    assert soap["rejected"] == []
    assert tell(cola)[-1] == "event 1 was not booked at the hub: unknown_sku"


async def test_no_statement_reads_the_whole_log(stage: Stage) -> None:
    for sql in (module._SUMS, module._NEWER, module._PAGE, module._HOLDS, module._REJECTED, module._STOCK):
        plan = await stage.desk.reader.all(f"EXPLAIN QUERY PLAN {sql}", ("",) * sql.count("?"))
        assert not re.search(r"\bSCAN\b", " ".join(str(row[3]) for row in plan)), (sql, plan)


@pytest.mark.parametrize("text", ["x", "1-", "-1", "1-2-3", "9" * 30 + "-1"])
def test_what_is_no_page_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no page"):
        cursor_of(text)


def at_night(stage: Stage, hour: int = 3) -> None:
    """That hour of 2 May in Shanghai."""
    stage.clock.moment = datetime(2026, 5, 1, (hour - 8) % 24, 30, tzinfo=UTC)


async def test_the_night_is_checked_once_and_the_result_is_told_with_the_health(stage: Stage) -> None:
    await stage.receive(SKU_1=10)
    await sell(stage)
    assert json.loads(await health_payload(stage.desk))["verify"] is None
    check = SelfCheck(stage.desk)
    at_night(stage, 2)
    assert await check.step(0) is False
    at_night(stage)
    assert await check.step(3600) is False

    assert await check.step(0) is True
    assert await check.step(0) is False

    told = json.loads(await health_payload(stage.desk))["verify"]
    assert (told["at"], told["findings"], told["told"]) == ("2026-05-01T19:30:00.000Z", 0, [])
    assert told["counted"]["receipts"] == 1
    assert told["counted"]["events"] == (await stage.rows("SELECT COUNT(*) FROM event"))[0][0]
    stage.clock.go(86_400)
    assert await check.step(0) is True


async def test_findings_are_told_in_parts_and_bounded(stage: Stage) -> None:
    await stage.receive(SKU_1=10)
    with closing(sqlite3.connect(stage.path)) as connection:
        connection.execute("UPDATE stock SET floor = 11")
        for number in range(20):
            connection.execute(
                "INSERT INTO stock (sku, floor, staged, damaged, granted, returned, settled, open, frozen)"
                " VALUES (?, 1, 0, 0, 0, 0, 0, 0, 0)",
                (f"X{number}" * 40,),
            )
        connection.commit()
    at_night(stage)

    await SelfCheck(stage.desk).step(0)

    told = await latest_result(stage.desk.reader)
    assert told is not None
    assert told["findings"] == 21
    assert len(told["told"]) == MOST_TOLD
    first = {"check": "balance", "about": COLA, "kept": "11 / 0 / 0", "made": "10 / 0 / 0"}
    assert told["told"][0] == first
    assert max(len(one["about"]) for one in told["told"]) == 60


async def test_a_check_that_was_cut_is_not_tried_again_that_night(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pos_agent.ledger.verify.PAGE", 1)
    for _ in range(2):
        await stage.receive(SKU_1=1)
    at_night(stage)
    pace = Pace()
    pace.stop.set()
    check = SelfCheck(stage.desk)
    with pytest.raises(ChoreCut):
        await check.step(0, pace)

    assert await check.step(0) is False
    assert await latest_result(stage.desk.reader) is None
