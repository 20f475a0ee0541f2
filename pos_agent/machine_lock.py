"""One ledger process per store: a lock on a file in the data folder; the system frees it at the end."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pos_agent.errors import AgentError

FILE_NAME = "agent.lock"


class AlreadyRunning(AgentError):
    """Another process works on this ledger."""

    code = "already_running"


@contextmanager
def only_one(data_dir: Path) -> Iterator[None]:
    """Hold the ledger's lock.

    Raises:
        AlreadyRunning: another process holds it.
    """
    handle = os.open(data_dir / FILE_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise AlreadyRunning(f"an agent is running on {data_dir} already") from error
        yield
    finally:
        os.close(handle)
