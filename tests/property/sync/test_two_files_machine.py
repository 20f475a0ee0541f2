"""Hub and store on real files, two tills, a channel that loses, doubles, reorders; both sides die at will.

`./omo test tests/property/sync/test_two_files_machine.py --hypothesis-profile thorough` plays many more.
"""

from pathlib import Path

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from pos_agent.ledger.verify import verify
from sync.messages.codec import decode, encode, parse_fact, parse_item
from sync.rules.books import HubBook, StoreBook
from sync.rules.central import promise
from sync.rules.central.apply_up import apply_up
from sync.rules.central.make_down import make_down
from sync.rules.holds import HubLine
from sync.rules.items import HoldItem, HoldLine, WantItem
from sync.rules.store.receive_down import receive_down
from sync.rules.store.report_up import make_up
from sync.rules.streams import Down, Up
from sync.simulator.broken import broken
from tests.property.profiles import bounded
from tests.property.sync.store_acts import StoreActs, any_one, deaths, skus, units
from tests.property.sync.two_files import AT, make_files
from tests.property.sync.written_books import (
    Deal,
    check_growth,
    check_lines,
    check_rest,
    check_rights,
    check_sums,
    read,
)

MOST_ROUNDS = 12
few = st.integers(1, 2)
mostly = st.sampled_from([True, True, True, False])


class TwoFiles(StoreActs):
    """One hub, one store, messages as bytes between them."""

    def teardown(self) -> None:
        """Let both sides come to rest, compare, and clean up."""
        try:
            self.come_to_rest()
        finally:
            self.hub.close()
            self.store.close()
            self.runner.close()
            self.folder.cleanup()

    @rule()
    def line_gets_quick(self) -> None:
        """For a while the line works: what the hub decides is heard at once."""
        self.is_quick = True

    @rule()
    def line_gets_slow(self) -> None:
        """From now on messages arrive as they like."""
        self.is_quick = False

    # Orders at the hub

    @rule(lines=st.lists(st.tuples(skus, few), min_size=1, max_size=3), at_counter=mostly, dies=deaths)
    def order(self, lines: list[tuple[str, int]], dies: int | None, *, at_counter: bool) -> None:
        """A customer orders several lines, some of the same SKU."""
        item = _item(f"o{self.made:04}", self.name("N"), lines, at_counter=at_counter)
        held = [HubLine(order=item.order, line=n.line, sku=n.sku, qty=n.qty) for n in item.lines]

        def work(book: HubBook) -> None:
            promise.hold_units(book, held)
            if at_counter:
                promise.dispatch(book, item)

        self.at_hub(work, dies, lambda _: self.truth.deals.update({item.order: Deal(item, at_counter)}))

    def deal(self, pick: int) -> Deal | None:
        """One of the orders."""
        deals = list(self.truth.deals.values())
        return deals[pick % len(deals)] if deals else None

    @rule(pick=any_one, dies=deaths)
    def pay(self, pick: int, dies: int | None) -> None:
        """The payment of an order arrives: it is dispatched, unless it was dropped."""
        if (deal := self.deal(pick)) is None or deal.is_dispatched:
            return

        def tell(_: int) -> None:
            deal.is_dispatched = True

        self.at_hub(lambda book: promise.dispatch(book, deal.item), dies, tell)

    @rule(pick=any_one, dies=deaths)
    def drop(self, pick: int, dies: int | None) -> None:
        """The hub's timer drops an order that was never dispatched."""
        if (deal := self.deal(pick)) is None:
            return

        def forget(dropped: bool) -> None:
            deal.is_dropped |= dropped

        self.at_hub(lambda book: promise.drop_provisional(book, deal.item.order), dies, forget)

    @rule(pick=any_one, dies=deaths)
    def cancel(self, pick: int, dies: int | None) -> None:
        """A customer cancels: the hub asks the store."""
        if (deal := self.deal(pick)) is None or not deal.is_dispatched:
            return
        item = _item(
            deal.item.order, deal.item.number, [(n.sku, n.qty) for n in deal.item.lines], cancel=True
        )
        self.at_hub(lambda book: promise.dispatch(book, item), dies, lambda _: None)

    @rule(sku=skus, qty=units, back=st.booleans(), dies=deaths)
    def move_rights(self, sku: str, qty: int, dies: int | None, *, back: bool) -> None:
        """The hub wants more units, or gives some back."""
        want = WantItem(id=self.name("Q"), sku=sku, qty=qty)
        self.at_hub(
            lambda book: promise.return_units(book, sku, qty) if back else promise.want_units(book, want),
            dies,
            lambda _: None,
        )

    # The channel

    @rule(ahead=st.booleans())
    def send_up(self, *, ahead: bool) -> None:
        """The agent sends what the hub was not heard to have, or goes on where it sent last."""
        up = self.store.run(lambda book: make_up(book, max(self.sent if ahead else 0, book.position().heard)))
        self.sent = up.first + len(up.events) - 1
        self.ups.append(encode(up))

    @rule()
    def send_down(self) -> None:
        """The hub sends what changed."""
        self.downs.append(encode(self.hub.run(make_down)))

    @rule(pick=any_one, stays=st.booleans(), dies=deaths)
    def hear_up(self, pick: int, dies: int | None, *, stays: bool) -> None:
        """An UP arrives in any order, perhaps to come again; the answer goes out after the commit."""
        if self.ups:
            data = self.ups[pick % len(self.ups)] if stays else self.ups.pop(pick % len(self.ups))
            self.take_up(data, dies)

    def take_up(self, data: bytes, dies: int | None) -> None:
        """The hub applies an UP and answers."""
        up = decode(data)
        assert isinstance(up, Up)
        self.at_hub(lambda book: apply_up(book, up, parse_fact), dies, lambda _: self.send_down())

    @rule(pick=any_one, stays=st.booleans(), dies=deaths)
    def hear_down(self, pick: int, dies: int | None, *, stays: bool) -> None:
        """A DOWN arrives in any order, perhaps to come again."""
        if self.downs:
            data = self.downs[pick % len(self.downs)] if stays else self.downs.pop(pick % len(self.downs))
            self.take_down(data, dies)

    def take_down(self, data: bytes, dies: int | None) -> None:
        """The store applies a DOWN."""
        down = decode(data)
        assert isinstance(down, Down)
        self.at_store(lambda book: receive_down(book, down, parse_item, AT), dies, lambda _: None)

    @rule()
    def talk(self) -> None:
        """A quiet moment: each side hears the other once."""
        was_quick, self.is_quick = self.is_quick, False
        self.take_up(encode(self.store.run(_unheard)), None)
        self.take_down(encode(self.hub.run(make_down)), None)
        self.is_quick = was_quick

    @rule(up=st.booleans(), pick=any_one)
    def lose(self, pick: int, *, up: bool) -> None:
        """A message is lost."""
        waiting = self.ups if up else self.downs
        if waiting:
            del waiting[pick % len(waiting)]

    @rule(hub=st.booleans())
    def restart(self, *, hub: bool) -> None:
        """A program is stopped and started again on its file."""
        (self.hub if hub else self.store).restart()
        self.sent = self.sent if hub else 0

    @invariant()
    def books_are_right(self) -> None:
        """What the protocol promises stands in the rows, whatever is under way."""
        state = read(self.hub, self.store)
        check_rights(state, self.truth)
        check_lines(state, self.truth)
        check_sums(self.hub, self.store, state, self.truth)
        if self.before is not None:
            check_growth(self.before, state)
        self.before = state

    def come_to_rest(self) -> None:
        """Without faults both books become equal within a few rounds."""
        for _ in range(MOST_ROUNDS):
            self.talk()
        state = read(self.hub, self.store)
        check_rest(self.hub, self.store, state, self.truth)
        findings = [line for line in verify(self.store.path) if not line.startswith("money was taken")]
        assert findings == []


def _unheard(book: StoreBook) -> Up:
    """The UP of the agent's timer."""
    return make_up(book, book.position().heard)


def _item(
    order: str,
    number: str,
    lines: list[tuple[str, int]],
    *,
    at_counter: bool = True,
    cancel: bool = False,
) -> HoldItem:
    """An order as the store is told."""
    return HoldItem(
        order=order,
        number=number,
        code_hash="00" * 16,
        pay_at="counter" if at_counter else "online",
        due_minor=0,
        currency="CNY",
        placed_at=AT,
        ready_by=AT,
        expires_at=AT,
        lines=tuple(HoldLine(line=n, sku=sku, qty=qty, names={}) for n, (sku, qty) in enumerate(lines, 1)),
        cancel=cancel,
    )


@pytest.fixture(scope="module")
def machine(schema: Path, tmp_path_factory: pytest.TempPathFactory) -> type[TwoFiles]:
    """The machine on files made once."""
    return type(
        "TwoFilesOfAChain", (TwoFiles,), {"files": make_files(tmp_path_factory.mktemp("two"), schema)}
    )


@pytest.mark.timeout(900)
def test_two_files_agree_whatever_the_channel_and_whoever_dies(machine: type[TwoFiles]) -> None:
    run_state_machine_as_test(machine, settings=bounded(examples=20, steps=50))


@pytest.mark.parametrize(
    "name", ["finished-forgotten", "base-last-sent", "hub-expires-dispatched", "settled-not-counted"]
)
def test_the_rows_show_a_broken_rule(machine: type[TwoFiles], name: str) -> None:
    seeded = settings(
        bounded(examples=100, steps=60), derandomize=True, database=None, phases=[Phase.generate]
    )
    with broken(name), pytest.raises(AssertionError, match=r"I5|I8|I10"):
        run_state_machine_as_test(machine, settings=seeded)
