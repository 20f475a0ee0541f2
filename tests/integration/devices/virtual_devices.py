"""Starts the virtual printer and scanner as the programs they are, and talks to their control ports."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

ROOT = Path(__file__).parents[3]
_LIMIT_S = 20.0


@dataclass(frozen=True)
class Program:
    """A running simulator and what it announced."""

    process: subprocess.Popen[str]
    facts: dict[str, Any]

    def control(self, line: str) -> str:
        """Say one line to the control port; the answer."""
        with socket.create_connection(("127.0.0.1", self.facts["control"]), 5) as connection:
            connection.sendall(line.encode() + b"\n")
            return connection.makefile().readline().rstrip("\n")


@contextmanager
def running(name: str, *options: str) -> Iterator[Program]:
    """``python -m devices.simulators.NAME OPTIONS``, ended by SIGTERM; it must end cleanly."""
    process = subprocess.Popen(
        [sys.executable, "-m", f"devices.simulators.{name}", *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield Program(process, json.loads(process.stdout.readline()))
    finally:
        process.terminate()
        code = process.wait(_LIMIT_S)
        assert process.stdout is not None
        process.stdout.close()
    assert code == 0


def send(port: int, data: bytes, answer_bytes: int = 0) -> bytes:
    """Send to the printer, read its answer, hang up."""
    with socket.create_connection(("127.0.0.1", port), 5) as connection:
        connection.settimeout(5)
        connection.sendall(data)
        answer = b""
        while len(answer) < answer_bytes:
            answer += connection.recv(answer_bytes - len(answer))
        return answer


def wait_for(path: Path) -> Path:
    """Wait until a file is there."""
    end = time.monotonic() + _LIMIT_S
    while not path.exists():
        assert time.monotonic() < end, f"{path.name} did not come"
        Event().wait(0.01)
    return path
