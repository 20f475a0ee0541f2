"""An order's money: what providers and drawers truly hold, what the hub makes of it, and whether it adds up.

The hub's side follows facts and captures with the rules of `sync.rules.money`, as the program does. The
truth is kept beside it: each capture that a provider made, told to the hub or not; each fen in a drawer.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from sync.rules import money as rules
from sync.rules.baseline import Carried
from sync.rules.central import promise
from sync.rules.facts import Fact, HoldStep, Move, Payment
from sync.rules.holds import HubLine
from sync.rules.items import HoldItem
from sync.rules.money import OrderMoney
from sync.rules.store.receive_down import item_of
from sync.simulator.books import Change, HubDictionary
from sync.simulator.invariants import require

if TYPE_CHECKING:
    from sync.simulator.world import Deal, Store

Heard = Literal["known", "unknown", "paid", "held again", "refunded", "asked"]


@dataclass(frozen=True, slots=True)
class Capture:
    """Money that a provider took: its reference, the order, minor units."""

    ref: str
    order: str
    minor: int


@dataclass(slots=True)
class Provider:
    """What truly happened to money online.

    Args:
        captures: everything that customers paid, by reference.
        untold: references that the hub has not confirmed.
        refunded: what was given back by order, cumulative: the same order to give back counts once.
    """

    captures: dict[str, Capture] = field(default_factory=dict)
    untold: list[str] = field(default_factory=list)
    refunded: Counter[str] = field(default_factory=Counter)

    def taken(self, order: str) -> int:
        """All that was captured for an order."""
        return sum(capture.minor for capture in self.captures.values() if capture.order == order)


def know(book: HubDictionary, item: HoldItem) -> None:
    """The hub keeps an order."""
    book.write("order", item.order, item)


def money_of(book: HubDictionary, order: str) -> OrderMoney:
    """What the hub knows of an order's money."""
    found: OrderMoney | None = book.rows("money").get(order)
    return found or OrderMoney()


def worth_of(item: HoldItem, lines: Sequence[HubLine]) -> int:
    """What the customer has or may still get, as the hub knows it."""
    lost = {line.line: line.short + line.released for line in lines}
    return rules.worth_minor([(line.price_minor, line.qty, lost[line.line]) for line in item.lines])


def follow(book: HubDictionary, fact: Fact) -> None:
    """What the hub concludes about money from a store's fact, in the transaction that books it."""
    match fact:
        case HoldStep():
            if fact.held is not None and fact.order not in book.rows("order"):
                know(book, item_of(fact, fact.held))
            if fact.held is not None and fact.held.pay_at == "online":
                _assume(book, fact.order, fact.held.due_minor)
            if fact.to == "prepaid":
                _assume(book, fact.order, fact.minor)
            settle(book, fact.order)
        case Carried(order=order) if order in book.rows("order"):
            if book.rows("order")[order].pay_at == "online":
                _assume(book, order, book.rows("order")[order].due_minor)
            settle(book, order)
        case Payment(order=str(order)) if fact.minor > 0:
            money = money_of(book, order)
            book.write("money", order, _with_till(money, fact.minor))
            settle(book, order)
        case Move(why="collected_beyond"):
            book.write("beyond", fact.ref, True)  # a set's member
        case _:
            return


def _assume(book: HubDictionary, order: str, minor: int) -> None:
    """A store's log says what was paid online."""
    book.write("money", order, rules.assumed(money_of(book, order), minor))


def _with_till(money: OrderMoney, minor: int) -> OrderMoney:
    """Money was taken at a till."""
    return OrderMoney(
        online=money.online, till=money.till + minor, refunded=money.refunded, assumed=money.assumed
    )


def settle(book: HubDictionary, order: str) -> None:
    """Give back what is too much, and note what is lost."""
    item: HoldItem | None = book.rows("order").get(order)
    if item is None:
        return
    lines = book.lines(order)
    is_closed = not any(line.open for line in lines)
    worth = worth_of(item, lines) if lines else 0
    money = money_of(book, order)
    back = rules.refund_now(money, worth if is_closed else item.due_minor)
    if back:
        money = give_back(book, order, back)
    loss = rules.loss_minor(money, worth)
    if loss != book.rows("loss").get(order, 0):
        book.write("loss", order, loss)


def give_back(book: HubDictionary, order: str, minor: int) -> OrderMoney:
    """The hub gives money back; the provider hears of it after the commit."""
    money = money_of(book, order)
    money = OrderMoney(
        online=money.online, till=money.till, refunded=money.refunded + minor, assumed=money.assumed
    )
    book.write("money", order, money)
    return money


def force(book: HubDictionary, order: str) -> int:
    """HQ gives back what is left of an order's online money although its store has not answered."""
    left = money_of(book, order).left
    if left:
        give_back(book, order, left)
        settle(book, order)
    return left


def hear_capture(book: HubDictionary, capture: Capture) -> Heard:
    """A provider tells of money: told again it changes nothing; for an order that is over it goes back."""
    item: HoldItem | None = book.rows("order").get(capture.order)
    if capture.ref in book.rows("capture"):
        return "known"
    if item is None:
        return "unknown"
    book.write("capture", capture.ref, capture)
    money = rules.captured(money_of(book, capture.order), capture.minor)
    book.write("money", capture.order, money)
    heard = _answer(book, item, money)
    settle(book, capture.order)
    return heard


def _answer(book: HubDictionary, item: HoldItem, money: OrderMoney) -> Heard:
    """What money means for its order: paid, promised again, asked of the store, or to be given back."""
    lines = book.lines(item.order)
    if not lines:
        fresh = [HubLine(order=item.order, line=line.line, sku=line.sku, qty=line.qty) for line in item.lines]
        return "held again" if promise.hold_again(book, fresh, item) else "refunded"
    if not all(line.dispatched for line in lines):
        promise.dispatch(book, item)
        return "paid"
    told = book.item(item.order)
    if item.pay_at == "counter" and told is not None and any(line.open for line in lines):
        promise.ask_prepaid(book, told, money.left)
        return "asked"
    return "paid"


def follow_refunds(store: "Store", changes: Sequence[Change]) -> None:
    """The provider hears what was given back, as cumulative sums."""
    for change in changes:
        if change.table == "money":
            order, refunded = str(change.key), money_of(store.hub, str(change.key)).refunded
            store.provider.refunded[order] = max(store.provider.refunded[order], refunded)


def tell_all_anew(store: "Store") -> None:
    """A hub that was put back asks the provider for its list: refunds at once, captures one by one."""
    provider = store.provider
    provider.untold = [ref for ref in provider.captures if ref not in store.hub.rows("capture")]
    for order, refunded in provider.refunded.items():
        money = money_of(store.hub, order)
        missing = refunded - money.refunded
        if missing > 0:
            online = max(money.online, refunded)
            assumed = money.assumed + online - money.online
            found = OrderMoney(online=online, till=money.till, refunded=refunded, assumed=assumed)
            store.hub.write("money", order, found)
            settle(store.hub, order)


def check_money(store: "Store") -> None:
    """I9 at a quiet point: taken + losses = handed over + given back + open, for every order, to the fen."""
    untold = {store.provider.captures[ref].order for ref in store.provider.untold}
    for order, deal in store.deals.items():
        if order in untold:
            continue
        _check_taken(store, order)
        if order in store.hub.rows("order"):
            _check_order(store, deal)


def _check_taken(store: "Store", order: str) -> None:
    """The hub counts all that was captured, nothing else, and gives back no more than that."""
    money, taken = money_of(store.hub, order), store.provider.taken(order)
    back = store.provider.refunded[order]
    is_known = order in store.hub.rows("order")
    counted = money.online == taken or not is_known
    require(counted, "I9", store.name, order, "captured", taken, "the hub counts", money)
    require(back <= taken, "I9", store.name, order, "captured", taken, "given back", back)
    require(back == money.refunded or not is_known, "I9", store.name, order, "given back", back, money)


def _check_order(store: "Store", deal: "Deal") -> None:
    """One order's sum."""
    order, lines = deal.order, store.hub.lines(deal.order)
    cash, loss = store.shelf.cash_of[order], store.hub.rows("loss").get(order, 0)
    left = store.provider.taken(order) - store.provider.refunded[order]
    worth = worth_of(deal.item, lines) if lines else 0
    is_open = any(line.open for line in lines)
    says = (store.name, order, "online less refunds", left, "cash", cash, "losses", loss, "worth", worth)
    if order in store.cash_lost or order in store.hub.rows("beyond"):
        owed = deal.item.due_minor if is_open else worth  # what goes back waits until all units are settled
        require(left + loss <= owed + cash, "I9", *says)
    elif not is_open:
        require(left + cash + loss == worth, "I9", *says)
    elif left or loss:
        require(worth <= left + loss <= deal.item.due_minor, "I9", *says, "and open")
    else:
        require(not cash, "I9", *says, "and open")
