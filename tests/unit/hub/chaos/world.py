"""A small world in which everybody was told the truth: a store, an order collected, a sale, a delivery."""

import json
from typing import Any

from hub.chaos.books import Books, HubBook, StoreBook
from hub.chaos.diary import Diary, Row, ToldOrder, ToldReceipt, ToldShort
from hub.chaos.papers import Paper
from hub.chaos.reconcile import reconcile

STORE, TEA, CAKE = "s1", "TEA", "CAKE"
OPENING = {STORE: {TEA: 10, CAKE: 5}}


class World:
    """Diary, books and papers; a test breaks one of them and looks at the rows."""

    def __init__(self) -> None:
        self.diary = Diary()
        self.sale = ToldReceipt(
            store=STORE,
            number="s1-1-1-000001",
            lines={TEA: 2},
            total_minor=600,
            given_minor=1000,
            change_minor=400,
        )
        pickup = ToldReceipt(
            store=STORE,
            number="s1-1-1-000002",
            lines={CAKE: 1},
            total_minor=900,
            given_minor=900,
            change_minor=0,
            order="o1",
        )
        answer = {"id": "o1", "number": "N1", "url": "http://shop/o/tok1", "total": {"minor": 900}}
        self.order = ToldOrder(
            key="k1",
            store=STORE,
            pay="counter",
            lines={CAKE: 1},
            answer=answer,
            shown=answer,
            collected=[pickup],
        )
        self.diary.orders.append(self.order)
        self.diary.sales.append(self.sale)
        self.diary.delivered[STORE, "d1"] = {TEA: 4}
        self.diary.shorts.append(ToldShort(STORE, "o2", TEA, 1))
        self.papers = [
            Paper("receipt/0001.txt", self.sale.number, 0),
            Paper("receipt/0002.txt", pickup.number, 0),
        ]
        self.books = Books(_hub(), {STORE: _store()})

    @property
    def hub(self) -> HubBook:
        """The hub's book."""
        return self.books.hub

    @property
    def store(self) -> StoreBook:
        """The store's book."""
        return self.books.stores[STORE]

    def rows(self) -> list[Row]:
        """What the reconciliation finds."""
        return reconcile(self.diary, self.books, OPENING, {STORE: self.papers})

    def kinds(self) -> set[str]:
        """The kinds of what it finds."""
        return {row.kind for row in self.rows()}


def _events() -> list[dict[str, Any]]:
    facts = [
        {"kind": "payment", "ref": "s1-1-1-000001", "minor": 600},
        {"kind": "payment", "ref": "s1-1-1-000002", "minor": 900, "order": "o1"},
    ]
    return [
        {"seq": seq, "chain": f"c{seq}", "raw": json.dumps(fact), "rejected": None}
        for seq, fact in enumerate(facts, start=1)
    ]


def _hub() -> HubBook:
    counts = {"qty": 1, "done": 1, "short": 0, "released": 0}
    stock = {"damaged": 0, "settled": 0, "returned": 0, "promised": 0, "staged": 0, "granted": 0}
    return HubBook(
        orders=[
            {
                "id": "o1",
                "number": "N1",
                "token": "tok1",
                "store": STORE,
                "stage": "collected",
                "payment": "paid",
                "pay": "counter",
                "total_minor": 900,
                "paid_minor": 900,
                "cancel_asked_at": None,
            }
        ],
        lines=[{"order_id": "o1", "line": 1, "sku": CAKE, "qty": 1, "amount_minor": 900}],
        holds=[{"order_id": "o1", "line": 1, "store": STORE, "sku": CAKE, **counts, "dispatched": 1}],
        events=[{"store": STORE, "sinc": 1, "kind": "payment", **event} for event in _events()],
        payments=[
            {"order_id": "o1", "provider": "till-cash", "state": "captured", "minor": 900}
            | {"reference": "s1-1-1-000002"}
        ],
        stock=[
            {"store": STORE, "sku": TEA, "floor": 11, **stock},
            {"store": STORE, "sku": CAKE, "floor": 4, **stock, "granted": 1, "settled": 1},
        ],
        streams=[
            {
                "store": STORE,
                "sinc": 1,
                "app": 2,
                "chain": "c2",
                "ver": 1,
                "heard": 1,
                "state": "whole",
                "stopped": 0,
            }
        ],
    )


def _store() -> StoreBook:
    stock = {"damaged": 0, "settled": 0, "returned": 0, "open": 0, "staged": 0, "granted": 0}
    head = {"store": STORE, "sinc": 1, "hinc": 1, "seq": 2, "chain": "c2", "heard": 2, "dver": 1, "fenced": 0}
    return StoreBook(
        position=[head],
        receipts=[
            _receipt("s1-1-1-000001", "sale", None, {TEA: 2}, (600, 1000, 400)),
            _receipt("s1-1-1-000002", "pickup", "o1", {CAKE: 1}, (900, 900, 0)),
        ],
        stock=[
            {"sku": TEA, "floor": 11, **stock},
            {"sku": CAKE, "floor": 4, **stock, "granted": 1, "settled": 1},
        ],
        holds=[
            {"order_id": "o1", "stage": "closed", "line": 1, "sku": CAKE}
            | {"qty": 1, "done": 1, "short": 0, "released": 0}
        ],
        events=_events(),
        documents=[{"ref": "d1", "reason": "receive"}, {"ref": "opening-s1-1", "reason": "opening"}],
        jobs=[
            {"id": f"job-s1-1-1-00000{n}", "kind": "receipt", "state": "confirmed", "reason": ""}
            | {"reprint_of": None, "copy_number": 0}
            for n in (1, 2)
        ],
    )


def _receipt(
    number: str, kind: str, order: str | None, lines: dict[str, int], money: tuple[int, int, int]
) -> dict[str, Any]:
    total, given, change = money
    content = {"lines": [{"sku": sku, "qty": qty} for sku, qty in lines.items()]}
    return {
        "number": number,
        "kind": kind,
        "ticket_id": None,
        "order_id": order,
        "job_id": f"job-{number}",
        "total_minor": total,
        "paid_minor": total,
        "given_minor": given,
        "change_minor": change,
        "content": json.dumps(content),
    }
