"""From settings to a running kernel: folder, keys, incarnation, database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from hub.db.open import FILE_NAME, open_database
from hub.directory import Directory
from hub.kernel import Kernel
from hub.settings import HubSettings
from hub.stores.queries import load_directory
from sync.keys.signing import SigningKey
from sync.runtime.clock import SystemClock
from sync.storage.incarnations import Incarnations
from sync.web.events import EventHub

KEY_FILE: Final = "pickup-key"


def signing_key(settings: HubSettings) -> SigningKey:
    """The key that signs pickup tokens; made at the first start."""
    path = settings.data_dir / KEY_FILE
    return SigningKey.load(path) if path.exists() else SigningKey.create(path)


def incarnation(settings: HubSettings) -> int:
    """The hub's incarnation; 1 at the first start.

    Raises:
        ValueError: the incarnation file is damaged, or it is missing beside a database: then a number
            that was used before might be used again.
    """
    incarnations = Incarnations(settings.data_dir)
    known = incarnations.highest("hub")
    if known:
        return known
    if (settings.data_dir / FILE_NAME).exists():
        msg = f"{settings.data_dir} has a database but no incarnations: restore that file from the backup"
        raise ValueError(msg)
    return incarnations.issue("hub")


@asynccontextmanager
async def running_kernel(settings: HubSettings) -> AsyncIterator[Kernel]:
    """The kernel on an open database, closed again at the end."""
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    hinc = incarnation(settings)
    key = signing_key(settings)
    writer, reader = await open_database(settings.data_dir)
    clock = SystemClock()
    kernel = Kernel(
        settings=settings,
        writer=writer,
        reader=reader,
        clock=clock,
        key=key,
        hinc=hinc,
        directory=Directory(clock),
        events=EventHub(),
    )
    try:
        await load_directory(kernel)
        yield kernel
    finally:
        kernel.events.close()
        await reader.close()
        await writer.close()
