"""Orders, hand-overs and money online: what customers were told against the hub's book and the stores'."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Final

from hub.chaos.books import Books, Table
from hub.chaos.diary import Diary, Row, ToldOrder, ToldReceipt

CLOSED: Final = frozenset({"collected", "short", "cancelled", "expired"})


def orders(diary: Diary, books: Books) -> Iterator[Row]:
    """Each order that was told stands once in the hub's book as it was told, and no other does."""
    kept = {order["id"]: order for order in books.hub.orders}
    lines = _by_order(books.hub.lines)
    for told in diary.orders:
        order = kept.get(told.id)
        if order is None:
            yield Row("order lost", f"{told.number} was told with 201 ({told.key}); the hub does not know it")
            continue
        said = (told.number, told.token, told.store, told.total_minor, dict(told.lines))
        units = {line["sku"]: line["qty"] for line in lines[told.id]}
        written = (order["number"], order["token"], order["store"], order["total_minor"], units)
        if said != written:
            yield Row("order differs", f"{told.number}: told {said}, the hub has {written}")
    times = Counter(told.id for told in diary.orders)
    for identity, often in times.items():
        if often > 1:
            yield Row(
                "order told twice", f"{identity} was the answer to {often} calls, each with a key of its own"
            )
    for identity in kept.keys() - times.keys():
        yield Row("order doubled", f"the hub has {kept[identity]['number']}, which nobody was told of")


def holds(books: Books) -> Iterator[Row]:
    """Each dispatched line stands at its store with the same counters."""
    stores = {
        (store, hold["order_id"], hold["line"]): hold
        for store, book in books.stores.items()
        for hold in book.holds
    }
    counters = ("sku", "qty", "done", "short", "released")
    for line in books.hub.holds:
        own = stores.pop((line["store"], line["order_id"], line["line"]), None)
        what = f"order {line['order_id']} line {line['line']} at {line['store']}"
        if own is None and line["dispatched"]:
            yield Row("order lost on the way", f"{what} was dispatched; the store does not know it")
        elif own is not None and [own[name] for name in counters] != [line[name] for name in counters]:
            pairs = {name: (line[name], own[name]) for name in counters}
            yield Row("hold differs", f"{what}: (hub, store) {pairs}")
    for store, order, line in stores:
        yield Row("hold of nobody", f"{store} holds order {order} line {line}, the hub does not")


def cancels(diary: Diary, books: Books) -> Iterator[Row]:
    """Each order that its buyer gave up is closed, one way or the other."""
    stages = {order["id"]: order["stage"] for order in books.hub.orders}
    for told in diary.orders:
        stage = stages.get(told.id, "missing")
        if told.is_cancel_asked and stage not in CLOSED:
            yield Row("cancel lost", f"{told.number}: the wish to cancel was taken, the order is {stage}")


def hand_overs(diary: Diary, books: Books) -> Iterator[Row]:
    """Each hand-over that was told stands once in its store's ledger and in the hub's book."""
    for told in diary.orders:
        if len(told.collected) > 1:
            yield Row("handed over twice", f"{told.number} on {[one.number for one in told.collected]}")
    kept = {
        receipt["number"]: receipt
        for book in books.stores.values()
        for receipt in book.receipts
        if receipt["kind"] == "pickup"
    }
    done = _done(books.hub.holds)
    for receipt in diary.hand_overs():
        own = kept.pop(receipt.number, None)
        if own is None:
            yield Row("hand-over lost", f"{receipt.number} of order {receipt.order} is not in the ledger")
            continue
        said = (receipt.order, receipt.total_minor, receipt.given_minor, receipt.change_minor)
        written = tuple(own[name] for name in ("order_id", "total_minor", "given_minor", "change_minor"))
        if said != written:
            yield Row("hand-over differs", f"{receipt.number}: told {said}, the ledger has {written}")
        if done[receipt.order] != dict(receipt.lines):
            what = f"told {dict(receipt.lines)}, the hub has {done[receipt.order]} done"
            yield Row("hand-over differs at the hub", f"{receipt.number} of order {receipt.order}: {what}")
    for number, own in kept.items():
        yield Row(
            "hand-over of nobody", f"{number} of order {own['order_id']} is in the ledger, nobody was told"
        )


def online_money(diary: Diary, books: Books) -> Iterator[Row]:
    """Money of each order, to the fen: what was taken and not given back is what was handed over."""
    payments: dict[str, Table] = defaultdict(list)
    for payment in books.hub.payments:
        payments[payment["order_id"]].append(payment)
    stages = {order["id"]: order["stage"] for order in books.hub.orders}
    for told in diary.orders:
        settled = [one for one in payments[told.id] if one["state"] in {"captured", "refunded"}]
        yield from _captured(told, settled)
        if stages.get(told.id) in CLOSED:
            net = sum(one["minor"] for one in settled)
            worth = sum(receipt.total_minor for receipt in told.collected)
            if net != worth:
                yield Row("money differs", f"{told.number}: {net} kept, goods for {worth} handed over")


def _captured(told: ToldOrder, settled: Table) -> Iterator[Row]:
    """Paid online as told: once, the whole amount, or not at all."""
    online = [one["minor"] for one in settled if one["provider"] == "sandbox" and one["state"] == "captured"]
    expected = [told.total_minor] if told.is_paid else []
    if online != expected:
        yield Row("payment differs", f"{told.number}: told {expected}, the hub has {online}")
    at_till = {one["reference"]: one["minor"] for one in settled if one["provider"].startswith("till-")}
    cash = {receipt.number: receipt.cash_minor for receipt in told.collected if receipt.cash_minor}
    if at_till != cash:
        yield Row("payment differs", f"{told.number}: cash at the counter {cash}, the hub has {at_till}")


def _done(holds: Table) -> Mapping[str, dict[str, int]]:
    """Units done by order and SKU."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for line in holds:
        if line["done"]:
            units = found[line["order_id"]]
            units[line["sku"]] = units.get(line["sku"], 0) + line["done"]
    return found


def _by_order(rows: Table) -> Mapping[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row["order_id"]].append(row)
    return found


def receipts_of(diary: Diary, store: str) -> list[ToldReceipt]:
    """Everything that a store's clerks were told: sales and hand-overs."""
    return [one for one in (*diary.sales, *diary.hand_overs()) if one.store == store]
