"""Begin a count that nobody asked for: of some goods, or of those that are frozen after a loss."""

from collections.abc import Sequence
from typing import Any

from pos_agent.desk import Desk
from pos_agent.documents.announce import tell_documents
from pos_agent.documents.find_goods import need_known
from pos_agent.documents.queries import document_view, frozen_skus
from pos_agent.ledger.store_book import SqliteStoreBook
from sync.rules.errors import Refused
from sync.rules.items import MOST_LINES, DocumentItem, DocumentLine
from sync.rules.store import documents
from sync.runtime.ids import new_id


async def start_count(desk: Desk, skus: Sequence[str] | None) -> dict[str, Any]:
    """Begin a count of the store's own; more goods join it as they are counted.

    Args:
        desk: the agent.
        skus: what is counted first, each once; None: what is frozen after a loss and in no open count, at
            most MOST_LINES.

    Raises:
        Refused: `is_sure`, nothing is frozen that is not being counted; `unknown_sku`; what
            `sync.rules.store.documents.start_count` refuses.
    """
    at, number = desk.at, f"C-{desk.clock.now().astimezone(desk.profile.tz):%m%d-%H%M%S}"

    def command(book: SqliteStoreBook) -> dict[str, Any]:
        chosen = frozen_skus(book, MOST_LINES) if skus is None else list(dict.fromkeys(skus))
        if not chosen:
            raise Refused("is_sure", skus=0)
        for sku in chosen:
            need_known(book, sku)
        lines = tuple(DocumentLine(sku=sku, names={}) for sku in chosen)
        own = DocumentItem(id=new_id(), rev=0, task="count", number=number, at=at, lines=lines)
        return document_view(book, documents.start_count(book, own))

    shown = await desk.ledger.run(command)
    tell_documents(desk, [shown["id"]])
    return shown
