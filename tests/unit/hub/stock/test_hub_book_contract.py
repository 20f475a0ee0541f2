"""The hub's book in SQLite behaves as the simulator's in dictionaries: one contract, two books."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from hub.stock.book import SqliteHubBook, UnknownStore
from sync.rules.books import HubBook, HubPosition, Request, tell
from sync.rules.canonical import GENESIS
from sync.rules.central import promise
from sync.rules.errors import Refused, Short
from sync.rules.facts import Grant
from sync.rules.holds import HubLine
from sync.rules.items import HoldItem, HoldLine, RejectedItem, ReturnItem, WantItem
from sync.rules.rights import HubStock
from sync.simulator.books import HubDictionary
from sync.storage.connection import open_for_writing
from sync.storage.writer import Transaction
from tests.unit.hub.stock.small_chain import AT, PRICES, SKUS, add_skus

START = HubPosition(store="s1", sinc=3, hinc=2)


class Books:
    """A book that is opened anew for each transaction."""

    def __init__(self, within: Callable[[Callable[[HubBook], Any]], Any]) -> None:
        self.within = within


@pytest.fixture(params=["dictionary", "sqlite"])
def books(request: pytest.FixtureRequest, tmp_path: Path, schema: Path) -> Iterator[Books]:
    if request.param == "dictionary":
        book = HubDictionary(START, SKUS)

        def in_memory(act: Callable[[HubBook], Any]) -> Any:
            result = act(book)
            book.commit()
            return result

        yield Books(in_memory)
        return
    path = tmp_path / "hub.sqlite"
    path.write_bytes(schema.read_bytes())
    connection = open_for_writing(path)
    connection.execute(
        "INSERT INTO store (id, names, address, phone, tz, locale, currency, hours, settings, position,"
        " entry_ver) VALUES ('s1', '{}', '{}', '', 'UTC', 'en', 'CNY', '{}', '{}', 0, 0)"
    )
    connection.execute(
        "INSERT INTO store_stream (store, sinc, app, chain, ver, heard) VALUES ('s1', 3, 0, ?, 0, 0)",
        (GENESIS,),
    )
    add_skus(Transaction(connection), PRICES)

    def on_disk(act: Callable[[HubBook], Any]) -> Any:
        connection.execute("BEGIN IMMEDIATE")
        opened = SqliteHubBook(Transaction(connection), "s1", 2, AT)
        result = act(opened)
        opened.finish()
        connection.execute("COMMIT")
        return result

    yield Books(on_disk)
    connection.close()


def line(order: str = "o1", number: int = 1, sku: str = "tea", qty: int = 2) -> HubLine:
    return HubLine(order=order, line=number, sku=sku, qty=qty)


def put(kept: HubLine, book: HubBook) -> None:
    book.put_line(kept)


def promised(book: HubBook) -> int:
    return (book.stock("tea") or HubStock()).promised


def item(order: str = "o1", *, cancel: bool = False) -> HoldItem:
    return HoldItem(
        order=order,
        number="n",
        code_hash="0" * 32,
        pay_at="counter",
        due_minor=1,
        currency="CNY",
        placed_at=AT,
        ready_by=AT,
        expires_at=AT,
        lines=(HoldLine(line=1, sku="tea", qty=2, names={"en": "tea"}),),
        cancel=cancel,
    )


def test_the_position_is_kept_between_transactions(books: Books) -> None:
    assert books.within(lambda book: book.position()) == START
    moved = replace(START, app=4, chain="00000000000000ff", ver=9, heard=5, stable=3)
    moved = replace(moved, state="rebuilding", stopped=True, doubt=True, mirror_sinc=1, mirror_seq=8)
    books.within(lambda book: book.put_position(moved))
    assert books.within(lambda book: book.position()) == moved


def test_stock_is_zero_for_a_known_sku_and_none_for_an_unknown_one(books: Books) -> None:
    assert books.within(lambda book: (book.stock("tea"), book.stock("odd"))) == (HubStock(), None)
    changed = HubStock(floor=-1, staged=2, damaged=3, granted=9, settled=1, returned=2, promised=4, taken=1)
    books.within(lambda book: book.put_stock("tea", changed))
    assert books.within(lambda book: (book.stock("tea"), book.stock("soap"))) == (changed, HubStock())


def test_stock_read_again_within_a_transaction_is_what_was_put(books: Books) -> None:
    def act(book: HubBook) -> HubStock | None:
        assert book.stock("tea") == HubStock()
        book.put_stock("tea", HubStock(granted=5))
        return book.stock("tea")

    assert books.within(act) == HubStock(granted=5)


def test_lines_are_kept_changed_and_dropped_by_order_and_number(books: Books) -> None:
    two, one = line(number=2, sku="soap"), line()
    for kept in (two, one, line("o2")):
        books.within(partial(put, kept))
    assert books.within(lambda book: list(book.lines("o1"))) == [one, two]
    changed = replace(one, done=1, short=1, dispatched=True)
    books.within(lambda book: book.put_line(changed))
    assert books.within(lambda book: (book.line("o1", 1), book.line("o1", 3))) == (changed, None)
    books.within(lambda book: book.drop_line(changed))
    assert books.within(lambda book: [list(book.lines(order)) for order in ("o1", "o2", "o3")]) == [
        [two],
        [line("o2")],
        [],
    ]


def test_requests_come_in_order_of_version_and_a_newer_one_takes_the_olders_place(books: Books) -> None:
    def act(book: HubBook) -> None:
        tell(book, item("o1"), "o1")
        tell(book, ReturnItem(sku="tea", returned=1), "tea")
        tell(book, WantItem(id="w", sku="tea", qty=1), "tea")
        tell(book, RejectedItem(seq=4, code="bad_event"), "4")
        tell(book, item("o1", cancel=True), "o1")
        tell(book, ReturnItem(sku="tea", returned=7), "tea")

    books.within(act)

    def after(ver: int, limit: int = 9) -> list[tuple[int, str, str]]:
        found: list[Request] = books.within(lambda book: list(book.requests_after(ver, limit)))
        return [(request.ver, request.kind, request.key) for request in found]

    whole = [(3, "want", "tea"), (4, "rejected", "4"), (5, "order", "o1"), (6, "return", "tea")]
    assert after(0) == whole
    assert after(4) == whole[2:]
    assert after(0, 2) == whole[:2]
    assert after(6) == []
    last: Request = books.within(lambda book: book.requests_after(5, 1)[0])
    assert last.raw == {"kind": "return", "sku": "tea", "returned": 7}


def test_floor_requests_are_remembered_by_sku(books: Books) -> None:
    books.within(lambda book: book.put_stock("tea", HubStock(granted=1)))
    assert books.within(lambda book: book.floor_request("tea")) == ""
    books.within(lambda book: book.put_floor_request("tea", "r1"))
    books.within(lambda book: book.put_stock("tea", HubStock(granted=2)))
    assert books.within(lambda book: (book.floor_request("tea"), book.floor_request("soap"))) == ("r1", "")


def test_a_promise_holds_all_lines_or_none(books: Books) -> None:
    books.within(lambda book: book.put_stock("tea", HubStock(granted=3)))
    books.within(lambda book: promise.hold_units(book, [line(qty=1), line(number=2, qty=2)]))
    with pytest.raises(Short):
        books.within(lambda book: promise.hold_units(book, [line("o2", qty=1)]))


def test_a_dropped_hold_frees_its_units_and_a_dispatched_one_stays(books: Books) -> None:
    books.within(lambda book: book.put_stock("tea", HubStock(granted=3)))
    books.within(lambda book: promise.hold_units(book, [line()]))
    assert books.within(promised) == 2
    assert books.within(lambda book: promise.drop_provisional(book, "o1")) is True
    assert books.within(lambda book: (promised(book), list(book.lines("o1")))) == (0, [])
    with pytest.raises(Refused, match="no_hold"):
        books.within(lambda book: promise.dispatch(book, item()))


def test_the_same_dispatched_hold_is_not_dropped(books: Books) -> None:
    books.within(lambda book: book.put_stock("tea", HubStock(granted=3)))
    books.within(lambda book: promise.hold_units(book, [line()]))
    assert books.within(lambda book: promise.dispatch(book, item())) == 1
    assert books.within(lambda book: promise.drop_provisional(book, "o1")) is False
    assert books.within(promised) == 2


def test_dead_letters_are_kept_with_their_bytes_and_raise_one_exception(tmp_path: Path, schema: Path) -> None:
    path = tmp_path / "hub.sqlite"
    path.write_bytes(schema.read_bytes())
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(
        "INSERT INTO store_stream (store, sinc, app, chain, ver, heard) VALUES ('s1', 3, 0, ?, 0, 0)",
        (GENESIS,),
    )
    seen: list[object] = []
    book = SqliteHubBook(Transaction(connection), "s1", 2, AT, lambda _t, _s, fact: seen.append(fact))
    raw = {"kind": "odd", "text": "纸"}
    book.book_dead_letter(1, "unknown_event", raw)
    book.raise_exception("dead_letter", {"seq": 1, "code": "unknown_event"})
    grant = Grant(sku="tea", granted=2, at=AT)
    book.book_fact(2, grant, {"kind": "grant"})

    rows = connection.execute("SELECT store, sinc, seq, code, raw, at FROM dead_letter").fetchall()
    events = connection.execute("SELECT seq, kind FROM event ORDER BY seq").fetchall()
    troubles = connection.execute("SELECT kind, store, facts, state FROM trouble").fetchall()
    connection.close()
    assert rows == [("s1", 3, 1, "unknown_event", '{"kind":"odd","text":"纸"}', AT)]
    assert events == [(1, "rejected"), (2, "grant")]
    assert troubles == [("dead_letter", "s1", '{"seq":1,"code":"unknown_event"}', "open")]
    assert seen == [grant]


def test_a_store_that_is_not_there_has_no_book(tmp_path: Path, schema: Path) -> None:
    path = tmp_path / "hub.sqlite"
    path.write_bytes(schema.read_bytes())
    connection = sqlite3.connect(path)
    with pytest.raises(UnknownStore):
        SqliteHubBook(Transaction(connection), "nowhere", 1, AT)
    connection.close()


def test_the_lines_of_a_sku_are_those_still_owed_the_newest_order_first(books: Books) -> None:
    kept = [
        line("o1"),
        line("o3"),
        line("o3", number=2),
        line("o2", sku="soap"),
        replace(line("o4"), done=1, short=1),
        replace(line("o5"), victim=1, dispatched=True),
    ]
    for one in kept:
        books.within(partial(put, one))
    found = books.within(lambda book: list(book.lines_of("tea")))
    assert [(one.order, one.line) for one in found] == [("o5", 1), ("o3", 2), ("o3", 1), ("o1", 1)]
    assert found[0] == kept[5]
    assert books.within(lambda book: list(book.lines_of("comb"))) == []


def test_an_order_is_known_as_it_was_told_last(books: Books) -> None:
    assert books.within(lambda book: book.item("o1")) is None
    books.within(lambda book: tell(book, item("o1"), "o1"))
    books.within(lambda book: tell(book, item("o1", cancel=True), "o1"))
    found: Request = books.within(lambda book: book.item("o1"))
    assert (found.ver, found.kind, found.key, found.raw["cancel"]) == (2, "order", "o1", True)


def test_what_lacks_is_told_by_the_mirror_and_what_was_returned(books: Books) -> None:
    for sku, stock in (
        ("tea", HubStock(floor=1, staged=1, granted=3)),
        ("soap", HubStock(floor=1, granted=3, returned=1, settled=1)),
        ("comb", HubStock(granted=2, settled=1)),
    ):
        books.within(_putting(sku, stock))
    assert books.within(lambda book: list(book.lacking())) == ["comb", "tea"]


def _putting(sku: str, stock: HubStock) -> Callable[[HubBook], None]:
    return lambda book: book.put_stock(sku, stock)
