"""Checks that the texts of a package are complete; for tests, `check`, and to bring the files up to date.

Every message in templates (`*.html`), Python (`_`, `gettext`, `ngettext`, `N_`) and scripts (`*.js`) must
be in both languages, none fuzzy, empty or unused, with the same places (`%(name)s`) in every language. A
package is free to use a text that `sync.web` has already.
"""

import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from sync.web.translations import LOCALES, catalogue_path, package_folder, read_catalogue

_Keyword = tuple[int | tuple[int, int] | tuple[int, str], ...] | None
KEYWORDS: dict[str, _Keyword] = {"_": None, "gettext": None, "N_": None, "ngettext": (1, 2)}
METHODS = [
    ("**/vendor/**", "ignore"),
    ("**.py", "python"),
    ("**.html", "jinja2"),
    ("**/static/**.js", "javascript"),
]
_PLACE = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")
MessageId = str | tuple[str, str]


def used_messages(package: str) -> dict[MessageId, list[str]]:
    """Return every message id used in a package with the files that use it."""
    found: dict[MessageId, list[str]] = {}
    methods = [("vendor/**", "ignore"), *METHODS]
    options = {"**.html": {"newstyle_gettext": "true"}, "**/static/**.js": {"template_string": "false"}}
    for name, _line, message, _comments, _context in extract_from_dir(
        package_folder(package), method_map=methods, options_map=options, keywords=KEYWORDS
    ):
        identity = message if isinstance(message, str) else (str(message[0]), str(message[1]))
        places = found.setdefault(identity, [])
        if name not in places:
            places.append(name)
    return found


def check_translations(package: str) -> list[str]:
    """Return one sentence for each fault of a package's texts; empty when they are complete."""
    used = used_messages(package)
    shared: set[MessageId] = set() if package == "sync.web" else _identities("sync.web", "en")
    return [fault for tag in LOCALES for fault in _faults(package, tag, used, shared)]


def _identities(package: str, tag: str) -> set[MessageId]:
    catalogue = read_catalogue(catalogue_path(package, tag), tag)
    return {_identity(message) for message in catalogue if message.id}


def _identity(message: Message) -> MessageId:
    return message.id if isinstance(message.id, str) else (str(message.id[0]), str(message.id[1]))


def _faults(
    package: str, tag: str, used: dict[MessageId, list[str]], shared: set[MessageId]
) -> Iterator[str]:
    path = catalogue_path(package, tag)
    if not path.exists():
        yield f"{path} is missing"
        return
    known = {_identity(message): message for message in read_catalogue(path, tag) if message.id}
    for identity, files in used.items():
        if identity not in known and identity not in shared:
            yield f"{package} {tag}: no text for {identity!r} of {files[0]}"
    for identity, message in known.items():
        if identity not in used:
            yield f"{package} {tag}: {identity!r} is used nowhere"
        yield from (f"{package} {tag}: {identity!r} {fault}" for fault in _entry_faults(message))


def _entry_faults(message: Message) -> Iterator[str]:
    texts = [message.string] if isinstance(message.string, str) else list(message.string or ())
    if message.fuzzy:
        yield "is fuzzy"
    if not texts or not all(texts):
        yield "is empty"
        return
    ids = [message.id] if isinstance(message.id, str) else list(message.id)
    allowed = {place for text in ids for place in _places(text)}
    for text in texts:
        if (isinstance(message.id, str) and _places(text) != allowed) or not _places(text) <= allowed:
            yield f"has other places in {text!r}"


def _places(text: str) -> set[str]:
    return {named or braced for named, braced in _PLACE.findall(text)}


def update_catalogues(package: str) -> None:
    """Add missing messages (empty; in English the id itself) and drop unused ones, in both languages."""
    used = used_messages(package)
    shared: set[MessageId] = set() if package == "sync.web" else _identities("sync.web", "en")
    for tag, name in LOCALES.items():
        path = catalogue_path(package, tag)
        old = read_catalogue(path, tag) if path.exists() else Catalog(locale=name)
        _write(path, _merged(old, sorted(used, key=str), shared, tag))


def _merged(old: Catalog, used: Sequence[MessageId], shared: set[MessageId], tag: str) -> Catalog:
    fresh = Catalog(locale=LOCALES[tag], fuzzy=False, charset="utf-8")
    for identity in used:
        if identity in shared:
            continue
        kept = old.get(identity[0] if isinstance(identity, tuple) else identity)
        text = kept.string if kept is not None else (identity if tag == "en" else "")
        fresh.add(identity, text)
    return fresh


def _write(path: Path, catalogue: Catalog) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=110, omit_header=True)


def main(packages: Sequence[str]) -> int:
    """Bring the catalogues of `packages` up to date and write what is still missing to standard error."""
    faults: list[str] = []
    for package in packages:
        update_catalogues(package)
        faults += check_translations(package)
    sys.stderr.writelines(f"{fault}\n" for fault in faults)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
