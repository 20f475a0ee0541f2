"""SIGKILL at any moment: what the agent told is in the books, and the books are right.

While it sells and hands over, somebody closes the till again and again: whatever the kill cuts in two, each
receipt is counted by one closing, closings have no gap, and each has its paper once or nobody knows.
"""

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from pos_agent import enrolment
from pos_agent.ledger.verify import verify
from tests.integration.devices.virtual_devices import running
from tests.unit.pos_agent.agent_stage import COLA, Stage, enrolment_answer, hold_item, staged

ROUNDS = 4
HOLDS = 60


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def agent_process(config: Path, port: int) -> Iterator[tuple[subprocess.Popen[bytes], httpx.Client]]:
    """A running agent and somebody signed in to it."""
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}  # noqa: TID251  # a child needs its parent's
    command = [sys.executable, "-m", "pos_agent.cli", "run", "--config", str(config)]
    with (
        subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=5) as caller,
    ):
        try:
            sign_in(caller)
            yield process, caller
        finally:
            process.kill()


def sign_in(caller: httpx.Client) -> None:
    """Wait for the agent and take a token."""
    ends = time.monotonic() + 20
    while True:
        try:
            answer = caller.post("/api/v1/session", json={"login": "lin", "pin": "2468"})
        except httpx.TransportError:
            assert time.monotonic() < ends, "the agent does not answer"
            threading.Event().wait(0.05)
        else:
            caller.headers["authorization"] = f"Bearer {answer.json()['token']}"
            return


def trade(caller: httpx.Client, told: list[tuple[str, int]], orders: list[str]) -> None:
    """Sell and hand over until the agent is gone; keep what it told."""
    try:
        while True:
            ticket = caller.post("/api/v1/till/lines", json={"sku": COLA, "qty": 1}).json()
            body = {"given_minor": 10_000, "ticket": ticket["id"]}
            paid = caller.post("/api/v1/till/pay", json=body)
            assert paid.status_code == 200, paid.text
            told.append((paid.json()["receipt"]["number"], paid.json()["total_minor"]))
            if orders:
                url = f"/api/v1/counter/orders/{orders[-1]}/hand-over"
                given = caller.post(
                    url, json={"override": {"reason": "x"}, "tender": {"given_minor": 10_000}}
                )
                # 409: the kill came between the commit and the answer, so it was handed over before.
                assert given.status_code in {200, 409}, given.text
                if given.status_code == 200:
                    receipt = given.json()["receipt"]
                    told.append((receipt["number"], receipt["total_minor"]))
                orders.pop()
    except httpx.TransportError:
        return


@dataclass
class Closer:
    """Who closes the till over and over; a wish that was not answered is told again after the kill."""

    told: dict[str, str] = field(default_factory=dict)
    asked: int = 0

    def close(self, caller: httpx.Client) -> None:
        """Close until the agent is gone."""
        try:
            while True:
                answer = caller.post("/api/v1/reports/z", json={"request": f"wish-{self.asked:06d}"})
                assert answer.status_code == 201, answer.text
                self.told[f"wish-{self.asked:06d}"] = answer.json()["id"]
                self.asked += 1
                threading.Event().wait(0.02)
        except httpx.TransportError:
            return


def texts_of(papers: Path) -> list[str]:
    """What stands on each paper that came out."""
    return [path.read_text("utf-8") for path in papers.glob("*.txt")]


async def check_closings(stage: Stage, closer: Closer, texts: list[str]) -> None:
    """Numbers without a gap, each receipt in one closing, each closing on one paper or in doubt."""
    kept = await stage.rows("SELECT id, request, epoch, count, receipts, job_id FROM z_report ORDER BY rowid")
    by_request = {request: report for report, request, *_ in kept}
    assert {wish: by_request.get(wish) for wish in closer.told} == closer.told
    assert len(by_request) == len(kept)
    assert len(kept) - len(closer.told) <= 1
    for epoch in {row[2] for row in kept}:
        counts = [row[3] for row in kept if row[2] == epoch]
        assert counts == list(range(1, len(counts) + 1))
    counted = dict(
        await stage.rows("SELECT z_id, count(*) FROM receipt WHERE z_id IS NOT NULL GROUP BY z_id")
    )
    assert {report: counted.get(report, 0) for report, *_ in kept} == {row[0]: row[4] for row in kept}
    states = dict(await stage.rows("SELECT id, state FROM print_job WHERE kind = 'report'"))
    assert sorted(states) == sorted(row[5] for row in kept)
    for report, job in ((row[0], row[5]) for row in kept):
        whole = sum(report in text.split() for text in texts)
        assert whole == 1 if states[job] == "confirmed" else whole <= 1, (report, states[job], whole)
    assert "confirmed" in states.values()


@pytest.mark.processes
async def test_a_killed_agent_has_everything_that_it_told(template: Path, tmp_path: Path) -> None:
    port, dice = free_port(), random.Random(7)
    enrolment.keep(tmp_path, enrolment_answer())
    config = tmp_path / "agent.toml"
    orders = [f"o-{number}" for number in range(HOLDS)]
    async with staged(template, tmp_path) as stage:
        await stage.receive(SKU_1=100_000)
        for order in orders:
            await stage.take_hold(hold_item(order, (COLA, 1), expires_at="2099-01-01T00:00:00.000Z"))
    told: list[tuple[str, int]] = []
    closer, papers = Closer(), tmp_path / "papers"
    with running("printer", "--port", "0", "--papers", str(papers), "--no-png") as printer:
        config.write_text(
            f'data_dir = "{tmp_path}"\nport = {port}\n[[printer]]\nid = "p1"\n'
            f'uri = "tcp://127.0.0.1:{printer.facts["port"]}"\nprofile = "epson-tm-t82"\n',
            "utf-8",
        )
        for _ in range(ROUNDS):
            with agent_process(config, port) as (process, caller):
                killer = threading.Timer(dice.uniform(0.3, 0.8), process.send_signal, (signal.SIGKILL,))
                closing = threading.Thread(target=closer.close, args=(caller,))
                killer.start()
                closing.start()
                trade(caller, told, orders)
                killer.join()
                closing.join()
            assert verify(tmp_path / "agent.db") == []
    async with staged(template, tmp_path) as stage:
        await check_closings(stage, closer, texts_of(papers))
        kept = dict(await stage.rows("SELECT number, total_minor FROM receipt"))
        sold = (await stage.sku(COLA)).floor
    assert len(told) == len({number for number, _total in told}) > ROUNDS
    assert [(number, kept.get(number)) for number, _total in told] == told
    assert len(kept) - len(told) <= 2 * ROUNDS
    units = sum(total for total in kept.values()) // 350
    assert sold == 100_000 - units
