"""Trials of the device layer: `./omo simulate --prints N`, `./omo simulate --scans N`."""

import argparse
import asyncio
import json
import logging
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import structlog

from devices.trials.print_trial import PrintReport, run_prints
from devices.trials.scan_trial import ScanReport, run_scans
from devices.trials.spool_process import run_spool

_EVERY = 500
_ROW = "{:<20} {:<7} {:>5} {:>10} {:>9} {:>8} {:>6} {:>8}\n"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./omo simulate", description=__doc__)
    parser.add_argument("--prints", type=int, metavar="N", help="print jobs through the matrix of faults")
    parser.add_argument("--scans", type=int, metavar="N", help="scans as bad scanners send them")
    parser.add_argument("--from", type=int, default=1, dest="seed", metavar="SEED")
    parser.add_argument("--spool", type=Path, metavar="FILE", help="print what a journal holds, until killed")
    parser.add_argument("--printer", default="", metavar="ADDRESS", help="with --spool: the printer")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    return parser.parse_args()


def _progress(what: str, count: int) -> Callable[[int], None]:
    def tell(done: int) -> None:
        if done % _EVERY == 0 or done == count:
            sys.stderr.write(f"\r{done} of {count} {what}")
            sys.stderr.flush()

    return tell


def _show_prints(report: PrintReport) -> str:
    heads = ("fault", "moment", "jobs", "confirmed", "came out", "printed", "lost", "doubled")
    rows = [
        _ROW.format(
            *(cell.fault, cell.moment.value, tally.jobs, tally.confirmed, tally.came_out),
            *(tally.printed_again, tally.lost, tally.doubled),
        )
        for cell, tally in report.cells.items()
    ]
    note = "came out, printed: the job was uncertain; a clerk saw it whole, or had it printed again, marked\n"
    word = "nothing lost in silence, nothing twice without a mark" if report.is_clean else "BROKEN"
    end = f"{report.jobs} jobs from seed {report.seed}: {word}\n"
    return _ROW.format(*heads) + "".join(rows) + note + end


def _show_scans(report: ScanReport) -> str:
    rate = report.scans / report.seconds if report.seconds else 0
    word = "none lost, none wrong" if report.is_clean else f"{report.lost} lost, {report.wrong} wrong"
    return (
        f"{report.scans} scans ({report.bytes_sent} bytes) from seed {report.seed}: {word}; {rate:,.0f}/s;"
        f" pulled out {report.plugged_again} times, {report.cut_off} codes cut off by it\n"
    )


def _as_json(report: PrintReport | ScanReport) -> str:
    if isinstance(report, ScanReport):
        return json.dumps(asdict(report)) + "\n"
    cells = [{"fault": c.fault, "moment": c.moment.value, **asdict(t)} for c, t in report.cells.items()]
    return json.dumps({"seed": report.seed, "jobs": report.jobs, "cells": cells}) + "\n"


def main() -> int:
    """Run what was asked for; 1 if anything was lost, doubled or wrong."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    arguments = _arguments()
    if arguments.spool:
        run_spool(arguments.spool, arguments.printer)
    reports: list[PrintReport | ScanReport] = []
    if arguments.prints:
        tell = _progress("prints", arguments.prints)
        reports.append(asyncio.run(run_prints(arguments.prints, arguments.seed, tell)))
    if arguments.scans:
        tell = _progress("scans", arguments.scans)
        reports.append(asyncio.run(run_scans(arguments.scans, arguments.seed, tell)))
    for report in reports:
        shown = _show_prints(report) if isinstance(report, PrintReport) else _show_scans(report)
        sys.stdout.write(_as_json(report) if arguments.json else "\n" + shown)
    return 0 if reports and all(report.is_clean for report in reports) else 1


if __name__ == "__main__":
    raise SystemExit(main())
