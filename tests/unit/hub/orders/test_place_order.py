"""Placing an order: everything in one transaction, a refusal changes nothing, a key is answered once."""

import asyncio
import json
import secrets
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from hub.orders import numbering
from hub.orders.answers import KeyReused
from hub.orders.change_order import order_row
from hub.orders.hold_item import item_of, readable_code
from hub.orders.place_order import PlaceOrder
from sync.messages.codec import encode, parse_item
from sync.rules.books import HubPosition
from sync.rules.canonical import to_raw
from sync.rules.errors import Refused, Short
from sync.rules.items import HoldItem, HoldLine
from sync.rules.streams import Down
from sync.storage.writer import Transaction
from sync.values.clock import to_instant
from sync.values.pickup_code import code_hash
from tests.unit.hub.stock.small_chain import (
    BASE,
    NOW,
    SmallHub,
    add_skus,
    enrol,
    everything,
    exchange,
    request,
)


@pytest.fixture
async def stocked(hub: SmallHub) -> SmallHub:
    """s1 has granted 5 teas and 5 soaps."""
    store = await enrol(hub)
    store.receive("tea", 10)
    store.receive("soap", 10)
    await exchange(hub, store)
    hub.woken.clear()
    return hub


async def refused(hub: SmallHub, key: str = "k1", **changes: Any) -> Refused:
    """The refusal of an order, having seen that no table changed."""
    before = everything(hub.path)
    with pytest.raises(Refused) as error:
        await hub.place(key, **changes)
    assert everything(hub.path) == before
    assert hub.woken == []
    return error.value


async def test_an_order_paid_at_the_counter_is_held_kept_told_and_answered(stocked: SmallHub) -> None:
    answer = await stocked.place(lines=[("tea", 2), ("soap", 1)])

    token = answer["url"].removeprefix(f"{BASE}/o/")
    row = await stocked.one(
        "SELECT id, number, token, store, sinc, stage, payment, pay, total_minor, currency, code, placed_at,"
        " ready_by, expires_at, lapses_at, paid_minor FROM orders"
    )
    ready = NOW + timedelta(minutes=30)
    assert row == (
        answer["id"],
        answer["number"],
        token,
        "s1",
        1,
        "pending_store",
        "unpaid",
        "counter",
        1050,
        "CNY",
        answer["pickup_code"],
        to_instant(NOW),
        to_instant(ready),
        to_instant(ready + timedelta(hours=48)),
        None,
        0,
    )
    assert (answer["total"], answer["state"], answer["pay_url"]) == (
        {"minor": 1050, "currency": "CNY"},
        "pending_store",
        None,
    )
    assert answer["qr"].startswith("OMO1:")
    lines = await stocked.kernel.reader.all(
        "SELECT line, sku, qty, unit_minor, amount_minor FROM order_line ORDER BY line"
    )
    assert lines == [(1, "tea", 2, 300, 600), (2, "soap", 1, 450, 450)]
    assert (await stocked.stock("tea"))["promised"] == 2
    assert await stocked.one("SELECT name, phone, phone_tail FROM order_contact") == (
        "王小明",
        "+8613800138000",
        "8000",
    )
    assert await stocked.one("SELECT COUNT(*) FROM payment") == 0
    assert stocked.woken == ["s1"]


async def test_what_the_store_is_told_can_be_read_by_it_and_hides_the_person(stocked: SmallHub) -> None:
    answer = await stocked.place(lines=[("tea", 2)])
    raw = json.loads(await stocked.one("SELECT raw FROM request WHERE kind = 'order'"))
    item = parse_item(raw)

    assert isinstance(item, HoldItem)
    assert (item.order, item.number, item.pay_at, item.due_minor) == (
        answer["id"],
        answer["number"],
        "counter",
        600,
    )
    assert (item.contact, item.phone_tail) == ("王**", "8000")
    assert item.code_hash == code_hash("s1", answer["pickup_code"])
    assert answer["pickup_code"] not in json.dumps(raw)
    assert [(line.line, line.sku, line.qty, line.price_minor) for line in item.lines] == [(1, "tea", 2, 600)]


async def test_an_order_paid_online_waits_for_its_money_before_the_store_hears(stocked: SmallHub) -> None:
    answer = await stocked.place(pay="sandbox")

    assert (answer["state"], answer["qr"]) == ("unpaid", "")
    payment = answer["pay_url"].removeprefix(f"{BASE}/pay/sandbox/")
    assert await stocked.one("SELECT id, state, minor FROM payment") == (payment, "pending", 300)
    assert await stocked.one("SELECT stage, payment, lapses_at FROM orders") == (
        "unpaid",
        "pending",
        to_instant(NOW + timedelta(minutes=15)),
    )
    assert await stocked.one("SELECT COUNT(*) FROM request WHERE kind = 'order'") == 0
    assert await stocked.one("SELECT dispatched FROM hold_line") == 0
    assert (await stocked.stock("tea"))["promised"] == 1
    assert stocked.woken == []


async def test_lines_of_one_product_are_one_line(stocked: SmallHub) -> None:
    answer = await stocked.place(lines=[("tea", 1), ("soap", 1), ("tea", 2)])
    assert await stocked.kernel.reader.all("SELECT sku, qty, amount_minor FROM order_line ORDER BY line") == [
        ("tea", 3, 900),
        ("soap", 1, 450),
    ]
    assert answer["total"]["minor"] == 1350


async def test_weighed_goods_are_rounded_half_up_once_a_line(stocked: SmallHub) -> None:
    await stocked.kernel.writer.run(lambda t: t.one("UPDATE sku SET price_minor = 333, price_per = 2"))
    answer = await stocked.place(lines=[("tea", 3), ("soap", 1)])
    assert answer["total"]["minor"] == 500 + 167


async def test_everything_available_can_be_bought_and_not_one_more(stocked: SmallHub) -> None:
    await stocked.place(lines=[("tea", 5)])
    stocked.woken.clear()
    short = await refused(stocked, "k2")
    assert isinstance(short, Short)
    assert short.facts == {"sku": "tea", "wanted": 1, "left": 0}


async def test_a_later_short_line_undoes_the_earlier_ones(stocked: SmallHub) -> None:
    short = await refused(stocked, lines=[("soap", 2), ("tea", 6)])
    assert short.facts == {"sku": "tea", "wanted": 6, "left": 5}


async def test_merged_lines_are_short_together(stocked: SmallHub) -> None:
    assert (await refused(stocked, lines=[("tea", 3), ("tea", 3)])).code == "short"


async def test_a_store_that_never_enrolled_has_nothing(stocked: SmallHub) -> None:
    assert (await refused(stocked, store="s2")).code == "short"


async def test_what_is_not_sold_is_refused(stocked: SmallHub) -> None:
    assert (await refused(stocked, lines=[("nothing", 1)])).code == "unknown_sku"
    for status in ("archived", "draft"):
        await stocked.kernel.writer.run(
            partial(Transaction.one, sql="UPDATE sku SET status = ?", parameters=(status,))
        )
        assert (await refused(stocked)).code == "not_sold"


async def test_currencies_do_not_mix_among_products_or_with_the_store(stocked: SmallHub) -> None:
    await stocked.kernel.writer.run(lambda t: t.one("UPDATE sku SET currency = 'USD' WHERE sku = 'tea'"))
    assert (await refused(stocked, lines=[("soap", 1), ("tea", 1)])).code == "mixed_currency"
    assert (await refused(stocked, lines=[("tea", 1)])).code == "mixed_currency"


async def test_a_store_that_is_not_whole_promises_nothing(stocked: SmallHub) -> None:
    await stocked.kernel.writer.run(lambda t: t.one("UPDATE store_stream SET state = 'replaying'"))
    assert (await refused(stocked)).code == "not_merged"


async def test_an_amount_beyond_what_every_reader_keeps_is_refused(stocked: SmallHub) -> None:
    huge = 2**53
    await stocked.kernel.writer.run(lambda t: t.one("UPDATE sku SET price_minor = ?", (huge,)))
    assert (await refused(stocked)).code == "unreadable_order"


async def test_a_name_that_no_store_could_read_is_refused(stocked: SmallHub) -> None:
    await stocked.kernel.writer.run(lambda t: t.one("UPDATE sku SET name_en = ?", ("a\tb",)))
    assert (await refused(stocked)).code == "unreadable_order"


async def test_a_hundred_lines_of_the_longest_names_fit_one_message(stocked: SmallHub) -> None:
    names = {f"{'长' * 60}{number:03d}": 100 for number in range(100)}

    def prepare(transaction: Transaction) -> None:
        add_skus(transaction, names, start=10, name_zh="𠀀" * 200, name_en='"' * 200)
        for sku in names:
            transaction.execute(
                "INSERT INTO stock (store, sku, floor, staged, damaged, granted, settled, returned, promised,"
                " floor_request) VALUES ('s1', ?, 9, 0, 0, 9, 0, 0, 0, '')",
                (sku,),
            )

    await stocked.kernel.writer.run(prepare)
    await stocked.place(lines=[(sku, 1) for sku in names])
    raw = json.loads(await stocked.one("SELECT raw FROM request WHERE kind = 'order'"))
    assert len(encode(Down(hinc=1, sinc=1, base=0, ver=1, app=0, items=(raw,)))) < 64 * 1024


async def test_the_same_key_and_body_are_answered_with_the_same_bytes(stocked: SmallHub) -> None:
    first = await stocked.kernel.writer.run(stocked.command("k1"))
    before = everything(stocked.path)
    stocked.kernel.clock.move(hours=3)  # type: ignore[attr-defined]
    assert await stocked.kernel.writer.run(stocked.command("k1")) == first
    assert everything(stocked.path) == before


async def test_the_same_key_with_another_body_is_refused(stocked: SmallHub) -> None:
    await stocked.place("k1")
    stocked.woken.clear()
    assert isinstance(await refused(stocked, "k1", lines=[("tea", 2)]), KeyReused)


async def test_five_equal_calls_at_once_are_one_order_and_five_equal_answers(stocked: SmallHub) -> None:
    answers = await asyncio.gather(
        *[stocked.kernel.writer.run(stocked.command("k1")) for _ in range(5)],
    )
    assert len(set(answers)) == 1
    assert await stocked.one("SELECT COUNT(*) FROM orders") == 1
    assert (await stocked.stock("tea"))["promised"] == 1


async def test_numbers_and_codes_in_use_are_drawn_again(
    stocked: SmallHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = iter([7, 7, 8])
    codes = iter([1, 1, 2])
    monkeypatch.setattr(secrets, "randbelow", lambda _: next(drawn))
    monkeypatch.setattr(secrets, "randbits", lambda _: next(codes))
    first, second = await stocked.place("k1"), await stocked.place("k2")

    assert [first["number"], second["number"]] == ["260501-00000007", "260501-00000008"]
    assert first["pickup_code"] != second["pickup_code"]


async def test_when_no_number_or_code_is_left_the_order_is_refused(
    stocked: SmallHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secrets, "randbelow", lambda _: 7)
    await stocked.place("k1")
    stocked.woken.clear()
    assert (await refused(stocked, "k2")).code == "no_number"
    monkeypatch.undo()
    monkeypatch.setattr(numbering, "from_random", lambda _: "AAAAAA")
    await stocked.place("k3")
    stocked.woken.clear()
    assert (await refused(stocked, "k4")).code == "no_code"


async def test_an_order_told_again_is_the_same_item(stocked: SmallHub) -> None:
    await stocked.kernel.writer.run(lambda t: t.one("UPDATE sku SET price_per = 2, gtin = NULL"))
    answer = await stocked.place(lines=[("tea", 2), ("soap", 1)])
    told = json.loads(await stocked.one("SELECT raw FROM request WHERE kind = 'order'"))

    def again(transaction: Transaction) -> Any:
        return to_raw(item_of(transaction, order_row(transaction, answer["id"])))

    assert await stocked.kernel.writer.run(again) == told


async def test_two_hundred_buyers_of_twenty_granted_units_get_exactly_twenty(hub: SmallHub) -> None:
    store = await enrol(hub, share=100)
    store.receive("tea", 20)
    await exchange(hub, store)

    results = await asyncio.gather(
        *[hub.kernel.writer.run(hub.command(f"k{number}")) for number in range(200)], return_exceptions=True
    )

    assert sum(isinstance(result, str) for result in results) == 20
    assert sum(isinstance(result, Short) for result in results) == 180
    assert await hub.stock("tea") == {
        "floor": 20,
        "staged": 0,
        "granted": 20,
        "settled": 0,
        "returned": 0,
        "promised": 20,
    }
    assert await hub.one("SELECT COUNT(*), COUNT(DISTINCT number), COUNT(DISTINCT code) FROM orders") == (
        20,
        20,
        20,
    )


def test_the_command_is_a_value(hub: SmallHub) -> None:
    assert isinstance(hub.command(), PlaceOrder)
    assert request().fingerprint() == request().fingerprint()
    assert request().fingerprint() != request(locale="en").fingerprint()


def test_an_order_that_no_pickup_code_can_say_is_refused_before_it_is_kept() -> None:
    order = HoldItem(
        order="0198c0de-0000-7000-8000-000000000001",
        number="号" * 200,
        code_hash="0" * 32,
        pay_at="online",
        due_minor=300,
        currency="CNY",
        placed_at="2026-05-01T06:17:00Z",
        ready_by="2026-05-01T06:47:00Z",
        expires_at="2026-05-03T06:47:00Z",
        lines=(HoldLine(line=1, sku="tea", qty=1, names={"en": "tea"}),),
    )
    position = HubPosition(store="s1", sinc=1, hinc=1)
    with pytest.raises(Refused) as error:
        readable_code(order, position, None)
    assert error.value.code == "unreadable_order"
    assert readable_code(replace(order, number="260501-00000001"), position, None) == ""
