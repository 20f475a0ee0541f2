"""Hops from times, runs from messages, ids from what people write."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hub.trace.rules import (
    KEPT,
    Arrival,
    Leg,
    UpRun,
    down_hops,
    facts_of_event,
    in_order,
    instant_ms,
    kept_of,
    runs_of,
    to_ms,
    up_hops,
    what_of_event,
    what_of_item,
)
from hub.trace.trace_id import MOST_CHARS, Asked, EventId, ItemId, read_id
from sync.rules.canonical import GENESIS
from sync.rules.streams import Resent, Sending, Up

NOW = datetime(2026, 5, 1, 6, 17, tzinfo=UTC)
BASE = to_ms(NOW)
ARRIVED = Arrival(heard_ms=BASE + 50, applied_ms=BASE + 60, told_ms=BASE + 61, pages=2)


def up(sending: Sending | None) -> Up:
    return Up(store="s1", sinc=1, hinc=1, first=5, chain_before=GENESIS, head=9, dver=0, sending=sending)


def at(ms: int) -> str:
    moment = NOW + timedelta(milliseconds=ms)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def run(**changes: Any) -> UpRun:
    values: dict[str, Any] = {
        "first": 5,
        "last": 9,
        "first_ms": BASE + 10,
        "sent_ms": BASE + 10,
        "times": 1,
        "skew_ms": 0,
        "heard_ms": BASE + 50,
        "applied_ms": BASE + 60,
        "told_ms": BASE + 61,
        "pages": 2,
    }
    return UpRun(**{**values, **changes})


def told(hops: list[Any]) -> list[tuple[str, int | None, bool]]:
    return [(hop.name, hop.after_ms, hop.is_apart) for hop in hops]


def test_an_up_that_says_nothing_of_itself_is_one_run() -> None:
    (only,) = runs_of(up(None), 5, 9, ARRIVED)
    assert only == run(first_ms=None, sent_ms=None, times=None, skew_ms=None)


def test_runs_follow_what_left_before_and_only_what_was_new() -> None:
    sending = Sending(
        at=at(40), skew_ms=7, resent=(Resent(to=6, at=at(1), times=3), Resent(to=8, at=at(2), times=2))
    )
    found = list(runs_of(up(sending), 6, 9, ARRIVED))

    assert [(one.first, one.last, one.first_ms, one.times) for one in found] == [
        (6, 6, BASE + 1, 3),
        (7, 8, BASE + 2, 2),
        (9, 9, BASE + 40, 1),
    ]
    assert {(one.sent_ms, one.skew_ms, one.pages) for one in found} == {(BASE + 40, 7, 2)}


def test_entries_that_do_not_go_on_from_one_another_are_left_out() -> None:
    entries = (
        Resent(to=8, at=at(1), times=3),
        Resent(to=6, at=at(2), times=2),
        Resent(to=99, at=at(3), times=4),
    )
    found = list(runs_of(up(Sending(at=at(40), resent=entries)), 5, 9, ARRIVED))
    assert [(one.first, one.last, one.times) for one in found] == [(5, 8, 3), (9, 9, 4)]


def test_an_event_goes_over_five_hops_and_six_where_it_was_sent_again() -> None:
    once = up_hops(BASE, BASE + 60, run())
    again = up_hops(BASE, BASE + 60, run(first_ms=BASE + 10, sent_ms=BASE + 40, times=2))

    assert told(once) == [
        ("made", None, False),
        ("sent", 10, False),
        ("heard", 40, False),
        ("applied", 10, False),
        ("told", 1, False),
    ]
    assert told(again)[1:3] == [("first_sent", 10, False), ("sent", 30, False)]
    assert [hop.note for hop in again] == [None, 2, 2, None, None, 2]


def test_a_stores_clock_is_corrected_by_its_skew_and_shown_beside() -> None:
    hops = up_hops(BASE + 5_000, None, run(first_ms=BASE + 5_010, sent_ms=BASE + 5_010, skew_ms=5_000))

    assert told(hops)[:3] == [("made", None, False), ("sent", 10, False), ("heard", 40, False)]
    assert hops[0].at == NOW
    assert hops[0].own_at == NOW + timedelta(seconds=5)
    assert hops[2].own_at is None


def test_less_than_no_time_is_said_to_be_the_clocks_and_never_shown() -> None:
    hops = up_hops(BASE + 5_000, None, run(first_ms=BASE + 5_010, sent_ms=BASE + 5_010, skew_ms=None))
    assert told(hops)[1:4] == [("sent", 10, False), ("heard", None, True), ("applied", 10, False)]


def test_an_event_whose_hops_are_gone_still_tells_when_it_was_made_and_booked() -> None:
    assert told(up_hops(BASE, BASE + 60, None)) == [("made", None, False), ("applied", 60, False)]
    assert told(up_hops(None, BASE + 60, None)) == [("applied", None, False)]


@pytest.mark.parametrize("made", [10**18, -(10**18)])
def test_a_time_outside_of_the_calendar_is_left_out(made: int) -> None:
    assert told(up_hops(made, BASE, None)) == [("applied", None, False)]


def test_an_item_goes_down_and_is_heard_back() -> None:
    assert told(down_hops(BASE, (BASE + 1, BASE + 1, 1), BASE + 30)) == [
        ("given", None, False),
        ("item_sent", 1, False),
        ("answered", 29, False),
    ]
    assert told(down_hops(BASE, (BASE + 1, BASE + 900, 4), None)) == [
        ("given", None, False),
        ("item_first_sent", 1, False),
        ("item_sent", 899, False),
    ]
    assert told(down_hops(BASE, None, None)) == [("given", None, False)]


def test_hops_are_kept_for_a_week() -> None:
    assert kept_of(run(), NOW, NOW) == "kept"
    assert kept_of(None, NOW - KEPT, NOW) == "not_kept"
    assert kept_of(None, NOW - KEPT - timedelta(milliseconds=1), NOW) == "expired"
    assert kept_of(None, None, NOW) == "not_kept"


def leg(way: Any, name: str, begins: int | None) -> Leg:
    hops = up_hops(BASE + begins, None, None) if begins is not None else []
    return Leg(way=way, id=name, kind="", what="", facts={}, hops=hops, kept="kept")


def test_legs_stand_in_order_of_time_and_a_stores_events_keep_theirs() -> None:
    legs = [
        leg("up", "1", 20),
        leg("up", "2", 5),
        leg("up", "3", 40),
        leg("down", "a", 10),
        leg("down", "b", 30),
    ]
    assert [one.id for one in in_order(legs)] == ["a", "1", "2", "b", "3"]
    assert [one.id for one in in_order([leg("up", "1", 20), leg("down", "x", None)])] == ["x", "1"]


def test_what_a_store_answers_comes_after_what_it_was_told_unless_its_clock_surely_says_otherwise() -> None:
    assert [one.id for one in in_order([leg("up", "1", 0), leg("down", "a", 1_999)])] == ["a", "1"]
    assert [one.id for one in in_order([leg("up", "1", 0), leg("down", "a", 2_000)])] == ["1", "a"]


def test_a_leg_took_from_its_first_hop_to_its_last_unless_clocks_differ() -> None:
    whole = leg("up", "1", 0)
    assert whole.took_ms is None
    hops = up_hops(BASE, None, run())
    assert Leg(way="up", id="1", kind="", what="", facts={}, hops=hops, kept="kept").took_ms == 61
    apart = up_hops(BASE + 99, None, run())
    assert Leg(way="up", id="1", kind="", what="", facts={}, hops=apart, kept="kept").took_ms is None


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        ({"kind": "move", "reason": "sale"}, "sale"),
        ({"kind": "hold", "to": "ready"}, "ready"),
        ({"kind": "grant"}, "grant"),
        ({"kind": "move", "reason": 7}, "move"),
        ({}, "None"),
    ],
)
def test_an_event_says_one_word(raw: dict[str, Any], what: str) -> None:
    assert what_of_event(raw) == what


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        ({"kind": "order", "lines": [{"line": 1}]}, "order"),
        ({"kind": "order", "cancel": True, "lines": [{"victim": 1}]}, "cancel"),
        ({"kind": "order", "lines": [{"victim": 1}]}, "look"),
        ({"kind": "order", "lines": "?"}, "order"),
        ({"kind": "want"}, "want"),
    ],
)
def test_an_item_says_what_it_asks(raw: dict[str, Any], what: str) -> None:
    assert what_of_item(raw) == what


def test_facts_are_what_hq_may_read_and_nonsense_is_none() -> None:
    lines = [{"sku": f"t{number}", "qty": number} for number in range(1, 8)]
    assert facts_of_event({"kind": "move", "ref": "R-1", "lines": lines[:2], "why": "secret"}) == {
        "ref": "R-1",
        "goods": "1 × t1, 2 × t2",
    }
    assert facts_of_event({"kind": "move", "lines": lines})["goods"].endswith("5 × t5 …")
    assert facts_of_event({"kind": "move", "ref": ["x"], "n": 0, "lines": [3], "moves": None}) == {}


@pytest.mark.parametrize("text", ["", 7, None, "yesterday", "2026-05-01T06:17:00"])
def test_what_is_no_instant_has_no_time(text: object) -> None:
    assert instant_ms(text) is None


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("s1/204", Asked("s1/204", EventId("s1", None, 204))),
        (" s1/2/204 ", Asked("s1/2/204", EventId("s1", 2, 204))),
        ("s1/D-7", Asked("s1/D-7", store="s1", paper="D-7")),
        ("s1/1/2/3", Asked("s1/1/2/3", store="s1", paper="1/2/3")),
        ("s1/1234567890123456", Asked("s1/1234567890123456", store="s1", paper="1234567890123456")),
        ("s1/v40", Asked("s1/v40", item=ItemId("s1", 40), store="s1", paper="v40")),
        ("R-0017", Asked("R-0017")),
        ("送货单/12", Asked("送货单/12")),
        ("s1/", Asked("s1/")),
    ],
)
def test_an_id_is_taken_apart(text: str, asked: Asked) -> None:
    assert read_id(text) == asked


@pytest.mark.parametrize("text", ["", "  ", "a\x00b", "x" * (MOST_CHARS + 1), "\ud800"])
def test_what_no_form_allows_is_no_id(text: str) -> None:
    assert read_id(text) is None


def test_an_event_id_is_written_as_it_is_read() -> None:
    assert EventId("s1", None, 4).text == "s1/4"
    assert ItemId("s1", 4).text == "s1/v4"
    assert read_id(EventId("s1", 2, 4).text) == Asked("s1/2/4", EventId("s1", 2, 4))
