"""Finds a font that holds Chinese, without opening any: Pillow stays in the drawing process."""

from pathlib import Path

_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "~/.fonts",
    "/System/Library/Fonts",
    "/Library/Fonts",
    "C:/Windows/Fonts",
)
# Monospaced faces first; in collections the face is chosen by name when it is opened.
_FILES = (
    "NotoSansMonoCJKsc-Regular.otf",
    "NotoSansMonoCJKsc-VF.otf",
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJK-VF.ttc",
    "NotoSansCJK-VF.otf.ttc",
    "SarasaMonoSC-Regular.ttf",
    "wqy-zenhei.ttc",
    "wqy-microhei.ttc",
    "NotoSansCJKsc-Regular.otf",
    "NotoSansSC-Regular.otf",
    "DroidSansFallbackFull.ttf",
    "DroidSansFallback.ttf",
    "PingFang.ttc",
    "simsun.ttc",
    "msyh.ttc",
)


def find_font(folders: tuple[str, ...] = _FOLDERS) -> Path | None:
    """The best Chinese font on this machine; None if there is none."""
    found: dict[str, Path] = {}
    for folder in folders:
        for path in Path(folder).expanduser().rglob("*.?t[cf]"):
            found.setdefault(path.name, path)
    return next((found[name] for name in _FILES if name in found), None)


def find_bold(regular: Path) -> Path | None:
    """The bold sister of a font file, if it lies beside it."""
    sister = regular.with_name(regular.name.replace("-Regular", "-Bold"))
    return sister if sister != regular and sister.exists() else None
