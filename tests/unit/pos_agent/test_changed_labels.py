"""Shelf labels that tell an old price: which, since when, printed in batches, ticked off, never lost."""

from pathlib import Path
from typing import Any

import pytest

from pos_agent.catalogue.apply_page import apply_page
from pos_agent.labels.changed_labels import BATCH
from sync.rules.streams import Page
from tests.unit.pos_agent.agent_stage import COLA, MILK, SOAP, Stage, client, product, staged

FIRST, SECOND = "2026-05-01T04:00:00.000Z", "2026-05-01T05:00:00.000Z"


async def price(stage: Stage, *entries: dict[str, Any]) -> None:
    """The catalogue changes; each call is one version further."""
    ((since,),) = await stage.rows("SELECT version FROM series WHERE name = 'catalog'")
    told = tuple({**one, "version": since + place} for place, one in enumerate(entries, start=1))
    page = Page(
        name="catalog",
        hinc=1,
        since=since,
        to=since + len(told),
        top=since + len(told),
        entries=told,
    )
    result = await stage.desk.ledger.writer.run(lambda tx: apply_page(tx, page, stage.desk.at))
    assert (result.is_whole, result.refused) == (True, ())


def cola(price_minor: int | None) -> dict[str, Any]:
    return product(COLA, 1, "可口可乐 500ml", "Cola 500 ml", price_minor)


def milk(price_minor: int | None) -> dict[str, Any]:
    return product(MILK, 2, "牛奶", "Milk", price_minor)


async def listed(stage: Stage, **query: str) -> dict[str, Any]:
    async with client(stage, "lin") as boss:
        told: dict[str, Any] = (await boss.get("/api/v1/labels/changes", params=query)).json()
        return told


async def brief(stage: Stage) -> list[tuple[Any, ...]]:
    return [
        (one["sku"], one["old"]["price_minor"], one["new"]["price_minor"], one["since"], one["has_other"])
        for one in (await listed(stage))["changes"]
    ]


async def test_a_price_that_changes_is_listed_with_both_prices_and_since_when(stage: Stage) -> None:
    assert (await listed(stage))["count"] == 0
    await price(stage, milk(1390), cola(380), product("NEW", 9, "新", "New", 100))
    stage.clock.go(3600)
    await price(stage, cola(390), milk(1390))
    told = await listed(stage)
    assert (told["count"], told["missing"], told["more"]) == (2, 2, False)
    assert await brief(stage) == [(COLA, 350, 390, FIRST, False), (MILK, 1280, 1390, FIRST, False)]
    assert told["changes"][0]["shelf"] == "A-01"
    assert told["changes"][0]["printed"] is None


@pytest.mark.parametrize(
    ("change", "is_listed"),
    [
        ({"names": {"zh-CN": "可乐"}}, False),
        ({"shelf": "Z-9"}, False),
        ({"per": 2}, True),
        ({"unit": "g", "per": 500}, True),
        ({"currency": "EUR"}, True),
        ({"price_minor": None}, True),
        ({"price_minor": 380, "status": "off"}, False),
    ],
)
async def test_what_stands_on_a_label_s_price_counts(
    stage: Stage, change: dict[str, Any], *, is_listed: bool
) -> None:
    await price(stage, {**cola(350), **change})
    assert (await listed(stage))["count"] == is_listed


async def test_a_change_that_is_taken_back_is_forgotten_unless_a_label_was_printed(stage: Stage) -> None:
    await price(stage, cola(380), milk(1390))
    async with client(stage, "lin") as boss:
        wish = {"request": "wish-0001", "lines": [{"sku": MILK}]}
        assert (await boss.post("/api/v1/labels", json=wish)).status_code == 202
    stage.clock.go(3600)
    await price(stage, cola(350), milk(1280))
    assert await brief(stage) == [(MILK, 1280, 1280, FIRST, True)]
    assert (await listed(stage))["changes"][0]["printed"] is None


async def test_the_list_outlives_a_whole_catalogue_and_a_restart(template: Path, tmp_path: Path) -> None:
    async with staged(template, tmp_path) as stage:
        await price(stage, cola(380))
    async with staged(template, tmp_path) as stage:
        assert await brief(stage) == [(COLA, 350, 380, FIRST, False)]
        whole = Page(name="catalog", hinc=2, since=0, to=300, top=300, entries=(cola(380), milk(1280)))
        await stage.desk.ledger.writer.run(lambda tx: apply_page(tx, whole, SECOND))
        assert await brief(stage) == [(COLA, 350, 380, FIRST, False)]


async def test_missing_labels_are_printed_in_batches_by_shelf_and_once(stage: Stage) -> None:
    goods = [product(f"P{n:03d}", 100 + n, f"货{n}", f"Goods {n}", 100) for n in range(BATCH + 3)]
    await price(stage, *goods)
    await price(stage, *({**one, "price_minor": 200} for one in goods), cola(None))
    async with client(stage, "lin") as boss:
        path, first = "/api/v1/labels/changes/print", {"request": "wish-0001"}
        told = [(await boss.post(path, json=first)).json() for _ in range(2)]
        assert told == [{"labels": BATCH}] * 2
        assert (await listed(stage))["missing"] == 3
        assert (await boss.post(path, json={"request": "wish-0002"})).json() == {"labels": 3}
        assert (await boss.post(path, json={"request": "wish-0003"})).json() == {"labels": 0}
        other = await boss.post("/api/v1/labels", json={**first, "lines": [{"sku": COLA}]})
        assert (other.status_code, other.json()["code"]) == (409, "other_paper")
    assert await stage.rows("SELECT count(*), count(DISTINCT document) FROM print_job") == [(53, 53)]
    told_list = await listed(stage)
    assert (told_list["count"], told_list["missing"], told_list["more"]) == (54, 0, True)
    assert {one["printed"] for one in told_list["changes"]} == {"queued", None}
    last = told_list["changes"][-1]
    rest = await listed(stage, shelf=last["shelf"], sku=last["sku"])
    shelves = [(one["shelf"], one["sku"]) for one in (*told_list["changes"], *rest["changes"])]
    assert (len(shelves), shelves) == (54, sorted(shelves))


@pytest.mark.parametrize(
    ("state", "missing"), [("confirmed", 0), ("uncertain", 0), ("failed", 1), ("expired", 1)]
)
async def test_a_label_that_did_not_come_out_is_missing(stage: Stage, state: str, missing: int) -> None:
    await price(stage, cola(380))
    async with client(stage, "lin") as boss:
        await boss.post("/api/v1/labels/changes/print", json={"request": "wish-0001"})
        await stage.desk.ledger.writer.run(
            lambda tx: tx.execute("UPDATE print_job SET state = ?", (state,)).rowcount
        )
        told = await listed(stage)
        assert (told["missing"], told["changes"][0]["printed"]) == (missing, state)
        again = await boss.post("/api/v1/labels/changes/print", json={"request": "wish-0002"})
    assert again.json() == {"labels": missing}


async def test_what_hangs_is_ticked_off_all_or_none(stage: Stage) -> None:
    await price(stage, cola(380), milk(None))
    hung: dict[str, Any] = {"sku": COLA, "price_minor": 380, "per": 1}
    lines = [hung, {**hung, "sku": MILK, "price_minor": None}]
    async with client(stage, "lin") as boss:
        path = "/api/v1/labels/changes/hung"
        stale = [lines[1], {**hung, "price_minor": 370}]
        refused = await boss.post(path, json={"lines": stale})
        assert (refused.status_code, refused.json()["code"], refused.json()["sku"]) == (
            409,
            "price_changed_again",
            COLA,
        )
        assert (await listed(stage))["count"] == 2
        assert (await boss.post(path, json={"lines": lines})).json() == {"done": 2}
        gone = {"sku": SOAP, "price_minor": 1, "per": 1}
        assert (await boss.post(path, json={"lines": [*lines, gone]})).json() == {"done": 0}
    assert (await listed(stage))["count"] == 0
    await price(stage, cola(400))
    assert [one[:3] for one in await brief(stage)] == [(COLA, 380, 400)]


async def test_without_a_printer_nothing_is_printed_and_the_list_stays(
    template: Path, tmp_path: Path
) -> None:
    async with staged(template, tmp_path, printer=[]) as stage:
        await price(stage, cola(380))
        async with client(stage, "lin") as boss:
            told = await boss.post("/api/v1/labels/changes/print", json={"request": "wish-0001"})
        assert (told.status_code, told.json()["code"]) == (409, "no_printer")
        assert (await listed(stage))["missing"] == 1


async def test_a_clerk_sees_no_list(stage: Stage) -> None:
    async with client(stage) as clerk:
        assert (await clerk.get("/api/v1/labels/changes")).status_code == 403
        printed = await clerk.post("/api/v1/labels/changes/print", json={"request": "wish-0001"})
        hung = {"lines": [{"sku": COLA, "price_minor": 350, "per": 1}]}
        ticked = await clerk.post("/api/v1/labels/changes/hung", json=hung)
    assert (printed.status_code, ticked.status_code) == (403, 403)
