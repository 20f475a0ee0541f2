"""Where the programs are: the JSON line of `demo --json` as values."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hub.walk.errors import BadPlace


@dataclass(frozen=True, slots=True)
class PrinterPlace:
    """A virtual printer: where its papers are, where it takes faults."""

    id: str
    papers: Path
    control: str


@dataclass(frozen=True, slots=True)
class StorePlace:
    """A store: its agent, people, devices and line."""

    id: str
    names: Mapping[str, str]
    agent_url: str
    staff: tuple[Mapping[str, str], ...]
    start: tuple[str, ...]
    printers: tuple[PrinterPlace, ...]
    scanner_control: str
    line_control: str

    def printer(self, purpose: str) -> PrinterPlace:
        """The printer whose id says what it is for; the only one where there is one."""
        found = [printer for printer in self.printers if purpose in printer.id]
        return (found or list(self.printers))[0]


@dataclass(frozen=True, slots=True)
class Place:
    """Everything that runs."""

    hub_url: str
    logins: tuple[Mapping[str, str], ...]
    hub_start: tuple[str, ...]
    broker_kind: str
    stores: tuple[StorePlace, ...]


def read_place(text: str) -> Place:
    """The place that a JSON line describes.

    Raises:
        BadPlace: It is no such line.
    """
    try:
        told = json.loads(text)
        stores = tuple(_store(store) for store in told["stores"])
        place = Place(
            hub_url=told["hub"]["url"].rstrip("/"),
            logins=tuple(told["hub"]["logins"]),
            hub_start=tuple(told["hub"]["start"]),
            broker_kind=told["broker"]["kind"],
            stores=stores,
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadPlace(f"this is not the line that `demo --json` prints: {error!r}") from error
    if not stores or not place.logins or not all(store.staff and store.printers for store in stores):
        raise BadPlace("the line names no stores, logins, staff or printers")
    return place


def _store(told: Mapping[str, Any]) -> StorePlace:
    """One store of the line."""
    return StorePlace(
        id=told["id"],
        names=told["names"],
        agent_url=told["agent_url"].rstrip("/"),
        staff=tuple(told["staff"]),
        start=tuple(told["start"]),
        printers=tuple(
            PrinterPlace(printer["id"], Path(printer["papers"]), printer["control"])
            for printer in told["printers"]
        ),
        scanner_control=told["scanner"]["control"],
        line_control=told["line"]["control"],
    )
