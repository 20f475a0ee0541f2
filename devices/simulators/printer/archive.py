"""Papers in a folder: NNNN.bin as received, NNNN.txt as it reads, NNNN.png drawn later by another process."""

import os
from dataclasses import dataclass
from pathlib import Path

from devices.simulators.printer.elements import Element
from devices.simulators.printer.modes import Modes


@dataclass(slots=True)
class Paper:
    """One finished paper: its bytes, the modes it began with, and what is on it."""

    raw: bytearray
    modes: Modes
    elements: tuple[Element, ...]


class Archive:
    """Numbers papers from 0001 on, going on where the folder stops."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.count = max((int(path.stem) for path in folder.glob("*.bin") if path.stem.isdigit()), default=0)

    def keep(self, raw: bytes | bytearray, text: str) -> int:
        """Write the next paper's bytes and text, each whole or not at all, the text last.

        Returns:
            Its number.
        """
        self.count += 1
        self._write("bin", bytes(raw))
        self._write("txt", text.encode("utf-8", "replace"))
        return self.count

    def add_to_last(self, raw: bytes) -> None:
        """Bytes that came after the last paper's cut and belong to it."""
        with self._path(self.count, "bin").open("ab") as file:
            file.write(raw)

    def undrawn(self) -> list[int]:
        """Numbers of papers without a picture."""
        kept = [int(path.stem) for path in self.folder.glob("*.bin") if path.stem.isdigit()]
        return sorted(number for number in kept if not self._path(number, "png").exists())

    def _path(self, number: int, kind: str) -> Path:
        return self.folder / f"{number:04d}.{kind}"

    def _write(self, kind: str, content: bytes) -> None:
        path = self._path(self.count, kind)
        draft = path.with_suffix(f".{kind}.part")
        draft.write_bytes(content)
        os.replace(draft, path)  # noqa: PTH105 - the rename that is atomic everywhere
