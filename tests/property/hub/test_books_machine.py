"""A hub on a real file and a store's ledger under random acts: promises are covered, mirrors agree."""

import asyncio
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from hub.link.hear import ReadDown
from hub.orders.change_order import Cancel
from hub.orders.sweep import lapse
from hub.stock.verify import verify
from sync.rules.errors import Refused, Short
from tests.unit.hub.stock.small_chain import SKUS, PayAsked, SetClock, enrol, exchange, hear, small_hub

skus = st.sampled_from(SKUS)
units = st.integers(1, 4)


class Books(RuleBasedStateMachine):
    """One hub, one ledger, messages that may come again or late; `schema` is set before it runs."""

    schema: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = SetClock()
        self.orders: list[dict[str, Any]] = []
        self.ups: list[Any] = []
        self.downs: list[Any] = []
        self.runner.run(self.open())

    async def open(self) -> None:
        """Open the hub and enrol the store."""
        self.hub = await self.stack.enter_async_context(
            small_hub(Path(self.folder.name), self.schema, self.clock)
        )
        self.store = await enrol(self.hub)

    def teardown(self) -> None:
        """Let both sides come to rest, compare, and clean up."""
        self.runner.run(self.finish())
        self.runner.run(self.stack.aclose())
        self.runner.close()
        self.folder.cleanup()

    async def finish(self) -> None:
        """Everything told, the books agree to the unit."""
        await exchange(self.hub, self.store)
        assert (await verify(self.hub.kernel.reader)).findings == ()
        for sku in SKUS:
            mine, theirs = self.store.book.stock(sku), await self.hub.stock(sku)
            assert (theirs["floor"], theirs["staged"], theirs["granted"], theirs["settled"]) == (
                mine.floor,
                mine.staged,
                mine.granted,
                mine.settled,
            )

    def run_or_refuse(self, command: Any) -> Any:
        """Run a command that may be refused."""
        try:
            return self.runner.run(self.hub.kernel.writer.run(command))
        except Refused:
            return None

    @rule(sku=skus, qty=units)
    def receive(self, sku: str, qty: int) -> None:
        """Goods come in."""
        self.store.receive(sku, qty)

    @rule(sku=skus, qty=units)
    def sell(self, sku: str, qty: int) -> None:
        """The till sells."""
        try:
            self.store.sell(sku, qty)
        except Short:
            self.store.book.rollback()

    @rule(lines=st.lists(st.tuples(skus, units), min_size=1, max_size=3), online=st.booleans())
    def order(self, lines: list[tuple[str, int]], *, online: bool) -> None:
        """A customer orders."""
        try:
            answer = self.runner.run(
                self.hub.place(f"k{len(self.orders)}", lines=lines, pay="sandbox" if online else "counter")
            )
        except Refused:
            return
        self.orders.append(answer)

    @rule(pick=st.integers(0, 99))
    def pay(self, pick: int) -> None:
        """Money comes for an order."""
        if self.orders and (url := self.orders[pick % len(self.orders)]["pay_url"]):
            self.run_or_refuse(PayAsked(self.hub.kernel, url.rsplit("/", 1)[1], "r"))

    @rule(pick=st.integers(0, 99))
    def cancel(self, pick: int) -> None:
        """A customer cancels."""
        if self.orders:
            token = self.orders[pick % len(self.orders)]["url"].rsplit("/", 1)[1]
            self.run_or_refuse(Cancel(self.hub.kernel, token))

    @rule()
    def lapse(self) -> None:
        """Time passes and unpaid orders lapse."""
        self.clock.move(minutes=16)
        self.runner.run(lapse(self.hub.kernel))

    @rule(pick=st.integers(0, 99), act=st.sampled_from(["hand_over", "release", "pick_all", "short"]))
    def clerk(self, pick: int, act: str) -> None:
        """A clerk works on an order."""
        if not self.orders:
            return
        order = self.orders[pick % len(self.orders)]["id"]
        extra = {"release": ("expired",), "short": (1, 1)}.get(act, ())
        try:
            getattr(self.store, act)(order, *extra)
        except Refused:
            self.store.book.rollback()

    @rule()
    def send_up(self) -> None:
        """A report goes out."""
        self.ups.append(self.store.up())

    @rule(pick=st.integers(0, 99))
    def hear_up(self, pick: int) -> None:
        """A report arrives: late, again, or not at all."""
        if self.ups:
            self.runner.run(hear(self.hub, self.ups[pick % len(self.ups)]))

    @rule()
    def send_down(self) -> None:
        """Items go out."""
        down, _ = self.runner.run(self.hub.kernel.writer.run(ReadDown(self.hub.kernel, "s1")))
        self.downs.append(down)

    @rule(pick=st.integers(0, 99))
    def hear_down(self, pick: int) -> None:
        """Items arrive: late, again, or not at all."""
        if self.downs:
            self.store.take(self.downs[pick % len(self.downs)])

    @invariant()
    def promises_are_covered(self) -> None:
        """Every open promise has a unit in the store."""
        for sku in SKUS:
            stock, mine = self.runner.run(self.hub.stock(sku)), self.store.book.stock(sku)
            assert 0 <= stock["promised"] <= stock["granted"] - stock["returned"]
            assert stock["granted"] <= mine.granted
            assert stock["promised"] - mine.settled <= mine.on_hand


@pytest.mark.timeout(300)
def test_random_acts_over_a_real_file_keep_the_books(schema: Path) -> None:
    run_state_machine_as_test(
        type("BooksOnSchema", (Books,), {"schema": schema}),
        settings=settings(max_examples=12, stateful_step_count=40, deadline=None),
    )
