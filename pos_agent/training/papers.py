"""The papers that a virtual printer left in its folder, newest first."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SHOWN: Final = 12
_DRAWN_LIMIT_S: Final = 10.0
_LOOK_S: Final = 0.05


@dataclass(frozen=True, slots=True)
class ShownPaper:
    """A paper's number and what it says."""

    number: int
    text: str


def newest_papers(folder: Path, count: int, most: int = SHOWN) -> list[ShownPaper]:
    """The last papers of `count`; one that is not there any more is left out."""
    found = []
    for number in range(count, max(0, count - most), -1):
        try:
            text = (folder / f"{number:04d}.txt").read_text("utf-8")
        except OSError:
            continue
        found.append(ShownPaper(number, text))
    return found


async def drawn_picture(folder: Path, number: int) -> bytes | None:
    """A paper's PNG; one that is being drawn is waited for, None if there is none."""
    picture, text = folder / f"{number:04d}.png", folder / f"{number:04d}.txt"
    for _ in range(int(_DRAWN_LIMIT_S / _LOOK_S)):
        if picture.exists():
            return await asyncio.to_thread(picture.read_bytes)
        if not text.exists():
            return None
        await asyncio.sleep(_LOOK_S)
    return None
