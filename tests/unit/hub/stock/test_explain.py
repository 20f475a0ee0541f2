"""Why is it 47? The movements behind a number, their sum, holds, returns and dead letters; in pages."""

import json
import re

import pytest

from hub.stock import explain as module
from hub.stock.explain import PAGE, Why, explain
from hub.stock.tell_why import cursor_of, tell_why, why_json
from sync.storage.writer import Transaction
from tests.unit.hub.stock.small_chain import SmallHub, enrol, exchange, hear, plans


async def why(hub: SmallHub, sku: str = "tea", before: module.Cursor | None = None) -> Why:
    found = await explain(hub.kernel.reader, "s1", sku, before)
    assert found is not None
    return found


async def traded(hub: SmallHub) -> str:
    """Twenty received, three sold, two handed over, one order open; returns the open order's number."""
    store = await enrol(hub)
    store.receive("tea", 20)
    await exchange(hub, store)
    first = await hub.place("k1", lines=[("tea", 2)])
    second = await hub.place("k2", lines=[("tea", 1)])
    await exchange(hub, store)
    store.sell("tea", 3)
    store.pick_all(first["id"])
    store.hand_over(first["id"])
    await exchange(hub, store)
    return str(second["number"])


async def test_the_movements_are_told_newest_first_with_the_balance_after_each(hub: SmallHub) -> None:
    await traded(hub)

    found = await why(hub)

    told = [(line.reason, line.change, line.balance) for line in found.movements if line.granted is None]
    assert told == [
        ("pickup_done", -2, 15),
        ("pickup_picking", 0, 17),
        ("pickup_picking", 0, 17),
        ("sale", -3, 17),
        ("receive", 20, 20),
    ]
    assert [line.granted for line in found.movements if line.granted is not None] == [10]
    assert found.on_hand == 15
    assert (found.sums.movements, found.sums.on_hand, found.sums.agrees) == (5, 15, True)
    assert found.more_before is None


async def test_hold_lines_come_with_their_order_numbers_and_counters(hub: SmallHub) -> None:
    open_order = await traded(hub)

    found = await why(hub)

    assert [(hold.number == open_order, hold.qty, hold.done, hold.open) for hold in found.holds] == [
        (True, 1, 0, 1),
        (False, 2, 2, 0),
    ]
    done = next(line for line in found.movements if line.reason == "pickup_done")
    assert done.order == found.holds[1].number
    assert done.actor == "clerk"


async def test_a_return_to_the_floor_says_whether_the_store_heard_it(hub: SmallHub) -> None:
    store = await enrol(hub)
    store.receive("tea", 4)
    await exchange(hub, store)
    up = store.up(wants={"tea": 1}, wants_id="0198c2aa-0000-7000-8000-000000000001")
    await hear(hub, up)
    before = await why(hub)
    await exchange(hub, store)
    after = await why(hub)

    assert (before.returned_told, before.is_return_heard) == (1, False)
    assert (after.returned_told, after.is_return_heard) == (1, True)
    assert after.stock.returned == 1


async def test_dead_letters_that_name_the_sku_are_told_and_others_are_not(hub: SmallHub) -> None:
    store = await enrol(hub)
    store.receive("tea", 4)
    store.receive("odd", 4)
    await exchange(hub, store)

    def letter(transaction: Transaction) -> None:
        raw = json.dumps({"kind": "move", "lines": [{"sku": "tea", "qty": 1}], "why": "soap"})
        for text in (raw, '{"sku": "tea', "[1]"):
            transaction.execute(
                "INSERT INTO dead_letter (store, sinc, seq, code, raw, at) VALUES ('s1', 1, 9, 'odd', ?, '')",
                (text,),
            )

    await hub.kernel.writer.run(letter)

    assert [one.code for one in (await why(hub, "tea")).letters] == ["odd", "odd"]
    assert (await why(hub, "soap")).letters == ()


async def test_a_number_that_is_not_the_sum_is_told(hub: SmallHub) -> None:
    await traded(hub)
    await hub.kernel.writer.run(
        lambda transaction: transaction.execute("UPDATE stock SET floor = floor + 1 WHERE sku = 'tea'")
    )

    found = await why(hub)

    assert found.sums.agrees is False
    assert (found.on_hand, found.sums.on_hand) == (16, 15)
    assert found.movements[0].balance == 15
    assert "the 5 movements sum to 15: ■ DIFFERS" in list(tell_why(found))


async def test_a_store_that_is_being_rebuilt_is_not_judged(hub: SmallHub) -> None:
    await traded(hub)
    await enrol(hub)

    found = await why(hub)

    assert found.sums.agrees is None
    assert found.sums.movements == 0
    assert {line.balance for line in found.movements} == {None}


async def test_pages_hold_every_movement_once_and_the_balances_go_on(hub: SmallHub) -> None:
    store = await enrol(hub, share=0)
    for _ in range(PAGE * 2 + 3):
        store.receive("tea", 1)
    await exchange(hub, store)

    pages = [await why(hub)]
    while pages[-1].more_before is not None:
        pages.append(await why(hub, before=pages[-1].more_before))

    assert [len(page.movements) for page in pages] == [PAGE, PAGE, 3]
    balances = [line.balance for page in pages for line in page.movements]
    assert balances == list(range(PAGE * 2 + 3, 0, -1))
    assert {page.sums.movements for page in pages} == {PAGE * 2 + 3}


async def test_what_nobody_knows_has_no_answer_and_what_was_never_there_has_zeros(hub: SmallHub) -> None:
    assert await explain(hub.kernel.reader, "s9", "tea") is None
    assert await explain(hub.kernel.reader, "s1", "nothing") is None
    found = await why(hub, "comb")
    assert (found.on_hand, found.sums.movements, found.sums.agrees, found.movements) == (0, 0, True, ())


async def test_the_command_line_tells_the_same(hub: SmallHub) -> None:
    number = await traded(hub)

    lines = list(tell_why(await why(hub)))

    assert lines[0] == "tea at s1: 15 in the store (floor 15, staged 0), damaged 0"
    assert lines[1].endswith("till may sell 7, shop may promise 7")
    assert lines[2] == "the 5 movements sum to 15: ● agrees"
    assert f"order {number} line 1: 1 held, 0 handed over, 0 short, 0 freed, 1 open" in lines
    assert json.loads(why_json(await why(hub)))["now"]["on_hand"] == 15


@pytest.mark.parametrize("text", ["x", "1-2", "1-2-3-4", "-1-2-3", "9" * 40 + "-1-1"])
def test_what_is_no_page_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no page"):
        cursor_of(text)


def test_a_page_is_written_as_incarnation_event_and_line() -> None:
    assert cursor_of("2-312-0") == (2, 312, 0)
    assert cursor_of("") is None


async def test_no_statement_reads_the_whole_history_of_the_store(hub: SmallHub) -> None:
    statements = [
        module._SUMS,
        module._NEWER,
        module._PAGE,
        module._HOLDS,
        module._STOCK,
        module._RETURN,
        module._LETTERS,
    ]
    found = plans(hub.path, [(sql, sql.count("?")) for sql in statements])
    slow = {sql for sql, plan in found.items() if re.search(r"\bSCAN\b", plan) or "TEMP B-TREE" in plan}
    assert slow == set()
    assert "sku=?" in found[module._PAGE]
