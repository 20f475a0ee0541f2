"""HQ's page of one order, and the list: what is due, what was paid, units less short."""

import json
import re
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette

from hub.kernel import Kernel
from hub.monitor.order_detail import read_order
from hub.monitor.order_search import find_orders
from hub.orders.rules import Stage
from sync.storage.writer import Transaction
from tests.unit.hub.stores.running_pages import PAGE, client_of

AT = "2026-05-01T06:00:00Z"
LATER = "2026-05-01T09:00:00Z"


def row(transaction: Transaction, table: str, **values: Any) -> None:
    """Put a row into a table."""
    names, marks = ", ".join(values), ", ".join("?" * len(values))
    transaction.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(values.values()))


async def keep_order(
    kernel: Kernel,
    stage: Stage = "picking",
    *,
    lines: tuple[tuple[int, int, int, int], ...] = ((3, 0, 1, 0),),
    paid: tuple[tuple[str, str, int], ...] = (),
) -> None:
    """Order N-1 of three-unit lines at 1.00 each: per line qty, done, short, released; what was paid."""

    def write(transaction: Transaction) -> None:
        order = {
            "id": "o1",
            "number": "N-1",
            "token": "secret-token",
            "store": "s1",
            "sinc": 1,
            "stage": stage,
        }
        order |= {
            "payment": "paid" if paid else "unpaid",
            "pay": "counter",
            "currency": "CNY",
            "locale": "en",
        }
        order |= {"code": "CODE01", "code_hash": "", "placed_at": AT, "ready_by": LATER, "expires_at": LATER}
        total = sum(qty for qty, *_ in lines) * 100
        row(transaction, "orders", **order, total_minor=total, paid_minor=0, price_version=1)
        row(
            transaction,
            "order_contact",
            order_id="o1",
            name="王小明",
            phone="+8613812345678",
            phone_tail="5678",
        )
        for number, (qty, done, short, released) in enumerate(lines, 1):
            line = {"order_id": "o1", "line": number, "sku": f"T{number}", "qty": qty}
            names = json.dumps({"zh-CN": "茶", "en": f"Tea {number}"})
            row(
                transaction,
                "order_line",
                **line,
                names=names,
                gtin="",
                image="",
                unit_minor=100,
                per=1,
                amount_minor=qty * 100,
            )
            row(
                transaction,
                "hold_line",
                **line,
                store="s1",
                done=done,
                short=short,
                released=released,
                dispatched=1,
            )
        for number, (provider, state, minor) in enumerate(paid):
            money = {"provider": provider, "state": state, "minor": minor, "currency": "CNY", "at": AT}
            row(transaction, "payment", id=f"p{number}", order_id="o1", reference=f"ref-{number}", **money)

    await kernel.writer.run(write)


@pytest.mark.parametrize(
    ("stage", "lines", "paid", "told"),
    [
        ("picking", ((3, 0, 0, 0),), (), (3, 0, 300, 0)),
        ("picking", ((3, 0, 1, 0),), (), (3, 1, 200, 0)),
        ("collected", ((3, 2, 1, 0),), (("till-cash", "captured", 200),), (3, 1, 200, 200)),
        (
            "collected",
            ((3, 2, 1, 0), (2, 2, 0, 0)),
            (("sandbox", "captured", 500), ("sandbox", "refunded", -100)),
            (5, 1, 400, 400),
        ),
        (
            "picking",
            ((3, 0, 0, 0),),
            (("sandbox", "pending", 9), ("sandbox", "failed", 9)),
            (3, 0, 300, 0),
        ),
        ("cancelled", ((3, 0, 0, 3),), (), (3, 3, 0, 0)),
        ("expired", ((3, 0, 0, 0),), (), (3, 3, 0, 0)),
    ],
)
async def test_list_and_detail_tell_the_same_units_and_money(
    kernel: Kernel,
    stage: Stage,
    lines: tuple[tuple[int, int, int, int], ...],
    paid: tuple[tuple[str, str, int], ...],
    told: tuple[int, int, int, int],
) -> None:
    await keep_order(kernel, stage, lines=lines, paid=paid)

    (found,) = await find_orders(kernel.reader, "", "", "")
    detail = await read_order(kernel.reader, "N-1")

    assert detail is not None
    assert (found.units, found.lost, found.due_minor, found.paid_minor) == told
    assert (detail.units, detail.lost, detail.due_minor, detail.paid_minor) == told


async def test_the_list_leads_to_the_order_and_tells_what_is_due(
    kernel: Kernel, monitor: httpx2.AsyncClient
) -> None:
    await keep_order(kernel)

    page = (await monitor.get("/hq/orders", headers=PAGE)).text

    assert '<a href="/hq/orders/N-1">N-1</a>' in page
    assert "2 of 3" in page
    assert "¥2.00" in page
    assert "¥3.00" not in page


async def test_the_page_tells_all_of_an_order_but_neither_name_nor_code(
    kernel: Kernel, browser: httpx2.AsyncClient
) -> None:
    await keep_order(kernel, paid=(("till-cash", "captured", 200),))

    page = (await browser.get("/hq/orders/N-1")).text

    for text in (
        "Order N-1",
        "picking",
        "Tea 1",
        "T1",
        "2 of 3",
        "¥2.00",
        "ordered for ¥3.00",
        "王**",
        "5678",
    ):
        assert text in page, text
    assert "cash at the counter" in page
    assert "ref-0" in page
    assert 'href="/o/secret-token"' in page
    for text in ("王小明", "12345678", "CODE01"):
        assert text not in page, text


@pytest.mark.parametrize(
    ("paid", "where"),
    [
        ((), "at the counter"),
        ((("till-cash", "captured", 300),), "at the counter"),
        ((("sandbox", "captured", 300),), "online"),
        ((("sandbox", "captured", 300), ("till-card", "captured", 100)), "online and at the counter"),
        (
            (
                ("till-cash", "captured", 300),
                ("sandbox", "captured", 300),
                ("sandbox", "refunded", -300),
            ),
            "at the counter",
        ),
    ],
)
async def test_the_figure_of_money_says_where_it_was_paid(
    kernel: Kernel, browser: httpx2.AsyncClient, paid: tuple[tuple[str, str, int], ...], where: str
) -> None:
    await keep_order(kernel, paid=paid)
    page = (await browser.get("/hq/orders/N-1")).text
    figures = page.split('id="order-figures"', 1)[1].split("</section>", 1)[0]
    told = re.sub(r"<[^>]+>|\s+", " ", figures)
    assert re.search(r"Paid +(–|¥[0-9.]+) +" + where + " +Ready by", told), told


async def test_who_may_only_look_gets_no_address_of_the_customers_page(
    kernel: Kernel, monitor: httpx2.AsyncClient
) -> None:
    await keep_order(kernel)
    assert "secret-token" not in (await monitor.get("/hq/orders/N-1", headers=PAGE)).text


async def test_troubles_lead_to_their_order_and_stand_on_its_page(
    kernel: Kernel, browser: httpx2.AsyncClient
) -> None:
    await keep_order(kernel)

    def trouble(transaction: Transaction) -> None:
        for store, facts in (
            ("s1", '{"order":"o1","ref":"sbx-77"}'),
            ("s1", '{"order":"o2","ref":"other"}'),
            ("s1", "no json"),
            ("s2", '{"order":"o1","ref":"elsewhere"}'),
        ):
            kind = {"kind": "double_paid", "store": store, "facts": facts, "state": "open"}
            row(transaction, "trouble", **kind, raised_at=AT, note="")

    await kernel.writer.run(trouble)
    board = (await browser.get("/hq")).text
    queue = (await browser.get("/hq/exceptions")).text
    for text in (board, queue):
        assert '<a href="/hq/orders/o1"><strong>N-1</strong></a>' in text
        assert "/hq/orders/o2" not in text  # not known here: its page would say that there is none
    one = (await browser.get("/hq/exceptions/1")).text
    assert '<a href="/hq/orders/o1">N-1</a>' in one

    page = (await browser.get("/hq/orders/o1")).text
    section = re.search(r'id="order-troubles".*?</div>', page, re.DOTALL)
    assert section is not None
    assert section[0].count("Paid twice") == 1
    assert "sbx-77" in section[0]
    assert 'href="/hq/exceptions/1"' in section[0]
    assert "Order N-1" in page


async def keep_deficit(
    kernel: Kernel, sku: str, raised_at: str, resolved_at: str = "", store: str = "s1"
) -> None:
    """A deficit that stood for a while; without an end it still does."""

    def write(transaction: Transaction) -> None:
        what = {"kind": "deficit", "store": store, "facts": json.dumps({"sku": sku, "units": 1})}
        ended = {"state": "resolved", "resolved_at": resolved_at} if resolved_at else {"state": "open"}
        row(transaction, "trouble", **what, **ended, subject=f"sku:{sku}", raised_at=raised_at, note="")

    await kernel.writer.run(write)


EARLIER = "2026-05-01T04:00:00.000Z"
EARLY = "2026-05-01T05:00:00.000Z"


async def test_a_deficit_and_the_orders_on_its_goods_lead_to_each_other(
    kernel: Kernel, browser: httpx2.AsyncClient
) -> None:
    await keep_order(kernel)
    await keep_deficit(kernel, "T1", EARLIER, EARLY)  # over before the order was placed
    await keep_deficit(kernel, "T1", EARLY, LATER)
    await keep_deficit(kernel, "T1", EARLY)
    await keep_deficit(kernel, "T2", EARLY)
    await keep_deficit(kernel, "T1", EARLY, store="s2")

    page = (await browser.get("/hq/orders/N-1")).text
    leads = [number for number in range(1, 6) if f'href="/hq/exceptions/{number}"' in page]
    assert leads == [2, 3]
    back = []
    for number in range(1, 6):
        text = (await browser.get(f"/hq/exceptions/{number}")).text
        back += [number] if 'href="/hq/orders/N-1"' in text else []
        assert ("Orders on these goods" in text) == (number in leads)
    assert back == leads
    text = (await browser.get("/hq/exceptions/3")).text
    assert "1 unit short" in text
    assert "2 units still owed" in text


async def test_an_order_that_is_closed_leads_to_no_later_deficit(kernel: Kernel) -> None:
    await keep_order(kernel, "collected", lines=((3, 3, 0, 0),))
    await kernel.writer.run(lambda tx: tx.execute("UPDATE orders SET closed_at = ?", (LATER,)))
    await keep_deficit(kernel, "T1", "2026-05-01T08:00:00.000Z")
    await keep_deficit(kernel, "T1", "2026-05-01T10:00:00.000Z", "2026-05-01T11:00:00.000Z")
    detail = await read_order(kernel.reader, "N-1")
    assert detail is not None
    assert [trouble.id for trouble in detail.troubles] == [1]


async def test_an_order_rebuilt_is_called_by_its_number_once(
    kernel: Kernel, browser: httpx2.AsyncClient
) -> None:
    await keep_order(kernel)

    def trouble(transaction: Transaction) -> None:
        what = {"kind": "recovered_order", "store": "s1", "state": "open", "raised_at": AT, "note": ""}
        row(transaction, "trouble", **what, facts='{"order":"o1","number":"N-1"}')
        row(transaction, "trouble", **what, facts='{"order":"o9","number":"N-9"}')

    await kernel.writer.run(trouble)
    told = [re.findall(r"<dd>.*?</dd>", (await browser.get(f"/hq/exceptions/{one}")).text) for one in (1, 2)]
    assert told == [
        ['<dd><a href="/hq/orders/o1">N-1</a></dd>'],
        ["<dd>o9</dd>", "<dd>N-9</dd>"],  # not known here: both names are all there is
    ]
    page = (await browser.get("/hq/orders/N-1")).text
    section = re.search(r'id="order-troubles".*?</div>', page, re.DOTALL)
    assert section is not None
    assert "N-1" not in section[0]


@pytest.mark.parametrize("name", ["N-2", "x" * 5_000, "%00", "CODE01", "secret-token"])
async def test_no_such_order(kernel: Kernel, browser: httpx2.AsyncClient, name: str) -> None:
    await keep_order(kernel)
    for path in (f"/hq/orders/{name}", f"/hq/orders/{name}/events"):
        assert (await browser.get(path)).status_code == 404


async def test_nobody_sees_an_order(kernel: Kernel, app: Starlette) -> None:
    await keep_order(kernel)
    async with client_of(app, **PAGE) as client:
        answer = await client.get("/hq/orders/N-1")
    assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/hq/sign-in")
