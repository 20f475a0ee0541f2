"""A program that saves two choices of devices in turn, over and over, in children that its parent kills.

    saves_devices.py FOLDER ROUNDS

For each child it prints what lies in the folder after the kill: the file's SHA-256, or `none`.
"""

import hashlib
import os
import random
import signal
import sys
import threading
from pathlib import Path

from pos_agent.hardware.device_file import FILE_NAME, DeviceTables, write_tables
from pos_agent.settings import PrinterSection


def choices() -> tuple[DeviceTables, DeviceTables]:
    """A short choice and the longest one."""
    one = PrinterSection(id="front", uri="tcp://127.0.0.1:1")
    many = tuple(PrinterSection(id=f"p{number}", uri="tcp://" + "h" * 200) for number in range(16))
    return DeviceTables(printer=(one,)), DeviceTables(printer=many)


def save_for_ever(path: Path) -> None:
    """Until it is killed."""
    while True:
        for tables in choices():
            write_tables(path, tables)


def main() -> None:
    """Kill one child after the other."""
    folder, rounds = Path(sys.argv[1]), int(sys.argv[2])
    path, moments = folder / FILE_NAME, random.Random(7)
    for _ in range(rounds):
        child = os.fork()
        if child == 0:
            save_for_ever(path)
        threading.Event().wait(moments.uniform(0.0, 0.02))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        found = hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else "none"
        sys.stdout.write(f"{found}\n")


if __name__ == "__main__":
    main()
