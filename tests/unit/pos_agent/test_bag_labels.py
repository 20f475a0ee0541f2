"""Labels of picked orders' bags: what stands on them, printed once, marked again, scanned."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from devices.printing.document import Document, Qr
from devices.printing.layout import lay_out
from devices.printing.plain_text import plain_text
from devices.profiles import load_profile
from pos_agent.desk import counter_seen_channel
from pos_agent.pickup.bag_document import Bags, bag_document
from pos_agent.pickup.bag_words import BAG_WORDS
from pos_agent.pickup.forget_people import forget_people
from pos_agent.take_scans import scan_from_device
from pos_agent.till.classify import classify
from tests.unit.pos_agent.agent_stage import CODE, Stage, client, hold_item, staged

NUMBER = "260501-00000042"
LABELS = "/api/v1/counter/orders/o-1/bag-label"
WISH = {"request": "wish-0001", "bags": 2, "place": "R-07"}
HOLD = hold_item(number=NUMBER, contact="王**")


@pytest.fixture
async def shop(template: Path, tmp_path: Path) -> AsyncIterator[Stage]:
    """A store with a printer of labels and an order to pick."""
    printers = [
        {"id": "till", "role": "receipt", "uri": "tcp://127.0.0.1:1"},
        {"id": "shelf", "role": "label", "uri": "tcp://127.0.0.1:2", "profile": "generic-58"},
    ]
    async with staged(template, tmp_path, printer=printers) as stage:
        await stage.receive(SKU_1=5)
        await stage.take_hold(HOLD)
        yield stage


async def papers(stage: Stage) -> list[tuple[str, str, str]]:
    rows = await stage.rows("SELECT printer, kind, document FROM print_job ORDER BY seq")
    return [(printer, kind, text_of(Document.from_json(document))) for printer, kind, document in rows]


def text_of(document: Document) -> str:
    profile = load_profile("generic-58")
    lines = plain_text(lay_out(document, profile), profile.columns).splitlines()
    return "\n".join(" ".join(line.split()) for line in lines)


async def test_a_label_says_which_order_where_whose_and_which_bag(shop: Stage) -> None:
    document = bag_document(HOLD, Bags(place="R-07", bags=2), 1, shop.desk.profile)
    assert [line for line in text_of(document).splitlines() if line.strip("-")] == [
        "自提订单",
        "0042",
        NUMBER,
        "货位 R-07",
        "袋 1/2",
        "顾客 王**",
        "保留至 05-03 13:00",
        "到店付款",
        NUMBER,
    ]
    assert [block.data for block in document.blocks if isinstance(block, Qr)] == [NUMBER]
    whole = document.to_json()
    assert not any(secret in whole for secret in (HOLD.code_hash, HOLD.phone_tail, CODE, "OMO1:"))


async def test_what_is_paid_says_nothing_of_money_and_a_short_number_stands_once(shop: Stage) -> None:
    paid = replace(HOLD, pay_at="online", number="7", contact="")
    text = text_of(bag_document(paid, Bags(place="", bags=1), 1, shop.desk.profile))
    lines = [line for line in text.splitlines() if line.strip("-")]
    assert lines == ["自提订单", "7", "货位 -", "袋 1/1", "保留至 05-03 13:00", "7"]


def test_words_are_complete_in_both_languages() -> None:
    assert set(BAG_WORDS["zh-CN"]) == set(BAG_WORDS["en"])


async def test_each_bag_has_a_label_and_a_second_print_is_marked(shop: Stage) -> None:
    async with client(shop) as clerk:
        told = [await clerk.post(LABELS, json=WISH) for _ in range(2)]
        assert [one.status_code for one in told] == [202, 202]
        assert told[0].json()["bag"] == told[1].json()["bag"] == {"place": "R-07", "bags": 2, "prints": 1}
        again = await clerk.post(LABELS, json={"request": "wish-0002", "bags": 3, "place": " R-08 "})
        assert again.json()["bag"] == {"place": "R-08", "bags": 3, "prints": 2}
        other = await clerk.post(LABELS, json={**WISH, "bags": 1})
        lists = (await clerk.get("/api/v1/counter")).json()
    assert (other.status_code, other.json()["code"]) == (409, "other_paper")
    found = await papers(shop)
    assert [one[:2] for one in found] == [("shelf", "bag")] * 5
    assert [text.count("重打 COPY") for *_, text in found] == [0, 0, 2, 2, 2]
    assert ["袋 1/2" in found[0][2], "袋 2/2" in found[1][2], "袋 3/3" in found[4][2]] == [True] * 3
    assert "*** 重打 COPY 1 ***" in found[2][2]
    assert lists["to_pick"][0]["bag"] == {"place": "R-08", "bags": 3, "prints": 2}


async def test_a_bag_label_that_a_person_prints_again_is_marked(shop: Stage) -> None:
    async with client(shop) as clerk:
        await clerk.post(LABELS, json={**WISH, "bags": 1})
    ((job,),) = await shop.rows("SELECT id FROM print_job")
    await shop.run(lambda book: shop.desk.papers.reprint(book.tx, job))
    assert ["重打 COPY 1" in text for *_, text in await papers(shop)] == [False, True]


@pytest.mark.parametrize(
    "change", [{"bags": 0}, {"bags": 10}, {"place": "x" * 13}, {"place": "a\nb"}, {"request": "short"}]
)
async def test_a_wish_without_sense_prints_nothing(shop: Stage, change: dict[str, Any]) -> None:
    async with client(shop) as clerk:
        assert (await clerk.post(LABELS, json={**WISH, **change})).status_code == 422
    assert (await papers(shop), await shop.rows("SELECT * FROM bag_label")) == ([], [])


async def test_an_order_that_is_closed_or_unknown_has_no_label(shop: Stage) -> None:
    async with client(shop, "lin") as boss:
        unknown = await boss.post(LABELS.replace("o-1", "o-9"), json=WISH)
        await boss.post("/api/v1/counter/orders/o-1/release", json={"why": "cancelled"})
        closed = await boss.post(LABELS, json=WISH)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_order")
    assert (closed.status_code, closed.json()["code"]) == (409, "finished")
    assert (await papers(shop), await shop.rows("SELECT * FROM bag_label")) == ([], [])


async def test_without_a_printer_nothing_is_remembered(template: Path, tmp_path: Path) -> None:
    async with staged(template, tmp_path, printer=[]) as stage, client(stage) as clerk:
        await stage.receive(SKU_1=5)
        await stage.take_hold(HOLD)
        told = await clerk.post(LABELS, json=WISH)
        assert (told.status_code, told.json()["code"]) == (409, "no_printer")
        assert await stage.rows("SELECT * FROM bag_label") == []


async def test_the_number_on_a_bag_shows_the_order_and_hands_nothing_over(shop: Stage) -> None:
    assert classify(f"]Q1{NUMBER}").meaning == "order"
    async with client(shop) as clerk:
        found = await clerk.post("/api/v1/counter/find", json={"number": NUMBER})
        unknown = await clerk.post("/api/v1/counter/find", json={"number": "260501-00000043"})
        both = await clerk.post("/api/v1/counter/find", json={"number": NUMBER, "code": CODE})
        bare = await clerk.post("/api/v1/counter/orders/o-1/hand-over", json={})
        at_till = (await clerk.post("/api/v1/till/scan", json={"code": NUMBER})).json()
        nobody = await clerk.post("/api/v1/till/scan", json={"code": "260501-00000043"})
    assert (found.status_code, found.json()["order"]) == (200, "o-1")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_order")
    assert (both.status_code, bare.status_code) == (422, 422)
    assert (at_till["meaning"], at_till["order"]["order"], at_till["ticket"]["lines"]) == ("order", "o-1", [])
    assert (nobody.status_code, nobody.json()["code"]) == (404, "unknown_code")


async def test_a_scanned_bag_opens_its_order_also_while_another_is_picked(shop: Stage) -> None:
    heard: list[tuple[str, str, Any]] = []
    publish = shop.desk.screens.publish

    def listen(channel: str, event: str, data: Any = None) -> int:
        heard.append((channel, event, data))
        return publish(channel, event, data)

    shop.desk.screens.publish = listen  # type: ignore[method-assign]
    shop.desk.focus.on_order("o-2", "mei")
    await scan_from_device(shop.desk, NUMBER, "1")
    ((_, _, told),) = [one for one in heard if one[:2] == ("counter", "open")]
    assert (told["open"]["order"], told["token"]) == ("o-1", "")
    assert not [one for one in heard if one[1] == "refused" or one[0] == counter_seen_channel("1")]
    assert await shop.rows("SELECT count(*) FROM unknown_code") == [(0,)]


async def test_where_bags_lay_is_forgotten_with_the_customer(shop: Stage) -> None:
    async with client(shop, "lin") as boss:
        await boss.post(LABELS, json=WISH)
        await boss.post("/api/v1/counter/orders/o-1/release", json={"why": "cancelled"})
    await forget_people(shop.desk)
    assert await shop.rows("SELECT order_id FROM bag_label") == [("o-1",)]
    shop.clock.go(86_400 * 31)
    await forget_people(shop.desk)
    assert await shop.rows("SELECT order_id FROM bag_label") == []
