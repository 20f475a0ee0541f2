"""The ledger on SQLite is the book that the rules expect: the same history on both gives the same log."""

import random
from collections.abc import Callable

import pytest

from pos_agent.ledger.store_book import SqliteStoreBook
from pos_agent.ledger.verify import verify
from sync.rules.books import StoreBook, StorePosition
from sync.rules.errors import Refused
from sync.rules.facts import Move, MoveLine, Payment
from sync.rules.items import RejectedItem, ReturnItem, WantItem
from sync.rules.rights import Allotment
from sync.rules.store import fulfil
from sync.rules.store.ledger import book_move, book_payment, serve_want
from sync.rules.store.receive_down import accept_hold, take_return
from sync.rules.store.report_up import make_up
from sync.simulator.books import StoreDictionary
from sync.values.bounds import MOST_COUNTER, MOST_UNITS
from tests.unit.pos_agent.agent_stage import COLA, MILK, STORE, Stage, hold_item

AT = "2026-05-01T04:00:00.000Z"
Step = Callable[[StoreBook], object]


def step_for(dice: random.Random, number: int) -> Step:
    """A random thing that happens in a store."""
    sku, qty = dice.choice((COLA, MILK)), dice.randint(1, 4)
    order = f"o-{dice.randint(0, 12)}"
    steps: tuple[Step, ...] = (
        lambda book: book_move(book, Move(reason="receive", lines=(goods(sku, qty, to="floor"),), at=AT)),
        lambda book: book_move(book, Move(reason="sale", lines=(goods(sku, qty, out="floor"),), at=AT)),
        lambda book: serve_want(book, sku, qty, AT),
        lambda book: take_return(book, ReturnItem(sku=sku, returned=book.stock(sku).granted // 4), AT),
        lambda book: accept_hold(book, hold_item(f"o-{number % 13}", (sku, qty)), AT, by=""),
        lambda book: fulfil.pick(book, order, 1, AT, "mei"),
        lambda book: fulfil.report_short(book, order, 1, 1, AT, "mei"),
        lambda book: fulfil.make_ready(book, order, AT, "mei"),
        lambda book: fulfil.hand_over(book, order, AT, "mei", "code"),
        lambda book: fulfil.release(book, order, AT, "mei", "why"),
        lambda book: fulfil.put_back(book, order, 1, AT, "mei"),
    )
    return dice.choice(steps)


def goods(sku: str, qty: int, *, to: str | None = None, out: str | None = None) -> MoveLine:
    """Units in or out."""
    return MoveLine(sku=sku, qty=qty, source=out, target=to)  # type: ignore[arg-type]


def attempt(book: StoreBook, step: Step) -> str:
    """What became of a step."""
    try:
        step(book)
    except Refused as error:
        return error.code
    return "done"


@pytest.mark.parametrize("seed", range(6))
async def test_both_books_tell_the_same_history(stage: Stage, seed: int) -> None:
    dice = random.Random(seed)
    policy = {COLA: Allotment(), MILK: Allotment()}
    twin = StoreDictionary(StorePosition(store=STORE, sinc=1, hinc=1), policy)
    outcomes = set()
    for number in range(250):
        step = step_for(dice, number)
        expected = attempt(twin, step)
        twin.commit() if expected == "done" else twin.rollback()
        try:
            found = await stage.run(lambda book, step=step: raised(book, step))
        except Refused as error:
            found = error.code
        assert found == expected
        outcomes.add(found)
    assert {"done", "short"} <= outcomes
    assert len(outcomes) > 4
    await assert_equal(stage, twin)
    assert verify(stage.path) == []


def raised(book: SqliteStoreBook, step: Step) -> str:
    """Run a step so that a refusal undoes the command."""
    step(book)
    return "done"


async def assert_equal(stage: Stage, twin: StoreDictionary) -> None:
    """Position, balances, holds and log of both books."""

    def compare(book: SqliteStoreBook) -> None:
        assert book.position() == twin.position()
        for sku in (COLA, MILK):
            assert book.stock(sku) == twin.stock(sku)
        for number in range(13):
            assert book.hold(f"o-{number}") == twin.hold(f"o-{number}")
        after = twin.position().seq // 2
        assert make_up(book, after) == make_up(twin, after)

    await stage.run(compare)


async def test_a_command_that_fails_leaves_nothing(stage: Stage) -> None:
    await stage.receive(SKU_1=4)
    before = await stage.events()

    def fails(book: SqliteStoreBook) -> None:
        serve_want(book, COLA, 1, AT)
        book.tx.execute("INSERT INTO receipt_counter (till, epoch, last) VALUES ('1', 1, 1)")
        msg = "the clerk's machine fell"
        raise RuntimeError(msg)

    with pytest.raises(RuntimeError, match="fell"):
        await stage.run(fails)
    assert await stage.events() == before
    assert await stage.rows("SELECT count(*) FROM receipt_counter") == [(0,)]


async def test_a_rejected_event_is_marked(stage: Stage) -> None:
    await stage.receive(SKU_1=4)
    item = RejectedItem(seq=1, code="unknown_sku")
    await stage.run(lambda book: book.mark_rejected(item.seq, item.code))
    assert await stage.rows("SELECT seq, rejected FROM event WHERE rejected IS NOT NULL") == [
        (1, "unknown_sku")
    ]


async def test_the_hubs_policy_decides_the_share(stage: Stage) -> None:
    await stage.receive(SKU_1=10)
    assert (await stage.sku(COLA)).granted == 5
    want = WantItem(id="w", sku=COLA, qty=99)
    assert await stage.run(lambda book: serve_want(book, want.sku, want.qty, AT)) == 5
    assert (await stage.sku(COLA)).free == 0


@pytest.mark.parametrize(
    ("book_it", "field"),
    [
        (lambda book: book_move(book, received(MOST_UNITS + 1)), "lines.0.qty"),
        (lambda book: book_move(book, received(1, why="a\nb")), "why"),
        (lambda book: book_payment(book, paid(MOST_COUNTER + 1)), "minor"),
    ],
)
async def test_what_no_hub_could_book_is_refused_and_changes_nothing(
    stage: Stage, book_it: Step, field: str
) -> None:
    await stage.receive(SKU_1=4)
    before = await stage.events(), await stage.sku(COLA)
    with pytest.raises(Refused) as refused:
        await stage.run(book_it)
    assert (refused.value.code, refused.value.facts) == ("beyond_limits", {"field": field})
    assert (await stage.events(), await stage.sku(COLA)) == before
    assert await stage.run(lambda book: book_payment(book, paid(MOST_COUNTER))) == len(before[0]) + 1


def received(qty: int, why: str = "") -> Move:
    """A delivery of colas."""
    return Move(reason="receive", lines=(goods(COLA, qty, to="floor"),), at=AT, why=why)


def paid(minor: int) -> Payment:
    """Money taken."""
    return Payment(ref="r-1", tender="cash", minor=minor, currency="CNY", at=AT)
