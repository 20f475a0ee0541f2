"""Fires hostile messages at the real hub, and looks after every salvo whether anything gave way."""

from pathlib import Path
from time import perf_counter
from typing import Final

from hub.fuzz.books import state
from hub.fuzz.speech import Forger, former_of, is_speech
from hub.fuzz.stage import GOAT, SKUS, FuzzedHub, fuzzed_hub
from sync.link.port import EVENT_LIMIT, Message
from sync.simulator.fuzz.command import GoOn
from sync.simulator.fuzz.report import Report
from sync.simulator.fuzz.shots import Dealer, Range
from sync.simulator.fuzz.watch import Watch, memory_mb, watching
from sync.storage.writer import Transaction

SALVO: Final = 100
LOOK_EVERY: Final = 20
"""Salvos between two looks at the books."""
MOST_GROWTH_MB: Final = 96
"""More than this after the first look is a leak, not a cache."""


async def run(folder: Path, seed: int, count: int, go_on: GoOn = lambda _: True) -> Report:
    """Fire `count` messages.

    Args:
        folder: an empty one for the hub's files.
        seed: of the shots.
        count: how many.
        go_on: hears how many were fired, after each salvo, and answers whether to go on.
    """
    report = Report("hub", seed)
    with watching() as watch:
        async with fuzzed_hub(folder) as hub:
            await _fire(hub, report, count, go_on)
            await _must_still_serve(hub, report)
    _judge(report, watch)
    return report


async def _fire(hub: FuzzedHub, report: Report, count: int, go_on: GoOn) -> None:
    """Salvo after salvo."""
    orders = [str(row[0]) for row in await hub.kernel.reader.all("SELECT id FROM orders ORDER BY id")]
    forger = Forger(hub, [*orders, "no-such-order"])
    traffic = [said for store in hub.stores.values() for said in store.traffic]
    dealer = Dealer(report.seed, Range(traffic, is_speech, forger, former_of(hub), tuple(hub.stores)))
    counted, fired = hub.worker.outcomes.copy(), hub.sent
    await hub.quiet()
    report.state_before, tables = state(hub.path)
    began = perf_counter()
    for number, first in enumerate(range(0, count, SALVO)):
        for shot in dealer.deal(min(SALVO, count - first)):
            hub.fire(Message(shot.topic, shot.payload, shot.retained))
        await _settle(hub, report)
        if number % LOOK_EVERY == 0:
            _look(hub, report, tables, is_first=number == 0)
        await _revive(hub, forger)
        if not go_on(min(first + SALVO, count)):
            break
    report.seconds = perf_counter() - began
    _look(hub, report, tables, is_first=False)
    report.shots, report.withheld = dict(dealer.dealt), dealer.withheld
    came = hub.worker.outcomes - counted
    report.counted = {**came, **({"overflowed": hub.worker.overflowed} if hub.worker.overflowed else {})}
    if sum(report.counted.values()) != hub.sent - fired:
        report.problems.append(f"{hub.sent - fired} were fired and {sum(report.counted.values())} counted")


async def _settle(hub: FuzzedHub, report: Report) -> None:
    """Wait for a salvo's end; note what waited."""
    report.most_waiting = max(report.most_waiting, hub.waiting, hub.kernel.writer.waiting)
    try:
        await hub.quiet()
    except TimeoutError:
        report.problems.append(f"{hub.waiting} messages were never dealt with")
        raise


def _look(hub: FuzzedHub, report: Report, tables: dict[str, str], *, is_first: bool) -> None:
    """Whether the books are what they were, and nothing piles up."""
    report.state_after, now = state(hub.path)
    changed = [name for name in tables if now[name] != tables[name]]
    if changed and not report.problems:
        fired = sum(hub.worker.outcomes.values())
        report.problems.append(f"after {fired} messages other tables than before: {', '.join(changed)}")
    memory = memory_mb()
    report.memory_mb = (memory if is_first else report.memory_mb[0], memory)
    kept = hub.worker.pages.runs
    if kept > 2 * (len(hub.stores) + 1):
        report.problems.append(f"{kept} runs of pages wait")


async def _revive(hub: FuzzedHub, forger: Forger) -> None:
    """Let the scapegoat be heard again: lies that stopped it would keep all later ones out."""

    def revive(transaction: Transaction) -> tuple[int, str]:
        transaction.execute(
            "UPDATE store_stream SET stopped = 0, state = 'whole', doubt = 0 WHERE store = ?", (GOAT,)
        )
        row = transaction.one("SELECT app, chain FROM store_stream WHERE store = ?", (GOAT,))
        assert row is not None
        return int(row[0]), str(row[1])

    forger.seq, forger.chain = await hub.kernel.writer.run(revive)


async def _must_still_serve(hub: FuzzedHub, report: Report) -> None:
    """A witness sells once more, and the hub hears it."""
    for store in hub.stores.values():
        if store.is_goat:
            continue
        store.move("sale", SKUS[1], 1)
        await hub.hear(store.up())
        row = await hub.kernel.reader.one("SELECT app FROM store_stream WHERE store = ?", (store.id,))
        if row is None or row[0] != store.book.position().seq:
            report.problems.append(f"{store.id} is not heard any more")


def _judge(report: Report, watch: Watch) -> None:
    """Exceptions, failures and growth."""
    report.lines = dict(watch.lines)
    if watch.faults:
        report.problems.append(f"{watch.faults} exceptions in the log: {watch.told}")
    failed = {name: report.counted[name] for name in ("failed", "not_kept") if report.counted.get(name)}
    if failed:
        report.problems.append(f"messages that the hub could not handle: {failed}")
    if report.memory_mb[1] - report.memory_mb[0] > MOST_GROWTH_MB:
        report.problems.append(f"memory grew from {report.memory_mb[0]:.0f} to {report.memory_mb[1]:.0f} MB")
    if report.most_waiting >= EVENT_LIMIT:
        report.problems.append("the queue was full")
