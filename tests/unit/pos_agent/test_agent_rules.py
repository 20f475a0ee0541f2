"""The agent's pure decisions: scans, initials, pages, the send window, asking, tries."""

from random import Random

import pytest

from pos_agent.catalogue.initials import initials
from pos_agent.catalogue.rules import SeriesState, ask_from, judge_page, parse_entry
from pos_agent.link.asking import Asking
from pos_agent.link.window import FIRST_WAIT_S, IN_FLIGHT, LONGEST_WAIT_S, SendWindow
from pos_agent.pickup.forget_people import forget_people
from pos_agent.pickup.rules import TryLimit
from pos_agent.take_scans import scan_from_device
from pos_agent.till.classify import classify
from pos_agent.till.receipt_words import WORDS, amount
from pos_agent.till.rules import SaleFrame, change_for, overridden_moves
from sync.rules.errors import Refused, Unbookable
from sync.rules.money import share_minor
from sync.rules.streams import Page
from tests.unit.pos_agent.agent_stage import COLA, MILK, PRODUCTS, Stage, client, gtin, hold_item


@pytest.mark.parametrize(
    ("text", "meaning", "code"),
    [
        (gtin(1), "gtin", gtin(1)),
        ("  " + gtin(1) + "\r", "gtin", gtin(1)),
        ("036000291452", "gtin", "0036000291452"),
        ("96385074", "gtin", "96385074"),
        ("6901234567893", "internal", "6901234567893"),
        ("SKU-1", "internal", "SKU-1"),
        ("OMO1:ABC", "pickup", "OMO1:ABC"),
        ("134567890123456789", "payment", ""),
        ("164567890123456789", "internal", "164567890123456789"),
        ("2512345678901234", "payment", ""),
        ("6212345678901234567", "payment", ""),
    ],
)
def test_a_scan_is_classified_in_order(text: str, meaning: str, code: str) -> None:
    found = classify(text)
    assert (found.meaning, found.code) == (meaning, code)


@pytest.mark.parametrize("text", ["", "  ", "a\x00b", "x" * 701, "a\u2028b"])
def test_an_unreadable_scan_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="unreadable_code"):
        classify(text)


def test_initials_follow_pinyin() -> None:
    assert initials("可口可乐 500ml") == "kkkl500ml"
    assert initials("农夫山泉") == "nfsq"
    assert initials("阿坐") == "az"
    assert initials("😀!") == ""


def test_a_sale_beyond_the_floor_is_split_into_sale_and_override() -> None:
    frame = SaleFrame(ref="r", at="2026-05-01T04:00:00.000Z", actor="mei", why="in hand")
    moves = overridden_moves([(COLA, 3), (MILK, 1)], {COLA: 2, MILK: -4}, frame)
    shown = [(move.reason, move.why, [(line.sku, line.qty) for line in move.lines]) for move in moves]
    assert shown == [("sale", "", [(COLA, 2)]), ("override", "in hand", [(COLA, 1), (MILK, 1)])]


def test_money_is_shown_and_changed_to_the_fen() -> None:
    assert [amount(minor, "CNY") for minor in (0, 5, 1280, -1)] == ["0.00", "0.05", "12.80", "-0.01"]
    assert amount(1280, "JPY") == "1280"
    assert change_for(700, 1000) == 300
    assert [share_minor(1000, units, 3) for units in (0, 1, 2, 3)] == [0, 333, 667, 1000]
    assert WORDS["zh-CN"].keys() == WORDS["en"].keys()


def page(since: int, to: int, hinc: int = 1) -> Page:
    """A page without entries."""
    return Page(name="catalog", hinc=hinc, since=since, to=to, top=to)


@pytest.mark.parametrize(
    ("state", "offered", "verdict"),
    [
        (SeriesState(name="catalog"), page(0, 5), "restart"),
        (SeriesState(name="catalog"), page(3, 5), "gap"),
        (SeriesState(name="catalog", hinc=1, version=5), page(5, 6), "stage"),
        (SeriesState(name="catalog", hinc=1, version=5), page(4, 6), "stage"),
        (SeriesState(name="catalog", hinc=1, version=5), page(0, 5), "old"),
        (SeriesState(name="catalog", hinc=1, version=5), page(6, 7), "gap"),
        (SeriesState(name="catalog", hinc=2, version=5), page(5, 6), "old"),
        (SeriesState(name="catalog", hinc=1, version=5), page(0, 6, hinc=2), "restart"),
        (SeriesState(name="catalog", hinc=1, version=5, run_hinc=2, run_to=3), page(3, 4, hinc=2), "stage"),
        (SeriesState(name="catalog", hinc=1, version=5, run_hinc=2, run_to=3), page(5, 6), "old"),
    ],
)
def test_a_page_is_judged_by_where_it_joins_on(state: SeriesState, offered: Page, verdict: str) -> None:
    assert judge_page(state, offered) == verdict


def test_pages_of_another_hub_are_asked_for_from_the_start() -> None:
    state = SeriesState(name="catalog", hinc=1, version=5)
    assert (ask_from(state, 1), ask_from(state, 2)) == (5, 0)


BAD_FIELDS = ({"sku": ""}, {"per": 0}, {"price_minor": -1}, {"names": "x"}, {"status": "?"})


@pytest.mark.parametrize("change", BAD_FIELDS)
def test_an_entry_without_sense_is_unbookable(change: dict[str, object]) -> None:
    with pytest.raises(Unbookable, match="bad_entry"):
        parse_entry("catalog", {**PRODUCTS[0], **change})


def test_the_window_closes_when_full_and_opens_when_heard() -> None:
    window = SendWindow(Random(1))
    window.went_out(IN_FLIGHT, 0.0)
    assert not window.is_open
    window.was_heard(1, 0.1)
    assert window.is_open


def test_a_silent_hub_is_sent_to_again_with_growing_pauses() -> None:
    window = SendWindow(Random(1))
    window.went_out(10, 0.0)
    waits, now_s = [], 0.0
    for _ in range(8):
        due_s = window.due_in_s(now_s)
        assert due_s is not None
        assert not window.resend(now_s + due_s - 0.001)
        now_s += due_s
        assert window.resend(now_s)
        assert window.sent == 0
        window.went_out(10, now_s)
        waits.append(due_s)
    assert waits[0] <= FIRST_WAIT_S * 1.2
    assert waits[-1] >= LONGEST_WAIT_S * 0.8
    window.was_heard(10, now_s)
    assert window.due_in_s(now_s) is None


def test_a_hub_that_says_it_is_there_is_sent_to_at_once() -> None:
    window = SendWindow(Random(1))
    assert not window.greeted(0.0)
    window.went_out(10, 0.0)
    assert not window.greeted(0.1)  # it was sent to just now
    now_s = 0.0
    for _ in range(6):
        now_s += window.due_in_s(now_s) or 0.0
        assert window.resend(now_s)
        window.went_out(10, now_s)
    assert (window.due_in_s(now_s) or 0.0) > FIRST_WAIT_S * 1.2
    assert window.greeted(now_s)
    assert window.due_in_s(now_s) == 0.0
    assert window.resend(now_s)
    assert (window.due_in_s(now_s) or 0.0) <= 2 * FIRST_WAIT_S * 1.2


def test_a_gap_is_asked_for_at_once_then_with_patience() -> None:
    asking = Asking()
    asking.gap("catalog", 7, 0.0)
    assert asking.due(0.0) == [("catalog", 7)]
    assert asking.due(0.5) == []
    assert asking.due(1.0) == [("catalog", 7)]
    assert asking.due(2.0) == []
    asking.moved("catalog", 2.0)
    assert asking.due(99.0) == []


def test_wrong_codes_are_counted_within_a_minute() -> None:
    limit = TryLimit()
    for second in range(5):
        with pytest.raises(Refused, match="wrong_code"), limit.trying(second):
            raise Refused("wrong_code")
    with pytest.raises(Refused, match="locked"), limit.trying(59.9):
        pytest.fail("a locked try ran")
    with limit.trying(60.0):
        pass


def test_right_codes_and_other_refusals_are_not_counted() -> None:
    limit = TryLimit()
    for second in range(10):
        with limit.trying(second):
            pass
        with pytest.raises(Refused, match="payment_needed"), limit.trying(second):
            raise Refused("payment_needed")
    with limit.trying(10.0):
        pass


async def test_a_scanner_picks_for_the_clerk_who_began_and_sells_otherwise(stage: Stage) -> None:
    await stage.receive(SKU_1=10)
    await stage.take_hold(hold_item("o-1", (COLA, 1)))
    async with client(stage) as clerk:
        await scan_from_device(stage.desk, gtin(1), "1")
        assert (await clerk.get("/api/v1/till/ticket")).json()["count"] == 1
        await clerk.post("/api/v1/counter/orders/o-1/pick")
        await scan_from_device(stage.desk, gtin(1), "1")
        await scan_from_device(stage.desk, gtin(1), "1")
        await scan_from_device(stage.desk, "\x00", "1")
        assert (await clerk.get("/api/v1/till/ticket")).json()["count"] == 1
    last = (await stage.events())[-1]
    assert (last["to"], last["n"], last["actor"]) == ("picking", 1, "mei")


async def test_customers_are_forgotten_after_thirty_days_but_not_the_order(stage: Stage) -> None:
    await stage.receive(SKU_1=10)
    await stage.take_hold(hold_item("o-1", (COLA, 1), pay_at="online"))
    body = {"override": {"reason": "x"}}
    async with client(stage, "lin") as clerk:
        await clerk.post("/api/v1/counter/orders/o-1/hand-over", json=body)
        stage.clock.go(29 * 86400)
        assert await forget_people(stage.desk) == 0
        stage.clock.go(2 * 86400)
        assert await forget_people(stage.desk) == 1
    async with client(stage, "lin") as clerk:
        again = await clerk.post("/api/v1/counter/orders/o-1/hand-over", json=body)
    assert (again.status_code, again.json()["code"]) == (409, "finished")
    assert await stage.rows("SELECT count(*) FROM hold WHERE body LIKE '%王%'") == [(0,)]
