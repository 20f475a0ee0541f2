"""From settings to a running kernel: folder, keys, incarnation, database."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final

from hub.db.open import FILE_NAME, REVISION, SchemaTrouble, open_database, revision_of
from hub.directory import Directory
from hub.kernel import Kernel
from hub.settings import HubSettings
from hub.stores.queries import load_directory
from sync.keys.signing import SigningKey
from sync.runtime.clock import SystemClock
from sync.storage.errors import StorageError
from sync.storage.incarnations import Incarnations
from sync.storage.one_process import only_one
from sync.web.events import EventHub

KEY_FILE: Final = "pickup-key"
LOCK: Final = "hub.lock"
HUB: Final = "hub"
WHOLE: Final = "whole:hub"  # no store's id holds a colon
RESTORE: Final = "restore the backup (omo-hub restore FILE)"


class PartLost(StorageError):
    """A part of the hub's folder is gone that stores and customers rely on; only a backup brings it back."""

    code = "part_lost"


def make_folder(settings: HubSettings) -> None:
    """The folder of the hub's state, readable by its owner alone.

    Raises:
        StorageError: it is no folder and cannot become one.
    """
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StorageError(f"{settings.data_dir} cannot be used as data_dir: {error.strerror}") from error


@contextmanager
def alone(settings: HubSettings) -> Iterator[None]:
    """No other process serves this folder, or puts it back, meanwhile.

    Raises:
        sync.storage.one_process.AlreadyRunning: one does.
    """
    with only_one(settings.data_dir / LOCK, "a hub"):
        yield


def has_lived(settings: HubSettings) -> bool:
    """Whether this folder held a whole hub before: its first start was finished, or a store joined."""
    incarnations = Incarnations(settings.data_dir)
    return bool(incarnations.names() - {HUB}) or incarnations.highest(HUB) > 1


def signing_key(settings: HubSettings) -> SigningKey:
    """The key that signs pickup tokens; made at the first start.

    Raises:
        PartLost: it is gone: a new one would turn every open order's code into a forgery.
        sync.keys.errors.KeyFault: readable by others, or no key.
    """
    path = settings.data_dir / KEY_FILE
    if path.exists():
        return SigningKey.load(path)
    if has_lived(settings):
        raise PartLost(f"{path} is missing, and stores know its key: {RESTORE}")
    return SigningKey.create(path)


def incarnation(settings: HubSettings) -> int:
    """The hub's incarnation; 1 at the first start.

    Raises:
        ValueError: the incarnation file is damaged, or it is missing beside a database: then a number
            that was used before might be used again.
    """
    incarnations = Incarnations(settings.data_dir)
    known = incarnations.highest(HUB)
    if known:
        return known
    if (settings.data_dir / FILE_NAME).exists():
        msg = f"{settings.data_dir} has a database but no incarnations: restore that file from the backup"
        raise ValueError(msg)
    return incarnations.issue(HUB)


def refuse_lost_database(settings: HubSettings) -> None:
    """Call before a database is made where there is none.

    An empty one under an incarnation that stores know would take every store off the broker and begin
    their streams anew.

    Raises:
        PartLost: this folder had a database before.
        SchemaTrouble: there is a file that is no database.
    """
    path = settings.data_dir / FILE_NAME
    if has_lived(settings) and revision_of(path) is None:
        raise PartLost(f"{path} is {'empty' if path.exists() else 'missing'}: {RESTORE}")


def remember_whole(settings: HubSettings) -> None:
    """This folder holds a whole hub from now on; kept outside of the database."""
    Incarnations(settings.data_dir).raise_to(WHOLE, 1)


def existing_database(settings: HubSettings) -> Path:
    """The database's file, for those who only look; nothing is made.

    Raises:
        PartLost: it is gone.
        SchemaTrouble: there is none yet, or it has another schema.
    """
    refuse_lost_database(settings)
    path = settings.data_dir / FILE_NAME
    revision = revision_of(path)
    if revision is None:
        raise SchemaTrouble(f"no database at {path}: run omo-hub migrate")
    if revision != REVISION:
        raise SchemaTrouble(
            f"{path} has schema {revision}, this version needs {REVISION}: run omo-hub migrate"
        )
    return path


@asynccontextmanager
async def running_kernel(settings: HubSettings) -> AsyncIterator[Kernel]:
    """The kernel on an open database, closed again at the end."""
    make_folder(settings)
    hinc = incarnation(settings)
    refuse_lost_database(settings)
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
        remember_whole(settings)
        await load_directory(kernel)
        yield kernel
    finally:
        kernel.events.close()
        await reader.close()
        await writer.close()
