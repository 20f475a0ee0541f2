"""Book a document, or refuse it: one transaction, told to the pages after the commit."""

from typing import Any

from pos_agent.desk import Desk
from pos_agent.documents.announce import tell_documents
from pos_agent.documents.queries import document_view
from pos_agent.ledger.store_book import SqliteStoreBook
from sync.rules.store import documents


async def book_document(desk: Desk, document: str, actor: str, *, is_partly: bool) -> dict[str, Any]:
    """Book what was found.

    Args:
        desk: the agent.
        document: its id.
        actor: who books it.
        is_partly: although nobody has said anything of some lines.

    Raises:
        Refused: what `sync.rules.store.documents.book_document` refuses; nothing changed.
    """
    at = desk.at

    def command(book: SqliteStoreBook) -> dict[str, Any]:
        return document_view(book, documents.book_document(book, document, at, actor, is_partly=is_partly))

    return await _ended(desk, command, document)


async def refuse_document(desk: Desk, document: str, actor: str, why: str) -> dict[str, Any]:
    """Refuse a document with a reason, or give up a count.

    Raises:
        Refused: what `sync.rules.store.documents.refuse_document` refuses; nothing changed.
    """
    at = desk.at

    def command(book: SqliteStoreBook) -> dict[str, Any]:
        return document_view(book, documents.refuse_document(book, document, at, actor, why))

    return await _ended(desk, command, document)


async def _ended(desk: Desk, command: Any, document: str) -> dict[str, Any]:
    """Run it, then tell the pages; a count may have made goods sure."""
    shown: dict[str, Any] = await desk.ledger.run(command)
    tell_documents(desk, [document])
    desk.screens.publish("status", "frozen")
    return shown
