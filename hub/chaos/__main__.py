"""`./omo simulate --processes`: real programs under people and faults; exit code 1 if anybody was lied to."""

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import structlog

from hub.chaos.errors import ChaosError
from hub.chaos.run import Report, Wish, run

MOST_MINUTES, MOST_STORES, MOST_ROWS_SHOWN = 24 * 60, 20, 200


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="./omo simulate --processes",
        description="A demo of its own under people who act and a monkey that kills, cuts and slows; then a"
        " reconciliation of what people were told with both books.",
    )
    parser.add_argument("--processes", action="store_true", help="real processes (this simulation)")
    parser.add_argument("--minutes", type=_minutes, default=1.0, help="how long people act (1)")
    parser.add_argument("--seed", type=int, default=0, help="of the faults and of people's whims (0)")
    parser.add_argument("--stores", type=_stores, default=2, help="how many stores (2)")
    parser.add_argument("--broker", default="auto", choices=("auto", "mosquitto", "embedded"))
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the report there as JSON too")
    return parser.parse_args(given)


def main(given: list[str] | None = None) -> int:
    """Run, tell, and keep the folder if something is wrong."""
    options = arguments(given)
    structlog.configure(
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(40),
    )
    folder = Path(tempfile.mkdtemp(prefix="omo-chaos-"))
    wish = Wish(
        folder=folder,
        seed=options.seed,
        seconds=options.minutes * 60,
        stores=options.stores,
        broker=options.broker,
    )
    try:
        report = asyncio.run(run(wish, say))
    except ChaosError as error:
        sys.stderr.write(f"omo simulate: {error}\nlogs are in {folder}\n")
        return 1
    tell(report, options.json)
    if report.rows:
        say(f"the demo's data and logs are in {folder}")
        return 1
    shutil.rmtree(folder, ignore_errors=True)
    return 0


def tell(report: Report, file: Path | None) -> None:
    """Print the tables and every row; write the JSON."""
    if file is not None:
        file.write_text(json.dumps(report.as_json(), ensure_ascii=False, indent=1) + "\n", "utf-8")
    wish = report.wish
    say(f"\nSeed {wish.seed}, {wish.seconds:.0f} s, {wish.stores} stores; calm after {report.calm_s:.1f} s")
    say(_table("faults", report.faults))
    say(_table("what people did and were told", report.counts))
    say("verify\n" + "\n".join(f"  {line}" for line in report.verified))
    if not report.rows:
        say("● the reconciliation is empty: everybody was told the truth")
        return
    say(_table("▲ the reconciliation is not empty", Counter(row.kind for row in report.rows)))
    for row in report.rows[:MOST_ROWS_SHOWN]:
        say(f"■ {row.kind}: {row.what}")
    if len(report.rows) > MOST_ROWS_SHOWN:
        say(f"  ... and {len(report.rows) - MOST_ROWS_SHOWN} more")


def say(text: str) -> None:
    """Words for the person, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _table(title: str, counts: Mapping[str, int]) -> str:
    """Counts under a title."""
    rows = [f"  {name:<44} {number:>7}" for name, number in sorted(counts.items())]
    return "\n".join([title, *(rows or ["  none"])])


def _minutes(text: str) -> float:
    """A length in minutes."""
    minutes = float(text)
    if not 0 < minutes <= MOST_MINUTES:
        raise argparse.ArgumentTypeError(f"more than 0 and at most {MOST_MINUTES}")
    return minutes


def _stores(text: str) -> int:
    """A number of stores."""
    number = int(text)
    if not 1 <= number <= MOST_STORES:
        raise argparse.ArgumentTypeError(f"between 1 and {MOST_STORES}")
    return number


if __name__ == "__main__":
    raise SystemExit(main())
