"""What HQ does to stores: create and change them, and tell them of it."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from hub.stores.keep_store import KeepStore, StoreDraft
from sync.storage.writer import Transaction


@dataclass(frozen=True, slots=True)
class StoreChanged:
    """Whether a store is new, and the versions of its entries before and after."""

    is_new: bool
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class ChangeStore:
    """Command: create a store at the end of the list, or change it where it stands."""

    draft: StoreDraft

    def __call__(self, transaction: Transaction) -> StoreChanged:
        """Run in the writer."""
        known = transaction.one("SELECT position, entry_ver FROM store WHERE id = ?", (self.draft.id,))
        if known is None:
            last = transaction.one("SELECT COALESCE(MAX(position), -1) + 1 FROM store")
            known = (last[0] if last else 0, 0)
        is_new = KeepStore(self.draft, int(known[0]))(transaction)
        after = transaction.one("SELECT entry_ver FROM store WHERE id = ?", (self.draft.id,))
        assert after is not None
        return StoreChanged(is_new, int(known[1]), int(after[0]))


async def announce_store(request: Request, store: str, since: int) -> None:
    """Tell a store what changed above `since`, where a link runs; else it asks when it connects."""
    link: Any = getattr(request.app.state, "link", None)
    if link is not None:
        await link.announce_store(store, since)
