"""What both simulator programs do as processes: log to stderr, announce themselves, stop when told."""

import asyncio
import json
import signal
import sys
from typing import Any

import structlog


def log_to_stderr() -> None:
    """Keep stdout for the one line of JSON."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))


def announce(facts: dict[str, Any]) -> None:
    """Write the line that says: listening, and where."""
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


async def until_told_to_stop() -> None:
    """Return at SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    await stop.wait()
