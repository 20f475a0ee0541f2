"""Making renames durable: a new name is on the disk only once its folder is."""

import os
from pathlib import Path


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk (man 2 fsync: a file's own fsync does not do it).

    Raises:
        OSError: it cannot be opened, or the disk refuses.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def move_durably(source: Path, target: Path) -> None:
    """Rename within one folder; after it a power cut finds the new name.

    Raises:
        OSError: it could not be done.
    """
    source.replace(target)
    sync_folder(target.parent)
