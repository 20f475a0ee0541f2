"""Texts in the languages of the product, read from each package's `translations/<locale>.po` at start.

Message ids are the English texts. `en.po` exists too, so that both languages are complete and checked
alike. The texts of the running request live in a context variable that `context.RequestContext` sets,
therefore `_("…")` works in pages, templates, macros and errors without being handed about:

    from sync.web.translations import gettext as _
    _("%(count)s lines", count=3)

Code that runs outside a request says which language it means: `with speaking(library["zh-CN"], zone): …`.
"""

import gettext as standard
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

LOCALES = {"zh-CN": "zh_CN", "en": "en"}
"""Language tag (BCP 47) to the name of the catalogue file."""

DEFAULT = "zh-CN"
LANGUAGE_COOKIE = "omo-lang"
ACCEPTED_MAX = 32
Entries = dict[str, str | list[str]]


@dataclass(frozen=True, slots=True)
class Texts:
    """One language: its catalogue and its formats.

    Attributes:
        tag: Language tag for `<html lang>`.
        locale: The formats of Babel.
        catalogue: The merged translations.
        entries: Message id to text, or to the list of plural forms; what pages with scripts are given.
    """

    tag: str
    locale: Locale
    catalogue: standard.NullTranslations
    entries: Entries = field(default_factory=dict)

    def gettext(self, message: str, /, **values: object) -> str:
        """Translate `message` and fill its `%(name)s` places when values are given."""
        text = self.catalogue.gettext(message) if message else ""
        return text % values if values else text

    def ngettext(self, one: str, many: str, count: int, /, **values: object) -> str:
        """Translate by number; `%(num)s` is the number itself."""
        return self.catalogue.ngettext(one, many, count) % {"num": count, **values}


def package_folder(package: str) -> Path:
    """Return the folder of an importable package without running it.

    Raises:
        ModuleNotFoundError: No such package.
    """
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(package)
    return Path(next(iter(spec.submodule_search_locations)))


def catalogue_path(package: str, tag: str) -> Path:
    """Return where a package keeps its texts of a language."""
    return package_folder(package) / "translations" / f"{LOCALES[tag]}.po"


def read_catalogue(path: Path, tag: str) -> Catalog:
    """Read a catalogue file as UTF-8."""
    with path.open("rb") as file:
        return read_po(file, locale=LOCALES[tag], charset="utf-8")


def load_texts(packages: Sequence[str]) -> dict[str, Texts]:
    """Read every language of `packages`; a later package's texts win over an earlier one's.

    Raises:
        FileNotFoundError: A package lacks a language.
    """
    return {
        tag: _load(tag, ("sync.web", *(name for name in packages if name != "sync.web"))) for tag in LOCALES
    }


def _load(tag: str, packages: Sequence[str]) -> Texts:
    merged: Translations | None = None
    entries: Entries = {}
    for package in packages:
        catalogue = read_catalogue(catalogue_path(package, tag), tag)
        compiled = io.BytesIO()
        write_mo(compiled, catalogue)
        compiled.seek(0)
        translations = Translations(compiled)
        # the first one carries the language's plural rule; merging takes over texts only
        merged = translations if merged is None else merged.merge(translations)
        entries.update(_entries(catalogue))
    assert merged is not None
    return Texts(tag, Locale.parse(LOCALES[tag]), merged, entries)


def _entries(catalogue: Catalog) -> Iterator[tuple[str, str | list[str]]]:
    for message in catalogue:
        if not message.id:
            continue
        if isinstance(message.id, str):
            yield message.id, str(message.string)
        else:
            yield str(message.id[0]), [str(text) for text in message.string or ()]


_english = Texts("en", Locale("en"), standard.NullTranslations())
_texts: ContextVar[Texts] = ContextVar("texts", default=_english)
_UTC = ZoneInfo("UTC")
_zone: ContextVar[ZoneInfo] = ContextVar("zone", default=_UTC)


def current() -> Texts:
    """Return the language of the running request."""
    return _texts.get()


def display_zone() -> ZoneInfo:
    """Return the time zone that times are shown in: the store's, where a page has set it."""
    return _zone.get()


def speak(texts: Texts, zone: ZoneInfo | None = None) -> None:
    """Set language, and zone if given, for the rest of this context (request or task)."""
    _texts.set(texts)
    if zone is not None:
        _zone.set(zone)


def show_times_in(zone: str) -> None:
    """Show times of the rest of this request in the IANA zone of a store."""
    _zone.set(ZoneInfo(zone))


@contextmanager
def speaking(texts: Texts, zone: ZoneInfo | None = None) -> Iterator[Texts]:
    """Use a language inside a block."""
    token, zone_token = _texts.set(texts), _zone.set(zone or _zone.get())
    try:
        yield texts
    finally:
        _texts.reset(token)
        _zone.reset(zone_token)


def gettext(message: str, /, **values: object) -> str:
    """Translate into the language of the running request."""
    return current().gettext(message, **values)


def ngettext(one: str, many: str, count: int, /, **values: object) -> str:
    """Translate by number into the language of the running request."""
    return current().ngettext(one, many, count, **values)


def negotiate(asked: str | None, remembered: str | None, accepted: str, default: str = DEFAULT) -> str:
    """Return the language tag for a reader.

    Args:
        asked: `?lang=` of the address.
        remembered: The language cookie.
        accepted: The Accept-Language header (RFC 9110 section 12.5.4).
        default: When nothing fits.
    """
    for choice in (asked, remembered):
        if choice is not None and (tag := _match(choice)) is not None:
            return tag
    for choice in _ranked(accepted):
        if (tag := _match(choice)) is not None:
            return tag
    return default


def _match(choice: str) -> str | None:
    language = choice.replace("_", "-").lower()
    for tag in LOCALES:
        if language == tag.lower():
            return tag
    return next((tag for tag in LOCALES if language.split("-")[0] == tag.split("-")[0]), None)


def _ranked(accepted: str) -> list[str]:
    weighted: list[tuple[float, str]] = []
    for part in accepted.split(",")[:ACCEPTED_MAX]:
        name, _, weight = part.strip().partition(";q=")
        try:
            quality = float(weight) if weight else 1.0
        except ValueError:
            continue
        if name and quality > 0:
            weighted.append((-quality, name))
    return [name for _, name in sorted(weighted, key=lambda pair: pair[0])]


def languages(library: Mapping[str, Texts]) -> list[dict[str, Any]]:
    """Return each language with its own name, for a language switch."""
    names = {"zh-CN": "中文", "en": "English"}
    return [{"tag": tag, "name": names.get(tag, tag), "on": tag == current().tag} for tag in library]
