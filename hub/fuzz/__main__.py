"""`./omo simulate --fuzz N`: half of the messages at the real hub, half at the real agent, side by side."""

import argparse
import json
import signal
import subprocess
import sys

from hub.fuzz.run import run
from sync.simulator.fuzz.command import play
from sync.simulator.fuzz.report import Report, lines_of

MOST: int = 100_000_000
BROKEN_OFF = 130
"""The exit code after Ctrl-C."""


def main(given: list[str] | None = None) -> int:
    """Fire and tell; the exit code is 0 if nothing gave way."""
    options = _arguments(given)
    at_hub = options.fuzz - options.fuzz // 2
    argv = [sys.executable, "-m", "pos_agent.fuzz", str(options.fuzz // 2), str(options.start)]
    # Ctrl-C reaches both at once; the agent's half is deaf to it until it can end with a report.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as agent:  # noqa: S603  # our own module
        reports = [play(run, options.start, at_hub)]
        told, _ = agent.communicate()
    if agent.returncode:
        sys.stderr.write(f"simulate: the agent's half ended with exit code {agent.returncode}\n")
        return 1
    kept = json.loads(told)
    kept.pop("fired")
    reports.append(Report(**kept))
    _say(reports, as_json=options.json)
    if any(report.problems for report in reports):
        return 1
    return BROKEN_OFF if any(report.broken_off for report in reports) else 0


def _say(reports: list[Report], *, as_json: bool) -> None:
    """To the terminal, for people or for programs."""
    text = json.dumps([report.as_json() for report in reports]) if as_json else "\n".join(lines_of(reports))
    sys.stdout.write(text + "\n")


def _arguments(given: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="./omo simulate --fuzz",
        description="Hostile messages for the real hub and the real agent, over real files.",
    )
    parser.add_argument("--fuzz", type=_count, required=True, metavar="N", help="how many messages")
    parser.add_argument("--from", type=int, default=0, dest="start", metavar="SEED", help="the seed (0)")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    return parser.parse_args(given)


def _count(text: str) -> int:
    """A number of messages."""
    number = int(text)
    if not 2 <= number <= MOST:  # one for each program
        raise argparse.ArgumentTypeError(f"between 2 and {MOST}")
    return number


if __name__ == "__main__":
    sys.exit(main())
