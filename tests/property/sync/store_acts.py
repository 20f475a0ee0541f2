"""What people do in a store of two tills, as rules of a state machine over real files.

People move after a commit only: a refusal, or a death inside the transaction, moves nothing.
"""

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from sync.rules.books import HubBook, StoreBook
from sync.rules.errors import Finished, Refused
from sync.rules.facts import Move, MoveLine, Payment
from sync.rules.holds import StoreHold
from sync.rules.store import fulfil, ledger
from tests.property.sync.two_files import AT, SKUS, Died, Files, HubSide, StoreSide, open_sides
from tests.property.sync.written_books import (
    State,
    Truth,
)

T = TypeVar("T")
PRICE = 300
skus = st.sampled_from(SKUS)
units = st.integers(1, 4)
any_one = st.integers(0, 99)
deaths = st.sampled_from([*[None] * 24, 0, 1, 2, 3, 5, 9])
"""After how many writes a side dies inside its transaction; mostly not at all."""


class StoreActs(RuleBasedStateMachine):
    """Both files open, and the acts of clerks and customers; `files` is set before it runs."""

    files: ClassVar[Files]

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.runner = asyncio.Runner()
        self.hub: HubSide
        self.store: StoreSide
        self.hub, self.store = open_sides(self.files, Path(self.folder.name), self.runner)
        self.truth = Truth()
        self.before: State | None = None
        self.ups: list[bytes] = []
        self.downs: list[bytes] = []
        self.made = 0
        self.sent = 0
        self.is_quick = True

    def name(self, prefix: str) -> str:
        """A new name."""
        self.made += 1
        return f"{prefix}{self.made}"

    def at_store(self, work: Callable[[StoreBook], T], dies: int | None, leave: Callable[[T], None]) -> None:
        """A clerk's act: people move only after the commit; a refusal or a death moves nothing."""
        try:
            result = self.store.run(work, dies)
        except (Refused, Died):
            return
        leave(result)

    def at_hub(self, work: Callable[[HubBook], T], dies: int | None, leave: Callable[[T], None]) -> None:
        """An act at the hub."""
        try:
            result = self.hub.run(work, dies)
        except (Refused, Died):
            return
        leave(result)
        if self.is_quick:
            self.talk()

    def talk(self) -> None:
        """Each side hears the other once."""
        raise NotImplementedError

    @initialize(floor=st.lists(st.integers(4, 24), min_size=len(SKUS), max_size=len(SKUS)))
    def open_store(self, floor: list[int]) -> None:
        """The opening stock."""
        for sku, qty in zip(SKUS, floor, strict=True):
            self.receive(sku, qty, None)
        self.talk()

    @rule(sku=skus, qty=units, dies=deaths)
    def receive(self, sku: str, qty: int, dies: int | None) -> None:
        """Goods come in."""
        move = Move(reason="receive", lines=(MoveLine(sku=sku, qty=qty, target="floor"),), at=AT)

        def unpack(_: int) -> None:
            self.truth.shelf.floor[sku] += qty

        self.at_store(lambda book: ledger.book_move(book, move), dies, unpack)

    def sale(self, reason: Any, lines: dict[str, int]) -> tuple[str, Callable[[StoreBook], None]]:
        """A sale of several lines with its payment, in one commit; its receipt's number."""
        ref = self.name("R")
        moves = tuple(MoveLine(sku=sku, qty=qty, source="floor") for sku, qty in lines.items())
        minor = PRICE * sum(lines.values())

        def work(book: StoreBook) -> None:
            ledger.book_move(book, Move(reason=reason, lines=moves, at=AT, ref=ref))
            ledger.book_payment(book, Payment(ref=ref, tender="cash", minor=minor, currency="CNY", at=AT))

        return ref, work

    def carry_out(self, ref: str, lines: dict[str, int]) -> None:
        """The customer pays and leaves with the goods."""
        self.truth.receipts.append(ref)
        self.truth.shelf.cash += PRICE * sum(lines.values())
        for sku, qty in lines.items():
            self.truth.shelf.floor[sku] -= qty

    def lie_there(self, lines: dict[str, int]) -> bool:
        """Whether a customer can bring these goods to a till."""
        return all(self.truth.shelf.floor[sku] >= qty for sku, qty in lines.items())

    @rule(lines=st.dictionaries(skus, units, min_size=1), dies=deaths, is_override=st.booleans())
    def sell(self, lines: dict[str, int], dies: int | None, *, is_override: bool) -> None:
        """A till sells, within F or by a recorded decision."""
        if not self.lie_there(lines):
            return
        ref, work = self.sale("override" if is_override else "sale", lines)
        if is_override and dies is None:
            self.truth.beyond.update(lines)
        self.at_store(work, dies, lambda _: self.carry_out(ref, lines))

    @rule(sku=skus, first=units, second=units)
    def two_tills_sell(self, sku: str, first: int, second: int) -> None:
        """Two tills sell the same goods in the same instant: never more than F."""
        if not self.lie_there({sku: first + second}):
            return
        sales = [(qty, *self.sale("sale", {sku: qty})) for qty in (first, second)]
        results = self.store.run_both(sales[0][2], sales[1][2])
        for (qty, ref, _), result in zip(sales, results, strict=True):
            assert result is None or isinstance(result, Refused), result
            if result is None:
                self.carry_out(ref, {sku: qty})

    def hold(self, pick: int) -> StoreHold | None:
        """One of the holds that the ledger knows."""
        orders = [order for (order,) in self.store.rows("SELECT order_id FROM hold ORDER BY order_id")]
        return self.store.run(lambda book: book.hold(orders[pick % len(orders)])) if orders else None

    @rule(pick=any_one, line=any_one, dies=deaths)
    def pick(self, pick: int, line: int, dies: int | None) -> None:
        """A clerk picks a unit off the shelf."""
        if (hold := self.hold(pick)) is None:
            return
        count = hold.lines[line % len(hold.lines)]
        if not self.lie_there({count.sku: 1}):
            return

        def stage(_: StoreHold) -> None:
            self.truth.shelf.floor[count.sku] -= 1
            self.truth.shelf.staged[hold.order, count.line] += 1

        self.at_store(lambda book: fulfil.pick(book, hold.order, count.line, AT, "li"), dies, stage)

    @rule(pick=any_one, line=any_one, dies=deaths)
    def put_back(self, pick: int, line: int, dies: int | None) -> None:
        """A staged unit of a closed line goes back to the shelf; refused while it is owed."""
        if (hold := self.hold(pick)) is None:
            return
        count = hold.lines[line % len(hold.lines)]

        def carry(_: StoreHold) -> None:
            self.truth.shelf.staged[hold.order, count.line] -= 1
            self.truth.shelf.floor[count.sku] += 1

        self.at_store(lambda book: fulfil.put_back(book, hold.order, count.line, AT, "li"), dies, carry)

    @rule(pick=any_one, line=any_one, n=units, dies=deaths)
    def short(self, pick: int, line: int, n: int, dies: int | None) -> None:
        """A clerk does not find units, which are gone: no more leave the books than are gone."""
        if (hold := self.hold(pick)) is None:
            return
        count, drift = hold.lines[line % len(hold.lines)], self.truth.drift
        if self.truth.shelf.floor[count.sku] or n > count.open - count.staged:
            return

        def work(book: StoreBook) -> int:
            before = book.stock(count.sku).on_hand
            fulfil.report_short(book, hold.order, count.line, n, AT, "li")
            return before - book.stock(count.sku).on_hand

        def follow(gone: int) -> None:
            least = min(0, drift[count.sku])
            drift[count.sku] -= gone
            assert drift[count.sku] >= least, f"I7 {count.sku} is booked out twice"

        self.at_store(work, dies, follow)

    @rule(sku=skus)
    def steal(self, sku: str) -> None:
        """A unit disappears; no ledger knows."""
        if self.lie_there({sku: 1}):
            self.truth.shelf.floor[sku] -= 1
            self.truth.drift[sku] += 1

    @rule(pick=any_one, act=st.sampled_from(["ready", "release", "start"]), dies=deaths)
    def clerk(self, pick: int, act: str, dies: int | None) -> None:
        """A clerk begins, says ready, or the agent's timer releases."""
        if (hold := self.hold(pick)) is None:
            return
        acts: dict[str, Callable[[StoreBook], StoreHold]] = {
            "ready": lambda book: fulfil.make_ready(book, hold.order, AT, "li"),
            "release": lambda book: fulfil.release(book, hold.order, AT, "", "expired"),
            "start": lambda book: fulfil.start_picking(book, hold.order, AT, "li"),
        }
        self.at_store(acts[act], dies, lambda _: None)

    def hand_over(self, hold: StoreHold, by: str) -> Callable[[StoreBook], list[tuple[int, str, int]]]:
        """Hand over what is owed; tells the lines and units."""

        def work(book: StoreBook) -> list[tuple[int, str, int]]:
            owed = [(n.line, n.sku, n.open) for n in fulfil.open_hold(book, hold.order).lines if n.open]
            fulfil.hand_over(book, hold.order, AT, "li", by)
            return owed

        return work

    def leave_with(self, order: str, handed: list[tuple[int, str, int]]) -> None:
        """The customer carries the goods away, staged ones first."""
        shelf = self.truth.shelf
        for line, sku, n in handed:
            staged = min(n, shelf.staged[order, line])
            shelf.staged[order, line] -= staged
            shelf.floor[sku] -= n - staged
            shelf.given[order, line] += n

    def goods_are_there(self, hold: StoreHold) -> bool:
        """Whether everything owed lies in the store."""
        needed: dict[str, int] = {}
        for line in hold.lines:
            needed[line.sku] = needed.get(line.sku, 0) + max(0, line.open - line.staged)
        return self.lie_there(needed)

    @rule(pick=any_one, dies=deaths)
    def collect(self, pick: int, dies: int | None) -> None:
        """A customer collects an order, perhaps again."""
        if (hold := self.hold(pick)) is None or not self.goods_are_there(hold):
            return
        self.at_store(self.hand_over(hold, "qr"), dies, lambda handed: self.leave_with(hold.order, handed))

    @rule(pick=any_one)
    def collect_at_two_tills(self, pick: int) -> None:
        """The same code is shown at two tills at once: one hands over, the other says where and when."""
        if (hold := self.hold(pick)) is None or not self.goods_are_there(hold):
            return
        results = self.store.run_both(self.hand_over(hold, "qr"), self.hand_over(hold, "code"))
        handed = [result for result in results if not isinstance(result, Exception)]
        assert len(handed) == (1 if hold.is_open else 0), f"I5 {hold.order} handed over {results}"
        assert all(isinstance(result, Finished | list) for result in results), f"I5 {results}"
        for lines in handed:
            self.leave_with(hold.order, lines)
