"""Gift receipts name no price, are counted, and are printed once however often the network asks."""

import json
from dataclasses import replace
from typing import Any

import httpx
import pytest

from devices.printing.document import Barcode, Document, Qr, Row, Text
from pos_agent.till.gift_document import gift_document
from pos_agent.till.print_gift import MOST_COPIES
from pos_agent.till.receipt import Receipt, ReceiptLine
from tests.unit.pos_agent.agent_stage import Stage, client, gtin, staged


def receipt(locale: str = "zh-CN") -> Receipt:
    names = {"zh-CN": "龙井", "en": "Tea"}
    tea = ReceiptLine(sku="A", gtin="", names=names, qty=3, unit_minor=777, per=1, amount_minor=2331)
    apples = replace(
        tea, names={"en": "Apples"}, qty=765, unit_minor=888, per=500, amount_minor=1359, unit="g"
    )
    return Receipt(
        number="s1-1-1-000009",
        kind="sale",
        till="1",
        at="2026-05-01T17:30:00.000Z",
        actor="mei",
        currency="CNY",
        lines=(tea, apples),
        total_minor=3690,
        paid_minor=3690,
        given_minor=5000,
        change_minor=1310,
        tender="cash",
        locale=locale,
    )


@pytest.mark.parametrize(
    ("locale", "goods", "head"),
    [("zh-CN", "龙井", "礼品小票"), ("en", "Tea", "GIFT RECEIPT")],
)
def test_it_says_what_was_bought_and_when_and_no_amount(
    stage: Stage, locale: str, goods: str, head: str
) -> None:
    paper = gift_document(receipt(locale), stage.desk.profile, 2)
    rows = [(block.left, block.right) for block in paper.blocks if isinstance(block, Row)]
    assert rows[1:] == [
        ("购买日期" if locale == "zh-CN" else "Bought on", "2026-05-02"),  # the store's day
        (goods, "x 3"),
        ("Apples", "x 765g"),
    ]
    said = paper.to_json()
    assert not [
        amount for amount in ("7.77", "23.31", "8.88", "13.59", "36.90", "50.00", "13.10") if amount in said
    ]
    assert [block.text for block in paper.blocks if isinstance(block, Text)][-2] == f"{head} 2"
    assert [block.data for block in paper.blocks if isinstance(block, Barcode | Qr)] == ["s1-1-1-000009"] * 2


async def sold(caller: httpx.AsyncClient) -> str:
    """A sale; its receipt's number."""
    said: dict[str, Any] = (await caller.post("/api/v1/till/scan", json={"code": gtin(1)})).json()
    ticket = said.get("ticket", said)
    paid = await caller.post("/api/v1/till/pay", json={"ticket": ticket["id"], "given_minor": 350})
    return str(paid.json()["receipt"]["number"])


async def papers(stage: Stage) -> list[Document]:
    return [
        Document.from_json(row[0]) for row in await stage.rows("SELECT document FROM print_job ORDER BY seq")
    ]


async def test_each_is_counted_and_one_that_is_asked_for_twice_is_printed_once(stage: Stage) -> None:
    await stage.receive(SKU_1=5)
    async with client(stage) as caller:
        number = await sold(caller)
        assert (await caller.get(f"/api/v1/receipts/{number}")).json()["gift_copies"] == 0
        for wanted, there_are in ((1, 1), (1, 1), (2, 2), (1, 2)):
            answer = await caller.post(f"/api/v1/receipts/{number}/gift", json={"copy_number": wanted})
            assert (answer.status_code, answer.json()) == (202, {"gift_copies": there_are})
        assert (await caller.get(f"/api/v1/receipts/{number}")).json()["gift_copies"] == 2
    heads = [block.text for paper in await papers(stage) for block in paper.blocks if isinstance(block, Text)]
    assert [head for head in heads if head.startswith("礼品小票")] == ["礼品小票", "礼品小票 2"]


@pytest.mark.parametrize(
    ("copy", "status", "code"),
    [(3, 409, "gift_copies"), (0, 422, None), (MOST_COPIES + 1, 409, "gift_copies")],
)
async def test_what_is_no_next_one_is_refused_and_nothing_is_printed(
    stage: Stage, copy: int, status: int, code: str | None
) -> None:
    await stage.receive(SKU_1=5)
    async with client(stage) as caller:
        number = await sold(caller)
        before = await stage.rows("SELECT id FROM print_job")
        answer = await caller.post(f"/api/v1/receipts/{number}/gift", json={"copy_number": copy})
        assert answer.status_code == status
        assert code is None or answer.json()["code"] == code
        missing = await caller.post("/api/v1/receipts/s1-1-1-999999/gift", json={"copy_number": 1})
        assert (missing.status_code, missing.json()["code"]) == (404, "unknown_receipt")
    assert await stage.rows("SELECT id FROM print_job") == before
    assert await stage.rows("SELECT gift_copies FROM receipt") == [(0,)]


async def test_without_a_printer_none_is_counted(template: Any, tmp_path: Any) -> None:
    async with staged(template, tmp_path, printer=[]) as bare:
        await bare.receive(SKU_1=5)
        async with client(bare) as caller:
            number = await sold(caller)
            answer = await caller.post(f"/api/v1/receipts/{number}/gift", json={"copy_number": 1})
            assert (answer.status_code, answer.json()["code"]) == (409, "no_printer")
        assert await bare.rows("SELECT gift_copies FROM receipt") == [(0,)]


async def test_a_receipt_is_shown_as_its_paper_looks(stage: Stage) -> None:
    await stage.receive(SKU_1=5)
    async with client(stage) as caller:
        number = await sold(caller)
        answer = await caller.get(f"/api/v1/receipts/{number}/picture")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
        assert answer.content.startswith(b"\x89PNG")
        assert (await caller.get("/api/v1/receipts/none/picture")).status_code == 404
        assert json.loads((await stage.rows("SELECT content FROM receipt"))[0][0])["number"] == number
    async with client(stage, login=None) as nobody:
        assert (await nobody.get(f"/api/v1/receipts/{number}/picture")).status_code == 401
