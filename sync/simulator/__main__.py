"""`python -m sync.simulator`: hostile histories from the command line."""

import argparse
import json
import sys
from importlib import import_module
from typing import Any

from sync.simulator.broken import VARIANTS
from sync.simulator.run import simulate, simulate_broken

MOST_HISTORIES = 10_000_000


def main(arguments: list[str] | None = None) -> int:
    """Run; the exit code is 0 if every invariant held, or every broken variant was caught."""
    given = sys.argv[1:] if arguments is None else arguments
    if "--market" in given:
        return int(import_module("sync.simulator.market.command").main(given))
    options = _parser().parse_args(given)
    if options.broken:
        results = simulate_broken(options.broken, options.start)
        _say(json.dumps(results) if options.json else "\n".join(map(_broken_line, results)))
        return 0 if all(result["caught"] for result in results) else 1
    report = simulate(options.histories, options.start)
    _say(json.dumps(report) if options.json else "\n".join(_report_lines(report)))
    return 1 if report["failing"] else 0


def _parser() -> argparse.ArgumentParser:
    """The options."""
    parser = argparse.ArgumentParser(prog="simulate", description="Hostile histories over the sync rules.")
    parser.add_argument("--histories", type=_count, default=200, help="how many histories (200)")
    parser.add_argument("--from", type=int, default=0, dest="start", help="the first seed (0)")
    parser.add_argument(
        "--broken",
        choices=["all", "named", *VARIANTS],
        help="play a broken variant of the rules until it is caught",
    )
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--market", action="store_true", help="compare allotment policies (--market --help)")
    return parser


def _count(text: str) -> int:
    """A number of histories."""
    number = int(text)
    if not 1 <= number <= MOST_HISTORIES:
        msg = f"between 1 and {MOST_HISTORIES}"
        raise argparse.ArgumentTypeError(msg)
    return number


def _broken_line(result: dict[str, Any]) -> str:
    """One broken variant in words."""
    how = f"caught in history {result['histories']}" if result["caught"] else "NOT CAUGHT"
    return f"{result['variant']:24} {how:24} {result['by'][:110]}"


def _report_lines(report: dict[str, Any]) -> list[str]:
    """The report in words."""
    branches = report["branches"]
    played = f"{report['histories']} histories from seed {report['from']}, {report['steps']} steps"
    reached = f"{branches['reached']} of {branches['all']} in {branches['traced_histories']} histories"
    return [
        f"{played}, {report['seconds']} s ({report['histories_per_s']} histories/s)",
        f"invariants broken in {len(report['failing'])} histories {report['failing'][:10] or ''}",
        f"calm: all books equal after at most {report['most_rounds_to_agree']} rounds",
        "odds:    " + _pairs(report["odds"]["faults"]),
        "weights: " + _pairs(report["odds"]["steps by weight"]),
        "faults:  " + _pairs(report["faults"]),
        "steps:   " + _pairs(report["actions_and_verdicts"]),
        f"branches of the rules reached: {reached}; not reached:",
        *(f"    {branch}" for branch in branches["not_reached"]),
        *(line for told in report["told"] for line in _failure_lines(told)),
    ]


def _pairs(counts: dict[str, Any]) -> str:
    """Names and numbers on one line."""
    return ", ".join(f"{name} {number}" for name, number in counts.items())


def _failure_lines(told: dict[str, Any]) -> list[str]:
    """A failing history: how it ended, the shortest one like it, how to see it again."""
    return [
        f"SEED {told['seed']} (story {told['digest']}): {told['what']}",
        *(f"    {line}" for line in told["last_steps"]),
        *(["  the shortest that breaks the same:"] if told.get("shrunken") else []),
        *(f"    {line}" for line in told.get("shrunken", ())),
        f"  again: --histories 1 --from {told['seed']}",
    ]


def _say(text: str) -> None:
    """To the terminal."""
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    sys.exit(main())
