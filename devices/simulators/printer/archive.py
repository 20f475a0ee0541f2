"""Papers in a folder: NNNN.bin as received, NNNN.txt as it reads, NNNN.png drawn later by another process."""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path

from devices.simulators.printer.elements import Element
from devices.simulators.printer.memory import Memory, memory_from_json
from devices.simulators.printer.modes import Modes

_MEMORY = "pictures.json"


@dataclass(slots=True)
class Paper:
    """One finished paper: its bytes, what is on it, and the modes and stored pictures that it began with."""

    raw: bytearray
    modes: Modes
    elements: tuple[Element, ...]
    memory: Memory = field(default_factory=Memory)


class Archive:
    """Numbers papers from 0001 on, going on where the folder stops."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._memory = Memory()
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

    def lasting_memory(self) -> Memory:
        """The pictures that outlived the power; none where there are none, or where their file is broken."""
        try:
            memory = memory_from_json(json.loads((self.folder / _MEMORY).read_text("utf-8")))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            memory = Memory()
        self._memory = memory
        return memory

    def keep_memory(self, memory: Memory) -> None:
        """Write what outlives the power, if it is another than what was kept last."""
        lasting = memory.lasting()
        if lasting != self._memory:
            self._memory = lasting
            draft = self.folder / f"{_MEMORY}.part"
            draft.write_text(json.dumps(lasting.to_json()), "utf-8")
            os.replace(draft, self.folder / _MEMORY)  # noqa: PTH105 - the rename that is atomic everywhere

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
