"""A store that was told to learn, and has learned."""

from typing import Any

from pos_agent.catalogue.apply_page import apply_page
from pos_agent.ledger.store_book import SqliteStoreBook
from sync.rules.canonical import canonical, to_raw
from sync.rules.demand import LENGTHS, Habits
from sync.rules.streams import Page
from tests.unit.pos_agent.agent_stage import COLA, SETTINGS, Stage

STORE_BODY: dict[str, Any] = dict(SETTINGS[0]["body"])  # type: ignore[call-overload]
TODAY = 20_574  # 2026-05-01 in days since 1970


async def learn(stage: Stage, **wanted: Any) -> None:
    """Set the store to learn, with ten days of demand for COLA and a line that dies each day."""
    body = {**STORE_BODY, "allotment": {"policy": "learning", "share_percent": 50, "reserve": 0}}
    entry = {"version": 60, "key": "settings", "body": body}
    page = Page(name="store", hinc=1, since=0, to=60, top=60, entries=(entry,))
    await stage.desk.ledger.writer.run(lambda tx: apply_page(tx, page, stage.desk.at))
    hours = (10_000,) * 24
    outages = tuple(5_000 if place == 4 else 0 for place in range(len(LENGTHS)))
    habits = Habits(day=TODAY, days=10_000, till=hours, online=hours, outages=outages)

    def write(book: SqliteStoreBook) -> None:
        row = (COLA, TODAY, 10_000, wanted.get("till", 0) * 1000, wanted.get("online", 0) * 1000)
        book.tx.execute("INSERT OR REPLACE INTO demand VALUES (?, ?, ?, ?, ?)", row)
        book.tx.execute("INSERT OR REPLACE INTO habits VALUES (1, ?)", (canonical(to_raw(habits)).decode(),))

    await stage.run(write)
