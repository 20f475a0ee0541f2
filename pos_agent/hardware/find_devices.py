"""Which devices there are, and which of them the settings name."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from devices.discovery import discover
from pos_agent.settings import AgentSettings


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
        {"kind": uri.partition(":")[0], "address": uri, "name": "", "trouble": "", "id": name}
        for uri, name in named.items()
        if uri not in seen
    ]
    return [*found, *others]


def tell_devices(found: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Lines for a person: what to write as `uri`, and what stands in the way."""
    for one in found:
        place = one["address"] or one["name"] or one["kind"]
        words = [place]
        if one["name"] and one["name"] not in place:
            words.append(one["name"])
        words.append(f"set up as {one['id']}" if one["id"] else "not set up")
        if one["trouble"]:
            words.append(one["trouble"])
        yield " · ".join(words)
    if not found:
        yield "Nothing was found. Name a printer's address with --host."


def _place(uri: str) -> str:
    """An address without how fast it is spoken to."""
    return uri.partition("?")[0]
