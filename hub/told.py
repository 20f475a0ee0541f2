"""What may go wrong below a command and is told in words, never as a traceback."""

import sqlite3
from typing import Final

from hub.catalogue.errors import CatalogueError
from hub.stores.errors import StoresError
from sync.keys.errors import KeyFault
from sync.link.errors import LinkError
from sync.storage.errors import StorageError
from sync.storage.one_process import AlreadyRunning

TOLD: Final = (
    AlreadyRunning,
    StorageError,
    StoresError,
    CatalogueError,
    KeyFault,
    LinkError,
    ValueError,
    OSError,
    sqlite3.Error,
)
