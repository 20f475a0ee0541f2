"""The reconciliation: what people were told, both books, the papers and the programs' own checks, row by row.

An empty list is the only good result. Each row says who was told what, and which book says otherwise.
"""

from collections.abc import Iterator, Mapping, Sequence

from hub.chaos import reconcile_orders as online
from hub.chaos import reconcile_store as local
from hub.chaos.books import Books
from hub.chaos.diary import Diary, Row
from hub.chaos.papers import Paper


def reconcile(
    diary: Diary,
    books: Books,
    opening: Mapping[str, Mapping[str, int]],
    printed: Mapping[str, Sequence[Paper]],
) -> list[Row]:
    """Compare everything.

    Args:
        diary: What people were told, and noticed.
        books: The hub's and the stores' books, after calm.
        opening: Units by store and SKU before anybody acted.
        printed: The papers of each store's printers.
    """
    return list(_rows(diary, books, opening, printed))


def _rows(
    diary: Diary,
    books: Books,
    opening: Mapping[str, Mapping[str, int]],
    printed: Mapping[str, Sequence[Paper]],
) -> Iterator[Row]:
    yield from diary.noticed
    yield from online.orders(diary, books)
    yield from online.holds(books)
    yield from online.cancels(diary, books)
    yield from online.hand_overs(diary, books)
    yield from online.online_money(diary, books)
    for store, book in books.stores.items():
        yield from local.sales(diary, store, book)
        yield from local.deliveries(diary, store, book)
        yield from local.cash(diary, store, books)
        yield from local.events(store, books)
        yield from local.papers(diary, store, book, printed[store])
        yield from local.shelf(diary, opening[store], store, books)
        if book.position[0]["fenced"]:
            yield Row("store fenced", f"{store} believes that another machine took it over")
    for letter in books.hub.dead_letters:
        yield Row("dead letter", f"{letter['store']} event {letter['seq']}: {letter['code']} {letter['raw']}")
    for trouble in books.hub.troubles:
        yield Row("trouble at the hub", f"{trouble['kind']} at {trouble['store']}: {trouble['facts']}")
