"""Fires hostile messages at the real agent, and looks after every salvo whether anything gave way."""

import sqlite3
from collections import Counter
from contextlib import closing
from hashlib import blake2b
from pathlib import Path
from time import perf_counter
from typing import Final

from pos_agent.fuzz.played_hub import SKUS
from pos_agent.fuzz.speech import Forger, former_of, speech_of
from pos_agent.fuzz.stage import GOAT, UNREAD, WITNESS, FuzzedAgent, fuzzed_agents, sell
from sync.link.port import EVENT_LIMIT, Message
from sync.rules.books import StorePosition
from sync.simulator.fuzz.command import GoOn
from sync.simulator.fuzz.report import Report
from sync.simulator.fuzz.shots import Dealer, Range
from sync.simulator.fuzz.watch import Watch, memory_mb, watching
from sync.storage.writer import Transaction

SALVO: Final = 100
LOOK_EVERY: Final = 20
"""Salvos between two looks at the ledger."""
MOST_GROWTH_MB: Final = 96
LEFT_OUT: Final = frozenset({"habits", "demand", "self_check", "session", "alembic_version"})
"""What the agent remembers of its days by itself, and who is signed in."""
Agents = dict[str, FuzzedAgent]


async def run(folder: Path, seed: int, count: int, go_on: GoOn = lambda _: True) -> Report:
    """Fire `count` messages.

    Args:
        folder: an empty one for the ledgers.
        seed: of the shots.
        count: how many.
        go_on: hears how many were fired, after each salvo, and answers whether to go on.
    """
    report = Report("agent", seed)
    with watching() as watch:
        async with fuzzed_agents(folder) as agents:
            await _fire(agents, report, count, go_on)
            await _must_still_serve(agents[WITNESS], report)
    _judge(report, watch)
    return report


async def _fire(agents: Agents, report: Report, count: int, go_on: GoOn) -> None:
    """Salvo after salvo."""
    witness, goat = agents[WITNESS], agents[GOAT]
    forger = Forger(await _position(goat))
    traffic = [said for one in agents.values() for said in one.hub.traffic]
    at = await _position(witness)
    target = Range(traffic, speech_of(at), forger, former_of(at), tuple(agents))
    dealer = Dealer(report.seed, target)
    before, fired = _counts(agents), sum(one.sent for one in agents.values())
    report.state_before, tables = state(witness.agent.settings.database)
    began = perf_counter()
    for number, first in enumerate(range(0, count, SALVO)):
        for shot in dealer.deal(min(SALVO, count - first)):
            one = goat if f"/{GOAT}/" in shot.topic else witness
            one.fire(Message(shot.topic, shot.payload, shot.retained))
        waiting = max(one.sent - one.counted for one in agents.values())
        report.most_waiting = max(report.most_waiting, waiting)
        for one in agents.values():
            await one.quiet()
        if number % LOOK_EVERY == 0:
            _look(witness, report, tables, is_first=number == 0)
        await _revive(goat, forger)
        if not go_on(min(first + SALVO, count)):
            break
    report.seconds = perf_counter() - began
    _look(witness, report, tables, is_first=False)
    report.shots, report.withheld = dict(dealer.dealt), dealer.withheld
    report.counted = dict(_counts(agents) - before)
    sent = sum(one.sent for one in agents.values()) - fired
    unread = sum(
        count
        for name, count in report.counted.items()
        if name.startswith("received ") or name.removeprefix("dropped ") in (*UNREAD, "unread")
    )
    if unread != sent:
        report.problems.append(f"{sent} were fired and {unread} counted")


def _counts(agents: Agents) -> Counter[str]:
    """What the agents' own counters say became of messages."""
    counts: Counter[str] = Counter()
    for one in agents.values():
        metrics = one.agent.desk.metrics
        for word, counter in (("received", metrics.received), ("dropped", metrics.dropped)):
            for metric in counter.collect():
                for sample in metric.samples:
                    if sample.name.endswith("_total"):
                        counts[f"{word} {next(iter(sample.labels.values()))}"] += int(sample.value)
        counts["dropped unread"] += one.link.dropped
    return counts


def state(path: Path) -> tuple[str, dict[str, str]]:
    """The ledger as one hash, and each table's own."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        hashes = {}
        for table in sorted(set(tables) - LEFT_OUT):
            hashed = blake2b(digest_size=8)
            rows = connection.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608  # our own schema
            for row in sorted(map(repr, rows)):
                hashed.update(row.encode())
            hashes[table] = hashed.hexdigest()
    return blake2b(repr(hashes).encode(), digest_size=8).hexdigest(), hashes


def _look(witness: FuzzedAgent, report: Report, tables: dict[str, str], *, is_first: bool) -> None:
    """Whether the ledger is what it was, and nothing piles up."""
    report.state_after, now = state(witness.agent.settings.database)
    changed = [name for name in tables if now[name] != tables[name]]
    if changed and not report.problems:
        text = f"after {witness.counted} messages other tables than before: {', '.join(changed)}"
        report.problems.append(text)
    memory = memory_mb()
    report.memory_mb = (memory if is_first else report.memory_mb[0], memory)


async def _position(one: FuzzedAgent) -> StorePosition:
    """Where an agent stands."""
    return await one.agent.desk.ledger.run(lambda book: book.position())


async def _revive(goat: FuzzedAgent, forger: Forger) -> None:
    """Let the scapegoat listen again: lies that stopped it would keep all later ones out."""

    def revive(transaction: Transaction) -> None:
        transaction.execute("UPDATE position SET fenced = 0, hinc = 2")
        transaction.execute(
            "UPDATE series SET hinc = 2, version = 1, run_hinc = 0, run_since = 0, run_to = 0"
        )

    await goat.agent.writer.run(revive)
    forger.position = await _position(goat)
    forger.dver = forger.position.dver


async def _must_still_serve(witness: FuzzedAgent, report: Report) -> None:
    """The witness takes one more order and sells once more, and the hub that is played hears of it."""
    desk = witness.agent.desk
    try:
        witness.hub.order(9)
        await desk.ledger.run(lambda book: sell(book, SKUS[2], desk.at))
        await witness.exchange()
    except (RuntimeError, TimeoutError) as error:
        report.problems.append(f"the witness does not serve any more: {error}")


def _judge(report: Report, watch: Watch) -> None:
    """Exceptions, failures and growth."""
    report.lines = dict(watch.lines)
    if watch.faults:
        report.problems.append(f"{watch.faults} exceptions in the log: {watch.told}")
    names = ("dropped failed", "dropped busy", "dropped disk")
    failed = {name: report.counted[name] for name in names if report.counted.get(name)}
    if failed:
        report.problems.append(f"messages that the agent could not handle: {failed}")
    if report.memory_mb[1] - report.memory_mb[0] > MOST_GROWTH_MB:
        report.problems.append(f"memory grew from {report.memory_mb[0]:.0f} to {report.memory_mb[1]:.0f} MB")
    if report.most_waiting >= EVENT_LIMIT:
        report.problems.append("the queue was full")
