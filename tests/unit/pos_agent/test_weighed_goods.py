"""Weighed goods at the till: the label's weight and amount, a line for each label, the paper."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from pos_agent.catalogue.apply_page import apply_page
from pos_agent.ledger.verify import verify
from pos_agent.settings import ScaleLabelSection
from sync.values.gtin import check_digit
from tests.unit.pos_agent.agent_stage import Stage, agent_settings, catalogue_page, client, product, staged

FORMS = tuple(
    ScaleLabelSection(form=form) for form in ("21IIIIIWWWWWC", "22IIIIIAAAAAC", "28IIIIIWWWWWAAAAAC")
)
APPLES, NUTS = "00123", "SKU-NUTS"


def checked(digits: str) -> str:
    return digits + check_digit(digits)


@pytest.fixture
async def shop(template: Path, tmp_path: Path) -> AsyncIterator[Stage]:
    """A shop with scales: apples under their item's digits, nuts under the label's number without weight."""
    async with staged(template, tmp_path, scale_label=FORMS) as stage:
        weighed = {"unit": "g", "per": 500}
        apples = {**product(APPLES, 8, "苹果", "Apples", 1280), **weighed, "version": 101}
        nuts = {**product(NUTS, 9, "核桃", "Walnuts", 3000), **weighed, "version": 102}
        nuts["gtins"] = [checked("210045600000")]
        page = replace(catalogue_page([apples, nuts], since=100), to=102, top=102)
        await stage.desk.ledger.writer.run(lambda tx: apply_page(tx, page, stage.desk.at))
        yield stage


async def scan(stage: Stage, *digits: str) -> list[dict[str, Any]]:
    async with client(stage) as till:
        answers = [await till.post("/api/v1/till/scan", json={"code": checked(code)}) for code in digits]
    return [answer.json() for answer in answers]


async def test_each_label_is_a_line_and_its_amount_wins(shop: Stage) -> None:
    labels = ("210012300765", "220012301280", "28001230050001111", "210045600100", "210012300765")
    ticket = (await scan(shop, *labels))[-1]["ticket"]
    assert [(line["sku"], line["unit"], line["qty"], line["amount_minor"]) for line in ticket["lines"]] == [
        (APPLES, "g", 765, 1958),  # 765 x 12.80 / 500 = 19.584
        (APPLES, "g", 500, 1280),
        (APPLES, "g", 500, 1111),
        (NUTS, "g", 100, 600),
        (APPLES, "g", 765, 1958),
    ]
    assert (ticket["count"], ticket["total_minor"]) == (5, 6907)


async def test_a_weighed_sale_takes_grams_off_the_floor_and_says_so_on_paper(shop: Stage) -> None:
    answer = (await scan(shop, "28001230050001111", "210012300765"))[-1]
    lines = answer["ticket"]["lines"]
    assert [(line["is_measured"], line["is_label_price"]) for line in lines] == [(True, True), (True, False)]
    async with client(shop) as till:
        body = {"given_minor": 4000, "ticket": answer["ticket"]["id"], "override": {"reason": "in hand"}}
        paid = await till.post("/api/v1/till/pay", json=body)
    assert (paid.status_code, paid.json()["receipt"]["change_minor"]) == (200, 931)
    ((text,),) = await shop.rows("SELECT document FROM print_job")
    assert "500g 按标签价" in text
    assert "765g x 12.80/500g" in text
    assert '{"left":"件数","right":"2"' in text
    moves = [event for event in await shop.events() if event["kind"] == "move"]
    assert [(line["sku"], line["qty"]) for move in moves for line in move["lines"]] == [
        (APPLES, 500),
        (APPLES, 765),
    ]
    assert verify(shop.path) == []


@pytest.mark.parametrize(
    ("digits", "code"),
    [
        ("210012300000", "empty_label"),
        ("220012300000", "empty_label"),
        ("219999900765", "unknown_code"),
        ("28999990050001111", "payment_code"),
    ],
)
async def test_a_label_that_cannot_be_sold_leaves_the_ticket(shop: Stage, digits: str, code: str) -> None:
    (before,) = await scan(shop, "210012300765")
    (answer,) = await scan(shop, digits)
    async with client(shop) as till:
        after = (await till.get("/api/v1/till/ticket")).json()
    assert (answer["code"], after) == (code, before["ticket"])


async def test_a_labels_quantity_is_not_changed_by_hand(shop: Stage) -> None:
    (before,) = await scan(shop, "210012300765")
    async with client(shop) as till:
        answer = await till.patch("/api/v1/till/lines/1", json={"qty": 2})
        after = (await till.get("/api/v1/till/ticket")).json()
        dropped = (await till.delete("/api/v1/till/lines/1")).json()
    assert (answer.status_code, answer.json()["code"], after) == (409, "measured_line", before["ticket"])
    assert dropped["lines"] == []


def test_forms_that_meet_or_have_no_sense_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="21IIIIIWWWWWC and 21IIIIIAAAAAC: one code could be both"):
        agent_settings(
            tmp_path,
            scale_label=tuple(ScaleLabelSection(form=form) for form in ("21IIIIIWWWWWC", "21IIIIIAAAAAC")),
        )
    with pytest.raises(ValidationError, match="begin with 2"):
        ScaleLabelSection(form="69IIIIIWWWWWC")
