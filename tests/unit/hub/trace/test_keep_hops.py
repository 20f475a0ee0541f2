"""Hops on a real file: written in batches, counted over restarts, bounded, forgotten after a week."""

from dataclasses import replace
from typing import Any

import pytest

from hub.link.hear import ReadDown
from hub.orders.change_order import Cancel
from hub.trace import keep_hops, sweep
from hub.trace.find import NotFound, Target, find
from hub.trace.keep_hops import HopKeeper
from hub.trace.queries import _ITEMS, _RUN, _SUBJECT, Trace, read_trace
from hub.trace.rules import Arrival
from sync.rules.canonical import GENESIS
from sync.rules.facts import Move, MoveLine
from sync.rules.store import ledger
from sync.rules.streams import Resent, Sending, Up
from sync.storage.errors import WriterFull
from sync.storage.writer import Transaction
from tests.unit.hub.stock.small_chain import AT, Ledger, SetClock, SmallHub, enrol, exchange, hear, plans


def sell(store: Ledger, ref: str, sku: str = "tea") -> None:
    """The till sells one unit on a paper."""
    line = MoveLine(sku=sku, qty=1, source="floor")
    ledger.book_move(store.book, Move(reason="sale", lines=(line,), at=AT, ref=ref))
    store.book.commit()


async def apply(hub: SmallHub, keeper: HopKeeper, up: Up) -> None:
    """The hub hears an UP, as its link does."""
    at = keeper.now_ms()
    heard = await hear(hub, up)
    keeper.applied(up, heard.position.app, heard.applied.events, Arrival(at, at + 2, at + 3, 1))


async def send(hub: SmallHub, keeper: HopKeeper, store: str = "s1") -> None:
    """The hub sends what the store lacks, as its link does."""
    read = ReadDown(hub.kernel, store)
    await hub.kernel.writer.run(read)
    keeper.sent(store, read.items)


async def trace(hub: SmallHub, name: str) -> Trace:
    found = await find(hub.kernel.reader, name)
    assert isinstance(found, Target), found
    return await read_trace(hub.kernel.reader, found, hub.kernel.clock.now())


def hops(found: Trace) -> list[tuple[str, str, list[str]]]:
    return [(leg.way, leg.kept, [hop.name for hop in leg.hops]) for leg in found.legs]


async def test_a_run_of_events_is_one_row_and_each_event_finds_it(hub: SmallHub) -> None:
    keeper, store = HopKeeper(hub.kernel), await enrol(hub)
    for number in range(5):
        store.receive("tea", number + 1)
    sending, last = Sending(at=AT, skew_ms=0), store.position.seq
    await apply(hub, keeper, replace(store.up(), sending=sending))
    await keeper.flush()

    assert await hub.one("SELECT COUNT(*), MIN(first), MAX(last), MAX(times) FROM trace_up") == (
        1,
        1,
        last,
        1,
    )
    found = await trace(hub, "s1/1/3")
    assert hops(found) == [("up", "kept", ["made", "sent", "heard", "applied", "told"])]
    assert found.skew_ms == 0


async def test_a_repeated_up_adds_nothing(hub: SmallHub) -> None:
    keeper, store = HopKeeper(hub.kernel), await enrol(hub)
    store.receive("tea", 1)
    up = store.up()
    await apply(hub, keeper, up)
    await apply(hub, keeper, replace(up, sending=Sending(at=AT, resent=(Resent(to=1, at=AT, times=2),))))
    await keeper.flush()
    assert await hub.one("SELECT COUNT(*), MAX(times) FROM trace_up") == (1, None)


async def test_an_item_is_written_when_sent_again_and_when_heard(hub: SmallHub, clock: SetClock) -> None:
    keeper, store = HopKeeper(hub.kernel), await enrol(hub)
    store.receive("tea", 10)
    await exchange(hub, store)
    order = (await hub.place())["id"]
    number = await hub.one("SELECT number FROM orders WHERE id = ?", order)
    assert hops(await trace(hub, number)) == [("down", "under_way", ["given"])]

    await send(hub, keeper)
    await keeper.flush()
    clock.move(seconds=2)
    await send(hub, keeper)
    clock.move(seconds=4)
    await send(hub, keeper)
    await keeper.catch_up("s1")
    waiting = await trace(hub, number)
    assert hops(waiting) == [("down", "under_way", ["given", "item_first_sent", "item_sent"])]
    assert [hop.after_ms for hop in waiting.legs[0].hops] == [None, 0, 6_000]
    assert waiting.legs[0].hops[-1].note == 3

    clock.move(seconds=1)
    ver = await hub.one("SELECT MAX(ver) FROM trace_down")
    keeper.heard("s1", ver - 1, keeper.now_ms())
    await keeper.catch_up("s1")
    assert (await trace(hub, number)).legs[0].kept == "under_way"
    keeper.heard("s1", ver, keeper.now_ms())
    await keeper.flush()
    answered = await trace(hub, number)
    assert hops(answered) == [("down", "kept", ["given", "item_first_sent", "item_sent", "answered"])]
    assert answered.legs[0].hops[-1].after_ms == 1_000
    assert answered.legs[0].took_ms == 7_000


async def test_an_item_is_found_by_its_version_until_it_is_gone(hub: SmallHub, clock: SetClock) -> None:
    keeper, store = HopKeeper(hub.kernel), await enrol(hub)
    store.receive("tea", 10)
    await exchange(hub, store)
    order = (await hub.place())["id"]
    ver = await hub.one("SELECT ver FROM request WHERE item = ?", order)
    unsent = await trace(hub, f"s1/v{ver}")
    await send(hub, keeper)
    await keeper.flush()
    sent = await trace(hub, f"s1/v{ver}")

    assert hops(unsent) == [("down", "under_way", ["given"])]
    assert hops(sent) == [("down", "under_way", ["given", "item_sent"])]
    assert (sent.target.kind, dict(sent.legs[0].facts)) == ("item", {"order": order})

    await hub.kernel.writer.run(Cancel(hub.kernel, await hub.one("SELECT token FROM orders")))
    cancelled = await trace(hub, f"s1/v{ver + 1}")
    assert [leg.what for leg in cancelled.legs] == ["cancel"]
    assert hops(await trace(hub, f"s1/v{ver}")) == hops(sent)
    clock.move(days=8)
    await sweep.sweep(hub.kernel)
    reader = hub.kernel.reader
    assert await find(reader, f"s1/v{ver}") == NotFound("item_gone", f"s1/v{ver}")
    assert await find(reader, f"s1/v{ver + 2}") == NotFound("unknown", f"s1/v{ver + 2}")
    assert await find(reader, "s9/v1") == NotFound("unknown", "s9/v1")


async def test_a_hub_that_starts_anew_goes_on_counting_and_says_what_it_does_not_know(
    hub: SmallHub, clock: SetClock
) -> None:
    before, store = HopKeeper(hub.kernel), await enrol(hub)
    store.receive("tea", 10)
    await exchange(hub, store)
    order = (await hub.place())["id"]
    await send(hub, before)
    await before.flush()

    clock.move(seconds=30)
    after = HopKeeper(hub.kernel)
    await send(hub, after)
    await after.flush()
    (leg,) = (await trace(hub, order)).legs
    assert [(hop.name, hop.after_ms, hop.note) for hop in leg.hops] == [
        ("given", None, None),
        ("item_first_sent", 0, 2),
        ("item_sent", 30_000, 2),
    ]

    await exchange(hub, store)
    down, *_ = (await trace(hub, order)).legs
    assert (down.way, down.kept) == ("down", "not_kept")


async def test_a_store_that_is_away_costs_ever_fewer_rows(hub: SmallHub) -> None:
    keeper, store = HopKeeper(hub.kernel), await enrol(hub)
    store.receive("tea", 10)
    await exchange(hub, store)
    await hub.place()
    written = []
    for _ in range(64):
        await send(hub, keeper)
        before = hub.kernel.writer.commands
        await keeper.flush()
        written.append(hub.kernel.writer.commands - before)
    assert sum(written) == 7
    await keeper.catch_up("s1")
    assert await hub.one("SELECT times FROM trace_down") == 64


async def test_memory_is_bounded(hub: SmallHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keep_hops, "MOST_UNWRITTEN", 3)
    keeper = HopKeeper(hub.kernel)
    for first in range(1, 7):
        up = Up(store="s1", sinc=1, hinc=1, first=first, chain_before=GENESIS, head=9, dver=0)
        keeper.applied(up, first, 1, Arrival(1, 2, 3, 0))
    assert keeper.dropped == 3
    await keeper.flush()
    assert await hub.one("SELECT COUNT(*) FROM trace_up") == 3

    monkeypatch.setattr(keep_hops, "MOST_UNWRITTEN", 100)
    monkeypatch.setattr(keep_hops, "MOST_UNDER_WAY", 1)
    for name in ("s1", "s2"):
        store = await enrol(hub, name)
        store.receive("tea", 10)
        await exchange(hub, store)
        await hub.place(f"key-{name}", store=name)
        await send(hub, keeper, name)
    assert sorted(keeper._under_way) == ["s2"]
    await keeper.flush()
    assert await hub.one("SELECT COUNT(*) FROM trace_down") == 2


async def test_what_cannot_be_written_now_is_written_later(
    hub: SmallHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper, store = HopKeeper(hub.kernel), await enrol(hub)
    store.receive("tea", 1)
    await apply(hub, keeper, store.up())

    async def refuse(_command: Any) -> None:
        raise WriterFull("the queue is full")

    with monkeypatch.context() as patched:
        patched.setattr(type(hub.kernel.writer), "run", lambda _self, command: refuse(command))
        await keeper.catch_up("s1")
    assert await hub.one("SELECT COUNT(*) FROM trace_up") == 0
    await keeper.flush()
    assert await hub.one("SELECT COUNT(*) FROM trace_up") == 1


async def test_after_a_week_hops_are_forgotten_a_few_at_a_time(
    hub: SmallHub, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "BATCH", 2)
    keeper, store = HopKeeper(hub.kernel), await enrol(hub)
    for _ in range(5):
        before = store.position.seq
        store.receive("tea", 2)
        await apply(hub, keeper, store.up(before))
    await exchange(hub, store)
    old = (await hub.place("k-old"))["id"]
    await send(hub, keeper)
    await exchange(hub, store)
    keeper.heard("s1", await hub.one("SELECT ver FROM store_stream WHERE store = 's1'"), keeper.now_ms())
    await keeper.flush()
    rows = await hub.one("SELECT (SELECT COUNT(*) FROM trace_up) + (SELECT COUNT(*) FROM trace_down)")
    clock.move(days=7)
    assert await sweep.sweep(hub.kernel) == 0
    assert hops(await trace(hub, "s1/1"))[0][1] == "kept"
    clock.move(milliseconds=10)
    fresh = store.position.seq + 1  # the next event
    store.receive("tea", 1)
    await apply(hub, keeper, store.up(fresh - 1))
    await keeper.flush()

    assert await sweep.sweep(hub.kernel) == rows == 6
    assert hops(await trace(hub, "s1/1")) == [("up", "expired", ["made", "applied"])]
    assert hops(await trace(hub, f"s1/{fresh}"))[0][1] == "kept"
    (down, *_) = (await trace(hub, old)).legs
    assert (down.way, down.kept, [hop.name for hop in down.hops]) == ("down", "expired", ["given"])
    assert await sweep.sweep(hub.kernel) == 0


async def test_papers_and_dead_letters_are_found(hub: SmallHub) -> None:
    keeper, store = HopKeeper(hub.kernel), await enrol(hub)
    store.receive("tea", 10)
    sell(store, "R-1")
    sell(store, "R-1")
    store.book.put_stock("odd", replace(store.book.stock("odd"), floor=5))
    sell(store, "R-2", "odd")
    await apply(hub, keeper, store.up())
    await send(hub, keeper)
    await keeper.flush()

    paper = await trace(hub, "R-1")
    assert [leg.what for leg in paper.legs] == ["sale", "sale"]
    assert paper == replace(await trace(hub, "s1/R-1"), target=paper.target)
    letter = await trace(hub, "R-2")
    assert [leg.rejected for leg in letter.legs] == ["unknown_sku"]
    assert letter.legs[0].what == "sale"
    event = await trace(hub, letter.legs[0].id)
    assert [(leg.way, leg.what, leg.kept) for leg in event.legs] == [
        ("up", "sale", "kept"),
        ("down", "rejected", "under_way"),
    ]


async def test_what_is_not_there_is_said_with_what_is(hub: SmallHub) -> None:
    for name in ("s1", "s2"):
        store = await enrol(hub, name)
        store.receive("tea", 10)
        sell(store, "D-1")
        await exchange(hub, store)
    app = await hub.one("SELECT app FROM store_stream WHERE store = 's1'")
    reader = hub.kernel.reader

    assert await find(reader, "") == NotFound("bad_id", "")
    assert await find(reader, "nothing") == NotFound("unknown", "nothing")
    assert await find(reader, "s9/1") == NotFound("unknown", "s9/1")
    assert await find(reader, "s1/0") == NotFound("unknown", "s1/0", app=app)
    assert await find(reader, "s1/7/1") == NotFound("unknown", "s1/7/1", app=app)
    assert await find(reader, f"s1/{app + 1}") == NotFound("not_here_yet", f"s1/{app + 1}", app=app)
    assert await find(reader, "D-1") == NotFound("ambiguous", "D-1", ["s1/D-1", "s2/D-1"])
    assert isinstance(await find(reader, "s2/D-1"), Target)


async def test_the_newest_incarnation_that_has_the_event_is_meant(hub: SmallHub) -> None:
    store = await enrol(hub)
    for _ in range(9):
        store.receive("tea", 1)
    await exchange(hub, store)
    again = await enrol(hub)
    await exchange(hub, again)
    last = again.position.seq

    newest, older = (
        await find(hub.kernel.reader, f"s1/{last}"),
        await find(hub.kernel.reader, f"s1/{last + 1}"),
    )
    assert isinstance(newest, Target)
    assert isinstance(older, Target)
    assert (newest.id, older.id) == (f"s1/2/{last}", f"s1/1/{last + 1}")


async def test_a_raw_event_that_cannot_be_read_is_still_told(hub: SmallHub) -> None:
    store = await enrol(hub)
    store.receive("tea", 1)
    await exchange(hub, store)

    def damage(transaction: Transaction) -> None:
        transaction.execute("UPDATE event SET raw = '{' WHERE seq = 1")

    await hub.kernel.writer.run(damage)
    (leg,) = (await trace(hub, "s1/1")).legs
    assert (leg.kept, [hop.name for hop in leg.hops], dict(leg.facts)) == ("not_kept", ["applied"], {})


def test_no_statement_reads_a_whole_table(hub: SmallHub) -> None:
    statements = (_RUN, _SUBJECT, sweep._OLD_UPS, sweep._OLD_DOWNS, _ITEMS)
    for sql, plan in plans(hub.path, [(sql, sql.count("?")) for sql in statements]).items():
        assert "SCAN" not in plan, (sql, plan)
        assert "TEMP B-TREE" not in plan, (sql, plan)


async def test_a_trace_of_many_events_is_cut(hub: SmallHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.trace.queries.MOST_LEGS", 2)
    store = await enrol(hub)
    store.receive("tea", 10)
    for _ in range(3):
        sell(store, "R-9")
    await exchange(hub, store)
    found = await trace(hub, "R-9")
    assert (len(found.legs), found.is_cut) == (2, True)
