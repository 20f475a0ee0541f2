"""Whether a program's folder of state can be used: asked by `config check` and by the doctors."""

import contextlib
import os
import tempfile
from pathlib import Path


def folder_trouble(folder: Path) -> str | None:
    """What keeps `folder` from holding a program's state, and what to do; None when nothing does.

    It is found out by making a folder within it, or within the nearest one above that exists, and taking
    it away again: modes alone do not tell (root, read-only and pretended file systems).
    """
    try:
        there = next(one for one in (folder, *folder.absolute().parents) if os.path.lexists(one))
        probe = tempfile.mkdtemp(prefix=".probe-", dir=there)
        with contextlib.suppress(OSError):
            Path(probe).rmdir()
    except NotADirectoryError:
        return f"{folder} is no folder: set data_dir to one"
    except OSError as error:
        return f"{folder} cannot be used as data_dir: {error.strerror}"
    return None
