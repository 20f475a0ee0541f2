"""The code of a case: its units at the till, while picking, on pages of stock; nothing is ever guessed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_agent.catalogue.apply_page import apply_page
from pos_agent.catalogue.profile import Profile
from pos_agent.catalogue.queries import Goods, Product
from pos_agent.desk import receiving_channel, till_channel
from pos_agent.pickup.slip_document import slip_document
from pos_agent.pickup.view import Goods as Known
from pos_agent.take_scans import scan_from_device
from pos_agent.till.cases import Cases, cases_of, in_cases, together, within
from pos_agent.till.classify import Classified, classify
from sync.rules.streams import Page
from sync.values.gtin import check_digit, item_in_case
from tests.unit.pos_agent.agent_stage import COLA, MILK, PRODUCTS, Stage, client, gtin, hold_item

UNIT = gtin(1)


def case_of(indicator: int, number: int = 1) -> str:
    """A case's GTIN-14 as its maker forms it."""
    digits = f"{indicator}{gtin(number)[:-1]}"
    return digits + check_digit(digits)


CASE, SIX, STRANGE = case_of(1), case_of(2), case_of(3)


@pytest.fixture
async def shop(stage: Stage) -> Stage:
    """Fifty colas, half of them for the online shop, and what the chain says of their cases."""
    cases = [
        {"gtin": CASE, "pieces": 24},
        {"gtin": SIX, "pieces": 6},
        {"gtin": UNIT, "pieces": 9},  # a number of one unit is no case
        {"gtin": "16900000000999", "pieces": 5},  # a wrong check digit
        {"gtin": case_of(4), "pieces": 10_000},
    ]
    cola = {**PRODUCTS[0], "version": 101, "gtins": [UNIT, gtin(77)], "cases": cases}
    page = Page(name="catalog", hinc=1, since=100, to=101, top=101, entries=(cola,))
    await stage.desk.ledger.writer.run(lambda tx: apply_page(tx, page, stage.desk.at))
    await stage.receive(SKU_1=50)
    return stage


async def scanned(stage: Stage, code: str, **more: Any) -> dict[str, Any]:
    """What the till answers to a scan."""
    async with client(stage) as till:
        answer: dict[str, Any] = (await till.post("/api/v1/till/scan", json={"code": code, **more})).json()
    return answer


def shown(ticket: dict[str, Any]) -> list[tuple[str, int, int, list[tuple[int, int]]]]:
    """Each line's SKU, units, amount and cases."""
    return [
        (
            line["sku"],
            line["qty"],
            line["amount_minor"],
            [(one["pieces"], one["packs"]) for one in line["cases"]],
        )
        for line in ticket["lines"]
    ]


def heard_by(stage: Stage, wanted: str) -> list[dict[str, Any]]:
    """What the pages of a channel are told from now on."""
    heard: list[dict[str, Any]] = []
    publish = stage.desk.screens.publish

    def listen(channel: str, event: str, data: Any = None) -> int:
        heard.extend([data] if channel == wanted else [])
        return publish(channel, event, data)

    stage.desk.screens.publish = listen  # type: ignore[method-assign]
    return heard


async def test_the_catalogue_keeps_the_units_of_each_code(shop: Stage) -> None:
    assert await shop.rows("SELECT gtin, pieces FROM gtin WHERE sku = 'SKU-1' ORDER BY place") == [
        (UNIT, 1),
        (gtin(77), 1),
        (CASE, 24),
        (SIX, 6),
    ]
    ticket = (await scanned(shop, CASE))["ticket"]
    assert ticket["lines"][0]["gtin"] == UNIT  # what is shown is the number of one


async def test_a_case_sells_its_units_and_a_quantity_counts_cases(shop: Stage) -> None:
    one = await scanned(shop, CASE)
    assert shown(one["ticket"]) == [(COLA, 24, 8400, [(24, 1)])]
    more = await scanned(shop, f"]C1010{UNIT}")
    assert shown(more["ticket"]) == [(COLA, 25, 8750, [(24, 1)])]
    two = await scanned(shop, SIX, qty=2)
    assert shown(two["ticket"]) == [(COLA, 37, 12950, [(24, 1), (6, 2)])]
    (line,) = two["ticket"]["lines"]
    assert (line["free"], two["ticket"]["count"]) == (25, 37)


async def test_a_changed_quantity_keeps_the_cases_that_still_fit(shop: Stage) -> None:
    await scanned(shop, CASE, qty=2)
    async with client(shop) as till:
        fewer = (await till.patch("/api/v1/till/lines/1", json={"qty": 47})).json()
        none = (await till.patch("/api/v1/till/lines/1", json={"qty": 23})).json()
        again = (await till.patch("/api/v1/till/lines/1", json={"qty": 48})).json()
    assert [shown(one)[0][1:] for one in (fewer, none, again)] == [
        (47, 16450, [(24, 1)]),
        (23, 8050, []),
        (48, 16800, []),
    ]


async def test_a_page_adds_the_rest_of_what_its_scanner_began(shop: Stage) -> None:
    async with client(shop) as till:
        told = heard_by(shop, till_channel("1"))
        await scan_from_device(shop.desk, CASE, "1")
        rest = (await till.post("/api/v1/till/lines", json={"sku": COLA, "pieces": 24, "qty": 1})).json()
    assert told[0]["scanned"] == {"line": 1, "sku": COLA, "pieces": 24, "packs": 1}
    assert shown(rest) == [(COLA, 48, 16800, [(24, 2)])]


@pytest.mark.parametrize(
    ("text", "units", "cases"),
    [
        (f"]C1020{UNIT}3724", 24, [(24, 1)]),  # a carton of 24 cans
        (f"]C102{SIX}3704", 24, [(6, 4)]),  # a carton of 4 six-packs
        (f"]C10010614141234567890802{SIX}3704\x1d10L7", 24, [(6, 4)]),  # with its own number before it
    ],
)
async def test_a_cartons_label_counts_what_it_says(
    shop: Stage, text: str, units: int, cases: list[tuple[int, int]]
) -> None:
    assert shown((await scanned(shop, text))["ticket"]) == [(COLA, units, units * 350, cases)]


@pytest.mark.parametrize("text", [f"]C1020{UNIT}", f"]C1020{UNIT}370", f"]C1020{UNIT}10L7"])
def test_a_carton_without_a_count_is_no_goods(text: str) -> None:
    assert classify(text) == Classified("internal", text[3:])


async def test_a_case_that_nobody_explained_is_not_sold_as_one(shop: Stage) -> None:
    await scanned(shop, UNIT)
    before = (await scanned(shop, UNIT))["ticket"]
    for text in (STRANGE, f"]C101{STRANGE}10L7"):
        refused = await scanned(shop, text)
        assert (refused["code"], refused["sku"], refused["names"]["en"]) == (
            "unknown_case",
            COLA,
            "Cola 500 ml",
        )
        assert (refused["kept"], "Unknown codes" in refused["detail"] or "未知条码" in refused["detail"]) == (
            True,
            True,
        )
    async with client(shop) as till, client(shop, "lin") as manager:
        assert (await till.get("/api/v1/till/ticket")).json() == before
        (kept,) = (await manager.get("/api/v1/codes")).json()["unknown"]
    assert (kept["code"], kept["seen"], kept["inside"]["sku"]) == (STRANGE, 2, COLA)
    assert (await scanned(shop, case_of(3, 99)))[
        "code"
    ] == "unknown_code"  # of goods that nobody knows either


async def test_weight_on_a_case_of_pieces_does_not_make_it_one(shop: Stage) -> None:
    ticket = (await scanned(shop, f"]C101{CASE}3103012000"))["ticket"]
    assert shown(ticket) == [(COLA, 24, 8400, [])]


async def test_a_label_is_not_multiplied(shop: Stage) -> None:
    refused = await scanned(shop, f"]C101{CASE}3103012000", qty=2)
    assert refused["code"] == "measured_line"
    assert await shop.rows("SELECT count(*) FROM ticket_line") == [(0,)]


async def test_too_many_units_are_refused_and_the_line_stays(shop: Stage) -> None:
    before = (await scanned(shop, CASE))["ticket"]
    async with client(shop) as till:
        refused = await till.post("/api/v1/till/lines", json={"sku": COLA, "qty": 1_000, "pieces": 9_999})
        after = (await till.get("/api/v1/till/ticket")).json()
    assert (refused.json()["code"], after) == ("bad_quantity", before)


async def test_a_picked_case_counts_its_units_and_never_more_than_is_asked(shop: Stage) -> None:
    await shop.take_hold(hold_item("o-1", (COLA, 30)))
    path = "/api/v1/counter/orders/o-1"
    async with client(shop) as till:
        asked = (await till.post(f"{path}/pick")).json()
        picked = (await till.post(f"{path}/scan", json={"code": CASE})).json()
        refused = (await till.post(f"{path}/scan", json={"code": CASE})).json()
        by_label = (await till.post(f"{path}/scan", json={"code": f"]C1020{UNIT}3707"})).json()
        after = await shop.rows("SELECT staged FROM hold_line")
        six = (await till.post(f"{path}/scan", json={"code": SIX})).json()
    assert asked["lines"][0]["cases"] == [{"pieces": 24, "packs": 1}, {"pieces": 6, "packs": 1}]
    assert (picked["lines"][0]["picked"], after, six["lines"][0]["picked"]) == (24, [(24,)], 30)
    assert [(one["code"], one["pieces"], one["left"]) for one in (refused, by_label)] == [
        ("case_too_big", 24, 6),
        ("case_too_big", 7, 6),
    ]


async def test_pages_of_stock_hear_the_units_of_a_code(shop: Stage) -> None:
    async with client(shop) as till:

        async def looked(text: str) -> dict[str, Any]:
            found: dict[str, Any] = (
                await till.get("/api/v1/till/search", params={"q": text, "scan": "true"})
            ).json()
            return found

        case, carton, words = await looked(CASE), await looked(f"]C1020{UNIT}3710"), await looked("cola")
        strange, nothing = await looked(STRANGE), await looked("6900000000999")
        money = await looked("130123456789012345")
    assert (case["items"][0]["sku"], case["items"][0]["free"]) == (COLA, 25)
    assert case["scanned"] == {"units": 24, "cases": [{"pieces": 24, "packs": 1}]}
    assert carton["scanned"] == {"units": 10, "cases": [{"pieces": 10, "packs": 1}]}
    assert ([one["sku"] for one in words["items"]], words["scanned"]) == ([COLA], None)
    assert (strange["items"], strange["refused"]["code"]) == ([], "unknown_case")
    assert (nothing["items"], nothing["refused"]) == ([], None)
    assert money["refused"] == {"code": "payment_code", "names": {}}


async def test_a_page_that_takes_goods_in_gets_a_counting_label_as_it_was_read(shop: Stage) -> None:
    told = heard_by(shop, receiving_channel("1"))
    await scan_from_device(shop.desk, f"]C1020{UNIT}3724", "1")
    await scan_from_device(shop.desk, f"]E0{UNIT}", "1")
    assert [one["code"] for one in told] == [f"]C1020{UNIT}3724", UNIT]


async def test_the_chain_goes_before_the_store_and_the_manager_is_told(shop: Stage) -> None:
    alias = "INSERT INTO code_alias (code, sku, pieces, at, actor) VALUES (?, ?, ?, '2026-05-01', 'lin')"
    rows = [(CASE, COLA, 12), (SIX, COLA, 6), ("BOX-1", MILK, 3)]
    await shop.desk.ledger.writer.run(lambda tx: tx.connection.executemany(alias, rows))
    assert shown((await scanned(shop, CASE))["ticket"])[0][1] == 24
    async with client(shop, "lin") as manager:
        named = (await manager.get("/api/v1/codes")).json()["named"]
    told = {one["code"]: one["chain"] and (one["chain"]["sku"], one["chain"]["pieces"]) for one in named}
    assert told == {CASE: (COLA, 24), SIX: (COLA, 6), "BOX-1": None}


async def test_an_entry_of_an_older_hub_has_no_cases(stage: Stage) -> None:
    assert await stage.rows("SELECT gtin, pieces FROM gtin WHERE sku = 'SKU-1'") == [(UNIT, 1)]


def test_the_slip_names_whole_cases(shop_profile: Profile) -> None:
    body = hold_item("o-1", (COLA, 30), (MILK, 5))
    goods = {COLA: Known(gtin=UNIT, cases=(24, 6)), MILK: Known(cases=(12,))}
    document = slip_document(body, goods, shop_profile)
    texts = [getattr(block, "text", "") for block in document.blocks]
    assert [text for text in texts if text.startswith("=")] == ["= 1 箱 x 24 + 1 箱 x 6"]


@pytest.fixture
def shop_profile(stage: Stage) -> Profile:
    """The store's profile."""
    return stage.desk.profile


@pytest.mark.parametrize(
    ("code", "inside"),
    [
        (CASE, UNIT),
        ("96901234567895", ""),
        (UNIT, ""),
        ("00614141999996", ""),
        ("16901234567899", "6901234567892"),
    ],
)
def test_what_is_inside_a_case(code: str, inside: str) -> None:
    assert item_in_case(code) == inside


SIZES = st.lists(st.tuples(st.integers(2, 50), st.integers(1, 20)), max_size=5)


@given(SIZES, st.integers(0, 2_000))
def test_cases_never_hold_more_than_there_are_units(sizes: list[tuple[int, int]], qty: int) -> None:
    cases = [Cases(*one) for one in sizes]
    all_together, kept = together(cases), within(cases, qty)
    assert sum(one.pieces * one.packs for one in kept) <= qty
    assert sum(one.pieces * one.packs for one in all_together) == sum(
        pieces * packs for pieces, packs in sizes
    )
    assert within(cases, 2_000_000) == all_together
    assert within(kept, qty) == kept
    left = qty - sum(one.pieces * one.packs for one in in_cases(qty, [pieces for pieces, _ in sizes]))
    assert left < min((pieces for pieces, _ in sizes), default=qty + 1)


def test_a_single_unit_is_no_case() -> None:
    cola = Product(
        sku=COLA, gtin=UNIT, names={}, price_minor=350, per=1, currency="CNY", is_on=True, shelf="", version=1
    )
    assert (cases_of(Goods(cola)), cases_of(Goods(cola, 1, 24), 2)) == ((), (Cases(24, 2),))
