"""`./omo bench [NAME …] [--json FILE]`: prints what it measures on this machine, and nothing else."""

import argparse
import json
import logging
import sys
import time
from collections.abc import Callable
from pathlib import Path

import structlog

from tests.benchmarks import agents, device_lines, device_papers, digest, orders, programs, rebuild, store
from tests.benchmarks.figures import Figure
from tests.benchmarks.machine import busy_share, file_system, machine
from tests.benchmarks.stage import Stage, stage

Measure = Callable[[Stage], list[Figure]]
# In this order on one demo: what ends a process comes last.
ON_ONE_DEMO: dict[str, Measure] = {
    "memory": lambda demo: programs.memory(demo, "idle"),
    "scan": store.scans,
    "lag": store.lag,
    "paper": store.paper,
    "events": store.events,
    "catchup": store.catch_up,
    "orders": orders.orders,
    "start": programs.start_up,
}
ALONE: dict[str, Callable[[], list[Figure]]] = {
    "papers": device_papers.papers,
    "spool": device_lines.spool,
    "scanners": device_lines.scan,
    "digest": digest.digests,
    "rebuild": rebuild.rebuilds,
    "agents": agents.agents,
    "servers": programs.servers,
}


def main() -> int:
    """Read the arguments and measure."""
    names = [*ON_ONE_DEMO, *ALONE]
    parser = argparse.ArgumentParser(prog="./omo bench", description="The figures.")
    parser.add_argument("name", nargs="*", help=f"which: {', '.join(names)} (default: all)")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    options = parser.parse_args()
    unknown = [name for name in options.name if name not in names]
    if unknown:
        parser.error(f"no figure {', '.join(unknown)}; there are {', '.join(names)}")
    chosen = options.name or names
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    here, begun, busy = machine(), time.perf_counter(), busy_share()
    say(" · ".join(f"{name} {value}" for name, value in here.items()))
    say("Stores print no slips here (pickup.slip = false); receipts they print.\n")
    found: list[Figure] = []
    disk = _on_one_demo([name for name in chosen if name in ON_ONE_DEMO], found)
    for name in chosen:
        if name in ALONE:
            _measure(name, ALONE[name], found)
    spent = busy_share()
    load = (spent[0] - busy[0]) / max(1e-6, spent[1] - busy[1])
    say(f"\n{time.perf_counter() - begun:.0f} s; all cores together were busy {load:.0%} of the time")
    if options.json:
        told = {"machine": here, "disk": disk, "busy": load, "figures": [one.as_json() for one in found]}
        options.json.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return 0


def _on_one_demo(names: list[str], found: list[Figure]) -> str:
    """The figures that share a demo; returns the file system its data are on."""
    if not names:
        return ""
    with stage() as demo:
        disk = file_system(demo.folder)
        say(
            f"demo up in {demo.up_s:.1f} s, {len(demo.stores)} stores, broker {demo.told['broker']['kind']},"
            f" database on {disk}\n"
        )
        found.append(Figure("demo: start until all healthy", demo.up_s, "s", 1))
        for name, measure in ON_ONE_DEMO.items():
            if name in names:
                _measure(name, lambda measure=measure: measure(demo), found)  # type: ignore[misc]
        return disk


def _measure(name: str, measure: Callable[[], list[Figure]], found: list[Figure]) -> None:
    """One name; what goes wrong is told and does not end the others."""
    try:
        figures = measure()
    except Exception as error:  # noqa: BLE001 - the loop guard: the other figures are still wanted
        say(f"{name}: not measured: {error!r}")
        return
    for figure in figures:
        say(figure.as_text())
    found += figures


def say(text: str) -> None:
    """A line of the table, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
