"""Which devices there are, and which of them the settings name."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any, Final

from devices.discovery import Found, discover
from pos_agent.hardware.look_words import Gettext, tell_cause
from pos_agent.settings import AgentSettings
from sync.web.errors import N_

SET_UP: Final = N_("set up as %(id)s")
NOT_SET_UP: Final = N_("not set up")
NOTHING: Final = N_("Nothing was found. Name a printer's address with --host.")


async def find_devices(settings: AgentSettings, hosts: Sequence[str]) -> list[dict[str, Any]]:
    """What was found, each with the id under which it is set up, then what is set up and was not found.

    Raises:
        ValueError: a host cannot be one, or there are too many.
    """
    named = {_place(one.uri): one.id for one in settings.printer}
    named |= {_place(one.uri): one.id for one in settings.scanner}
    named |= {_place(one.uri): one.id for one in settings.display}
    found = [{**asdict(one), "id": named.get(one.address, "")} for one in await discover(list(hosts))]
    seen = {one["address"] for one in found}
    others = [
        {**asdict(Found(uri.partition(":")[0], uri)), "id": name}
        for uri, name in named.items()
        if uri not in seen
    ]
    return [*found, *others]


def tell_trouble(one: dict[str, Any], gettext: Gettext) -> str:
    """What stands in the way of a device that was found; in English where there is no translation."""
    return tell_cause(one["cause"], one["facts"], one["trouble"], gettext)


def tell_devices(found: Sequence[dict[str, Any]], gettext: Gettext) -> Iterator[str]:
    """Lines for a person: what to write as `uri`, and what stands in the way."""
    for one in found:
        place = one["address"] or one["name"] or one["kind"]
        words = [place]
        if one["name"] and one["name"] not in place:
            words.append(one["name"])
        words.append(gettext(SET_UP, id=one["id"]) if one["id"] else gettext(NOT_SET_UP))
        words += filter(None, [tell_trouble(one, gettext)])
        yield " · ".join(words)
    if not found:
        yield gettext(NOTHING)


def _place(uri: str) -> str:
    """An address without how fast it is spoken to."""
    return uri.partition("?")[0]
