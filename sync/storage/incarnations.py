"""Incarnations outlive the database: kept in a small file beside it, fsynced.

A hub restored from an old copy must not give a store an incarnation that was given before, so what
was issued is written here first.
"""

import json
import os
from pathlib import Path
from typing import Final

from sync.storage.durable import move_durably

FILE_NAME: Final = "incarnations"


class Incarnations:
    """The highest incarnation numbers issued or seen, by name (`hub`, or a store's id).

    Args:
        data_dir: the program's folder of state.
    """

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / FILE_NAME

    def highest(self, name: str) -> int:
        """The highest number known for `name`; 0 when there is none."""
        return self._load().get(name, 0)

    def names(self) -> frozenset[str]:
        """Every name that was ever given a number."""
        return frozenset(self._load())

    def raise_to(self, name: str, number: int) -> None:
        """Remember `number` durably; a lower one changes nothing."""
        known = self._load()
        if number <= known.get(name, 0):
            return
        known[name] = number
        draft = self._path.with_suffix(".new")
        with draft.open("w", encoding="utf-8") as file:
            json.dump(known, file, sort_keys=True)
            file.flush()
            os.fsync(file.fileno())
        move_durably(draft, self._path)

    def issue(self, name: str) -> int:
        """The next number for `name`, remembered before it is given."""
        number = self.highest(name) + 1
        self.raise_to(name, number)
        return number

    def _load(self) -> dict[str, int]:
        """What the file holds.

        Raises:
            ValueError: it is damaged; guessing would break the fence.
        """
        if not self._path.exists():
            return {}
        msg = f"{self._path} is damaged: restore it from a backup"
        try:
            loaded = json.loads(self._path.read_text(encoding="utf-8"))
        except (ValueError, RecursionError) as error:
            raise ValueError(msg) from error
        if not isinstance(loaded, dict) or not all(type(number) is int for number in loaded.values()):
            raise ValueError(msg)
        return loaded
