"""The store as its own screens and papers show it: what the hub's settings say, else what enrolment said.

Read once after each change and kept in memory; every field is checked here, so nobody below has to
doubt it.
"""

import base64
import binascii
import json
import re
from dataclasses import dataclass, field
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pos_agent.enrolment import Enrolment
from sync.keys.signing import PUBLIC_BYTES, KeyRing, key_id_of
from sync.storage.reader import Reader
from sync.values.opening import WEEKDAYS, Hours

Names = dict[str, str]
_SPAN: Final = re.compile(r"(([01]\d|2[0-3]):[0-5]\d|24:00)-(([01]\d|2[0-3]):[0-5]\d|24:00)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What the store is called, where it stands and what it takes."""

    store: str
    names: Names
    address: Names = field(default_factory=dict)
    phone: str = ""
    tz: ZoneInfo
    locale: str = "zh-CN"
    currency: str = "CNY"
    hours: Hours = field(default_factory=dict)
    prints_slips: bool = True
    keys: KeyRing = field(default_factory=lambda: KeyRing({}))

    def name(self, locale: str) -> str:
        """The store's name for readers of a language."""
        return in_language(self.names, locale) or self.store


def in_language(names: Names, locale: str) -> str:
    """The text for readers of a language; another language's rather than none."""
    return names.get(locale) or names.get("zh-CN") or next(iter(names.values()), "")


async def load_profile(reader: Reader, enrolment: Enrolment) -> Profile:
    """The profile as the database has it now."""
    rows = await reader.all("SELECT key, body FROM setting WHERE key = 'settings' OR key LIKE 'key:%'")
    bodies = {key: json.loads(body) for key, body in rows}
    return make_profile(enrolment, bodies.pop("settings", {}), list(bodies.values()))


def make_profile(enrolment: Enrolment, told: dict[str, Any], keys: list[dict[str, Any]]) -> Profile:
    """The profile from what was told; whatever has no sense falls back to the enrolment."""
    pickup = told.get("pickup")
    return Profile(
        store=enrolment.store,
        names=_names(told.get("names")) or dict(enrolment.names),
        address=_names(told.get("address")),
        phone=_text(told.get("phone"), ""),
        tz=_zone(_text(told.get("tz"), enrolment.tz)),
        locale=_text(told.get("locale"), enrolment.locale),
        currency=_text(told.get("currency"), enrolment.currency),
        hours=_hours(told.get("hours")),
        prints_slips=not isinstance(pickup, dict) or pickup.get("slip") is not False,
        keys=KeyRing.of(*(key.raw for key in enrolment.hub_keys), *_publics(keys)),
    )


def _names(value: object) -> Names:
    """Texts by language; a single text stands for every language."""
    if isinstance(value, str):
        return {"zh-CN": value} if value else {}
    if not isinstance(value, dict):
        return {}
    return {str(tag): text for tag, text in value.items() if isinstance(text, str) and text}


def _hours(value: object) -> Hours:
    """Opening hours that make sense; else none, as for a store that is always open."""
    if not isinstance(value, dict):
        return {}
    found = {}
    for day, span in value.items():
        text = "-".join(map(str, span)) if isinstance(span, list) else ""
        if day not in WEEKDAYS or not _SPAN.fullmatch(text):
            return {}
        opens, closes = text.split("-")
        found[str(day)] = (opens, closes)
    return found


def _text(value: object, otherwise: str) -> str:
    return value if isinstance(value, str) and value else otherwise


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def _publics(keys: list[dict[str, Any]]) -> list[bytes]:
    """Public keys that are what they say; others are never trusted."""
    found = []
    for key in keys:
        try:
            public = base64.b64decode(str(key.get("public", "")), validate=True)
        except (binascii.Error, ValueError):
            continue
        if len(public) == PUBLIC_BYTES and key_id_of(public) == key.get("id"):
            found.append(public)
    return found
