"""Bring the broker's users in line with the hub's stores: what enrolment, revocation and the CLI call."""

from collections.abc import Sequence
from pathlib import Path

import structlog

from hub.broker.files import BrokerUser, write_files
from hub.broker.process import reload, running_pid

log = structlog.get_logger(__name__)


def write_broker_users(users: Sequence[BrokerUser], folder: Path) -> None:
    """Write the files of both kinds of broker and tell a running one.

    The list is the whole truth: whoever is not in it is cut within seconds. Admitting a store leaves the
    connections of others alone. Blocks for a few fsyncs: call it from a thread.

    Args:
        users: The hub's own user and every store that may connect.
        folder: The broker's folder in the data directory.

    Raises:
        BadUserError: A name comes twice; nothing was written.
        OSError: The folder cannot be written.
    """
    write_files(users, folder)
    told = reload_broker(folder)
    log.info("broker.users_written", users=len(users), folder=str(folder), told=told)


def reload_broker(folder: Path) -> bool:
    """Tell the broker that serves this folder to read its files again; False when none runs here."""
    pid = running_pid(folder)
    return pid is not None and reload(pid)
