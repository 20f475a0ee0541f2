"""The market: the same customers under every policy; nothing oversold, learning ahead."""

import json
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from sync.rules.rights import Allotment
from sync.simulator.__main__ import main
from sync.simulator.market.chart import chart
from sync.simulator.market.compare import FIGURES, POLICIES, compare, play_market
from sync.simulator.market.trade import Trade
from sync.simulator.market.weather import DAY, LINES, MARKETS, Market, weather_of

SMALL = Market(days=14, skus=5)
SEEDS = (1, 2)


def test_learning_loses_the_fewest_units_and_no_policy_oversells() -> None:
    played = [play_market(SMALL, seed) for seed in SEEDS]
    counts = {name: sum((one.total(name) for one in played), Counter[str]()) for name in POLICIES}
    sums = {
        name: {figure: sum(found[part] for part in parts) for figure, parts in FIGURES.items()}
        for name, found in counts.items()
    }
    assert {name: found["oversold"] for name, found in sums.items()} == dict.fromkeys(POLICIES, 0)
    lost = {name: found["lost"] for name, found in sums.items()}
    assert lost["learning"] == min(lost.values())
    assert len({(found["till wanted"], found["online wanted"]) for found in counts.values()}) == 1
    assert sums["fixed_share"]["misplaced"] > 0
    for figure in ("online_refused_without_line", "till_waits", "shop_waits", "asked_back", "granted"):
        assert sums["learning"][figure] > 0


def test_a_market_is_the_same_whenever_it_is_played() -> None:
    market = Market(days=4, skus=2)
    assert weather_of(market, 7) == weather_of(market, 7) != weather_of(market, 8)
    assert play_market(market, 7) == play_market(market, 7)


@pytest.mark.parametrize("kind", list(MARKETS))
def test_each_kind_of_market_has_customers_and_outages(kind: str) -> None:
    stores = weather_of(Market(days=14, skus=3, kind=kind), 3)  # type: ignore[arg-type]
    assert [store.line for store in stores] == [line.name for line in LINES]
    kinds = Counter(event.kind for store in stores for event in store.events)
    assert set(kinds) == {"cut", "heal", "deliver", "till", "online"}
    assert kinds["cut"] == kinds["heal"]
    for store in stores:
        minutes = [event.minute for event in store.events]
        assert minutes == sorted(minutes)
        lines = [event.kind for event in store.events if event.kind in {"cut", "heal"}]
        assert lines == ["cut", "heal"] * (len(lines) // 2)


def test_the_books_of_a_trade_agree_with_its_shelf() -> None:
    for weather in weather_of(Market(days=6, skus=3), 5):
        trade = Trade(weather, POLICIES["learning"], Allotment())
        trade.run(6 * DAY)
        for sku in weather.fill:
            stock = trade.book.stock(sku)
            assert stock.on_hand == trade.shelf[sku] >= trade.owed[sku]
            assert stock.free >= 0


def test_the_report_is_told_in_words_and_as_a_picture(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    picture = tmp_path / "market.svg"
    told = ["--market", "--days", "3", "--seeds", "1", "--skus", "2"]
    assert main([*told, "--chart", str(picture)]) == 0
    words = capsys.readouterr().out
    for policy in POLICIES:
        assert f"\n{policy}" in words
    assert ET.fromstring(picture.read_text("utf-8")).tag == "{http://www.w3.org/2000/svg}svg"
    assert main([*told, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report == json.loads(json.dumps(compare(Market(days=3, skus=2), range(1, 2))))
    assert chart(report) == picture.read_text("utf-8")


def test_an_interval_over_markets_has_a_width() -> None:
    report = compare(Market(days=2, skus=1), range(1, 3))
    middle, half = report["wanted"]
    singles = [compare(Market(days=2, skus=1), [seed])["wanted"][0] for seed in (1, 2)]
    assert middle == sum(singles) / 2
    assert half == pytest.approx(12.71 * abs(singles[0] - singles[1]) / 2, abs=0.01)


@pytest.mark.parametrize(
    "wrong", [["--days", "0"], ["--seeds", "1001"], ["--skus", "x"], ["--customers", "martians"]]
)
def test_options_out_of_range_are_refused(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--market", *wrong])
    assert stopped.value.code == 2
    assert wrong[0] in capsys.readouterr().err
