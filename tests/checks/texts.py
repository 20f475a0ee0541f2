"""Every text of every package exists in both languages, none empty, fuzzy or unused."""

from pathlib import Path

from sync.web.translation_check import check_translations


def findings(root: Path, packages: tuple[str, ...]) -> list[str]:
    """What is missing, package by package."""
    found: list[str] = []
    for package in packages:
        for folder in sorted((root / package).rglob("translations")):
            if "vendor" not in folder.parts:
                name = ".".join(folder.parent.relative_to(root).parts)
                found += [f"{name}: {text}" for text in check_translations(name)]
    return found
