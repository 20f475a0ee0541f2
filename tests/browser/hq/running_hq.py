"""HQ's pages behind a real port with a chain to look at, served from a thread with its own event loop."""

import asyncio
import json
import shutil
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import uvicorn

from hub.catalogue.import_products import import_products
from hub.db.migrate import migrate
from hub.db.open import FILE_NAME
from hub.directory import Directory
from hub.kernel import Kernel
from hub.monitor.keep_health import KeepHealth, Said
from hub.settings import HubSettings
from hub.stock.movements import keep_movements
from hub.stock.subjects import keep_subjects
from hub.stores.import_chain import import_chain
from hub.trace.rules import to_ms
from sync.keys.signing import SigningKey
from sync.rules.facts import Bucket, Fact, Grant, HoldStep, Move, MoveLine, MoveReason
from sync.runtime.clock import SystemClock
from sync.storage.reader import Reader
from sync.storage.writer import Transaction, Writer
from sync.values.clock import to_instant
from sync.web.events import EventHub
from tests.unit.hub.stores.running_pages import make_app

LIMIT_S = 60.0
USER, PASSWORD = "hq", "demo-hq-2026"
DEMO = Path("config/demo")


@dataclass(slots=True)
class RunningHq:
    """HQ to visit."""

    kernel: Kernel
    url: str
    loop: asyncio.AbstractEventLoop

    def do(self, what: Coroutine[Any, Any, Any]) -> Any:
        """Run something in the hub's event loop."""
        return asyncio.run_coroutine_threadsafe(what, self.loop).result(LIMIT_S)

    def ago(self, **by: float) -> str:
        """An instant of the past."""
        return to_instant(self.kernel.clock.now() - timedelta(**by))

    def tell_board(self) -> None:
        """Tell open boards that something changed, as the link does."""
        self.loop.call_soon_threadsafe(self.kernel.events.publish, "board", "store", {})


def _prepare(folder: Path) -> None:
    """An empty database."""
    folder.mkdir(parents=True)
    migrate(folder / FILE_NAME)


async def _kernel(folder: Path) -> Kernel:
    """A kernel with the demo chain."""
    await asyncio.to_thread(_prepare, folder)
    writer, reader, clock = Writer(folder / FILE_NAME), Reader(folder / FILE_NAME), SystemClock()
    await writer.start()
    await reader.start()
    kernel = Kernel(
        settings=HubSettings(data_dir=folder),
        writer=writer,
        reader=reader,
        clock=clock,
        key=SigningKey.create(folder / "key"),
        hinc=1,
        directory=Directory(clock),
        events=EventHub(),
    )
    await import_chain(kernel, DEMO / "chain.toml")
    await import_products(kernel, await asyncio.to_thread((DEMO / "products.csv").read_bytes))
    return kernel


async def enrol_store(hq: RunningHq, store: str, app: int) -> None:
    """A store as an enrolment and events leave it."""
    now = hq.ago()

    def write(transaction: Transaction) -> None:
        transaction.execute(
            "UPDATE store_stream SET sinc = 1, app = ?, secret_hash = 'x', enrolled_at = ?, last_event_at = ?"
            " WHERE store = ?",
            (app, now, now, store),
        )

    await hq.kernel.writer.run(write)


async def add_events(hq: RunningHq, store: str, lag_ms: int) -> None:
    """Twenty events that each took this long."""

    def write(transaction: Transaction) -> None:
        for seq in range(1, 21):
            raw = json.dumps({"at": hq.ago(seconds=40 - seq, milliseconds=lag_ms + seq)})
            transaction.execute(
                "INSERT INTO event (store, sinc, seq, kind, raw, chain, at)"
                " VALUES (?, 1, ?, 'move', ?, '', ?)",
                (store, seq, raw, hq.ago(seconds=40 - seq)),
            )

    await hq.kernel.writer.run(write)


async def say(hq: RunningHq, store: str, state: str, **health: Any) -> None:
    """What a store says of itself."""
    at = hq.ago(minutes=12) if state == "offline" else hq.ago()
    await hq.kernel.writer.run(KeepHealth(store, "health", Said(health), at))
    await hq.kernel.writer.run(KeepHealth(store, "presence", Said({"state": state}), at))


async def add_trouble(hq: RunningHq, kind: str, store: str, facts: dict[str, Any], minutes: int) -> None:
    """An open trouble of some age."""

    def write(transaction: Transaction) -> None:
        transaction.execute(
            "INSERT INTO trouble (kind, store, facts, state, raised_at, note)"
            " VALUES (?, ?, ?, 'open', ?, '')",
            (kind, store, json.dumps(facts), hq.ago(minutes=minutes)),
        )

    await hq.kernel.writer.run(write)


async def add_order(hq: RunningHq, number: int, store: str, stage: str, ready_in_minutes: int) -> None:
    """An order of the list."""
    name = f"{store[:2].upper()}-{number:06d}"

    def write(transaction: Transaction) -> None:
        ready, placed = hq.ago(minutes=-ready_in_minutes), hq.ago(minutes=9)
        transaction.execute(
            "INSERT INTO orders (id, number, token, store, sinc, stage, payment, pay, total_minor, currency,"
            " locale, code, code_hash, placed_at, ready_by, expires_at, paid_minor, price_version)"
            " VALUES (?, ?, ?, ?, 1, ?, 'unpaid', 'counter', ?, 'CNY', 'zh-CN', ?, '', ?, ?, ?, 0, 1)",
            (
                name,
                name,
                name,
                store,
                stage,
                2580 * number,
                f"A7K2Q{number}",
                placed,
                ready,
                ready,
            ),
        )
        transaction.execute(
            "INSERT INTO order_contact (order_id, name, phone, phone_tail) VALUES (?, '王小明', ?, ?)",
            (name, f"+861381234{5600 + number}", str(5600 + number)),
        )
        transaction.execute(
            "INSERT INTO order_line (order_id, line, sku, names, gtin, image, qty, unit_minor, per,"
            " amount_minor) VALUES (?, 1, 'BE1001', ?, '', '', ?, 2580, 1, ?)",
            (name, json.dumps({"zh-CN": "防晒乳", "en": "Sun Milk"}), number, 2580 * number),
        )
        transaction.execute(
            "INSERT INTO hold_line (order_id, line, store, sku, qty, done, short, released, dispatched)"
            " VALUES (?, 1, ?, 'BE1001', ?, 0, ?, 0, 1)",
            (name, store, number, int(number == 3)),
        )
        if number == 3:
            transaction.execute("UPDATE orders SET payment = 'paid', paid_minor = 5160 WHERE id = ?", (name,))
            transaction.execute(
                "INSERT INTO payment (id, order_id, provider, state, minor, currency, reference, at,"
                " settled_at) VALUES (?, ?, 'till-cash', 'captured', 5160, 'CNY', 'R-1', ?, ?)",
                (name, name, placed, placed),
            )

    await hq.kernel.writer.run(write)


async def furnish(hq: RunningHq) -> None:
    """One store in step, one behind, one away, and things to decide."""
    await enrol_store(hq, "renmin", 20)
    await enrol_store(hq, "jiangwan", 20)
    await enrol_store(hq, "zhangjiang", 20)
    checked = {"at": hq.ago(hours=4), "took_ms": 800, "findings": 0, "told": []}
    well = [{"id": "p1", "state": "online", "text": ""}]
    await add_events(hq, "renmin", 60)
    await add_events(hq, "jiangwan", 900)
    await say(
        hq,
        "renmin",
        "online",
        seq=20,
        app_version="0.1.0",
        skew_ms=40,
        printers=well,
        scanners=[],
        verify=checked,
    )
    paper = [{"id": "p1", "state": "paper_out", "text": "no paper"}]
    behind = {"seq": 1224, "oldest_unsent_at": hq.ago(seconds=41), "app_version": "0.1.0", "printers": paper}
    await say(hq, "jiangwan", "online", **behind)
    away = {"seq": 26, "oldest_unsent_at": hq.ago(minutes=12), "app_version": "0.1.0", "printers": well}
    await say(hq, "zhangjiang", "offline", **away)

    def age(transaction: Transaction) -> None:
        transaction.execute(
            "UPDATE store_stream SET last_event_at = ? WHERE store = 'zhangjiang'", (hq.ago(minutes=12),)
        )

    await hq.kernel.writer.run(age)
    await add_trouble(hq, "deficit", "zhangjiang", {"sku": "BE1001", "units": 1}, 11)
    await add_trouble(hq, "double_paid", "renmin", {"order": "RE-000003", "ref": "sbx-77", "minor": 2580}, 24)
    await add_trouble(hq, "dead_letter", "jiangwan", {"seq": 17, "code": "unknown_sku"}, 130)

    def letter(transaction: Transaction) -> None:
        transaction.execute(
            "INSERT INTO dead_letter (store, sinc, seq, code, raw, at) VALUES ('jiangwan', 1, 17, ?, ?, ?)",
            ("unknown_sku", '{"kind":"move","sku":"8812","qty":1,"why":"sale"}', hq.ago(minutes=130)),
        )

    await hq.kernel.writer.run(letter)
    facts = {
        "check": "mirror",
        "about": "BE1001",
        "kept": "46 / 2 / 0 / 24",
        "made": "45 / 2 / 0 / 24",
        "by": "hub",
    }
    await add_trouble(hq, "digest_mismatch", "renmin", facts, 300)
    await add_movements(hq)
    for number, stage in enumerate(("pending_store", "accepted", "picking", "ready", "collected"), 1):
        store = ("renmin", "jiangwan", "zhangjiang")[number % 3]
        await add_order(hq, number, store, stage, 5 if number < 3 else 40)
    await add_trace(hq)


async def add_movements(hq: RunningHq) -> None:
    """What happened to one SKU at renmin: 47 in the store, two orders, a grant; and a check of the books."""

    def write(transaction: Transaction) -> None:
        def move(reason: MoveReason, qty: int, ref: str, *, is_in: bool = False) -> Move:
            shelf: Bucket = "floor"
            sides: tuple[Bucket | None, Bucket | None] = (None, shelf) if is_in else (shelf, None)
            line = MoveLine(sku="BE1001", qty=qty, source=sides[0], target=sides[1])
            return Move(reason=reason, lines=(line,), at=hq.ago(hours=3), ref=ref, actor="chen")

        sales = [move("sale", 1, f"02-0007-{number:06d}") for number in range(70)]
        picked = MoveLine(sku="BE1001", qty=2, source="floor", target="staged")
        facts: list[Fact] = [
            move("receive", 120, "送货单 D-2026-0417", is_in=True),
            Grant(sku="BE1001", granted=24, at=hq.ago(hours=3)),
            *sales,
            move("override", 3, "02-0007-000070"),
            HoldStep(
                order="RE-000003", to="picking", at=hq.ago(hours=1), line=1, moves=(picked,), actor="lin"
            ),
        ]
        for seq, fact in enumerate(facts, 1):
            keep_movements(transaction, "renmin", 1, seq, fact)
        transaction.execute(
            "INSERT INTO stock (store, sku, floor, staged, damaged, granted, settled, returned, promised,"
            " floor_request) VALUES ('renmin', 'BE1001', 45, 2, 0, 24, 3, 4, 8, '')"
        )
        transaction.execute(
            "INSERT INTO hold_line (order_id, line, store, sku, qty, done, short, released, dispatched)"
            " VALUES ('RE-000005', 1, 'renmin', 'BE1001', 5, 3, 0, 0, 1)"
        )
        transaction.execute(
            "INSERT INTO self_check (day, by, state, asked_at, finished_at, took_ms, counted, findings, told)"
            " VALUES ('2026-05-01', '', 'done', ?, ?, 41000, ?, 1, '[]')",
            (
                hq.ago(hours=5),
                hq.ago(hours=5),
                '{"stores":3,"events":120483,"movements":98110,"orders":5012}',
            ),
        )

    await hq.kernel.writer.run(write)


@contextmanager
def serving(folder: Path) -> Iterator[RunningHq]:
    """Serve HQ until the block ends."""
    ready = threading.Event()
    held: dict[str, Any] = {}

    async def serve() -> None:
        kernel = await _kernel(folder)
        app = make_app(kernel)
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", lifespan="off"))
        held.update(kernel=kernel, server=server, loop=asyncio.get_running_loop())
        task = asyncio.ensure_future(server.serve())
        while not server.started and not task.done():  # noqa: ASYNC110  # uvicorn has no event for it
            await asyncio.sleep(0.01)
        held["port"] = server.servers[0].sockets[0].getsockname()[1]
        ready.set()
        await task
        await kernel.reader.close()
        await kernel.writer.close()
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    thread = threading.Thread(target=lambda: asyncio.run(serve()), name="hq", daemon=True)
    thread.start()
    assert ready.wait(LIMIT_S), "HQ did not start"
    try:
        yield RunningHq(held["kernel"], f"http://127.0.0.1:{held['port']}", held["loop"])
    finally:
        held["loop"].call_soon_threadsafe(held["kernel"].events.close)
        held["server"].should_exit = True
        thread.join(LIMIT_S)
        assert not thread.is_alive()


async def add_trace(hq: RunningHq) -> None:
    """An order of renmin that went down and came up again; one message was sent three times."""
    order, day = "RE-000003", timedelta(minutes=7)
    begun = hq.kernel.clock.now() - day

    def at(seconds: float) -> str:
        return to_instant(begun + timedelta(seconds=seconds))

    def ms(seconds: float) -> int:
        return to_ms(begun + timedelta(seconds=seconds))

    line = {"sku": "BE1001", "qty": 2, "source": "floor", "target": "staged"}
    steps: list[tuple[int, float, str, dict[str, Any], int, float]] = [
        (101, 0.31, "received", {}, 1, 0.05),
        (102, 95.0, "picking", {"line": 1, "n": 2, "moves": [line], "actor": "lin"}, 3, 41.2),
        (103, 140.4, "ready", {"actor": "lin"}, 1, 0.07),
    ]

    def write(transaction: Transaction) -> None:
        transaction.execute(
            "INSERT INTO trace_down VALUES ('renmin', 1, 40, 'order', ?, 'order', ?, ?, ?, 1, ?)",
            (order, ms(0), ms(0.004), ms(0.004), ms(0.36)),
        )
        for seq, made, to, more, times, late in steps:
            raw = {"kind": "hold", "order": order, "to": to, "at": at(made + 1.2), **more}
            transaction.execute(
                "INSERT INTO event (store, sinc, seq, kind, raw, chain, at)"
                " VALUES ('renmin', 1, ?, 'hold', ?, '', ?)",
                (seq, json.dumps(raw), at(made + late + 0.05)),
            )
            keep_subjects(transaction, "renmin", 1, seq, raw)
            sent = (ms(made + 1.204), ms(made + 1.204 + late))
            transaction.execute(
                "INSERT INTO trace_up VALUES ('renmin', 1, ?, ?, ?, ?, ?, 1200, ?, ?, ?, ?)",
                (seq, seq, *sent, times, *(ms(made + late + n) for n in (0.03, 0.042, 0.043)), seq % 2),
            )

    await hq.kernel.writer.run(write)
