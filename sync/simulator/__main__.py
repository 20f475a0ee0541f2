"""`python -m sync.simulator`: hostile histories from the command line."""

import argparse
import json
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from sync.simulator import mutate
from sync.simulator.broken import VARIANTS
from sync.simulator.jobs import MOST_JOBS
from sync.simulator.report import broken_lines, history_lines, page, replay_lines
from sync.simulator.run import replay, simulate, simulate_broken

MOST_HISTORIES = 10_000_000
HISTORIES = 200
BROKEN_OFF = 130
"""The exit code after Ctrl-C."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; the exit code is 0 if all is well.

    That is: every invariant held, every broken variant was caught, every surviving mutant is explained.
    """
    given = sys.argv[1:] if arguments is None else arguments
    if "--market" in given:
        return int(import_module("sync.simulator.market.command").main(given))
    parser = _parser()
    options = parser.parse_args(given)
    try:
        if options.seed is not None:
            return _replay(options)
        if options.mutate is not None:
            return _mutate(options)
        return _histories(options)
    except (LookupError, mutate.RulesFail, ValueError) as error:
        parser.exit(2, f"simulate: {error}\n")
    except KeyboardInterrupt:
        sys.stderr.write("broken off\n")
        return BROKEN_OFF


def _histories(options: argparse.Namespace) -> int:
    """Histories, broken variants, or both."""
    report: dict[str, Any] | None = None
    results: list[dict[str, Any]] = []
    is_broken_off = False
    if options.histories or not options.broken:
        report = simulate(options.histories or HISTORIES, options.start, options.jobs)
        is_broken_off = report["broken_off"]
        _say(options, report, history_lines(report))
    if options.broken and not is_broken_off:
        results, is_broken_off = simulate_broken(options.broken, options.start, options.jobs)
        _say(options, results, broken_lines(results))
    _keep(options, page(report, results, None))
    if is_broken_off:
        return BROKEN_OFF
    is_well = not (report and report["failing"]) and all(result["caught"] for result in results)
    return 0 if is_well else 1


def _replay(options: argparse.Namespace) -> int:
    """One seed."""
    if options.broken in {"all", "named"}:
        raise ValueError("--seed plays one broken variant, not all: name it")
    told = replay(options.seed, options.broken or "")
    _say(options, told, replay_lines(told))
    _keep(options, "\n".join(["```", *replay_lines(told), "```", ""]))
    return 1 if told["failed"] else 0


def _mutate(options: argparse.Namespace) -> int:
    """Mutants of the rules."""
    histories = options.histories or mutate.HISTORIES
    report = mutate.mutate(options.mutate, histories, with_tests=not options.without_tests, jobs=options.jobs)
    _say(options, report, mutate.report_lines(report))
    _keep(options, page(None, (), report))
    return 1 if report["unexplained"] or report["stale"] else 0


def _parser() -> argparse.ArgumentParser:
    """The options."""
    parser = argparse.ArgumentParser(
        prog="simulate",
        description="Hostile histories over the sync rules.",
        epilog="Real programs under chaos instead: ./omo simulate --processes --help;"
        " hostile messages for them: ./omo simulate --fuzz N",
    )
    parser.add_argument("--histories", type=_count, help=f"how many histories ({HISTORIES})")
    parser.add_argument("--from", type=int, default=0, dest="start", help="the first seed (0)")
    parser.add_argument(
        "--broken",
        choices=["all", "named", *VARIANTS],
        help="play a broken variant of the rules until it is caught; with --histories, after those",
    )
    parser.add_argument(
        "--jobs", type=_jobs, metavar="J", help="in so many processes (as many as processors); same report"
    )
    parser.add_argument("--seed", type=int, help="play one history, and tell its story")
    parser.add_argument(
        "--mutate",
        nargs="?",
        const="",
        metavar="NAME",
        help="change the rules one comparison or sign at a time, in one file or function or in all",
    )
    parser.add_argument(
        "--without-tests",
        action="store_true",
        help="with --mutate: let the histories alone judge; survivors need no explanation then",
    )
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--report", type=Path, metavar="FILE.md", help="keep the report as a Markdown page")
    parser.add_argument("--market", action="store_true", help="compare allotment policies (--market --help)")
    return parser


def _count(text: str) -> int:
    """A number of histories."""
    return _number(text, MOST_HISTORIES)


def _jobs(text: str) -> int:
    """A number of processes."""
    return _number(text, MOST_JOBS)


def _number(text: str, most: int) -> int:
    """A number from 1 on."""
    number = int(text)
    if not 1 <= number <= most:
        msg = f"between 1 and {most}"
        raise argparse.ArgumentTypeError(msg)
    return number


def _say(options: argparse.Namespace, report: object, lines: Sequence[str]) -> None:
    """To the terminal, for people or for programs."""
    sys.stdout.write((json.dumps(report) if options.json else "\n".join(lines)) + "\n")


def _keep(options: argparse.Namespace, text: str) -> None:
    """In the file that was asked for."""
    if options.report:
        options.report.write_text(text, "utf-8")


if __name__ == "__main__":
    sys.exit(main())
