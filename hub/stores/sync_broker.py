"""Keeping the broker's users in line with the enrolled stores: after enrolment, revocation, and at start."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from weakref import WeakKeyDictionary

from hub.broker.errors import BrokerError
from hub.broker.files import BrokerUser
from hub.broker.secret_hash import new_secret
from hub.broker.sync_users import write_broker_users
from hub.kernel import Kernel
from hub.settings import HubSettings
from hub.stores.errors import BrokerFolderError
from hub.stores.queries import secret_hashes
from sync.keys.errors import KeyFault
from sync.keys.key_file import read_secret, write_secret
from sync.storage.writer import Writer

SECRET_FILE: Final = "broker-secret"  # noqa: S105  # a file name
LIMIT_S: Final = 30.0
_LOCKS: WeakKeyDictionary[Writer, asyncio.Lock] = WeakKeyDictionary()


def broker_secret(settings: HubSettings) -> str:
    """The hub's secret at the broker: as configured, else made once and kept in the data folder."""
    configured = settings.broker.secret.get_secret_value()
    if configured:
        return configured
    path = settings.data_dir / SECRET_FILE
    if not path.exists():
        write_secret(path, new_secret())
    return read_secret(path)


async def sync_broker(kernel: Kernel) -> int:
    """Write the broker's user files and tell a running broker; returns how many users there are.

    Without a folder in the settings the broker is somebody else's: 0, nothing written.

    Raises:
        BrokerFolderError: the files could not be written; the old ones stand.
    """
    folder = kernel.settings.broker.folder
    if folder is None:
        return 0
    lock = _LOCKS.setdefault(kernel.writer, asyncio.Lock())
    try:
        async with asyncio.timeout(LIMIT_S), lock:
            hashes = await secret_hashes(kernel.reader)
            return await asyncio.to_thread(_write, kernel.settings, hashes, folder)
    except (OSError, BrokerError, KeyFault, TimeoutError) as error:
        raise BrokerFolderError(f"the broker's users in {folder} could not be written: {error}") from error


def _write(settings: HubSettings, hashes: Mapping[str, str], folder: Path) -> int:
    """Write the files; blocks."""
    users = [BrokerUser.with_secret(settings.broker.user, broker_secret(settings))]
    users += [BrokerUser(store, stored) for store, stored in sorted(hashes.items())]
    write_broker_users(users, folder)
    return len(users)
