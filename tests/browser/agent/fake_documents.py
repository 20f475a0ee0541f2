"""Documents of the fake store: the real rules over a dictionary, shown as the agent shows them."""

from typing import Any

from pos_agent.documents.may_leave import explained
from pos_agent.documents.view import document_json, head_json
from pos_agent.pickup.view import Goods
from sync.rules.books import StorePosition
from sync.rules.errors import Refused, Short
from sync.rules.facts import Move, MoveLine
from sync.rules.items import DocumentItem, DocumentLine
from sync.rules.rights import Allotment, StoreStock
from sync.rules.store import documents, ledger
from sync.simulator.books import StoreDictionary
from tests.browser.agent.fake_shop import GOODS, instant, names_of


class FakeDocuments:
    """A ledger with every product on its shelf; tests reach into `book` and `notes` (by whom booked)."""

    def __init__(self) -> None:
        self.notes: dict[str, str] = {}
        position = StorePosition(store="renmin", sinc=1, hinc=1)
        self.book = StoreDictionary(position, dict.fromkeys(GOODS, Allotment(share_percent=0)))
        for sku, goods in GOODS.items():
            self.book.put_stock(sku, StoreStock(floor=goods[4]))
        self.book.commit()

    def ask(self, task: Any, *lines: tuple[str, int], number: str, **more: Any) -> str:
        """The headquarters ask for something; returns its id."""
        document = f"d-{number}"
        known = self.book.document(document)
        item = DocumentItem(
            id=document,
            rev=known.rev + 1 if known else 1,
            task=task,
            number=number,
            at=instant(more.pop("asked_min", -30)),
            lines=tuple(DocumentLine(sku=sku, qty=qty, names=names_of(sku)) for sku, qty in lines),
            **more,
        )
        documents.take_document(self.book, item, instant(0))
        self.book.commit()
        return document

    def sell(self, sku: str, qty: int) -> None:
        """A customer takes goods meanwhile."""
        line = MoveLine(sku=sku, qty=qty, source="floor")
        ledger.book_move(self.book, Move(reason="sale", lines=(line,), at=instant(0)))
        self.book.commit()

    def waiting(self) -> dict[str, Any]:
        """The open ones."""
        found = [one for one in self.book.rows("document").values() if one.state == "open"]
        shown = sorted((head_json(one) for one in found), key=lambda one: one["at"])
        return {"documents": shown, "open": len(shown)}

    def show(self, document: str) -> dict[str, Any]:
        """One of them."""
        found = self.book.document(document)
        if found is None:
            raise Refused("unknown_document")
        goods = {sku: Goods(gtin=one[0], names=names_of(sku), shelf=one[5]) for sku, one in GOODS.items()}
        return document_json(found, goods)

    def find(self, document: str, body: dict[str, Any], _actor: str) -> dict[str, Any]:
        """Somebody found units."""
        known = self.book.document(document)
        before = known.finding(body["sku"], body["bucket"]) if known else None
        after = documents.say_found(self.book, document, body["sku"], body["bucket"], body["qty"])
        self.book.commit()
        said = after.finding(body["sku"], body["bucket"])
        is_count = after.body is not None and after.body.task == "count"
        moved = is_count and before is not None and said is not None and before.expected != said.expected
        return {**self.show(document), "moved": moved}

    def book_it(self, document: str, body: dict[str, Any], actor: str) -> dict[str, Any]:
        """Somebody books it."""
        known, item = documents.open_document(self.book, document)
        if item.number in self.notes:
            raise Refused("received_before", number=item.number, at=instant(0), by=self.notes[item.number])
        try:
            documents.book_document(self.book, document, instant(0), actor, is_partly=body["partly"])
        except Short as short:
            raise explained(self.book, known, short) from short
        self.book.commit()
        return self.show(document)

    def refuse(self, document: str, body: dict[str, Any], actor: str) -> dict[str, Any]:
        """Somebody refuses it."""
        documents.refuse_document(self.book, document, instant(0), actor, body["reason"])
        self.book.commit()
        return self.show(document)

    def count(self, body: dict[str, Any]) -> dict[str, Any]:
        """Somebody begins a count: of what they scanned, or of the first three products."""
        lines = tuple(DocumentLine(sku=sku, names={}) for sku in body.get("skus") or list(GOODS)[:3])
        own = DocumentItem(id="d-own", rev=0, task="count", number="C-0501-1204", at=instant(0), lines=lines)
        documents.start_count(self.book, own)
        self.book.commit()
        return self.show("d-own")

    def steps(self) -> list[tuple[str, str]]:
        """The log's steps of documents."""
        events = self.book.events_after(0, 999)
        return [(raw["document"], raw["to"]) for raw in events if raw["kind"] == "document"]


def busy_documents() -> FakeDocuments:
    """One of each kind waits."""
    made = FakeDocuments()
    made.ask(
        "receiving",
        ("BE1005", 24),
        ("BE1007", 12),
        ("FO2001", 96),
        number="RK-20260501-017",
        partner="上海美妆供应链有限公司",
        note="请在上午收货",
        asked_min=-60 * 30,
    )
    made.ask("transfer_out", ("BE1001", 4), ("FO2002", 10), number="DB-0042", partner="南京路店")
    made.ask("count", ("BE1003", 0), ("FO2001", 0), ("FO2003", 0), number="PD-0007", note="冷柜和防晒")
    return made
