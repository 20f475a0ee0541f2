"""Pages: staged until whole, swapped at once, later entries win, bad ones are left out by name."""

from typing import Any

from pos_agent.catalogue.apply_page import PageResult, apply_page
from pos_agent.catalogue.profile import make_profile
from sync.keys.signing import key_id_of
from sync.rules.streams import Page
from tests.unit.pos_agent.agent_stage import COLA, MILK, PRODUCTS, Stage, enrolment, gtin, product


async def take(
    stage: Stage, since: int, to: int, top: int, *entries: dict[str, Any], hinc: int = 1
) -> PageResult:
    """Apply a page of the catalogue."""
    page = Page(name="catalog", hinc=hinc, since=since, to=to, top=top, entries=entries)
    return await stage.desk.ledger.writer.run(lambda tx: apply_page(tx, page, stage.desk.at))


async def test_a_run_is_served_when_it_is_whole_and_later_entries_win(stage: Stage) -> None:
    before = await stage.rows("SELECT sku, price_minor FROM product ORDER BY sku")
    assert not (await take(stage, 100, 101, 103, {**PRODUCTS[0], "price_minor": 400})).is_whole
    assert not (
        await take(stage, 101, 102, 103, {**PRODUCTS[0], "version": 102, "price_minor": 500})
    ).is_whole
    assert await stage.rows("SELECT sku, price_minor FROM product ORDER BY sku") == before
    tea = {**product("TEA", 103, "绿茶", "Tea", None), "gtins": [gtin(2), gtin(7), "690123"]}
    assert (await take(stage, 102, 103, 103, tea)).is_whole
    rows = await stage.rows("SELECT sku, price_minor, status FROM product ORDER BY sku")
    assert rows == [(COLA, 500, "on"), (MILK, 1280, "on"), ("SKU-3", 999, "on"), ("TEA", None, "on")]
    owners = dict(await stage.rows("SELECT gtin, sku FROM gtin"))
    assert (owners[gtin(2)], owners[gtin(7)], "690123" in owners) == ("TEA", "TEA", False)
    assert await stage.rows("SELECT count(*) FROM staged_entry") == [(0,)]


async def test_a_whole_series_of_a_new_hub_switches_off_what_it_does_not_name(stage: Stage) -> None:
    result = await take(stage, 0, 9, 9, {**PRODUCTS[1], "version": 9}, hinc=2)
    assert result.is_whole
    rows = await stage.rows("SELECT sku, status FROM product ORDER BY sku")
    assert rows == [(COLA, "off"), (MILK, "on"), ("SKU-3", "off")]
    assert await stage.rows("SELECT hinc, version FROM series WHERE name = 'catalog'") == [(2, 9)]
    assert await take(stage, 9, 10, 10, PRODUCTS[0], hinc=1) == PageResult()


async def test_a_bad_entry_is_left_out_and_named_while_the_rest_is_kept(stage: Stage) -> None:
    result = await take(stage, 100, 102, 102, {"sku": 5}, {**PRODUCTS[0], "price_minor": 1})
    assert result.is_whole
    assert len(result.refused) == 1
    assert "bad_entry" in result.refused[0]
    assert await stage.rows("SELECT price_minor FROM product WHERE sku = 'SKU-1'") == [(1,)]


async def test_a_gap_changes_nothing_and_is_asked_for(stage: Stage) -> None:
    assert (await take(stage, 105, 106, 106, PRODUCTS[0])).ask_since == 100
    assert (await take(stage, 3, 4, 9, PRODUCTS[0], hinc=3)).ask_since == 0
    assert await stage.rows("SELECT count(*) FROM staged_entry") == [(0,)]


def test_a_profile_believes_only_what_makes_sense() -> None:
    told = {"names": {"en": "X", "zh-CN": 5}, "tz": "Mars/Base", "pickup": {"slip": False}, "phone": 7}
    fake = {"id": key_id_of(b"1" * 32), "public": "AAAA"}
    profile = make_profile(enrolment(), told, [fake, {"id": "00000000", "public": "!"}])
    assert (profile.name("zh-CN"), profile.tz.key, profile.phone) == ("X", "UTC", "")
    assert not profile.prints_slips
