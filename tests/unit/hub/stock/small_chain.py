"""A hub on a real database file with two stores and three products, and ledgers that play the stores' agents.

The ledgers run the stores' own rules on dictionaries; `exchange` carries messages between the two as the
link does, without a link.
"""

import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hub.db.open import FILE_NAME
from hub.directory import Directory
from hub.kernel import Kernel
from hub.link.hear import Heard, HearUp, ReadDown
from hub.orders.answers import loaded
from hub.orders.place_order import PlaceOrder
from hub.orders.requests import OrderRequest
from hub.orders.take_capture import Captured, TakeCapture, Taken
from hub.orders.take_order import OrderDesk
from hub.settings import HubSettings
from hub.stock.want_desk import WantDesk
from hub.stores.enrol import Enrol, MakeCode, new_code
from hub.stores.keep_store import KeepStore, StoreDraft
from hub.stores.queries import load_directory
from hub.stores.tell_mirror import balances_after, documents_after, extent, holds_after
from sync.keys.signing import SigningKey
from sync.messages.codec import decode, encode, parse_fact, parse_item
from sync.rules.baseline import Carried, SkuBalance
from sync.rules.books import StorePosition
from sync.rules.facts import Move, MoveLine, Payment
from sync.rules.rights import Allotment
from sync.rules.store import fulfil, ledger, prepaid
from sync.rules.store.begin_log import NOTHING, Mirror, begin_log
from sync.rules.store.receive_down import Received, receive_down
from sync.rules.store.report_up import make_up
from sync.rules.streams import Down, Up
from sync.runtime.clock import SystemClock
from sync.simulator.books import StoreDictionary
from sync.storage.incarnations import Incarnations
from sync.storage.reader import Reader
from sync.storage.writer import Transaction, Writer
from sync.values.clock import Clock, to_instant
from sync.web.events import EventHub

NOW = datetime(2026, 5, 1, 6, 17, tzinfo=UTC)
AT = to_instant(NOW)
SKUS = ("tea", "soap", "comb")
PRICES = {"tea": 300, "soap": 450, "comb": 1200}
BASE = "http://shop.test"


class SetClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.instant = NOW

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
class SmallHub:
    """A kernel and what stands on it."""

    kernel: Kernel
    path: Path
    wants: WantDesk
    desk: OrderDesk
    woken: list[str] = field(default_factory=list)

    async def one(self, sql: str, *parameters: object) -> Any:
        """The first row's values; a single value alone."""
        row = await self.kernel.reader.one(sql, parameters)
        return row[0] if row is not None and len(row) == 1 else row

    async def stock(self, sku: str, store: str = "s1") -> dict[str, int]:
        """A SKU's counters."""
        names = ("floor", "staged", "granted", "settled", "returned", "promised")
        row = await self.kernel.reader.one(
            f"SELECT {', '.join(names)} FROM stock WHERE store = ? AND sku = ?", (store, sku)
        )
        return dict(zip(names, row or (0,) * 6, strict=True))

    async def place(self, key: str = "k1", **changes: Any) -> dict[str, Any]:
        """Place an order by the command alone."""
        return loaded(await self.kernel.writer.run(self.command(key, **changes)))

    def command(self, key: str = "k1", **changes: Any) -> PlaceOrder:
        """The command for an order of one tea at s1, unless changed."""
        wanted = request(**changes)
        store = self.kernel.directory.get(wanted.store)
        assert store is not None
        return PlaceOrder(
            kernel=self.kernel,
            request=wanted,
            store=store,
            key=key,
            now=self.kernel.clock.now(),
            base_url=BASE,
        )


def request(**changes: Any) -> OrderRequest:
    """An order of one tea at s1, unless changed; `lines` as (sku, qty)."""
    body: dict[str, Any] = {
        "store": "s1",
        "lines": [("tea", 1)],
        "contact": {"name": "王小明", "phone": "+8613800138000"},
        "pay": "counter",
        "locale": "zh-CN",
        **changes,
    }
    body["lines"] = [{"sku": sku, "qty": qty} for sku, qty in body["lines"]]
    return OrderRequest.model_validate(body)


def add_skus(transaction: Transaction, prices: dict[str, int], start: int = 0, **changes: Any) -> None:
    """Put SKUs into the catalogue at the next versions."""
    for version, (sku, price) in enumerate(prices.items(), start + 1):
        values = {
            "sku": sku,
            "handle": sku,
            "gtin": None,
            "name_zh": f"商品{sku}",
            "name_en": f"A {sku}",
            "options": "[]",
            "price_minor": price,
            "price_per": 1,
            "currency": "CNY",
            "unit": "pcs",
            "image": "",
            "shelf": "A-01",
            "category": "[]",
            "status": "active",
            "version": version,
            **changes,
        }
        names, marks = ", ".join(values), ", ".join("?" for _ in values)
        transaction.execute(
            f"INSERT INTO sku ({names}) VALUES ({marks}) ON CONFLICT (sku) DO UPDATE SET"
            " price_minor = excluded.price_minor, currency = excluded.currency,"
            " status = excluded.status, version = excluded.version",
            tuple(values.values()),
        )


def prepared(folder: Path, schema: Path) -> Path:
    """The database file, copied from the schema where there is none."""
    folder.mkdir(exist_ok=True)
    path = folder / FILE_NAME
    if not path.exists():
        shutil.copy(schema, path)
    return path


def signing_key(path: Path) -> SigningKey:
    """The hub's key."""
    return SigningKey.load(path) if path.exists() else SigningKey.create(path)


@asynccontextmanager
async def small_hub(
    folder: Path, schema: Path, clock: Clock | None = None, **settings: Any
) -> AsyncIterator[SmallHub]:
    """A hub on a copy of the schema, without a link."""
    path = prepared(folder, schema)
    writer, reader = Writer(path), Reader(path)
    await writer.start()
    await reader.start()
    timer = clock or SystemClock()
    kernel = Kernel(
        settings=HubSettings(data_dir=folder, **settings),
        writer=writer,
        reader=reader,
        clock=timer,
        key=signing_key(folder / "key"),
        hinc=1,
        directory=Directory(timer),
        events=EventHub(),
    )
    wants = WantDesk(kernel)
    hub = SmallHub(kernel, path, wants, OrderDesk(kernel, wants))
    kernel.wake = hub.woken.append
    if await hub.one("SELECT COUNT(*) FROM store") == 0:
        await writer.run(lambda transaction: add_skus(transaction, PRICES))
        for position, name in enumerate(("s1", "s2")):
            await writer.run(KeepStore(StoreDraft(id=name, names={"zh-CN": name, "en": name}), position))
    await load_directory(kernel)
    try:
        yield hub
    finally:
        kernel.events.close()
        await reader.close()
        await writer.close()


async def enrol(
    hub: SmallHub, store: str = "s1", *, share: int = 50, last_unit: str = "grant", reserve: int = 0
) -> "Ledger":
    """Enrol an agent for a store; returns its ledger, which takes over where the store had one before."""
    code, _ = await hub.kernel.writer.run(MakeCode(hub.kernel, store, "test", new_code()))
    incarnations = Incarnations(hub.kernel.settings.data_dir)
    enrolled = await hub.kernel.writer.run(
        Enrol(hub.kernel, incarnations, code, "$7$101$c2FsdA==$aGFzaA==", "0" * 64)
    )
    await load_directory(hub.kernel)
    policy = Allotment(share_percent=share, reserve=reserve, last_unit=last_unit)  # type: ignore[arg-type]
    made = Ledger(StorePosition(store=store, sinc=enrolled.sinc, hinc=hub.kernel.hinc), policy)
    if enrolled.takes_over is not None:
        mirror = await mirror_of(hub, store)
        begin_log(made.book, made.position, mirror, NOTHING, AT)
        made.book.commit()
    return made


async def mirror_of(hub: SmallHub, store: str) -> Mirror:
    """All that the hub tells an agent that takes over."""
    reader, told = hub.kernel.reader, await extent(hub.kernel.reader, store)
    stocks: list[SkuBalance] = []
    while page := await balances_after(reader, store, stocks[-1].sku if stocks else "", AT):
        stocks += page.lines
    holds: list[Carried] = []
    while more := await holds_after(reader, store, holds[-1].order if holds else "", AT):
        holds += more
    ends: list[Any] = []
    while documents := await documents_after(reader, store, ends[-1].document if ends else ""):
        ends += [parse_fact(raw) for raw in documents]
    assert (len(stocks), len(holds)) == (told.skus, told.holds)
    return Mirror(
        from_sinc=told.from_sinc,
        from_seq=told.from_seq,
        doubt=told.doubt,
        stocks=tuple(stocks),
        holds=tuple(holds),
        documents=tuple(ends),
    )


class Ledger:
    """A store's ledger under the store's own rules; each act is one transaction."""

    def __init__(self, position: StorePosition, policy: Allotment) -> None:
        policies = dict.fromkeys([*SKUS, "odd"], policy)
        self.book = StoreDictionary(position, policies)

    @property
    def position(self) -> StorePosition:
        """Where it stands."""
        return self.book.position()

    def receive(self, sku: str, qty: int) -> None:
        """Goods come in."""
        self._move("receive", MoveLine(sku=sku, qty=qty, target="floor"))

    def sell(self, sku: str, qty: int) -> None:
        """The till sells."""
        self._move("sale", MoveLine(sku=sku, qty=qty, source="floor"))

    def override(self, sku: str, qty: int) -> None:
        """The till sells beyond the floor, for a reason."""
        self._move("override", MoveLine(sku=sku, qty=qty, source="floor"))

    def _move(self, reason: Any, line: MoveLine) -> None:
        try:
            ledger.book_move(self.book, Move(reason=reason, lines=(line,), at=AT))
        except Exception:
            self.book.rollback()
            raise
        self.book.commit()

    def up(self, after: int | None = None, **wants: Any) -> Up:
        """What it sends next; over the wire and back, so that only what travels is compared."""
        up = decode(encode(make_up(self.book, self.position.heard if after is None else after, **wants)))
        assert isinstance(up, Up)
        return up

    def take(self, down: Down) -> Received:
        """A DOWN arrives."""
        arrived = decode(encode(down))
        assert isinstance(arrived, Down)
        received = receive_down(self.book, arrived, parse_item, AT)
        self.book.commit()
        return received

    def hand_over(self, order: str, *, pays: bool = True) -> None:
        """The customer collects everything, and pays what is due at the counter in the same commit."""
        due = prepaid.due_minor(fulfil.open_hold(self.book, order))
        fulfil.hand_over(self.book, order, AT, "clerk", "qr")
        if due and pays:
            taken = Payment(ref=f"R{order}", tender="cash", minor=due, currency="CNY", at=AT, order=order)
            ledger.book_payment(self.book, taken)
        self.book.commit()

    def release(self, order: str, why: str) -> None:
        """The hold ends uncollected."""
        fulfil.release(self.book, order, AT, "clerk", why)
        self.book.commit()

    def pick_all(self, order: str) -> None:
        """Pick every unit and make the order ready."""
        hold = fulfil.open_hold(self.book, order)
        for line in hold.lines:
            for _ in range(line.open):
                fulfil.pick(self.book, order, line.line, AT, "clerk")
        fulfil.make_ready(self.book, order, AT, "clerk")
        self.book.commit()

    def short(self, order: str, line: int, n: int) -> None:
        """Units of a line were not found."""
        fulfil.report_short(self.book, order, line, n, AT, "clerk")
        self.book.commit()


@dataclass(frozen=True, slots=True)
class PayAsked:
    """Command: the provider tells that it took exactly what the hub asked for."""

    kernel: Kernel
    payment: str
    reference: str

    def __call__(self, transaction: Transaction) -> Taken:
        """Run in the writer."""
        row = transaction.one("SELECT minor, currency FROM payment WHERE id = ?", (self.payment,))
        minor, currency = row or (100, "CNY")
        told = Captured("sandbox", self.payment, self.reference, minor, currency)
        return TakeCapture(self.kernel, told)(transaction)


async def hear(hub: SmallHub, up: Up) -> Heard:
    """The hub applies an UP."""
    return await hub.kernel.writer.run(HearUp(hub.kernel, up))


async def exchange(hub: SmallHub, store: Ledger) -> None:
    """Carry messages to and fro until both sides know everything."""
    for _ in range(200):
        heard = await hear(hub, store.up())
        down, position = await hub.kernel.writer.run(ReadDown(hub.kernel, store.position.store))
        store.take(down)
        if heard.position.app == store.position.seq and position.ver == store.position.dver:
            await hear(hub, store.up())
            return
    raise AssertionError("hub and store do not come to rest")


def everything(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every table's rows, as another program reads them."""
    connection = sqlite3.connect(path)
    try:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return {
            name: sorted(connection.execute(f"SELECT * FROM {name}").fetchall(), key=repr) for name in names
        }
    finally:
        connection.close()


def plans(path: Path, statements: Iterable[tuple[str, int]]) -> dict[str, str]:
    """How SQLite would run each statement, by its text; `statements` as (sql, number of parameters)."""
    connection = sqlite3.connect(path)
    try:
        return {
            sql: " | ".join(
                str(row[3]) for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", ("",) * count)
            )
            for sql, count in statements
        }
    finally:
        connection.close()
