"""The lock files name every extra that a locked package asks another for.

pip with `--require-hashes` looks for `name[extra]` apart from `name`: once a newer release of `name`
is out, a lock that pins the bare name only cannot be installed any more.
"""

import re
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCKS = ("requirements.lock", "requirements-dev.lock")
_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[(?P<extras>[^\]]+)\])?==", re.MULTILINE)


def findings(root: Path) -> list[str]:
    """Extras that a package of a lock asks for and the lock does not name, per lock file."""
    return [f"{lock}: {missing}" for lock in LOCKS for missing in missing_extras((root / lock).read_text())]


def missing_extras(lock: str) -> list[str]:
    """`asker wants name[extra]` for each extra that the text of a lock leaves out."""
    pinned = {
        canonicalize_name(pin["name"]): frozenset((pin["extras"] or "").replace(" ", "").split(","))
        for pin in _PIN.finditer(lock)
    }
    found = []
    for asker, with_extras in pinned.items():
        for need in _needs(asker, with_extras):
            left = need.extras - pinned.get(canonicalize_name(need.name), frozenset())
            found += [f"{asker} wants {need.name}[{extra}]" for extra in sorted(left)]
    return found


def _needs(name: str, extras: frozenset[str]) -> list[Requirement]:
    """What an installed package, with these extras, asks for here; nothing of one that is not installed."""
    try:
        asked = [Requirement(text) for text in requires(name) or []]
    except PackageNotFoundError:
        return []
    return [
        need
        for need in asked
        if need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in extras | {""})
    ]
