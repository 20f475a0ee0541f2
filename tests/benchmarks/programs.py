"""Figures of the programs themselves: how fast they start, what memory they take, which server is best."""

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path
from statistics import median
from typing import Any

import httpx

from tests.benchmarks.figures import Figure
from tests.benchmarks.machine import pss_mb
from tests.benchmarks.orders import empty_post, one_load
from tests.benchmarks.stage import Stage, catalogue, stage, wait

SETTLED_S = 60.0
STARTS = 3
LIMIT_S = 60.0


def memory(demo: Stage, when: str) -> list[Figure]:
    """PSS of hub, agents and broker; early figures wait until the demo is a minute old."""
    if when == "idle":
        wait(max(0.0, SETTLED_S - (time.perf_counter() - demo.since)))
    pids = demo.pids()
    agents = [pss_mb(pid) for name, pid in pids.items() if name.startswith("agent")]
    found = [
        Figure(f"memory of the hub (PSS), {when}", pss_mb(pids["hub"]), "MB", 1, {}, "150 MB"),
        Figure(
            f"memory of an agent (PSS), {when}",
            median(agents),
            "MB",
            len(agents),
            {"all": ", ".join(f"{one:.0f}" for one in agents), "SKUs": len(catalogue())},
            "120 MB",
        ),
    ]
    if "broker" in pids:
        kind = str(demo.told["broker"]["kind"])
        found.append(
            Figure(f"memory of the broker (PSS), {when}", pss_mb(pids["broker"]), "MB", 1, {"kind": kind})
        )
    return found


def start_up(demo: Stage) -> list[Figure]:
    """From the start of a process to its first answer; the program is killed before."""
    agent = demo.told["stores"][0]
    return [
        _starts("hub: start to first answer", demo.told["hub"], demo.hub_url),
        _starts("agent: start to first answer", agent, agent["agent_url"]),
    ]


def servers(_: Stage | None = None) -> list[Figure]:
    """The same orders on uvicorn and on granian, each with its own demo, and an empty POST on each."""
    skus = [row["sku"] for row in catalogue()]
    found = []
    for engine in ("uvicorn", "granian"):
        reference = empty_post(32, engine)
        with stage("--server", engine) as demo:
            demo.fill(skus)
            figure, _ids = one_load(demo, f"orders on {engine}, 32 at a time", skus, 32, reference)
            memory_mb = pss_mb(demo.pids()["hub"])
        found += [
            reference,
            Figure(
                figure.name,
                figure.value,
                figure.unit,
                figure.samples,
                {**figure.facts, "hub PSS": f"{memory_mb:.0f} MB"},
            ),
        ]
    return found


def _starts(name: str, program: dict[str, Any], url: str) -> Figure:
    took = []
    pid = int(program["pid"])
    for _ in range(STARTS):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        _wait_gone(pid)
        begun = time.perf_counter()
        process = subprocess.Popen(
            program["start"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        _wait_answer(url)
        took.append(time.perf_counter() - begun)
        process.kill()
        process.wait(LIMIT_S)
        pid = process.pid
    facts = {"all": ", ".join(f"{one:.2f}" for one in took)}
    return Figure(name, median(took), "s", len(took), facts, "2 s")


def _wait_gone(pid: int) -> None:
    ends = time.monotonic() + LIMIT_S
    while _is_running(pid) and time.monotonic() < ends:
        wait(0.02)


def _is_running(pid: int) -> bool:
    """Whether a process is there and no zombie of its parent."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _wait_answer(url: str) -> None:
    ends = time.monotonic() + LIMIT_S
    while True:
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"{url}/healthz", trust_env=False, timeout=2).status_code == 200:
                return
        if time.monotonic() > ends:
            raise TimeoutError(f"{url} does not answer")
        wait(0.01)
