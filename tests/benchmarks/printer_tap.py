"""A tap on a printer's cable: takes a virtual printer's port, passes everything on, notes the first byte.

Status questions (DLE EOT n, DLE ENQ n, GS a n, GS r n of ESC/POS) are not paper; the first other byte is.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path
from typing import Any, Self

from tests.benchmarks.stage import wait

LIMIT_S = 20.0


class PrinterTap:
    """Between an agent and its virtual printer, for the time of a measurement.

    Args:
        folder: The demo's folder.
        printer: The printer as the JSON line tells it.
    """

    def __init__(self, folder: Path, printer: dict[str, Any]) -> None:
        self._port = int(printer["address"].rpartition(":")[2])
        kept = json.loads((folder / "demo.json").read_text("utf-8"))["children"]
        self._pid, self._argv = next(
            (pid, argv)
            for pid, argv in kept
            if "devices.simulators.printer" in argv and str(self._port) in argv
        )
        self._listener = socket.socket()
        self._first = threading.Event()
        self._connected = threading.Event()
        self._at = 0.0
        self._printer: subprocess.Popen[str] | None = None
        self._behind = 0

    def __enter__(self) -> Self:
        os.kill(self._pid, signal.SIGTERM)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        ends = time.monotonic() + LIMIT_S
        while True:
            try:
                self._listener.bind(("127.0.0.1", self._port))
                break
            except OSError:
                if time.monotonic() > ends:
                    raise
                wait(0.05)
        argv = [*self._argv]
        argv[argv.index("--port") + 1] = "0"
        argv[argv.index("--control-port") + 1] = "0"
        self._printer = subprocess.Popen([*argv, "--no-png"], stdout=subprocess.PIPE, text=True)
        assert self._printer.stdout is not None
        self._behind = int(json.loads(self._printer.stdout.readline())["port"])
        self._listener.listen(8)
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        if self._printer is not None:
            self._printer.terminate()
            self._printer.wait(LIMIT_S)

    def wait_connected(self) -> None:
        """Until the agent has found the tap."""
        if not self._connected.wait(60):
            raise TimeoutError("the agent did not come back to its printer")
        wait(1.0)

    def forget(self) -> None:
        """Wait for the next paper's first byte only."""
        self._first.clear()

    def first_byte_at(self) -> float:
        """When the first byte of the paper came."""
        if not self._first.wait(LIMIT_S):
            raise TimeoutError("no paper came")
        return self._at

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                near.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                far = socket.create_connection(("127.0.0.1", self._behind))
                far.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._connected.set()
                threading.Thread(target=self._carry, args=(near, far, True), daemon=True).start()
                threading.Thread(target=self._carry, args=(far, near, False), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, notes: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                if notes and not self._first.is_set() and without_questions(data):
                    self._at = time.perf_counter()
                    self._first.set()
                target.sendall(data)
        for one in (source, target):
            with contextlib.suppress(OSError):  # closing alone would not wake the thread that reads it
                one.shutdown(socket.SHUT_RDWR)
            one.close()


def without_questions(data: bytes) -> bytes:
    """What is left of bytes to a printer when three-byte status questions are taken out."""
    left = bytearray()
    place = 0
    while place < len(data):
        if data[place : place + 2] in {b"\x10\x04", b"\x10\x05", b"\x1d\x61", b"\x1d\x72"}:
            place += 3
        else:
            left.append(data[place])
            place += 1
    return bytes(left)
