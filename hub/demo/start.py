"""Bring a demo up: processes, chain, enrolment, opening stock; and wait until all of it is healthy.

Only by what an operator has: settings files, the programs' commands and their HTTP interfaces. What a
folder has done already is not done again.
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from hub.demo.broker import BROKER_FOLDER, LOG_FILE, RunningBroker, start_broker
from hub.demo.calls import Caller, connections
from hub.demo.chain import DemoChain
from hub.demo.children import Children, run_command, until
from hub.demo.devices_page import devices_argv, read_articles, write_devices
from hub.demo.errors import SetupFailed
from hub.demo.memory import Memory
from hub.demo.ports import LOOPBACK, Ports, accepts
from hub.demo.programs import StorePlace, agent_argv, hub_argv, write_hub_config
from hub.demo.told import RunningDemo
from sync.link.address import split_url

START_LIMIT_S = 90.0
RECEIVE_LINES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What was asked for.

    Attributes:
        broker: auto, mosquitto, embedded or mqtt://host:port.
        server: The hub's HTTP server: uvicorn or granian.
        slip: Whether stores print a slip for each new order.
    """

    broker: str = "auto"
    server: str = "uvicorn"
    slip: bool = True


class Starter:
    """Brings one demo up.

    Args:
        folder: The demo's folder, absolute.
        chain: The chain with its stores.
        memory: What the folder remembers; the ports are chosen already.
        children: Where processes are started.
        say: Tells a person how far it is.
    """

    def __init__(
        self, folder: Path, chain: DemoChain, memory: Memory, children: Children, say: Callable[[str], None]
    ) -> None:
        self.folder = folder
        self.chain = chain
        self.memory = memory
        self.children = children
        self.say = say
        self.ports = Ports(memory.base, len(chain.stores))
        self.places = tuple(
            StorePlace(folder, store, self.ports.store(number)) for number, store in enumerate(chain.stores)
        )
        self.setup_log = folder / "logs" / "setup.log"

    async def run(self, wish: Wish) -> RunningDemo:
        """Bring everything up.

        Raises:
            DemoError: With what happened and what to do; the caller stops the children.
        """
        begun = asyncio.get_running_loop().time()
        broker = await self._broker(wish)
        config = write_hub_config(self.folder, self.ports, broker.url, wish.server, self.chain.names)
        for place in self.places:
            place.write_config(slip=wish.slip)
        async with connections() as http:
            await self.children.unless_one_falls(self._bring_up(http, broker, config))
        return RunningDemo(
            folder=self.folder,
            chain=self.chain,
            ports=self.ports,
            broker=broker,
            hub_config=config,
            places=self.places,
            pids={child.name: child.pid for child in self.children.all()},
            took_s=asyncio.get_running_loop().time() - begun,
        )

    async def _bring_up(self, http: httpx.AsyncClient, broker: RunningBroker, config: Path) -> None:
        """Everything behind the broker."""
        host, port = split_url(broker.url)[:2]
        processes: dict[str, list[str]] = {}
        for place in self.places:
            processes |= place.line(self.ports.hub, host, port)
        await _all([self._chain_into_hub(config), self._start(processes)])
        hub = Caller(http, f"http://{LOOPBACK}:{self.ports.hub}", "the hub")
        await self._start({"hub": hub_argv(config, "serve")})
        devices: dict[str, list[str]] = {}
        for place in self.places:
            devices |= place.devices()
        devices["devices-page"] = self._devices_page()
        await self._start(devices)
        await until("the hub is ready", hub.is_ready, START_LIMIT_S)
        await until("the page of devices is there", lambda: accepts(self.ports.devices), START_LIMIT_S)
        self.say(f"hub       serves at http://{LOOPBACK}:{self.ports.hub}")
        await self._sign_in(hub)
        await _all([self._store(http, hub, place) for place in self.places])

    def _devices_page(self) -> list[str]:
        path = write_devices(self.folder, self.places, read_articles(self.chain.products))
        return devices_argv(path, self.ports.devices)

    async def _broker(self, wish: Wish) -> RunningBroker:
        """The broker, watched and stopped like every child."""
        broker = await start_broker(wish.broker, self.folder, self.ports.broker)
        if broker.process is not None:
            log_path = self.folder / BROKER_FOLDER / LOG_FILE
            self.children.adopt("broker", broker.start, log_path, broker.process)
            self._remember_children()
        self.say(f"broker    {broker.kind} at {broker.url}")
        return broker

    async def _chain_into_hub(self, config: Path) -> None:
        """Schema, stores, people, products: by the hub's commands, once."""
        fingerprint = self.chain.fingerprint()
        if self.memory.imported == fingerprint:
            return
        for words in (
            ("migrate",),
            ("import", "chain", str(self.chain.file)),
            ("import", "products", str(self.chain.products)),
        ):
            await run_command(f"omo-hub {' '.join(words)}", hub_argv(config, *words), self.setup_log)
        self.memory.imported = fingerprint
        self.memory.keep()
        self.say(f"chain     {len(self.chain.stores)} stores and their catalogue imported")

    async def _sign_in(self, hub: Caller) -> None:
        person = self.chain.hq[0]
        if not await hub.sign_in({"user": person.login, "password": person.secret}):
            raise SetupFailed(f"the hub does not let {person.login} in; was its password changed?")

    async def _store(self, http: httpx.AsyncClient, hub: Caller, place: StorePlace) -> None:
        """One store: enrolled, running, stocked, in step with the hub."""
        store = place.store.id
        await until(f"the line of {store} is there", lambda: accepts(place.ports.line_control), START_LIMIT_S)
        if store not in self.memory.enrolled:
            await self._enrol(hub, place)
        await until(f"the devices of {store} are there", lambda: _have_devices(place), START_LIMIT_S)
        await self._start({f"{store}-agent": agent_argv(place.config, "run")})
        agent = Caller(http, place.agent_url, f"the agent of {store}")
        await until(f"the agent of {store} answers", agent.answers, START_LIMIT_S)
        await until(f"the agent of {store} is ready", agent.is_ready, START_LIMIT_S)
        await self._sign_in_at(agent, place)
        await until(f"{store} has the catalogue", lambda: _has_catalogue(agent, place), START_LIMIT_S)
        if store not in self.memory.opened:
            await self._open_stock(agent, place)
        await until(f"{store} is in step with the hub", lambda: _in_step(agent, hub, place), START_LIMIT_S)
        self.say(f"{store:<9} serves at {place.agent_url}")

    async def _sign_in_at(self, agent: Caller, place: StorePlace) -> None:
        """As the manager, once the store has heard of its people (wrong tries would be counted)."""
        manager = place.store.manager
        await until(
            f"{place.store.id} knows {manager.login}", lambda: _knows(agent, manager.login), START_LIMIT_S
        )
        if not await agent.sign_in({"login": manager.login, "pin": manager.secret}):
            raise SetupFailed(f"{place.store.id} does not let {manager.login} in; was the PIN changed?")

    async def _enrol(self, hub: Caller, place: StorePlace) -> None:
        """With a one-time code got as HQ would get it, through the store's own line."""
        store = place.store.id
        code = (await hub.post(f"/api/v1/stores/{store}/enrolment-codes", {}))["code"]
        argv = agent_argv(place.config, "enrol", place.hub_url, code)
        await run_command(f"omo-agent enrol at {store}", argv, self.setup_log)
        self.memory.enrolled.append(store)
        self.memory.keep()

    async def _open_stock(self, agent: Caller, place: StorePlace) -> None:
        """Book the opening stock; the agent counts each reference once."""
        lines = [{"sku": sku, "qty": qty} for sku, qty in place.store.opening.items() if qty > 0]
        for start in range(0, len(lines), RECEIVE_LINES):
            part = lines[start : start + RECEIVE_LINES]
            ref = f"opening-{place.store.id}-{start // RECEIVE_LINES + 1}"
            await agent.post("/api/v1/stock/receive", {"ref": ref, "reason": "opening", "lines": part})
        self.memory.opened.append(place.store.id)
        self.memory.keep()

    async def _start(self, processes: dict[str, list[str]]) -> None:
        await self.children.start(processes)
        self._remember_children()

    def _remember_children(self) -> None:
        self.memory.children = [(child.pid, child.argv) for child in self.children.all()]
        self.memory.keep()


async def _have_devices(place: StorePlace) -> bool:
    """Whether both printers listen and the scanner's device is there."""
    listening = [await accepts(place.ports.printer(number)) for number in range(2)]
    return all(listening) and place.scanner_link.exists()


async def _knows(agent: Caller, login: str) -> bool:
    """Whether this person may sign in at the store."""
    return any(person["login"] == login for person in (await agent.get("/api/v1/staff"))["staff"])


async def _has_catalogue(agent: Caller, place: StorePlace) -> bool:
    """Whether the store knows its goods; a catalogue is taken into use whole, so one will do."""
    sku = next(iter(place.store.opening), "")
    return not sku or bool((await agent.get(f"/api/v1/till/search?q={sku}"))["items"])


async def _in_step(agent: Caller, hub: Caller, place: StorePlace) -> bool:
    """Whether the store's devices are ready and the hub has applied all that the store has booked."""
    status = await agent.get("/api/v1/status")
    states = [device["state"] for device in (*status["printers"], *status["scanners"])]
    if not status["online"] or status["unsent"] or not set(states) <= {"online", "ready"}:
        return False
    stores = (await hub.get("/api/v1/stores"))["stores"]
    return any(store["store"] == place.store.id and store["in_reach"] for store in stores)


async def _all(works: list[Coroutine[Any, Any, None]]) -> None:
    """Do them side by side; the first trouble is raised as it is."""
    try:
        async with asyncio.TaskGroup() as group:
            for work in works:
                group.create_task(work)
    except BaseExceptionGroup as troubles:
        raise troubles.exceptions[0] from None
