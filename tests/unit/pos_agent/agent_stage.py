"""A store's agent for tests: a real database file, a clock in hand, no devices, no line."""

import base64
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from argon2 import PasswordHasher

from pos_agent.agent import make_door
from pos_agent.app import build_app
from pos_agent.catalogue.apply_page import apply_page
from pos_agent.catalogue.profile import load_profile
from pos_agent.desk import Desk
from pos_agent.enrolment import Answer, Enrolment
from pos_agent.hardware.board import DeviceBoard
from pos_agent.hardware.papers import Papers
from pos_agent.ledger.position import settle_position
from pos_agent.ledger.receive_stock import Delivery, receive_stock
from pos_agent.ledger.store_book import Ledger, SqliteStoreBook
from pos_agent.settings import AgentSettings
from sync.keys.signing import SigningKey
from sync.rules.items import HoldItem, HoldLine
from sync.rules.rights import StoreStock
from sync.rules.store.receive_down import accept_hold
from sync.rules.streams import Page
from sync.runtime.ids import new_id
from sync.storage.reader import Reader
from sync.storage.writer import Writer
from sync.values.clock import to_instant
from sync.values.gtin import check_digit
from sync.values.pickup_code import code_hash
from sync.web.events import EventHub

STORE = "s1"
COLA, MILK, SOAP = "SKU-1", "SKU-2", "SKU-3"
PIN_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("2468")
HUB_KEY = SigningKey.from_bytes(bytes(range(32)))
CODE = "A7K2QX"


def gtin(number: int) -> str:
    """A valid EAN-13."""
    digits = f"690{number:09d}"
    return digits + check_digit(digits)


class HeldClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 5, 1, 4, 0, tzinfo=UTC)
        self.seconds = 0.0

    def now(self) -> datetime:
        """The held instant."""
        return self.moment

    def monotonic(self) -> float:
        """The held seconds."""
        return self.seconds

    def go(self, seconds: float) -> None:
        """Move on."""
        self.moment += timedelta(seconds=seconds)
        self.seconds += seconds


def product(sku: str, number: int, zh: str, en: str, price_minor: int | None) -> dict[str, Any]:
    """A catalogue entry."""
    return {
        "version": number,
        "sku": sku,
        "gtins": [gtin(number)],
        "names": {"zh-CN": zh, "en": en},
        "price_minor": price_minor,
        "per": 1,
        "currency": "CNY",
        "unit": "piece",
        "status": "on",
        "shelf": f"A-{number:02d}",
        "category": ["食品"],
        "image": "",
    }


PRODUCTS = [
    product(COLA, 1, "可口可乐 500ml", "Cola 500 ml", 350),
    product(MILK, 2, "牛奶", "Milk", 1280),
    product(SOAP, 3, "香皂", "Soap", 999),
]
SETTINGS = [
    {
        "version": 1,
        "key": "settings",
        "body": {
            "names": {"zh-CN": "一号店", "en": "Store One"},
            "address": {"zh-CN": "南京路1号", "en": "1 Nanjing Road"},
            "phone": "021-5555",
            "tz": "Asia/Shanghai",
            "locale": "zh-CN",
            "currency": "CNY",
            "pickup": {"slip": True},
            "allotment": {"share_percent": 50, "reserve": 0, "last_unit": "grant"},
        },
    },
    *(
        {
            "version": 2 + index,
            "key": f"staff:{login}",
            "body": {
                "login": login,
                "names": {"zh-CN": login, "en": login},
                "role": role,
                "pin_hash": PIN_HASH,
                "active": True,
            },
        }
        for index, (login, role) in enumerate((("mei", "clerk"), ("lin", "manager")))
    ),
]


def enrolment_answer(sinc: int = 1, hinc: int = 1) -> Answer:
    """What a hub answers to an enrolment."""
    public = base64.b64encode(HUB_KEY.public).decode()
    return Answer.model_validate(
        {
            "store": STORE,
            "part": 3,
            "sinc": sinc,
            "hinc": hinc,
            "broker": {"url": "mqtt://127.0.0.1:1", "user": STORE},
            "secret": "correct-horse-battery",
            "hub_keys": [{"id": HUB_KEY.key_id, "public": public}],
            "names": {"zh-CN": "一号店", "en": "Store One"},
            "locale": "zh-CN",
            "currency": "CNY",
            "tz": "Asia/Shanghai",
        }
    )


def enrolment() -> Enrolment:
    """The kept part of it."""
    return Enrolment.model_validate(enrolment_answer().model_dump(exclude={"secret"}))


def hold_item(order: str = "o-1", *lines: tuple[str, int], **changes: Any) -> HoldItem:
    """A hold as the hub tells it."""
    found = lines or ((COLA, 2),)
    values: dict[str, Any] = {
        "order": order,
        "number": f"N-{order}",
        "code_hash": code_hash(STORE, CODE),
        "pay_at": "counter",
        "due_minor": sum(350 * qty for _sku, qty in found),
        "currency": "CNY",
        "placed_at": "2026-05-01T03:00:00.000Z",
        "ready_by": "2026-05-01T05:00:00.000Z",
        "expires_at": "2026-05-03T05:00:00.000Z",
        "lines": tuple(
            HoldLine(line=number, sku=sku, qty=qty, names={"zh-CN": sku, "en": sku}, price_minor=350 * qty)
            for number, (sku, qty) in enumerate(found, start=1)
        ),
        "contact": "王小姐",
        "phone_tail": "1234",
    }
    return HoldItem(**{**values, **changes})


@dataclass(slots=True)
class Stage:
    """An agent's desk and what it did to its devices and screens."""

    desk: Desk
    clock: HeldClock
    path: Path
    woken: list[str] = field(default_factory=list)

    async def sku(self, sku: str) -> StoreStock:
        """A SKU's balances."""
        return await self.desk.ledger.run(lambda book: book.stock(sku))

    async def receive(self, **units: int) -> None:
        """Put units on the floor: `receive(SKU_1=5)`."""
        lines = [(name.replace("_", "-"), qty) for name, qty in units.items()]
        delivery = Delivery(ref=new_id(), reason="opening", lines=lines, at=self.desk.at)
        await self.desk.ledger.run(lambda book: receive_stock(book, delivery))

    async def take_hold(self, item: HoldItem) -> None:
        """Book a hold as a DOWN would."""
        await self.desk.ledger.run(lambda book: accept_hold(book, item, self.desk.at, by=""))

    async def run(self, command: Any) -> Any:
        """Run a command on the book."""
        return await self.desk.ledger.run(command)

    async def events(self) -> list[dict[str, Any]]:
        """The whole log."""

        def read(book: SqliteStoreBook) -> list[dict[str, Any]]:
            return list(book.events_after(0, 10_000))

        return await self.desk.ledger.run(read)

    async def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the database."""
        return await self.desk.reader.all(sql)


def catalogue_page(entries: list[dict[str, Any]], since: int = 0) -> Page:
    """A whole catalogue in one page."""
    return Page(name="catalog", hinc=1, since=since, to=100, top=100, entries=tuple(entries))


def settings_page(entries: list[dict[str, Any]]) -> Page:
    """The store's settings in one page."""
    return Page(name="store", hinc=1, since=0, to=50, top=50, entries=tuple(entries))


def agent_settings(folder: Path, **changes: Any) -> AgentSettings:
    """Settings with one printer."""
    values: dict[str, Any] = {
        "data_dir": folder,
        "printer": [{"id": "p1", "role": "receipt", "uri": "tcp://127.0.0.1:1"}],
    }
    return AgentSettings(**{**values, **changes})


@asynccontextmanager
async def staged(template: Path, folder: Path, **changes: Any) -> AsyncIterator[Stage]:
    """An agent in `folder`, its database a copy of a migrated `template`, its catalogue known."""
    settings = agent_settings(folder, **changes)
    if not settings.database.exists():
        shutil.copy(template, settings.database)
    writer, reader = Writer(settings.database), Reader(settings.database)
    await writer.start()
    await reader.start()
    clock = HeldClock()
    try:
        await writer.run(lambda tx: settle_position(tx, enrolment()))
        await writer.run(lambda tx: apply_page(tx, catalogue_page(PRODUCTS), to_instant(clock.now())))
        await writer.run(lambda tx: apply_page(tx, settings_page(SETTINGS), to_instant(clock.now())))
        woken: list[str] = []
        desk = Desk(
            settings=settings,
            enrolment=enrolment(),
            clock=clock,
            ledger=Ledger(writer),
            reader=reader,
            papers=Papers(settings, clock, woken.append),
            screens=EventHub(),
            profile=await load_profile(reader, enrolment()),
            board=DeviceBoard(settings),
            lan=make_door(settings, enrolment(), clock),
        )
        yield Stage(desk, clock, settings.database, woken)
    finally:
        await writer.close()
        await reader.close()


@asynccontextmanager
async def client(stage: Stage, login: str | None = "mei") -> AsyncIterator[httpx.AsyncClient]:
    """A machine that calls the agent's API, signed in with a token."""
    transport = httpx.ASGITransport(app=build_app(stage.desk, 8700))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as caller:
        if login is not None:
            answer = await caller.post("/api/v1/session", json={"login": login, "pin": "2468"})
            assert answer.status_code == 201, answer.text
            caller.headers["authorization"] = f"Bearer {answer.json()['token']}"
        yield caller


def instant(moment: datetime) -> str:
    """As the wire writes it."""
    return to_instant(moment)
