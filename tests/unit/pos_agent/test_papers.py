"""What stands on papers beside the goods, and which printer gets what waits for another one."""

import json
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from devices.printing.document import Row, Style, Text
from devices.printing.job import JobKind, NewJob
from devices.printing.journal import enqueue
from devices.printing.sample_page import sample_page
from pos_agent.catalogue.apply_page import apply_page
from pos_agent.hardware.board import Heard
from pos_agent.hardware.printers import FALLBACK_AFTER_S, Printers
from pos_agent.pickup.forget_people import _FORGET
from pos_agent.pickup.queries import _BACK, _HOLDS
from pos_agent.pickup.slip_document import slip_document
from sync.storage.writer import Transaction
from tests.unit.pos_agent.agent_stage import COLA, PIN_HASH, Stage, client, hold_item, settings_page, staged

PAIR = [
    {"id": "p1", "role": "receipt", "uri": "tcp://127.0.0.1:1", "fallback": "p2"},
    {"id": "p2", "role": "pick", "uri": "tcp://127.0.0.1:1"},
]


async def test_a_receipt_names_the_clerk_and_the_books_keep_the_login(stage: Stage) -> None:
    body = {"login": "lin", "role": "manager", "pin_hash": PIN_HASH}
    names = {"zh-CN": "林小雨", "en": "Lin Xiaoyu"}
    lin = {"version": 60, "key": "staff:lin", "body": {**body, "names": names}}
    told = replace(settings_page([lin]), since=50, to=60, top=60)
    await stage.receive(SKU_1=10)
    await stage.desk.ledger.writer.run(lambda tx: apply_page(tx, told, stage.desk.at))
    await stage.take_hold(hold_item("o-1", (COLA, 1), locale="en"))
    async with client(stage, "lin") as clerk:
        ticket = (await clerk.post("/api/v1/till/lines", json={"sku": COLA, "qty": 1})).json()
        await clerk.post("/api/v1/till/pay", json={"given_minor": 350, "ticket": ticket["id"]})
        money = {"tender": "cash", "given_minor": 350}
        await clerk.post(
            "/api/v1/counter/orders/o-1/hand-over", json={"override": {"reason": "x"}, "tender": money}
        )
    papers = [json.loads(row[0]) for row in await stage.rows("SELECT document FROM print_job ORDER BY seq")]
    assert [clerk_on(paper) for paper in papers] == [["收银员", "林小雨"], ["Served by", "Lin Xiaoyu"]]
    assert (await stage.events())[-1]["actor"] == "lin"


def clerk_on(paper: object) -> list[str]:
    """The row that names who served."""
    rows = [block for block in paper["blocks"] if block.get("left") in {"收银员", "Served by"}]  # type: ignore[index]
    return [rows[0]["left"], rows[0]["right"]]


@pytest.mark.parametrize(
    ("item", "told"),
    [
        (hold_item(pay_at="online", due_minor=0), Text("已在线付款", Style.BOLD)),
        (hold_item(pay_at="counter", due_minor=700), Row("到店付款", "￥7.00", Style.BOLD)),
    ],
)
async def test_a_slip_says_how_the_order_is_paid(stage: Stage, item: object, told: object) -> None:
    document = slip_document(item, {}, stage.desk.profile)  # type: ignore[arg-type]
    words = ("已在线付款", "到店付款")
    assert [
        block for block in document.blocks if getattr(block, "left", getattr(block, "text", "")) in words
    ] == [told]


def put(job: NewJob, tx: Transaction) -> None:
    """Queue a paper."""
    enqueue(tx.connection, job)


@pytest.mark.parametrize(("state", "moved"), [("unknown", ["old"]), ("offline", ["new", "old"])])
async def test_a_mute_printer_keeps_what_came_just_now(
    template: Path, tmp_path: Path, state: str, moved: list[str]
) -> None:
    async with staged(template, tmp_path, printer=PAIR) as stage:
        now = stage.clock.now()
        ages = {"old": timedelta(seconds=FALLBACK_AFTER_S), "new": timedelta(seconds=FALLBACK_AFTER_S - 1)}
        for job, age in ages.items():
            queued = NewJob(job, "p1", JobKind.RECEIPT, sample_page("p1", now), now - age)
            await stage.desk.ledger.writer.run(partial(put, queued))
        desk = stage.desk
        printers = Printers(desk.settings, desk.ledger.writer, desk.reader, desk.board, stage.clock)
        desk.board.printer_is("p1", Heard(state))
        await printers.give_to_fallback("p1", "p2")
        assert [
            row[0] for row in await stage.rows("SELECT id FROM print_job WHERE printer = 'p2' ORDER BY id")
        ] == moved


async def test_questions_about_closed_orders_read_only_those_they_ask_for(stage: Stage) -> None:
    forgotten = await stage.desk.reader.all("EXPLAIN QUERY PLAN " + _FORGET, ("2026", 10))
    back = await stage.desk.reader.all("EXPLAIN QUERY PLAN " + _HOLDS + _BACK, ())
    assert "ix_hold_told_of (stage=? AND closed_at<?)" in str(forgotten)
    assert "ix_hold_line_staged" in str(back)
