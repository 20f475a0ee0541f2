"""What the beginning of a rebuilt log (begin, balances, carried, whole) weighs on the wire, and takes."""

import asyncio
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import hub.db.migrate
import pos_agent.db.migrate
from hub.db.open import FILE_NAME
from hub.kernel import Kernel
from hub.link.hear import HearUp
from hub.settings import HubSettings
from hub.start import make_folder, running_kernel
from hub.stores.enrol import Enrol, MakeCode, new_code
from hub.stores.keep_store import KeepStore, StoreDraft
from pos_agent.ledger.store_book import SqliteStoreBook
from pos_agent.link.compose import compose_up
from sync.messages.codec import decode
from sync.rules.baseline import Carried, CarriedLine, SkuBalance
from sync.rules.books import StorePosition
from sync.rules.store.begin_log import NOTHING, Mirror, begin_log
from sync.rules.streams import Up
from sync.runtime.ids import new_id
from sync.storage.connection import open_for_writing
from sync.storage.incarnations import Incarnations
from sync.storage.writer import Transaction
from tests.benchmarks.figures import Figure

SKUS: Final = (1_000, 10_000, 100_000)
HOLDS: Final = 200
AT: Final = "2026-05-01T06:17:00.000Z"
STORE: Final = "store-0000"
SINC: Final = 2


@dataclass(slots=True)
class Beginning:
    """One log's beginning as it left the store."""

    payloads: list[bytes] = field(default_factory=list)
    events: int = 0
    written_s: float = 0.0
    packed_s: float = 0.0
    cpu_s: float = 0.0


def rebuilds() -> list[Figure]:
    """Stores of 1,000, 10,000 and 100,000 SKUs with 200 holds."""
    return [figure for skus in SKUS for figure in _of(skus)]


def _of(skus: int) -> list[Figure]:
    """One size."""
    with tempfile.TemporaryDirectory(prefix="omo-rebuild-") as name:
        folder = Path(name)
        told = _at_store(folder / "agent.sqlite", skus)
        taken = asyncio.run(_at_hub(folder / "hub", skus, told))
        assert taken.floor == sum(balance.floor for balance in _balances(skus)), (
            "the mirror is not what was told"
        )
    size = sum(map(len, told.payloads))
    name = f"rebuilt log of {skus:,} SKUs, {HOLDS} holds"
    facts = {
        "messages": len(told.payloads),
        "events": told.events,
        "bytes/SKU": f"{size / skus:.1f}",
        "largest": f"{max(map(len, told.payloads)):,} bytes",
    }
    return [
        Figure(f"{name}: on the wire", size / 1024, "KiB", 1, facts),
        Figure(
            f"{name}: store",
            (told.written_s + told.packed_s) * 1000,
            "ms",
            1,
            {
                "written": f"{told.written_s * 1000:,.0f} ms",
                "packed": f"{told.packed_s * 1000:,.0f} ms",
                "CPU": f"{told.cpu_s * 1000:,.0f} ms",
            },
        ),
        Figure(
            f"{name}: hub",
            taken.took_s * 1000,
            "ms",
            len(told.payloads),
            {
                "longest commit (`whole`)": f"{taken.slowest_s * 1000:,.0f} ms",
                "CPU": f"{taken.cpu_s * 1000:,.0f} ms",
            },
        ),
    ]


def _balances(skus: int) -> tuple[SkuBalance, ...]:
    """SKUs with numbers of all kinds; as many returned and settled as their grants allow."""
    return tuple(
        SkuBalance(sku=f"SKU-{n:07}", floor=60 + n % 90, staged=n % 3, granted=20 + n % 50, settled=n % 7)
        for n in range(skus)
    )


def _holds(skus: int) -> tuple[Carried, ...]:
    """Open orders of two lines."""
    return tuple(
        Carried(
            order=new_id(),
            stage="received",
            lines=tuple(
                CarriedLine(line=line, sku=f"SKU-{(n * 7 + line) % skus:07}", qty=2) for line in (1, 2)
            ),
            at=AT,
        )
        for n in range(HOLDS)
    )


def _at_store(path: Path, skus: int) -> Beginning:
    """The new ledger, and all that it sends of it."""
    pos_agent.db.migrate.migrate(path)
    mirror = Mirror(from_sinc=1, from_seq=0, doubt=False, stocks=_balances(skus), holds=_holds(skus))
    told = Beginning()
    with closing(open_for_writing(path)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        start = StorePosition(store=STORE, sinc=SINC, hinc=1)
        connection.execute(
            "INSERT INTO position (id, store, sinc, hinc, seq, chain, heard, dver, fenced, stable)"
            " VALUES (1, ?, ?, 1, 0, '0000000000000000', 0, 0, 0, 0)",
            (STORE, SINC),
        )
        book = SqliteStoreBook(Transaction(connection))
        begun, used = time.perf_counter(), time.process_time()
        begin_log(book, start, mirror, NOTHING, AT)
        book.flush()
        connection.execute("COMMIT")
        told.written_s, begun = time.perf_counter() - begun, time.perf_counter()
        last, head = 0, book.position().seq
        while last < head:
            packed = compose_up(book, last, {}, None)
            told.payloads.append(packed.payload)
            last = packed.last
        told.packed_s, told.events = time.perf_counter() - begun, head
        told.cpu_s = time.process_time() - used
    return told


@dataclass(slots=True)
class Taken:
    """How the hub took it in: seconds, those of its longest command, of the processor; floor units then."""

    took_s: float = 0.0
    slowest_s: float = 0.0
    cpu_s: float = 0.0
    floor: int = 0


async def _at_hub(folder: Path, skus: int, told: Beginning) -> Taken:
    """The hub takes it in, message after message."""
    settings = HubSettings(data_dir=folder)
    make_folder(settings)
    hub.db.migrate.migrate(folder / FILE_NAME)
    Incarnations(folder).issue("hub")
    async with running_kernel(settings) as kernel:
        await kernel.writer.run(lambda transaction: _fill(transaction, skus))
        await kernel.writer.run(KeepStore(StoreDraft(id=STORE, names={"zh-CN": STORE, "en": STORE}), 0))
        for _ in range(SINC):
            await _enrol(kernel)
        taken, used = Taken(), time.process_time()
        for payload in told.payloads:
            begun = time.perf_counter()
            up = decode(payload)
            assert isinstance(up, Up)
            heard = await kernel.writer.run(HearUp(kernel, up))
            assert heard.applied.verdict == "apply", heard.applied
            one = time.perf_counter() - begun
            taken.took_s, taken.slowest_s = taken.took_s + one, max(taken.slowest_s, one)
        taken.cpu_s = time.process_time() - used
        assert heard.position.merged
        row = await kernel.reader.one("SELECT SUM(floor) FROM stock WHERE store = ?", (STORE,))
        assert row is not None
        taken.floor = int(row[0])
        return taken


async def _enrol(kernel: Kernel) -> None:
    """The next agent of the store."""
    code, _ = await kernel.writer.run(MakeCode(kernel, STORE, "bench", new_code()))
    incarnations = Incarnations(kernel.settings.data_dir)
    await kernel.writer.run(Enrol(kernel, incarnations, code, "$7$101$c2FsdA==$aGFzaA==", "0" * 64))


def _fill(transaction: Transaction, skus: int) -> None:
    """The hub's catalogue."""
    transaction.connection.executemany(
        "INSERT INTO sku (sku, handle, name_zh, name_en, options, price_minor, price_per, currency, unit,"
        " image, shelf, category, status, version)"
        " VALUES (?, 'p', 'p', 'p', '[]', 300, 1, 'CNY', 'pcs', '', '', '[]', 'active', ?)",
        [(f"SKU-{n:07}", n + 1) for n in range(skus)],
    )
