"""One ledger process per store."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pos_agent.errors import AgentError
from sync.storage import one_process

FILE_NAME = "agent.lock"


class AlreadyRunning(AgentError):
    """Another process works on this ledger."""

    code = "already_running"


@contextmanager
def only_one(data_dir: Path) -> Iterator[None]:
    """Hold the ledger's lock.

    Raises:
        AlreadyRunning: another process holds it.
        DiskTrouble: the data folder takes no file.
    """
    held = one_process.only_one(data_dir / FILE_NAME, "an agent")
    try:
        held.__enter__()
    except one_process.AlreadyRunning as error:
        raise AlreadyRunning(f"{error}: stop it first, then try again") from error
    try:
        yield
    finally:
        held.__exit__(None, None, None)
