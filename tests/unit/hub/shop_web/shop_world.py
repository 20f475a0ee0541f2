"""A shop on a real database file: three stores, the demo catalogue, stock as a test wants it."""

import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from starlette.applications import Starlette

from hub.catalogue import api as catalogue_api
from hub.catalogue import pages as catalogue_pages
from hub.catalogue.import_products import import_products
from hub.db.migrate import migrate
from hub.db.open import FILE_NAME
from hub.directory import Directory
from hub.kernel import Kernel
from hub.orders import api as order_api
from hub.orders import pages as order_pages
from hub.orders.take_order import OrderDesk
from hub.payments import pages as payment_pages
from hub.settings import HubSettings, ShopSection
from hub.stock.want_desk import WantDesk
from hub.stores.keep_store import KeepStore, StoreDraft
from hub.stores.queries import load_directory
from hub.web.error_place import place_of
from sync.keys.signing import SigningKey
from sync.storage.reader import Reader
from sync.storage.writer import Writer
from sync.web.app import WebParts, web_app
from sync.web.assets import Assets
from sync.web.events import EventHub
from sync.web.openapi import openapi_route
from sync.web.templates import Frame, Pages
from sync.web.translations import load_texts

NOW = datetime(2026, 5, 1, 6, 17, tzinfo=UTC)
"""A Friday, 14:17 in Shanghai."""
AREAS = ["hub.catalogue", "hub.orders", "hub.payments"]
PRODUCTS = Path(__file__).parents[4] / "config" / "demo" / "products.csv"
WEEK = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), ("09:00", "22:00"))
STORES = (
    (
        "renmin",
        "人民路店",
        "Renmin Road",
        "上海市黄浦区人民路 88 号",
        "88 Renmin Road, Huangpu, Shanghai",
        WEEK,
    ),
    (
        "jiangwan",
        "江湾店",
        "Jiangwan",
        "上海市杨浦区江湾路 216 号",
        "216 Jiangwan Road, Yangpu, Shanghai",
        WEEK,
    ),
    (
        "zhangjiang",
        "张江店",
        "Zhangjiang",
        "上海市浦东新区科苑路 501 号",
        "501 Keyuan Road, Pudong, Shanghai",
        {"sat": ("10:00", "18:00")},
    ),
)
SUN, FEW, FLOOR, GONE = "BE1001", "BE1002", "BE1003", "BE1004"
"""In stock, few left, on the floor only, nowhere."""


class SetClock:
    """A clock that stands until it is moved; the browser tests let it run."""

    def __init__(self, now: datetime = NOW) -> None:
        self.instant = now

    def now(self) -> datetime:
        """The instant it was set to."""
        return self.instant

    def monotonic(self) -> float:
        """The same in seconds."""
        return self.instant.timestamp()

    def move(self, **by: float) -> None:
        """Go on by a timedelta's arguments."""
        self.instant += timedelta(**by)


@dataclass(slots=True)
class World:
    """The shop and ways to look below it."""

    kernel: Kernel
    app: Starlette
    clock: SetClock
    folder: Path
    tables: tuple[str, ...] = field(
        default=("orders", "order_line", "order_contact", "hold_line", "payment", "stock", "request")
    )

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the database says."""
        with sqlite3.connect(self.folder / FILE_NAME) as connection:
            return connection.execute(sql, values).fetchall()

    def execute(self, sql: str, *values: Any) -> None:
        """Change the database behind the hub's back, as a store's fact would."""
        with sqlite3.connect(self.folder / FILE_NAME, timeout=10) as connection:
            connection.execute(sql, values)

    def state(self) -> dict[str, list[tuple[Any, ...]]]:
        """Everything an order could change."""
        return {table: self.rows(f"SELECT * FROM {table} ORDER BY 1, 2") for table in self.tables}

    def reach(self, *stores: str) -> None:
        """These stores were heard just now."""
        for store in stores:
            self.kernel.directory.heard(store)


def make_database(folder: Path) -> Path:
    """An empty database with the newest schema."""
    path = folder / FILE_NAME
    migrate(path)
    return path


def make_app(kernel: Kernel) -> Starlette:
    """The shop's application alone."""
    frame = Frame(
        assets=Assets({"hub": "hub.web"}), library=load_texts(["hub.web", *AREAS]), clock=kernel.clock
    )
    pages = Pages(frame, frames=["hub.web"], areas=AREAS)
    routes = [
        *order_api.ROUTES,
        *catalogue_api.ROUTES,
        *payment_pages.ROUTES,
        *order_pages.ROUTES,
        *catalogue_pages.ROUTES,
        openapi_route("Shop", "0"),
    ]
    app = web_app(WebParts(routes=routes, pages=pages, place_of=place_of))
    app.state.kernel = kernel
    app.state.order_desk = OrderDesk(kernel, WantDesk(kernel))
    return app


async def fill(kernel: Kernel) -> None:
    """Three stores, the demo catalogue, and some stock at each."""
    for position, (store, zh, en, address_zh, address_en, hours) in enumerate(STORES):
        draft = StoreDraft(
            id=store,
            names={"zh-CN": zh, "en": en},
            address={"zh-CN": address_zh, "en": address_en},
            phone="021-5550-0188",
            hours=hours,
        )
        await kernel.writer.run(KeepStore(draft, position))
    await load_directory(kernel)
    await import_products(kernel, PRODUCTS.read_bytes())
    rows = await kernel.reader.all("SELECT sku FROM sku ORDER BY rowid")
    special = {FEW: (3, 0), FLOOR: (0, 4), GONE: (0, 0)}
    stock = [
        (store, sku, *((*special[sku], special[sku][0]) if sku in special else (12, 8, 12)))
        for store in ("renmin", "jiangwan")
        for (sku,) in rows
    ]

    def keep(transaction: Any) -> None:
        transaction.connection.executemany(
            "INSERT INTO stock (store, sku, granted, floor, staged, damaged, settled, returned, promised,"
            " floor_request) VALUES (?, ?, ?, ? + ?, 0, 0, 0, 0, 0, '')",
            stock,
        )
        transaction.execute("UPDATE store_stream SET sinc = 1")

    await kernel.writer.run(keep)
    await load_directory(kernel)


@asynccontextmanager
async def running_world(folder: Path, database: Path, *, full: bool = False) -> AsyncIterator[World]:
    """The shop on a copy of a database; `full` fills it first."""
    shutil.copy(database, folder / FILE_NAME)
    writer, reader = Writer(folder / FILE_NAME), Reader(folder / FILE_NAME)
    await writer.start()
    await reader.start()
    clock = SetClock()
    kernel = Kernel(
        settings=HubSettings(
            data_dir=folder, shop=ShopSection(name_zh="邻光便利美妆", name_en="Linguang", want_wait_ms=50)
        ),
        writer=writer,
        reader=reader,
        clock=clock,
        key=SigningKey.generate(),
        hinc=1,
        directory=Directory(clock),
        events=EventHub(heartbeat_s=0.2),
    )
    try:
        if full:
            await fill(kernel)
        await load_directory(kernel)
        yield World(kernel, make_app(kernel), clock, folder)
    finally:
        kernel.events.close()
        await reader.close()
        await writer.close()
