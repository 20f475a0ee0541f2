"""What HQ and stores do with documents in tests; the stores' facts are written into their ledgers."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.documents.give_document import GiveDocument
from hub.documents.queries import DocumentView, read_document
from hub.documents.requests import fingerprint_of
from hub.documents.rules import Asked, Asking, Draft, task_in
from hub.link.hear import HearUp
from sync.rules.books import record
from sync.rules.facts import DocumentCount, DocumentStep, DocumentTo, Move, MoveLine, MoveReason
from sync.rules.store import ledger
from tests.unit.hub.stock.small_chain import AT, Ledger, SmallHub, hear

REASONS: Mapping[str, MoveReason] = {
    "receiving": "receive",
    "opening": "opening",
    "transfer_in": "transfer_in",
    "transfer_out": "transfer_out",
    "adjust": "adjust",
    "count": "count",
}


@dataclass(slots=True)
class Acts:
    """HQ and the stores' ledgers."""

    hub: SmallHub
    stores: dict[str, Ledger]
    keys: int = field(default=0)

    async def give(self, task: Asking, lines: Mapping[str, int], store: str = "s1", **head: Any) -> str:
        """HQ gives a document; returns its id."""
        (given,) = await self.give_all(task, [Asked(sku, qty) for sku, qty in lines.items()], store, **head)
        return given

    async def give_all(self, task: Asking, lines: list[Asked], store: str = "s1", **head: Any) -> list[str]:
        """HQ gives lines in as many documents as they need."""
        self.keys += 1
        needed = {
            "receiving": {"number": "D-1" if self.keys == 1 else f"D-{self.keys}"},
            "adjust": {"note": "broken"},
            "transfer": {"to_store": "s2"},
        }
        draft = Draft(task=task, store=store, lines=tuple(lines), **{**needed.get(task, {}), **head})
        return await self.hub.kernel.writer.run(self.command(draft, f"k{self.keys}"))

    def command(self, draft: Draft, key: str) -> GiveDocument:
        """The command for a draft."""
        return GiveDocument(
            kernel=self.hub.kernel, draft=draft, by="hq", key=key, fingerprint=fingerprint_of(draft)
        )

    async def view(self, document: str) -> DocumentView:
        """A document as HQ reads it."""
        found = await read_document(self.hub.kernel.reader, document)
        assert found is not None
        return found

    async def item(self, document: str, store: str = "s1") -> dict[str, Any] | None:
        """What the store still has to hear of a document."""
        raw = await self.hub.one(
            "SELECT raw FROM request WHERE store = ? AND kind = 'document' AND item = ?", store, document
        )
        return None if raw is None else dict(json.loads(raw))

    async def step(self, document: str, to: DocumentTo, store: str = "s1", **more: Any) -> None:
        """The store tells a step that moves no goods."""
        self.write(document, to, store, **more)
        await hear(self.hub, self.stores[store].up())

    async def book(
        self, document: str, counts: Mapping[str, tuple[int, int]], store: str = "s1", **more: Any
    ) -> None:
        """The store books a document: (asked, found) by SKU, as moves and a step of one transaction."""
        self.write_booked(document, counts, store, **more)
        await hear(self.hub, self.stores[store].up())

    def write_booked(
        self, document: str, counts: Mapping[str, tuple[int, int]], store: str = "s1", **more: Any
    ) -> None:
        """The same on the store's log alone."""
        task = more.pop("task", None) or task_in(document)
        assert task is not None
        moves = tuple(
            MoveLine(
                sku=sku,
                qty=abs(units),
                source="floor" if units < 0 else None,
                target="floor" if units > 0 else None,
            )
            for sku, (asked, found) in counts.items()
            if (units := {"transfer_out": -found, "count": found - asked}.get(task, found))
        )
        if moves:
            move = Move(reason=REASONS[task], lines=moves, at=AT, actor="lin", document=document)
            ledger.book_move(self.stores[store].book, move)
        lines = tuple(
            DocumentCount(sku=sku, asked=asked, found=found) for sku, (asked, found) in counts.items()
        )
        self.write(document, "booked", store, lines=lines, **more)

    def write(self, document: str, to: DocumentTo, store: str = "s1", **more: Any) -> None:
        """A step on the store's log."""
        step = DocumentStep(**{"document": document, "rev": 1, "to": to, "at": AT, "actor": "lin", **more})
        record(self.stores[store].book, step)
        self.stores[store].book.commit()

    async def troubles(self) -> list[tuple[str, str, dict[str, Any]]]:
        """Unresolved troubles: kind, store, facts."""
        rows = await self.hub.kernel.reader.all(
            "SELECT kind, store, facts FROM trouble WHERE state <> 'resolved' ORDER BY id"
        )
        return [(kind, store, json.loads(facts)) for kind, store, facts in rows]

    async def hear_again(self, store: str, seq: int = 0) -> None:
        """The hub hears a store's events after `seq` once more, as after a restore."""
        await self.hub.kernel.writer.run(HearUp(self.hub.kernel, self.stores[store].up(seq)))
