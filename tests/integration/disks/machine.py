"""A store and its hub as real programs, on disks that can be filled, closed and damaged."""

import contextlib
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from hub.walk.tools import run_command, with_word

LIMIT_S = 60.0
"""A store sends again after up to 30 s what a hub without room did not acknowledge."""
PAGE = "docs/operating.md"
WORDS = {"hub": "serve", "agent": "run"}
FILES = {"hub": "hub.sqlite", "agent": "agent.db"}


@dataclass
class Running:
    """One program, started here, its log lines heard through a pipe."""

    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._hearing = threading.Thread(target=self._hear, daemon=True)
        self._hearing.start()

    def said(self, text: str) -> int:
        """How many lines of its log have this text."""
        return sum(text in line for line in list(self.lines))

    def wait(self) -> int:
        """Its exit code, once everything it said was heard."""
        code = self.process.wait(LIMIT_S)
        self._hearing.join(LIMIT_S)
        return code

    def _hear(self) -> None:
        assert self.process.stderr is not None
        with self.process.stderr as stream:
            self.lines.extend(stream)


class Machine:
    """The programs `hub` and `agent` of a running demo, each restarted under the test's own hand.

    Args:
        told: the demo's JSON line.
        folder: the demo's folder.
    """

    def __init__(self, told: dict[str, Any], folder: Path) -> None:
        self.store = told["stores"][0]
        self.starts = {"hub": told["hub"]["start"], "agent": self.store["start"]}
        self.data: dict[str, Path] = {
            "hub": folder / "hub" / "data",
            "agent": folder / "stores" / self.store["id"] / "data",
        }
        self.running: dict[str, Running] = {}
        self._pids = {"hub": told["hub"]["pid"], "agent": self.store["pid"]}
        self.hub = httpx.Client(base_url=told["hub"]["url"], trust_env=False, timeout=10)
        self.agent = httpx.Client(base_url=self.store["agent_url"], trust_env=False, timeout=10)
        person = self.store["staff"][0]
        answer = self.agent.post("/api/v1/session", json={"login": person["user"], "pin": person["pin"]})
        self.agent.headers["authorization"] = f"Bearer {answer.json()['token']}"

    def file(self, name: str) -> Path:
        """A program's database."""
        return self.data[name] / FILES[name]

    def caller(self, name: str) -> httpx.Client:
        """Who asks a program."""
        return self.hub if name == "hub" else self.agent

    def end(self, name: str, number: int = signal.SIGTERM) -> None:
        """End a program and wait until it is gone."""
        if name in self.running:
            running = self.running.pop(name)
            running.process.send_signal(number)
            running.wait()
            self._pids.pop(name, None)
        else:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pids[name], number)
            until(f"{name} is gone", lambda: not Path(f"/proc/{self._pids[name]}").exists())

    def start(self, name: str) -> Running:
        """Start a program with the argv of the JSON line; it may refuse."""
        process = subprocess.Popen(
            self.starts[name], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        self.running[name] = Running(process)
        return self.running[name]

    def restart(self, name: str) -> Running:
        """End it, start it, wait until it is ready."""
        self.end(name)
        running = self.start(name)
        until(f"{name} is ready", lambda: self.is_ready(name))
        return running

    def readiness(self, name: str) -> tuple[int, str]:
        """What `/readyz` answers: status, and the detail of the check of the program's file."""
        answer = self.caller(name).get("/readyz")
        check = "database" if name == "hub" else "ledger"
        return answer.status_code, str(answer.json()["checks"][check]["detail"])

    def is_ready(self, name: str) -> bool:
        """Whether it says that it can do its work."""
        return self.answers(name) and self.readiness(name)[0] == 200

    def in_step(self) -> bool:
        """Whether the hub has applied all that the store has booked."""
        status = self.agent.get("/api/v1/status").json()
        return bool(self.is_ready("hub") and status["online"] and not status["unsent"])

    def verify(self, name: str) -> tuple[int, str]:
        """The program's own check of its books."""
        return run_command(with_word(self.starts[name], WORDS[name], "verify"))

    def close(self) -> None:
        """End what was started here."""
        self.hub.close()
        self.agent.close()
        for running in self.running.values():
            running.process.terminate()
        for running in self.running.values():
            running.wait()
        for data in self.data.values():
            if data.is_mount():
                subprocess.run(["umount", str(data)], check=True)

    def order(self, key: str) -> httpx.Response:
        """A customer orders."""
        body = {
            "store": self.store["id"],
            "lines": [{"sku": "BE1001", "qty": 1}],
            "contact": {"name": "Li Na", "phone": "+8613800138000"},
            "pay": "counter",
            "locale": "en",
        }
        return self.hub.post("/api/v1/orders", json=body, headers={"idempotency-key": key})

    def add_line(self) -> httpx.Response:
        """A clerk scans."""
        return self.agent.post("/api/v1/till/lines", json={"sku": "BE1004", "qty": 1})

    def pay(self, ticket: Any) -> httpx.Response:
        """A customer pays a ticket."""
        body = {"tender": "cash", "ticket": ticket["id"], "given_minor": ticket["total_minor"]}
        return self.agent.post("/api/v1/till/pay", json=body)

    def sell(self) -> str:
        """One sale; the receipt's number."""
        self.agent.post("/api/v1/till/clear", json={})
        paid = self.pay(self.add_line().json())
        assert paid.status_code == 200, paid.text
        return str(paid.json()["receipt"]["number"])

    def receipts(self) -> list[str]:
        """The numbers of the ledger's receipts."""
        with contextlib.closing(sqlite3.connect(f"file:{self.file('agent')}?mode=ro", uri=True)) as ledger:
            return [number for (number,) in ledger.execute("SELECT number FROM receipt")]

    def answers(self, name: str) -> bool:
        """Whether a program answers at all."""
        try:
            return self.caller(name).get("/healthz").status_code == 200
        except httpx.HTTPError:
            return False


@contextlib.contextmanager
def no_room_by_limit(machine: Machine, name: str) -> Iterator[Running]:
    """From now on no file of a running program takes a byte; needs no rights. At the end it does again."""
    running = machine.restart(name)
    pid, usual = running.process.pid, resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, usual[1]))
    try:
        yield running
    finally:
        if running.process.poll() is None:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, usual)


@contextlib.contextmanager
def no_room_on_disk(machine: Machine, name: str) -> Iterator[Running]:
    """The program's folder moves to a small disk that is filled to the last byte; needs root."""
    machine.end(name)
    with small_disk(machine.data[name]) as ballast:
        running = machine.start(name)
        until(f"{name} is ready", lambda: machine.is_ready(name))
        fill(ballast)
        try:
            yield running
        finally:
            ballast.unlink()


@contextlib.contextmanager
def small_disk(data: Path) -> Iterator[Path]:
    """A folder's files on a disk of their own until `back_to_the_usual_disk`; gives a name for ballast."""
    aside = data.with_name(data.name + "-aside")
    shutil.copytree(data, aside)
    size = sum(path.stat().st_size for path in data.iterdir()) + 3_000_000
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(data)], check=True)
    shutil.copytree(aside, data, dirs_exist_ok=True)
    try:
        yield data / "ballast"
    finally:
        shutil.rmtree(aside)


def back_to_the_usual_disk(machine: Machine, name: str) -> None:
    """Copy a folder's files from its small disk to where they were."""
    machine.end(name)
    data = machine.data[name]
    aside = data.with_name(data.name + "-aside")
    shutil.copytree(data, aside)
    subprocess.run(["umount", str(data)], check=True)
    shutil.copytree(aside, data, dirs_exist_ok=True)
    shutil.rmtree(aside)


def fill(ballast: Path) -> None:
    """Take every byte that is left."""
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"x" * 4096)


def until(what: str, is_so: Callable[[], bool]) -> None:
    """Wait until something is so."""
    ends, pause = time.monotonic() + LIMIT_S, threading.Event()
    while not is_so():
        assert time.monotonic() < ends, f"{what}: not within {LIMIT_S} s"
        pause.wait(0.05)
