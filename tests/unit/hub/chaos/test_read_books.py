"""The reconciliation reads both programs' books: its statements fit the schemas of this version."""

from pathlib import Path

from hub.chaos.books import read_books
from hub.db.migrate import migrate as migrate_hub
from pos_agent.db.migrate import migrate as migrate_agent


def test_books_of_this_version_can_be_read(tmp_path: Path) -> None:
    hub, ledger = tmp_path / "hub.sqlite", tmp_path / "ledger.sqlite"
    migrate_hub(hub)
    migrate_agent(ledger)

    books = read_books(hub, {"north": ledger})

    assert (books.hub.orders, books.hub.streams) == ([], [])
    assert books.stores["north"].events == []
