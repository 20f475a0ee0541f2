"""What the customer is shown: the sale without the shop's own figures, on the page and on the pole."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from devices.display.view import Lamp, PoleView
from pos_agent.desk import facing_channel
from pos_agent.settings import AgentSettings
from pos_agent.till.facing import facing_of, pole_view
from tests.unit.pos_agent.agent_stage import Stage, client, gtin, staged

PAID_CASH = {"tender": "cash", "given_minor": 1000}
DISPLAY = {"id": "pole", "uri": "tcp://127.0.0.1:1", "kind": "text_cn"}


@pytest.fixture
async def polar(template: Path, tmp_path: Path) -> AsyncIterator[Stage]:
    """An agent with a pole display that nobody reads; what it is told is kept."""
    async with staged(template, tmp_path, display=[DISPLAY]) as stage:
        yield stage


def views(stage: Stage, patch: pytest.MonkeyPatch, till: str = "1") -> list[tuple[PoleView, bool]]:
    """What the till's displays are told from now on, and whether for a while only."""
    told: list[tuple[PoleView, bool]] = []
    kept = stage.desk.displays.show

    def show(where: str, view: PoleView, *, for_a_while: bool = False) -> None:
        assert where == till
        told.append((view, for_a_while))
        kept(where, view, for_a_while=for_a_while)

    patch.setattr(stage.desk.displays, "show", show)
    return told


async def sell(stage: Stage) -> dict[str, Any]:
    """Two colas and a milk for 20 yuan; the last answer."""
    async with client(stage) as caller:
        for code in (gtin(1), gtin(2), gtin(1)):
            answer = await caller.post("/api/v1/till/scan", json={"code": code})
        ticket = answer.json()["ticket"] if "ticket" in answer.json() else answer.json()
        body = {"tender": "cash", "given_minor": 2000, "ticket": ticket["id"]}
        paid: dict[str, Any] = (await caller.post("/api/v1/till/pay", json=body)).json()
        return paid


async def test_the_pole_follows_the_sale_and_ends_with_the_change(
    polar: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await polar.receive(SKU_1=5, SKU_2=5)
    told = views(polar, monkeypatch)
    await sell(polar)
    zh = [(view.uppers[0], view.lowers[0], view.number, view.lamp, brief) for view, brief in told]
    assert zh == [
        ("可口可乐 500ml 3.50", "合计", "3.50", Lamp.TOTAL, False),
        ("牛奶 12.80", "合计", "16.30", Lamp.TOTAL, False),
        ("可口可乐 500ml 7.00", "合计", "19.80", Lamp.TOTAL, False),
        ("合计 19.80", "找零", "0.20", Lamp.CHANGE, True),
    ]
    assert [view.uppers[1] for view, _brief in told][:2] == ["Cola 500 ml 3.50", "Milk 12.80"]


async def test_the_customers_page_hears_no_stock_and_of_its_own_till_only(polar: Stage) -> None:
    await polar.receive(SKU_1=5, SKU_2=5)
    heard: list[tuple[str, str, Any]] = []
    publish = polar.desk.screens.publish

    def listen(channel: str, event: str, data: Any = None) -> int:
        heard.append((channel, event, data))
        return publish(channel, event, data)

    polar.desk.screens.publish = listen  # type: ignore[method-assign]
    await sell(polar)
    facing = [data for channel, event, data in heard if (channel, event) == (facing_channel("1"), "facing")]
    assert [one["state"] for one in facing] == ["sale", "sale", "sale", "paid"]
    shown = {"line", "names", "unit_minor", "per", "unit", "qty", "amount_minor", "is_label_price"}
    assert set(facing[0]["lines"][0]) == shown
    assert set(facing[-1]["receipt"]) == {"number", "tender", "given_minor", "change_minor"}
    assert facing[-1]["receipt"]["change_minor"] == 20


async def test_the_customers_side_is_read_by_whoever_works_at_the_till(polar: Stage) -> None:
    await polar.receive(SKU_1=5)
    async with client(polar) as caller:
        nothing = (await caller.get("/api/v1/till/facing")).json()
        assert (nothing["facing"]["state"], nothing["names"]["en"]) == ("idle", "Store One")
        await caller.post("/api/v1/till/scan", json={"code": gtin(1)})
        shown = (await caller.get("/api/v1/till/facing")).json()["facing"]
        assert (shown["state"], shown["total_minor"], shown["count"]) == ("sale", 350, 1)
        await caller.post("/api/v1/till/clear")
        assert (await caller.get("/api/v1/till/facing")).json()["facing"]["state"] == "idle"
    async with client(polar, login=None) as nobody:
        assert (await nobody.get("/api/v1/till/facing")).status_code == 401


def test_an_emptied_basket_greets_again(stage: Stage) -> None:
    empty: dict[str, Any] = {"lines": [], "receipt": None, "count": 0, "total_minor": 0, "currency": "CNY"}
    view = pole_view(facing_of(empty), None, stage.desk.profile)
    assert view.uppers == ("一号店", "Store One", "s1")
    assert (view.lowers, view.number, view.lamp) == (("欢迎光临", "Welcome"), "", Lamp.DARK)


def test_a_name_as_long_as_the_catalogue_takes_stops_no_sale(stage: Stage) -> None:
    line = {
        "line": 1,
        "names": {"zh-CN": "长" * 200, "en": "x" * 200},
        "unit_minor": 350,
        "per": 1,
        "unit": "piece",
        "qty": 1,
        "amount_minor": 350,
        "is_label_price": False,
    }
    ticket = {"lines": [line], "receipt": None, "count": 1, "total_minor": 350, "currency": "CNY"}
    view = pole_view(facing_of(ticket), None, stage.desk.profile)
    assert view.uppers[:2] == ("长" * 100 + " 3.50", "x" * 100 + " 3.50")


@pytest.mark.parametrize(
    ("display", "problem"),
    [
        ([DISPLAY, DISPLAY], "two displays have the same id"),
        ([{**DISPLAY, "till": "9"}], "display pole: there is no till 9"),
        ([{**DISPLAY, "kind": "neon"}], "kind"),
    ],
)
def test_displays_that_cannot_be_are_refused(display: list[dict[str, str]], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        AgentSettings(display=display)
