"""`./omo simulate --market`: compares the allotment policies, as a table, as JSON, as a chart."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any, Final, get_args

from sync.simulator.market.chart import chart
from sync.simulator.market.compare import compare
from sync.simulator.market.weather import Market, MarketKind

MOST_DAYS: Final = 365
MOST_SEEDS: Final = 1000
MOST_SKUS: Final = 200
_COLUMNS: Final = (
    ("lost", "lost"),
    ("till_lost", "at the till"),
    ("online_refused_with_line", "online, line"),
    ("online_refused_without_line", "online, none"),
    ("misplaced", "misplaced"),
    ("oversold", "oversold"),
    ("till_waits", "till waits"),
    ("shop_waits", "shop waits"),
    ("asked_back", "asked back"),
    ("granted", "granted"),
    ("online_percent", "% online"),
)


def main(arguments: list[str]) -> int:
    """Compare; the exit code is 1 if any policy oversold."""
    options = _parser().parse_args(arguments)
    market = Market(days=options.days, skus=options.skus, kind=options.customers)
    report = compare(market, range(options.start, options.start + options.seeds))
    sys.stdout.write((json.dumps(report) if options.json else "\n".join(report_lines(report))) + "\n")
    if options.chart:
        options.chart.write_text(chart(report), "utf-8")
    return int(any(policy["oversold"][0] for policy in report["policies"].values()))


def _parser() -> argparse.ArgumentParser:
    """The options."""
    parser = argparse.ArgumentParser(prog="simulate --market", description="Allotment policies compared.")
    parser.add_argument("--market", action="store_true", help="this comparison")
    parser.add_argument("--days", type=_up_to(MOST_DAYS), default=28, help="days of each market (28)")
    parser.add_argument("--seeds", type=_up_to(MOST_SEEDS), default=20, help="how many markets (20)")
    parser.add_argument("--skus", type=_up_to(MOST_SKUS), default=10, help="SKUs in each store (10)")
    parser.add_argument("--from", type=int, default=1, dest="start", help="the first seed (1)")
    parser.add_argument(
        "--customers", choices=get_args(MarketKind), default="mixed", help="where customers buy (mixed)"
    )
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--chart", type=Path, help="also write the report as an SVG picture to this file")
    return parser


def _up_to(most: int) -> Any:
    """A whole number from 1 to `most`."""

    def number(text: str) -> int:
        found = int(text)
        if not 1 <= found <= most:
            msg = f"between 1 and {most}"
            raise argparse.ArgumentTypeError(msg)
        return found

    return number


def report_lines(report: dict[str, Any]) -> list[str]:
    """The report in words: units and messages per market, mean and half width of the 95 % interval."""
    first, last = report["seeds"]
    what = f"{len(report['stores'])} stores, {report['skus']} SKUs each, {report['days']} days"
    return [
        f"{what}, customers {report['customers']}, seeds {first} to {last}, wanted {_pair(report['wanted'])}",
        f"{'':16}" + "".join(f"{title:>14}" for _, title in _COLUMNS),
        *(
            f"{name:16}" + "".join(f"{_pair(policy[key]):>14}" for key, _ in _COLUMNS)
            for name, policy in report["policies"].items()
        ),
        "misplaced, by the store's line",
        f"{'':16}" + "".join(f"{line:>14}" for line in report["stores"]),
        *(
            f"{name:16}"
            + "".join(f"{_pair(policy['misplaced_by_line'][line]):>14}" for line in report["stores"])
            for name, policy in report["policies"].items()
        ),
        f"{next(iter(report['policies']))} saves in the same market",
        *(
            f"  against {other:16} lost {_pair(saved['lost']):>14}  misplaced {_pair(saved['misplaced']):>14}"
            for other, saved in report["saves"].items()
        ),
    ]


def _pair(interval: list[float]) -> str:
    """A mean and its half width."""
    middle, half = interval
    return f"{middle:.0f} ±{half:.0f}" if middle >= 100 or not middle else f"{middle:.1f} ±{half:.1f}"
