"""Finds a font that holds Chinese for lines that are sent or shown as pictures. Opens none."""

from functools import cache
from pathlib import Path
from typing import Final

_FOLDERS: Final = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.fonts",
    "~/.local/share/fonts",
    "/Library/Fonts",
    "/System/Library/Fonts",
    "C:/Windows/Fonts",
)
_WANTED: Final = (
    "NotoSansMonoCJKsc-Regular.otf",
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJK-VF.otf.ttc",
    "NotoSansCJKsc-Regular.otf",
    "NotoSansSC-Regular.otf",
    "SarasaMonoSC-Regular.ttf",
    "wqy-zenhei.ttc",
    "wqy-microhei.ttc",
    "DroidSansFallbackFull.ttf",
    "simsun.ttc",
    "msyh.ttc",
    "PingFang.ttc",
)
MONOSPACED: Final = "Noto Sans Mono CJK SC"
"""The face to take of a collection that has it: Latin letters fill the half-width grid."""


@cache
def chinese_font() -> Path | None:
    """The first font of the list that lies on this machine; None where there is none."""
    found: dict[str, Path] = {}
    for folder in _FOLDERS:
        for path in sorted(Path(folder).expanduser().rglob("*.?t[cf]")):
            found.setdefault(path.name, path)
    return next((found[name] for name in _WANTED if name in found), None)
