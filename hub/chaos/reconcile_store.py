"""A store's sales, cash, papers and shelf: what its clerks were told, its ledger, and the hub's mirror."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from hub.chaos.books import Books, StoreBook, facts_of
from hub.chaos.diary import Diary, Row
from hub.chaos.papers import ORIGINAL, Paper
from hub.chaos.reconcile_orders import receipts_of

PRINTED: Final = frozenset({"sent", "confirmed"})
MAY_BE_PRINTED: Final = frozenset({*PRINTED, "uncertain", "failed"})
"""States in which paper may have come out; `uncertain` asks a person to look."""


def sales(diary: Diary, store: str, book: StoreBook) -> Iterator[Row]:
    """Each sale that was told stands once in the ledger, to the fen, and no other does."""
    kept = {one["number"]: one for one in book.receipts if one["kind"] == "sale"}
    told = [sale for sale in diary.sales if sale.store == store]
    for number, often in Counter(sale.number for sale in told).items():
        if often > 1:
            yield Row("sale told twice", f"receipt {number} was told {often} times as a sale of its own")
    for sale in told:
        own = kept.pop(sale.number, None)
        if own is None:
            yield Row("sale lost", f"receipt {sale.number} for {sale.total_minor} is not in the ledger")
            continue
        lines: Counter[str] = Counter()
        for line in json.loads(own["content"])["lines"]:
            lines[line["sku"]] += line["qty"]
        said = (sale.total_minor, sale.given_minor, sale.change_minor, dict(sale.lines))
        written = (own["total_minor"], own["given_minor"], own["change_minor"], dict(lines))
        if said != written:
            yield Row("sale differs", f"{sale.number}: told {said}, the ledger has {written}")
    for number in kept:
        yield Row("sale of nobody", f"receipt {number} is in the ledger, and nobody was told")


def cash(diary: Diary, store: str, books: Books) -> Iterator[Row]:
    """The drawer, the ledger's receipts, its log and the hub's copy of it name one amount."""
    drawer = sum(receipt.cash_minor for receipt in receipts_of(diary, store))
    book = books.stores[store]
    receipts = sum(receipt["paid_minor"] for receipt in book.receipts)
    log = sum(fact["minor"] for fact in facts_of(book.events) if fact["kind"] == "payment")
    hub_events = [event for event in books.hub.events if event["store"] == store]
    hub = sum(fact["minor"] for fact in facts_of(hub_events) if fact["kind"] == "payment")
    if len({drawer, receipts, log, hub}) > 1:
        what = f"drawer {drawer}, receipts {receipts}, log {log}, hub {hub}"
        yield Row("cash differs", f"{store}, minor units: {what}")


def events(store: str, books: Books) -> Iterator[Row]:
    """The hub has each event of the store's log once, unchanged, and applied all of them."""
    book = books.stores[store]
    position = book.position[0]
    stream = next(one for one in books.hub.streams if one["store"] == store)
    ends = (position["seq"], position["chain"]), (stream["app"], stream["chain"])
    if ends[0] != ends[1]:
        yield Row("books not in step", f"{store} ends at {ends[0]}, the hub applied up to {ends[1]}")
    own = {event["seq"]: (event["chain"], json.loads(event["raw"])) for event in book.events}
    kept = {
        event["seq"]: (event["chain"], json.loads(event["raw"]))
        for event in books.hub.events
        if event["store"] == store and event["sinc"] == position["sinc"]
    }
    for seq in sorted(own.keys() | kept.keys()):
        if own.get(seq) != kept.get(seq):
            yield Row("event differs", f"{store} event {seq}: store {own.get(seq)}, hub {kept.get(seq)}")
    for event in book.events:
        if event["rejected"]:
            yield Row("event rejected", f"{store} event {event['seq']}: {event['rejected']}")


def papers(diary: Diary, store: str, book: StoreBook, printed: Sequence[Paper]) -> Iterator[Row]:
    """Each receipt has one paper at most that is not marked as a copy, and none without a ledger row."""
    known = {receipt["number"]: receipt for receipt in book.receipts}
    jobs = {job["id"]: job for job in book.jobs}
    by_number: dict[str, list[Paper]] = defaultdict(list)
    for paper in printed:
        by_number[paper.number].append(paper)
    for number in by_number.keys() - known.keys():
        yield Row(
            "paper of nobody", f"{store} {by_number[number][0].name} is receipt {number}: not in the ledger"
        )
    for number, receipt in known.items():
        originals = [paper.name for paper in by_number[number] if paper.copy == ORIGINAL]
        job = jobs.get(receipt["job_id"], {"state": "missing", "reason": ""})
        if len(originals) > 1:
            yield Row("printed twice", f"{store} receipt {number} without COPY on {', '.join(originals)}")
        if not originals and job["state"] not in {"uncertain", "failed"}:
            yield Row("paper lost", f"{store} receipt {number}: no paper, its job is {job['state']}")
        if originals and job["state"] not in MAY_BE_PRINTED:
            yield Row("printed in secret", f"{store} receipt {number}: paper, its job is {job['state']}")
        yield from _copies(diary, store, number, [paper.copy for paper in by_number[number]])


def _copies(diary: Diary, store: str, number: str, copies: list[int]) -> Iterator[Row]:
    """Copies are numbered, each number comes once, and there are no more than were asked for."""
    marked = Counter(copy for copy in copies if copy != ORIGINAL)
    if any(often > 1 for often in marked.values()):
        yield Row("copy printed twice", f"{store} receipt {number}: copies {sorted(marked.elements())}")
    if len(marked) > diary.copies[number]:
        yield Row(
            "copy of nobody", f"{store} receipt {number}: {len(marked)} of {diary.copies[number]} asked for"
        )


def shelf(diary: Diary, opening: Mapping[str, int], store: str, books: Books) -> Iterator[Row]:
    """What must lie in the store by what people did is what its ledger and the hub's mirror say."""
    counted = Counter(opening)
    for (where, _ref), lines in diary.delivered.items():
        counted.update(lines if where == store else {})
    for receipt in receipts_of(diary, store):
        counted.subtract(receipt.lines)
    for short in diary.shorts:
        counted.subtract({short.sku: short.units} if short.store == store else {})
    own = {row["sku"]: row for row in books.stores[store].stock}
    mirror = {row["sku"]: row for row in books.hub.stock if row["store"] == store}
    for sku in sorted({sku for sku, units in counted.items() if units} | own.keys() | mirror.keys()):
        yield from _sku(store, sku, counted[sku], (own.get(sku), mirror.get(sku)))
    yield from _promises(store, books, own)


def _sku(
    store: str, sku: str, counted: int, rows: tuple[dict[str, Any] | None, dict[str, Any] | None]
) -> Iterator[Row]:
    """One SKU: the shelf, the ledger, the mirror."""
    own, mirror = rows
    on_hand = own["floor"] + own["staged"] if own else 0
    if on_hand != counted:
        yield Row("shelf differs", f"{store} {sku}: {counted} lie there, the ledger says {on_hand}")
    if own is None:
        return
    free = on_hand - own["granted"] + own["returned"] + own["settled"]
    if free < 0:
        yield Row("sold too much", f"{store} {sku}: {free} units free, and nobody overruled")
    names = ("floor", "staged", "damaged", "granted", "settled", "returned")
    pairs = {name: (own[name], mirror[name] if mirror else 0) for name in names}
    if any(one != other for one, other in pairs.values()):
        yield Row("mirror differs", f"{store} {sku}: (store, hub) {pairs}")


def _promises(store: str, books: Books, own: Mapping[str, Mapping[str, Any]]) -> Iterator[Row]:
    """Each unit that is promised and still open lies in the store."""
    owed: Counter[str] = Counter()
    for line in books.hub.holds:
        if line["store"] == store:
            owed[line["sku"]] += line["qty"] - line["done"] - line["short"] - line["released"]
    for sku, units in owed.items():
        on_hand = own[sku]["floor"] + own[sku]["staged"] if sku in own else 0
        if units > on_hand:
            yield Row("promise without goods", f"{store} {sku}: {units} promised, {on_hand} lie there")


def deliveries(diary: Diary, store: str, book: StoreBook) -> Iterator[Row]:
    """Each delivery that was told is booked once, and no other is."""
    kept = Counter(one["ref"] for one in book.documents if one["reason"] == "receive")
    told = {ref for where, ref in diary.delivered if where == store}
    for ref in sorted(told - kept.keys()):
        yield Row("delivery lost", f"{store} {ref} was booked as told, the ledger does not know it")
    for ref in sorted(kept.keys() - told):
        yield Row("delivery of nobody", f"{store} {ref} is in the ledger, and nobody was told")
