"""Two hundred buyers and a till want the same few units: no more is sold than there is, politely."""

import json
import sys

import pytest

from tests.benchmarks.load import play
from tests.integration.fire.people import Scene, buy_and_sell, sell_out, sell_until_short, until

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]


async def test_exactly_twenty_are_sold_with_the_line_up(
    scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    assert scene.balance("BE1001")["floor"] == 20

    seen, at_till = await buy_and_sell(scene, "BE1001", seed=1, units=20)
    bought = seen["statuses"].get("201", 0)
    # whatever one side left while the other still held its right to it goes to the next who asks
    late, late_at_till = await sell_out(scene, "BE1001", 20 - bought - at_till)

    assert set(seen["statuses"]) <= {"201", "409"}
    assert seen["statuses"]["409"] >= 180
    assert bought + late + at_till + late_at_till == 20
    more = await play(scene.order_job("BE1001", seed=2, buyers=1))
    assert (more["statuses"], await sell_until_short(scene, "BE1001", 1)) == ({"409": 1}, 0)
    _assert_polite(seen["bodies"])
    _report(scene, "BE1001", _words("line up", bought, at_till, seen["elapsed_s"]), capsys)
    scene.assert_books_are_right("BE1001")
    assert scene.offered("BE1001") == 0


async def test_with_the_line_cut_what_was_granted_and_what_the_shelf_has(
    scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    before = scene.balance("BE1002")
    scene.line("cut")
    until(lambda: not scene.is_online())
    until(lambda: scene.offered("BE1002") == before["online"])

    seen, at_till = await buy_and_sell(scene, "BE1002", seed=3, units=before["floor"])
    scene.line("restore")

    assert set(seen["statuses"]) == {"201", "409"}
    assert seen["statuses"]["201"] == before["online"]
    assert at_till == before["free"]
    assert seen["statuses"]["201"] + at_till == before["floor"]
    _assert_polite(seen["bodies"])
    scene.assert_books_are_right("BE1002")
    words = _words("line cut", seen["statuses"]["201"], at_till, seen["elapsed_s"])
    _report(scene, "BE1002", words, capsys)
    assert scene.offered("BE1002") == 0


async def test_the_same_call_five_times_at_once_is_one_order(scene: Scene) -> None:
    before = scene.offered("BE1004")
    job = scene.order_job("BE1004", 4, 1)
    body = {
        "store": scene.store["id"],
        "lines": [{"sku": "BE1004", "qty": 2}],
        "contact": {"name": "Li Na", "phone": "+8613800138000"},
        "pay": "counter",
        "locale": "en",
    }
    five = {**job, "kind": "same", "path": "/api/v1/orders", "body": body, "key": "five-at-once"}

    seen = await play({**five, "count": 5, "connections": 5})
    again = await play({**five, "count": 1, "connections": 1})

    assert seen["statuses"] == {"201": 5}
    assert len(set(seen["bodies"])) == 1
    assert again["bodies"] == seen["bodies"][:1]
    assert scene.offered("BE1004") == before - 2


def _assert_polite(bodies: list[str]) -> None:
    """Each refusal says what is here and what elsewhere, each acceptance is an order of its own."""
    told = [json.loads(body) for body in bodies]
    refused = [one for one in told if "status" in one]
    orders = [one["id"] for one in told if "status" not in one]
    assert {one["code"] for one in refused} == {"stock.short"}
    assert all(line["wanted"] == 1 and "elsewhere" in line for one in refused for line in one["lines"])
    assert len(set(orders)) == len(orders)


def _report(scene: Scene, sku: str, what: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Print what the trial came to: G, C and the shelf beside it."""
    own = scene.balance(sku)
    with capsys.disabled():
        sys.stdout.write(
            f"\n200 buyers, {what}; G {own['granted']}, C {own['settled']}, R {own['returned']},"
            f" shelf {own['floor']}, open {own['open']}\n"
        )


def _words(what: str, online: int, at_till: int, took_s: float) -> str:
    return f"{what}: {online} online, {at_till} at the till in {took_s:.2f} s"
