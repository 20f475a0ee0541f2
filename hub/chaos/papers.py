"""The papers that came out of a store's virtual printers: which receipts, how often, marked as what."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_COPY: Final = re.compile(r"COPY (\d+)")
_RECEIPT: Final = re.compile(r"\b[A-Za-z0-9_-]+-[A-Za-z0-9]{1,8}-\d+-\d{6}\b")
ORIGINAL: Final = 0


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper: the receipt's number on it, and which copy it says it is (0: none, it is the original)."""

    name: str
    number: str
    copy: int


def papers_in(folders: Iterable[Path]) -> list[Paper]:
    """Every paper with a receipt's number on it."""
    found = []
    for folder in folders:
        for path in sorted(folder.glob("[0-9]*.txt")):
            paper = read_paper(f"{folder.name}/{path.name}", path.read_text("utf-8", "replace"))
            if paper is not None:
                found.append(paper)
    return found


def read_paper(name: str, text: str) -> Paper | None:
    """A paper by its text; None for one that is no receipt."""
    number = _RECEIPT.search(text)
    if number is None:
        return None
    copy = _COPY.search(text)
    return Paper(name, number.group(0), int(copy.group(1)) if copy else ORIGINAL)
