"""What a running demo tells: one JSON line for programs, a page of text for people."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hub.demo.broker import RunningBroker
from hub.demo.chain import DemoChain, Person
from hub.demo.ports import LOOPBACK, Ports
from hub.demo.programs import PRINTERS, SCANNER, StorePlace, agent_argv, hub_argv

VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningDemo:
    """A demo of which everything is healthy."""

    folder: Path
    chain: DemoChain
    ports: Ports
    broker: RunningBroker
    hub_config: Path
    places: tuple[StorePlace, ...]
    pids: dict[str, int]
    took_s: float

    @property
    def hub_url(self) -> str:
        """The shop's address."""
        return f"http://{LOOPBACK}:{self.ports.hub}"

    @property
    def devices_url(self) -> str:
        """The page of all stores' simulated devices."""
        return f"http://{LOOPBACK}:{self.ports.devices}"


def as_line(demo: RunningDemo) -> str:
    """The JSON line; its form is stable."""
    told = {
        "v": VERSION,
        "hub": {
            "url": demo.hub_url,
            "logins": [
                {"role": person.role, "user": person.login, "password": person.secret}
                for person in demo.chain.hq
            ],
            "pid": demo.pids["hub"],
            "start": hub_argv(demo.hub_config, "serve"),
        },
        "broker": {
            "url": demo.broker.url,
            "kind": demo.broker.kind,
            "pid": demo.broker.pid,
            "start": demo.broker.start,
        },
        "devices": {"url": demo.devices_url, "pid": demo.pids["devices-page"]},
        "stores": [
            {**_store(place, demo.pids), "devices_url": f"{demo.devices_url}/{place.store.id}"}
            for place in demo.places
        ],
    }
    return json.dumps(told, ensure_ascii=False)


def _store(place: StorePlace, pids: dict[str, int]) -> dict[str, Any]:
    store, ports = place.store, place.ports
    return {
        "id": store.id,
        "name": store.names["zh"],
        "names": store.names,
        "agent_url": place.agent_url,
        "till_url": f"{place.agent_url}/till",
        "counter_url": f"{place.agent_url}/counter",
        "door_url": place.door_url,
        "staff": [
            {"role": person.role, "user": person.login, "pin": person.secret} for person in store.staff
        ],
        "pid": pids[f"{store.id}-agent"],
        "start": agent_argv(place.config, "run"),
        "printers": [
            {
                "id": name,
                "address": f"{LOOPBACK}:{ports.printer(number)}",
                "papers": str(place.papers(name)),
                "control": f"{LOOPBACK}:{ports.printer_control(number)}",
            }
            for number, (name, _role) in enumerate(PRINTERS)
        ],
        "scanner": {
            "id": SCANNER,
            "control": f"{LOOPBACK}:{ports.scanner_control}",
            "device": str(place.scanner_link),
        },
        "line": {"control": f"{LOOPBACK}:{ports.line_control}"},
    }


def as_story(demo: RunningDemo, command: str) -> str:
    """The page of text: where to click, who to be, what each virtual device does.

    Args:
        demo: What runs.
        command: How the demo was called, up to and without its options: `./omo demo`.
    """
    names, hq = demo.chain.names, demo.chain.hq
    data = f" --data {_short(demo.folder)}" if demo.folder.name != "demo-data" else ""
    first = demo.places[0].store.id
    broker = " · a demo broker, not for production" if demo.broker.kind == "embedded" else ""
    lines = [
        "",
        f"  {names['zh']} · {names['en']}",
        f"  {len(demo.places)} stores, all healthy after {demo.took_s:.0f} s",
        "",
        f"  1  Order as a customer    {demo.hub_url}/",
        "       Choose a store, put something into the basket, pay at the counter or in the sandbox.",
        "       The order page shows the QR code that collects the goods.",
        f"  2  See it all as HQ       {demo.hub_url}/hq",
        *(f"       {_login(person, 'password')}" for person in hq),
        f"  3  Play with the devices  {demo.devices_url}/",
        "       Each store's printers, drawer and scanner: papers as pictures, every fault a button.",
        "  4  Serve as a clerk       pick what was ordered, hand it over, sell at the till",
        "",
    ]
    for place in demo.places:
        lines += _store_lines(place, demo.devices_url)
    lines += [
        "  The virtual devices",
        f"     {command} scan {first} 6990101000013{data}",
        "       pulls the trigger of a store's scanner: the till takes it, or the order being picked",
        f"     {command} printer {first} receipt paper-out{data}",
        "       takes the paper out; paper-ok puts it in; state tells; cover-open, offline, mute, ... too",
        "     each paper is kept as NNNN.txt, NNNN.png and NNNN.bin in the folders above",
        "",
        "  The line of a store",
        f"     {command} line {first} cut{data}",
        "       cuts it off from hub and broker: sell and hand over as before",
        f"     {command} line {first} restore{data}",
        "       and watch HQ and the shop catch up",
        "",
        f"  Broker {demo.broker.kind} at {demo.broker.url}{broker}. Data and logs in {_short(demo.folder)}.",
        "  Ctrl-C stops everything; the same command goes on where it stopped.",
        "",
    ]
    return "\n".join(lines) + "\n"


def _store_lines(place: StorePlace, devices_url: str) -> list[str]:
    store = place.store
    return [
        f"  {store.names['zh']} · {store.names['en']} ({store.id})",
        f"     till      {place.agent_url}/till",
        f"     counter   {place.agent_url}/counter",
        f"     devices   {devices_url}/{store.id}",
        f"     phones    {place.door_url}/pair   paired by the menu of the till, Phones",
        f"     people    {' · '.join(_login(person, 'PIN') for person in store.staff)}",
        *(f"     paper     {_short(place.papers(name))}" for name, _role in PRINTERS),
        "",
    ]


def _login(person: Person, word: str) -> str:
    return f"{person.names['zh']} {person.login} ({person.role}), {word} {person.secret}"


def _short(path: Path) -> str:
    """A path as short as it can be said from here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
