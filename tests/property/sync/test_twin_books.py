"""What the simulator proves on dictionaries holds on the files: the same acts leave the same books.

Every act runs on a real file and on the simulator's dictionary; results, refusals and rows must be
equal, for input that no honest program would send as well.
"""

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from sync.messages.codec import parse_fact, parse_item
from sync.rules.books import HubBook, HubPosition, StoreBook, StorePosition, tell
from sync.rules.canonical import to_raw
from sync.rules.central import promise
from sync.rules.central.apply_up import apply_up
from sync.rules.central.make_down import make_down
from sync.rules.errors import Refused
from sync.rules.facts import DocumentStep, Grant, HoldStep, Move, MoveLine, Payment
from sync.rules.holds import HubLine
from sync.rules.items import (
    DocumentItem,
    DocumentLine,
    HoldItem,
    HoldLine,
    RejectedItem,
    ReturnItem,
    WantItem,
)
from sync.rules.rights import Allotment
from sync.rules.store import documents, fulfil, ledger
from sync.rules.store.receive_down import receive_down
from sync.rules.store.report_up import make_up
from sync.rules.streams import Down, Up
from sync.simulator.books import HubDictionary, StoreDictionary
from tests.property.profiles import bounded
from tests.property.sync.two_files import (
    AT,
    HINC,
    SKUS,
    STORE,
    Files,
    make_files,
    open_sides,
)

ORDERS = ("o1", "o2", "o3")
PAPERS = ("d1", "d2")
ODD = "odd"
"""A SKU that the hub's catalogue lacks."""
skus = st.sampled_from(SKUS)
odd_skus = st.sampled_from([*SKUS, *SKUS, ODD])
orders = st.sampled_from(ORDERS)
numbers = st.integers(1, 3)
buckets = st.sampled_from(["floor", "staged", "damaged", None])
move_lines = st.builds(MoveLine, sku=odd_skus, qty=numbers, source=buckets, target=buckets)
steps = st.sampled_from(["received", "picking", "ready", "done", "short", "released", "put_back"])
facts = st.one_of(
    st.builds(
        Move,
        reason=st.sampled_from(["sale", "receive", "count", "override"]),
        lines=st.lists(move_lines, min_size=1, max_size=3).map(tuple),
        at=st.just(AT),
    ),
    st.builds(Grant, sku=odd_skus, granted=st.integers(0, 20), at=st.just(AT)),
    st.builds(
        HoldStep,
        order=orders,
        to=steps,
        at=st.just(AT),
        line=st.none() | numbers,
        n=st.integers(0, 3),
        moves=st.lists(move_lines, max_size=2).map(tuple),
    ),
    st.builds(
        Payment,
        ref=st.just("R1"),
        tender=st.just("cash"),
        minor=numbers,
        currency=st.just("CNY"),
        at=st.just(AT),
    ),
    st.builds(
        DocumentStep,
        document=st.sampled_from(PAPERS),
        rev=numbers,
        to=st.sampled_from(["received", "booked", "refused"]),
        at=st.just(AT),
    ),
)
events = st.one_of(facts.map(to_raw), st.just({"kind": "nonsense", "at": AT}))


def _order(order: str, lines: list[tuple[str, int]], *, cancel: bool) -> HoldItem:
    """An order as the store is told."""
    return HoldItem(
        order=order,
        number=order.upper(),
        code_hash="00" * 16,
        pay_at="counter",
        due_minor=0,
        currency="CNY",
        placed_at=AT,
        ready_by=AT,
        expires_at=AT,
        lines=tuple(HoldLine(line=n, sku=sku, qty=qty, names={}) for n, (sku, qty) in enumerate(lines, 1)),
        cancel=cancel,
    )


items = st.one_of(
    st.builds(
        _order, orders, st.lists(st.tuples(skus, numbers), min_size=1, max_size=3), cancel=st.booleans()
    ),
    st.builds(WantItem, id=st.just("Q"), sku=skus, qty=numbers, ver=st.integers(0, 9)),
    st.builds(RejectedItem, seq=st.integers(1, 9), code=st.just("unknown_sku")),
)
papers = st.builds(
    DocumentItem,
    id=st.sampled_from(PAPERS),
    rev=numbers,
    task=st.sampled_from(["opening", "receiving", "transfer_out", "count", "adjust"]),
    number=st.just("D"),
    at=st.just(AT),
    lines=st.lists(
        st.builds(
            DocumentLine,
            sku=odd_skus,
            qty=st.integers(-3, 5),
            bucket=st.sampled_from(["floor", "floor", "floor", "damaged", "staged"]),
            names=st.just({"en": "Tea"}),
        ),
        min_size=1,
        max_size=2,
    ).map(tuple),
    withdrawn=st.sampled_from([False, False, False, True]),
)


class Twins(RuleBasedStateMachine):
    """A file and a dictionary for each side, the two sides apart; `files` is set before it runs."""

    files: ClassVar[Files]

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.runner = asyncio.Runner()
        self.hub, self.store = open_sides(self.files, Path(self.folder.name), self.runner)
        sinc = self.files.sinc
        policies = dict.fromkeys((*SKUS, ODD), Allotment())
        self.store_twin = StoreDictionary(StorePosition(store=STORE, sinc=sinc, hinc=HINC), policies)
        start = self.hub.run(lambda book: book.position())
        self.hub_twin = HubDictionary(HubPosition(store=STORE, sinc=sinc, hinc=HINC, state=start.state), SKUS)

    def teardown(self) -> None:
        """Close the files."""
        self.hub.close()
        self.store.close()
        self.runner.close()
        self.folder.cleanup()

    def at_store(self, work: Callable[[StoreBook], Any]) -> None:
        """The same act on both ledgers comes to the same."""
        assert _outcome(lambda: self.store.run(work)) == _outcome(lambda: _commit(self.store_twin, work))

    def at_hub(self, work: Callable[[HubBook], Any]) -> None:
        """The same act on both of the hub's books comes to the same."""
        assert _outcome(lambda: self.hub.run(work)) == _outcome(lambda: _commit(self.hub_twin, work))

    @rule(
        reason=st.sampled_from(["sale", "receive", "count", "override"]),
        lines=st.lists(move_lines, min_size=1, max_size=3),
    )
    def move(self, reason: Any, lines: list[MoveLine]) -> None:
        """A movement of any kind."""
        self.at_store(lambda book: ledger.book_move(book, Move(reason=reason, lines=tuple(lines), at=AT)))

    @rule(sku=skus, qty=st.integers(5, 20))
    def receive(self, sku: str, qty: int) -> None:
        """Goods come in."""
        line = MoveLine(sku=sku, qty=qty, target="floor")
        self.at_store(lambda book: ledger.book_move(book, Move(reason="receive", lines=(line,), at=AT)))

    @rule(
        items=st.lists(items | papers, max_size=4),
        base=st.integers(0, 3),
        more=st.integers(0, 4),
        app=st.integers(0, 9),
    )
    def hear_down(self, items: list[Any], base: int, more: int, app: int) -> None:
        """A DOWN with any items, next in line or not."""
        position = self.store_twin.position()
        base = max(0, position.dver + base - 1)
        down = Down(
            hinc=HINC,
            sinc=self.files.sinc,
            base=base,
            ver=base + more,
            app=min(app, position.seq),
            items=tuple(to_raw(item) for item in items),
        )
        self.at_store(lambda book: receive_down(book, down, parse_item, AT))

    @rule(sku=skus, qty=numbers)
    def take_return(self, sku: str, qty: int) -> None:
        """Units come back, as far as they were granted and are free."""
        stock, position = self.store_twin.stock(sku), self.store_twin.position()
        item = ReturnItem(sku=sku, returned=stock.returned + min(qty, max(0, stock.online)))
        down = Down(
            hinc=HINC,
            sinc=self.files.sinc,
            base=position.dver,
            ver=position.dver + 1,
            app=position.heard,
            items=(to_raw(item),),
        )
        self.at_store(lambda book: receive_down(book, down, parse_item, AT))

    @rule(
        order=orders,
        line=numbers,
        act=st.sampled_from(["pick", "ready", "short", "hand_over", "release", "put_back", "start"]),
    )
    def clerk(self, order: str, line: int, act: str) -> None:
        """A clerk works on a hold that may not be there."""
        acts: dict[str, Callable[[StoreBook], Any]] = {
            "pick": lambda book: fulfil.pick(book, order, line, AT, "li"),
            "ready": lambda book: fulfil.make_ready(book, order, AT, "li"),
            "short": lambda book: fulfil.report_short(book, order, line, 1, AT, "li"),
            "hand_over": lambda book: fulfil.hand_over(book, order, AT, "li", "qr"),
            "release": lambda book: fulfil.release(book, order, AT, "", "expired"),
            "put_back": lambda book: fulfil.put_back(book, order, line, AT, "li"),
            "start": lambda book: fulfil.start_picking(book, order, AT, "li"),
        }
        self.at_store(acts[act])

    @rule(
        document=st.sampled_from(PAPERS),
        sku=odd_skus,
        units=st.integers(0, 5),
        act=st.sampled_from(["find", "find", "book", "book partly", "refuse", "count"]),
    )
    def work_on(self, document: str, sku: str, units: int, act: str) -> None:
        """Somebody works on a document that may not be there, or have ended."""
        line = DocumentLine(sku=sku, names={})
        own = DocumentItem(id=document, rev=0, task="count", number="C", at=AT, lines=(line,))
        acts: dict[str, Callable[[StoreBook], Any]] = {
            "find": lambda book: documents.say_found(book, document, sku, "floor", units),
            "book": lambda book: documents.book_document(book, document, AT, "li"),
            "book partly": lambda book: documents.book_document(book, document, AT, "li", is_partly=True),
            "refuse": lambda book: documents.refuse_document(book, document, AT, "li", "no"),
            "count": lambda book: documents.start_count(book, own),
        }
        self.at_store(acts[act])

    @rule(
        events=st.lists(events, max_size=4),
        back=st.integers(0, 2),
        wants=st.dictionaries(odd_skus, numbers, max_size=2),
    )
    def hear_up(self, events: list[Any], back: int, wants: dict[str, int]) -> None:
        """An UP that goes on where the hub stands, from there or with events it has already."""
        position = self.hub_twin.position()
        back = min(back, position.app)
        booked = self.hub_twin.rows("dead") | self.hub_twin.rows("fact")
        known = [booked[position.sinc, n][1] for n in range(position.app - back + 1, position.app + 1)]
        before = self.hub_twin.chain_at(position.app - back)
        assert before is not None
        up = Up(
            store=STORE,
            sinc=position.sinc,
            hinc=HINC,
            first=position.app - back + 1,
            chain_before=before,
            head=position.app + len(events),
            dver=position.ver,
            events=(*known, *events),
            wants=wants or None,
            wants_id=f"W{position.app:06}" if wants else None,
        )
        self.at_hub(lambda book: apply_up(book, up, parse_fact))

    @rule(
        order=orders,
        lines=st.lists(st.tuples(odd_skus, numbers), min_size=1, max_size=3),
        act=st.sampled_from(["hold", "dispatch", "drop"]),
    )
    def decide(self, order: str, lines: list[tuple[str, int]], act: str) -> None:
        """The hub promises, dispatches or drops."""
        item = _order(order, lines, cancel=False)
        if act == "hold" and self.hub_twin.lines(order):
            return
        held = [HubLine(order=order, line=n.line, sku=n.sku, qty=n.qty) for n in item.lines]
        acts: dict[str, Callable[[HubBook], Any]] = {
            "hold": lambda book: promise.hold_units(book, held),
            "dispatch": lambda book: promise.dispatch(book, item),
            "drop": lambda book: promise.drop_provisional(book, order),
        }
        self.at_hub(acts[act])

    @rule(item=papers)
    def ask(self, item: DocumentItem) -> None:
        """The headquarters ask for something."""
        self.at_hub(lambda book: tell(book, item, item.id))

    @rule(sku=odd_skus, qty=numbers, back=st.booleans())
    def move_rights(self, sku: str, qty: int, *, back: bool) -> None:
        """The hub wants units, or gives some back."""
        want = WantItem(id="Q", sku=sku, qty=qty)
        self.at_hub(
            lambda book: promise.return_units(book, sku, qty) if back else promise.want_units(book, want)
        )

    @invariant()
    def ledgers_are_equal(self) -> None:
        """Every row of the store's file is what the dictionary holds."""

        def seen(book: StoreBook) -> list[Any]:
            stocks, holds = [book.stock(sku) for sku in (*SKUS, ODD)], [book.hold(order) for order in ORDERS]
            position = book.position()
            log = (book.events_after(0, 999), [book.chain_at(n) for n in range(position.seq + 1)])
            kept = [book.document(document) for document in PAPERS]
            return [position, stocks, holds, kept, log, make_up(book, position.heard)]

        assert self.store.run(seen) == seen(self.store_twin)
        rejected = self.store.rows("SELECT seq, rejected FROM event WHERE rejected IS NOT NULL ORDER BY seq")
        assert dict(rejected).items() <= self.store_twin.rows("rejected").items()

    @invariant()
    def hub_books_are_equal(self) -> None:
        """Every row of the hub's file is what the dictionary holds."""

        def seen(book: HubBook) -> list[Any]:
            stocks = [book.stock(sku) for sku in (*SKUS, ODD)]
            lines = [list(book.lines(order)) for order in ORDERS]
            position = book.position()
            chains = [book.chain_at(n) for n in range(position.app + 1)]
            return [position, stocks, lines, chains, list(book.requests_after(0, 999)), make_down(book)]

        assert self.hub.run(seen) == seen(self.hub_twin)
        dead = self.hub.rows("SELECT seq, code FROM dead_letter ORDER BY seq")
        assert dead == [(seq, code) for (_, seq), (code, _) in sorted(self.hub_twin.rows("dead").items())]


def _commit(book: StoreDictionary | HubDictionary, work: Callable[[Any], Any]) -> Any:
    """One transaction on a dictionary."""
    try:
        result = work(book)
    except Refused:
        book.rollback()
        raise
    book.commit()
    return result


def _outcome(act: Callable[[], Any]) -> Any:
    """A result, or a refusal with its facts."""
    try:
        return act()
    except Refused as refused:
        return type(refused), refused.code, refused.facts


@pytest.mark.timeout(900)
def test_a_file_and_a_dictionary_keep_the_same_books(schema: Path, tmp_path: Path) -> None:
    machine = type("TwinsOfAChain", (Twins,), {"files": make_files(tmp_path, schema)})
    run_state_machine_as_test(machine, settings=bounded(examples=15, steps=40))
