"""Book a document, or refuse it: one transaction, told to the pages after the commit."""

from typing import Any

from pos_agent.desk import Desk
from pos_agent.documents.announce import tell_documents
from pos_agent.documents.may_leave import explained
from pos_agent.documents.queries import document_view
from pos_agent.ledger.delivery_notes import need_new_note, remember_note
from pos_agent.ledger.store_book import SqliteStoreBook
from sync.rules.errors import Short
from sync.rules.store import documents


async def book_document(desk: Desk, document: str, actor: str, *, is_partly: bool) -> dict[str, Any]:
    """Book what was found.

    Args:
        desk: the agent.
        document: its id.
        actor: who books it.
        is_partly: although nobody has said anything of some lines.

    Raises:
        Refused: `received_before`, the delivery's note was booked on the receiving page; what
            `sync.rules.store.documents.book_document` refuses; nothing changed.
        Short: `not_free`, with what of the goods may not leave, and why.
    """
    at = desk.at

    def command(book: SqliteStoreBook) -> dict[str, Any]:
        known, body = documents.open_document(book, document)
        need_new_note(book, body)
        try:
            booked = documents.book_document(book, document, at, actor, is_partly=is_partly)
        except Short as short:
            raise explained(book, known, short) from short
        if any(found.found for found in known.found):
            remember_note(book, body, at, actor)
        return document_view(book, booked)

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
