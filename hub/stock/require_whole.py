"""A store whose facts are not whole: what its log still tells may already have decided.

After a restore, or while a store's new log begins, the hub does not know what happened last. Until it does,
nothing that cannot be taken back is decided about what stands on that store: money, goods sent on, revisions.
"""

from typing import Final

from sync.rules.errors import Refused
from sync.storage.writer import Transaction

_WHOLE: Final = "SELECT state = 'whole' AND NOT stopped FROM store_stream WHERE store = ?"


def is_whole(transaction: Transaction, store: str) -> bool:
    """Whether all that the store has told was heard; so it is of a store that the hub does not know."""
    row = transaction.one(_WHOLE, (store,))
    return row is None or bool(row[0])


def require_whole(transaction: Transaction, *stores: str) -> None:
    """Refuse while one of the stores is not whole.

    Raises:
        Refused: `not_merged`, with the first such store; nothing changed.
    """
    for store in stores:
        if not is_whole(transaction, store):
            raise Refused("not_merged", store=store)
