"""Secrets on disk: one line of text, readable by their owner alone, on the platter before use."""

import os
from pathlib import Path

from sync.keys.errors import KeyFileBroken, KeyFileMissing, KeyFileUnsafe

OWNER_ONLY = 0o600
OTHERS = 0o077
MOST_BYTES = 4096


def write_secret(path: Path, secret: str) -> None:
    """Create `path` with `secret`, mode 0600, file and directory fsynced.

    Raises:
        FileExistsError: there is a file already; nothing is changed.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        os.fchmod(file.fileno(), OWNER_ONLY)
        file.write(secret + "\n")
        file.flush()
        os.fsync(file.fileno())
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def read_secret(path: Path) -> str:
    """The secret at `path`, without its line end.

    Raises:
        KeyFileMissing: there is none.
        KeyFileUnsafe: group or others may read it.
        KeyFileBroken: no text, far too much, or it cannot be read.
    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            data = file.read(MOST_BYTES + 1)
    except FileNotFoundError as error:
        msg = f"there is no key file at {path}"
        raise KeyFileMissing(msg) from error
    except OSError as error:
        msg = f"{path} cannot be read as a key: {error.strerror}"
        raise KeyFileBroken(msg) from error
    if mode & OTHERS:
        msg = f"others can read {path}: set its mode to 600"
        raise KeyFileUnsafe(msg)
    if len(data) > MOST_BYTES or not data.isascii():
        msg = f"{path} holds no key"
        raise KeyFileBroken(msg)
    return data.decode("ascii").strip()
