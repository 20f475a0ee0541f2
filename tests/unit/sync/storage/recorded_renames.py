"""Watches renames and the fsync of folders, in the order in which they happen."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

SYNCED = "the folder is on the disk"


@contextmanager
def recorded_renames(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What was renamed (`old -> new`), and each time a folder was waited for."""
    told: list[str] = []
    replace, fsync = Path.replace, os.fsync

    def rename(self: Path, target: Path) -> Path:
        told.append(f"{self.name} -> {Path(target).name}")
        return replace(self, target)

    def wait(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            told.append(SYNCED)
        fsync(handle)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", rename)
        patch.setattr(os, "fsync", wait)
        yield told
