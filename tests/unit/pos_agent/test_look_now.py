"""Units that headquarters asks for: on top of the list, kept when they are there, short when time is over."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from pos_agent.catalogue.profile import make_profile
from pos_agent.ledger.verify import verify
from pos_agent.link.inbox import take_down
from pos_agent.pickup.look_now import answer_sought
from sync.rules.canonical import to_raw
from sync.rules.facts import Move, MoveLine
from sync.rules.items import HoldItem, ReturnItem
from sync.rules.store import ledger
from sync.rules.streams import Down
from sync.values.opening import open_between
from tests.unit.pos_agent.agent_stage import COLA, Stage, client, enrolment, gtin, hold_item

ONE = "/api/v1/counter/orders/o-2"


def asked(units: int) -> HoldItem:
    """Order o-2 of three colas, of which some are to be looked for."""
    item = hold_item("o-2", (COLA, 3))
    return replace(item, lines=(replace(item.lines[0], victim=units),))


async def hear(stage: Stage, item: HoldItem | ReturnItem) -> None:
    """The hub tells an item."""
    dver = (await stage.run(lambda book: book.position())).dver
    await take_down(stage.desk, Down(hinc=1, sinc=1, base=dver, ver=dver + 1, app=0, items=(to_raw(item),)))


async def test_the_screens_hear_of_units_that_come_back_to_the_floor(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.receive(SKU_1=8)
    told: list[tuple[object, ...]] = []
    monkeypatch.setattr(stage.desk.screens, "publish", lambda *event: told.append(event))
    free = (await stage.sku(COLA)).free
    await hear(stage, hold_item("o-1", (COLA, 1)))
    assert ("status", "stock", {}) not in told
    await hear(stage, ReturnItem(sku=COLA, returned=2))
    assert (await stage.sku(COLA)).free == free + 2
    assert told[-1] == ("status", "stock", {})


async def move(stage: Stage, reason: str, **line: object) -> None:
    """Units of cola move."""
    moved = Move(reason=reason, lines=(MoveLine(sku=COLA, **line),), at=stage.desk.at)  # type: ignore[arg-type]
    await stage.run(lambda book: ledger.book_move(book, moved))


async def deficit(stage: Stage, units: int) -> None:
    """Two orders stand on four of four online colas, then the till sells what is there and more."""
    await stage.receive(SKU_1=8)
    await stage.take_hold(hold_item("o-1", (COLA, 1)))
    await hear(stage, hold_item("o-2", (COLA, 3)))
    await move(stage, "override", qty=4 + units, source="floor")


async def steps(stage: Stage) -> list[tuple[str, int, str]]:
    """The steps of o-2 after it was received."""
    events = [event for event in await stage.events() if event.get("order") == "o-2"]
    return [(event["to"], event.get("n", 0), event.get("actor", "")) for event in events[1:]]


async def test_it_goes_on_top_and_what_is_not_found_is_short_without_an_adjustment(stage: Stage) -> None:
    await deficit(stage, 2)
    await hear(stage, asked(2))
    before = await stage.sku(COLA)
    async with client(stage) as clerk:
        listed = (await clerk.get("/api/v1/counter")).json()["to_pick"]
        assert [(order["order"], order["lines"][0]["look"]) for order in listed] == [("o-2", 2), ("o-1", 0)]
        shown = await clerk.post(f"{ONE}/not-found", json={"line": 1})
        again = await clerk.post(f"{ONE}/not-found", json={"line": 1})
    assert (shown.json()["lines"][0]["look"], shown.json()["lines"][0]["short"]) == (0, 2)
    assert (again.status_code, again.json()["code"]) == (409, "not_sought")
    after = await stage.sku(COLA)
    assert (after.on_hand, after.free, after.settled) == (before.on_hand, 0, 2)
    assert await steps(stage) == [("short", 2, "mei")]
    assert verify(stage.path) == []


async def test_an_order_whose_whole_line_is_not_there_leaves_the_scanner(stage: Stage) -> None:
    await deficit(stage, 3)
    await hear(stage, asked(3))
    async with client(stage) as clerk:
        await clerk.post(f"{ONE}/pick")
        assert stage.desk.focus.picking == "o-2"
        assert (await clerk.post(f"{ONE}/not-found", json={"line": 1})).json()["stage"] == "closed"
    assert stage.desk.focus.picking is None


async def test_found_units_are_kept_once_the_books_have_them_too(stage: Stage) -> None:
    await deficit(stage, 1)
    await hear(stage, asked(1))
    await move(stage, "count", qty=1, target="floor")
    async with client(stage) as clerk:
        picked = await clerk.post(f"{ONE}/scan", json={"code": gtin(1)})
    assert picked.json()["lines"][0]["look"] == 0
    assert (await steps(stage))[-1] == ("kept", 1, "mei")


async def test_the_timer_keeps_what_came_in_and_gives_up_after_the_open_minutes(stage: Stage) -> None:
    await deficit(stage, 2)
    await hear(stage, asked(2))
    assert await answer_sought(stage.desk) == []
    stage.clock.go(29 * 60)
    assert await answer_sought(stage.desk) == []
    await move(stage, "count", qty=1, target="floor")
    stage.clock.go(60)
    assert await answer_sought(stage.desk) == ["o-2"]
    assert await steps(stage) == [("short", 1, ""), ("kept", 1, "")]
    assert (await stage.sku(COLA)).free == 0
    assert await stage.rows("SELECT * FROM look_now") == []


async def test_what_is_asked_again_later_gets_its_whole_time_again(stage: Stage) -> None:
    await deficit(stage, 1)
    await hear(stage, asked(1))
    await answer_sought(stage.desk)
    await move(stage, "count", qty=1, target="floor")
    assert await answer_sought(stage.desk) == ["o-2"]
    stage.clock.go(3600)
    await move(stage, "override", qty=1, source="floor")
    await hear(stage, asked(1))
    assert await answer_sought(stage.desk) == []


async def test_hours_in_which_the_store_is_closed_do_not_count(stage: Stage) -> None:
    stage.desk.profile = replace(
        stage.desk.profile, hours={"fri": ("09:00", "12:10"), "sat": ("09:00", "18:00")}
    )
    await deficit(stage, 1)
    await hear(stage, asked(1))
    await answer_sought(stage.desk)
    stage.clock.go(20 * 3600)
    assert await answer_sought(stage.desk) == []
    stage.clock.go(80 * 60)
    assert await answer_sought(stage.desk) == ["o-2"]


async def test_an_agent_that_was_replaced_gives_nothing_up(stage: Stage) -> None:
    await deficit(stage, 1)
    await hear(stage, asked(1))
    await answer_sought(stage.desk)
    await stage.run(lambda book: book.put_position(replace(book.position(), fenced=True)))
    stage.clock.go(3600)
    assert await answer_sought(stage.desk) == []


FRIDAY = datetime(2026, 5, 1, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "until_h", "open_h"),
    [
        ({}, 30, 30),
        ({"fri": ("09:00", "13:00")}, 30, 1),
        ({"thu": ("20:00", "12:30"), "fri": ("22:00", "02:00")}, 24, 4.5),
        ({"mon": ("00:00", "24:00")}, 24 * 40, 48),
        ({}, -1, 0),
    ],
)
def test_open_time_is_counted_by_the_stores_clock(
    hours: dict[str, tuple[str, str]], until_h: int, open_h: float
) -> None:
    until = FRIDAY + timedelta(hours=until_h)
    assert open_between(FRIDAY, until, hours, ZoneInfo("Asia/Shanghai")) == timedelta(hours=open_h)


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ({"mon": ["09:00", "24:00"]}, {"mon": ("09:00", "24:00")}),
        ({"mon": ["9", "24:00"]}, {}),
        ({"noday": ["09:00", "10:00"]}, {}),
        ({"mon": "09:00-10:00"}, {}),
        ([], {}),
    ],
)
def test_hours_without_sense_count_as_always_open(told: object, kept: object) -> None:
    assert make_profile(enrolment(), {"hours": told}, []).hours == kept
