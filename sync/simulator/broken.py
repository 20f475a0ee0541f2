"""Broken variants of the rules: each replaces one function, and the simulator must catch each.

They test the simulator: an invariant that no broken rule can break proves nothing.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

from sync.rules import money, pickup_token, rights, streams
from sync.rules.baseline import Carried, Whole
from sync.rules.books import HubBook, HubPosition, StoreBook, StorePosition
from sync.rules.canonical import Raw
from sync.rules.central import apply_up, promise, recover, repay
from sync.rules.documents import Finding, StoreDocument
from sync.rules.facts import DocumentStep, Fact, Held, HoldStep, MoveLine
from sync.rules.holds import HubLine, StoreHold
from sync.rules.items import HoldItem, ReturnItem, WantItem
from sync.rules.money import OrderMoney
from sync.rules.pickup_token import Claims
from sync.rules.rights import HubStock, StoreStock
from sync.rules.store import begin_log, documents, fulfil, ledger, prepaid, receive_down
from sync.rules.store.begin_log import Mirror, Remains
from sync.rules.streams import Down, DownVerdict, Up, UpVerdict


@dataclass(frozen=True, slots=True)
class Variant:
    """One function of the rules and what stands in its place."""

    module: ModuleType
    function: str
    replacement: Any
    says: str


def _returns_told_as_deltas(sku: str, after: HubStock, units: int) -> ReturnItem:  # noqa: ARG001
    """R as deltas: a newer item takes an older one's place, and its units are lost."""
    return ReturnItem(sku=sku, returned=units)


def _returns_added_as_deltas(book: StoreBook, item: ReturnItem, at: str) -> None:  # noqa: ARG001
    """R as deltas at the store: a message that comes twice returns twice."""
    stock = book.stock(item.sku)
    book.put_stock(item.sku, replace(stock, returned=stock.returned + item.returned))


def _drop_any(book: HubBook, order: str) -> bool:
    """The hub expires a hold that was dispatched: the store still owes it."""
    lines = book.lines(order)
    for line in lines:
        stock = book.stock(line.sku) or HubStock()
        book.put_stock(line.sku, replace(stock, promised=stock.promised - line.open))
        book.drop_line(line)
    return bool(lines)


def _forget_finished(book: StoreBook, order: str) -> StoreHold | None:
    """Finished holds are forgotten: a late DOWN or a second show of the code finds nothing."""
    hold = book.hold(order)
    return hold if hold is None or hold.is_open else None


def _base_last_sent(position: HubPosition, up: Up) -> int:  # noqa: ARG001
    """The next DOWN starts from what was sent last: what got lost on the way stays lost."""
    return position.ver


def _acknowledged_by_newer_only(position: StorePosition, down: Down) -> int:
    """A DOWN without news acknowledges nothing: the agent sends for ever."""
    if down.ver <= position.dver:
        return position.heard
    return max(position.heard, min(down.app, position.seq))


def _gaps_applied(position: HubPosition, up: Up) -> UpVerdict:
    """Events after a gap are applied as if they were next."""
    verdict = _judge_up(position, up)
    return "apply" if verdict == "gap" and up.events else verdict


def _old_up_accepted(position: HubPosition, up: Up) -> UpVerdict:
    """The hub applies an UP of another incarnation."""
    return _judge_up(position, replace(up, sinc=position.sinc, hinc=position.hinc))


def _old_down_accepted(position: StorePosition, down: Down) -> DownVerdict:
    """The store applies a DOWN of another incarnation."""
    return _judge_down(position, replace(down, sinc=position.sinc, hinc=position.hinc))


def _any_incarnation(claims: Claims, position: StorePosition) -> bool:  # noqa: ARG001
    """A code of another incarnation hands over what may have been handed over before."""
    return True


def _short_booked_twice(stock: StoreStock, qty: int) -> int:  # noqa: ARG001
    """A short pick takes units off the books that are off them already."""
    return qty


def _promise_unlimited(stock: HubStock, sku: str, qty: int) -> HubStock:  # noqa: ARG001
    """The hub promises what it may not."""
    return replace(stock, promised=stock.promised + qty)


def _grant_beyond_floor(stock: StoreStock, policy: rights.Allotment, qty: int) -> int:  # noqa: ARG001
    """The store grants what its floor does not have."""
    return qty


def _give_back_promised(stock: HubStock, qty: int) -> HubStock:
    """The hub returns units that it promised."""
    return replace(stock, returned=stock.returned + qty)


def _own_line_dropped(line: HubLine, outcome: str, n: int) -> HubLine | None:  # noqa: ARG001
    """The hub counts a unit that is handed over as still owed."""
    return line


def _want_served_again(book: StoreBook, item: WantItem, at: str) -> None:
    """A want that travels again is granted again."""
    ledger.serve_want(book, item.sku, item.qty, at)


def _hold_taken_twice(book: StoreBook, item: HoldItem, at: str, by: str) -> StoreHold:
    """A hold that came by code and by line is booked twice."""
    hold = _accept_hold(book, item, at, by)
    for line in hold.lines:
        stock = book.stock(line.sku)
        book.put_stock(line.sku, replace(stock, open=stock.open + line.qty))
    return hold


def _mirror_at_once(book: HubBook, seq: int, fact: Fact, raw: Raw, parse: Any) -> set[str]:
    """The hub takes a log's beginning as it comes: lost half-way, the next agent is told half a store."""
    book.keep_baseline(seq, raw)
    lines, holds = recover.baseline_of([parse(kept) for kept in book.baseline()])
    recover.take_baseline(book, lines, holds)
    if isinstance(fact, Whole):
        book.put_position(replace(book.position(), state="replaying"))
    return set()


def _whole_at_once(position: HubPosition, head: int) -> bool:  # noqa: ARG001
    """A hub that was put back promises before the store has told what it missed."""
    return position.state == "replaying"


def _restored_as_it_was(position: HubPosition, hinc: int, sinc: int) -> HubPosition:
    """A hub that was put back goes on as if nothing had been lost."""
    return replace(_restored(position, hinc, sinc), state="whole")


def _same_life(position: HubPosition, hinc: int, sinc: int) -> HubPosition:
    """A hub that was put back keeps its incarnation: what it said since counts as said."""
    return replace(_restored(position, hinc, sinc), hinc=hinc - 1)


def _enrolled_as_first(position: HubPosition, sinc: int) -> HubPosition:
    """A new incarnation of a store counts as whole before it has told anything."""
    return replace(_enrolled(position, sinc), state="whole")


def _lost_holds_ignored(book: HubBook, step: HoldStep, held: Held) -> bool:  # noqa: ARG001
    """A hold that the hub lost is not promised again when the store tells of it."""
    return False


def _returns_not_kept(book: StoreBook, item: ReturnItem, at: str) -> None:  # noqa: ARG001
    """What came back to the floor is not told: a hub that was put back promises it once more."""
    stock = book.stock(item.sku)
    book.put_stock(item.sku, replace(stock, returned=max(stock.returned, item.returned)))


def _rights_always_carried(book: StoreBook, fact: Fact, *, continues: bool) -> None:  # noqa: ARG001
    """Grants of a history that the hub never followed are carried into the next one."""
    _carry_fact(book, fact, continues=True)


def _rights_never_carried(book: StoreBook, fact: Fact, *, continues: bool) -> None:  # noqa: ARG001
    """Grants that another life of the hub has sold from are not carried."""
    _carry_fact(book, fact, continues=False)


def _never_in_doubt(book: StoreBook, mirror: Mirror, remains: Remains) -> None:
    """After a loss nobody looks what became of the open holds."""


def _backup_goes_on(old: tuple[int, int], mirror: tuple[int, int], *, is_put_back: bool) -> bool:  # noqa: ARG001
    """A ledger from a backup whose end the hub has heard is taken for the newest there ever was."""
    return _is_continued(old, mirror, is_put_back=False)


def _finished_not_carried(lines: Sequence[HubLine], at: str) -> Carried:
    """Finished holds are told as if nothing had been done about them."""
    return _carried([replace(line, done=0, short=0, released=0) for line in lines], at)


def _never_stopped(book: HubBook, verdict: UpVerdict, up: Up) -> None:
    """Two histories are heard, and both agents go on."""


def _any_line_named(line: HubLine) -> int:
    """An order that lies ready is asked to give up its units."""
    return line.open - line.victim if line.ready else _nameable(line)


def _named_again(stock: HubStock, lines: Sequence[HubLine]) -> int:  # noqa: ARG001
    """Lines are named for a deficit although others were named for it before."""
    return stock.lack


def _unlike_the_last(request: str, served: str) -> bool:
    """Two requests of the floor that travel again in turn are served again in turn."""
    return request != served


def _nothing_returned(book: HubBook, sku: str) -> None:
    """Customers are asked to do without while free units are kept."""


def _forget_ended(book: StoreBook, document: str) -> StoreDocument | None:
    """Ended documents are forgotten: told again, they are booked again."""
    known = book.document(document)
    return known if known is None or known.state == "open" else None


def _counted_at_booking(book: StoreBook, found: Sequence[Finding]) -> list[MoveLine]:
    """A count is compared with the books of the moment of booking: what was sold since counts twice."""
    now = [(said, said.found - documents.balance(book, said.sku, said.bucket)) for said in found]
    return [documents.signed(said.sku, said.bucket, units) for said, units in now if units]


def _ends_not_carried(book: StoreBook, step: DocumentStep) -> None:
    """A new ledger does not know which documents have ended."""


def _ends_kept_untold(book: HubBook, step: DocumentStep) -> None:
    """The hub goes on asking for documents that have ended."""


def _counted_and_not_told(book: StoreBook, hold: StoreHold, at: str) -> StoreHold:  # noqa: ARG001
    """A store counts an order as paid online and does not grant it on its log: a hub put back forgets it."""
    if hold.unsure or not hold.is_open or hold.body is None:
        return hold
    hold = replace(hold, prepaid_minor=max(hold.prepaid_minor, hold.body.prepaid_minor))
    book.put_hold(hold)
    return hold


def _till_not_counted(money: OrderMoney, worth: int) -> int:
    """An order that was paid online and at the till keeps both."""
    return max(0, min(money.left, money.left - worth))


def _late_money_kept(money: OrderMoney, worth: int) -> int:
    """Money for an order of which nothing was handed over is not given back."""
    return _refund_now(money, worth) if worth else 0


def _asked_again(hold: StoreHold) -> int:
    """The counter takes money for an order that was granted as paid online."""
    return _due_minor(replace(hold, prepaid_minor=0))


def _assumed_and_captured(money: OrderMoney, minor: int) -> OrderMoney:
    """Money that a store's log told of counts once more when the provider confirms it."""
    return replace(money, online=money.online + minor)


def _never_lost(money: OrderMoney, worth: int) -> int:  # noqa: ARG001
    """A forced refund is no loss."""
    return 0


_refund_now, _due_minor = money.refund_now, prepaid.due_minor
_restored, _enrolled, _carried = recover.restored, recover.enrolled, recover.carried
_carry_fact, _nameable = begin_log.carry_fact, repay.nameable
_is_continued = begin_log.is_continued
_judge_up, _judge_down, _accept_hold = streams.judge_up, streams.judge_down, receive_down.accept_hold

NAMED: dict[str, Variant] = {
    "returns-as-deltas": Variant(receive_down, "take_return", _returns_added_as_deltas, "R as deltas"),
    "hub-expires-dispatched": Variant(
        promise, "drop_provisional", _drop_any, "hub expires a dispatched hold"
    ),
    "finished-forgotten": Variant(fulfil, "known_hold", _forget_finished, "finished holds forgotten"),
    "base-last-sent": Variant(streams, "heard_after", _base_last_sent, "base = last sent"),
    "acknowledged-by-newer": Variant(
        streams, "acknowledged", _acknowledged_by_newer_only, "acknowledgement only with a newer ver"
    ),
    "gaps-applied": Variant(streams, "judge_up", _gaps_applied, "gaps applied"),
    "old-up-accepted": Variant(streams, "judge_up", _old_up_accepted, "old incarnation accepted by the hub"),
}
"""The variants that the protocol names first."""

MORE: dict[str, Variant] = {
    "old-down-accepted": Variant(
        streams, "judge_down", _old_down_accepted, "old incarnation accepted by a store"
    ),
    "returns-told-as-deltas": Variant(
        promise, "return_item", _returns_told_as_deltas, "R told as deltas by the hub"
    ),
    "any-token": Variant(
        pickup_token, "same_incarnations", _any_incarnation, "code of another incarnation accepted"
    ),
    "short-twice": Variant(fulfil, "booked_out_when_short", _short_booked_twice, "short adjusted twice"),
    "promise-unlimited": Variant(promise, "promise", _promise_unlimited, "promises beyond ATP"),
    "grant-beyond-floor": Variant(ledger, "wanted_grant", _grant_beyond_floor, "grants beyond F"),
    "give-back-promised": Variant(promise, "give_back", _give_back_promised, "returns what was promised"),
    "settled-not-counted": Variant(apply_up, "counted", _own_line_dropped, "settled units still owed"),
    "floor-served-again": Variant(
        apply_up, "is_later_request", _unlike_the_last, "an older request of the floor served again"
    ),
    "want-served-again": Variant(
        receive_down, "serve_want", _want_served_again, "a want served as often as it travels"
    ),
    "hold-booked-twice": Variant(receive_down, "accept_hold", _hold_taken_twice, "a hold booked twice"),
}
"""Others that the simulator catches."""
RECOVERY: dict[str, Variant] = {
    "mirror-at-once": Variant(apply_up, "_keep_baseline", _mirror_at_once, "a beginning taken as it comes"),
    "sells-before-merge": Variant(recover, "is_heard_out", _whole_at_once, "hub sells before merge"),
    "restored-as-it-was": Variant(recover, "restored", _restored_as_it_was, "hub put back, not replayed"),
    "hinc-not-raised": Variant(recover, "restored", _same_life, "hub put back under its old incarnation"),
    "enrolled-as-first": Variant(
        recover, "enrolled", _enrolled_as_first, "a new incarnation counts as whole"
    ),
    "lost-holds-ignored": Variant(recover, "take_on_lost", _lost_holds_ignored, "lost holds not taken on"),
    "returns-not-told": Variant(receive_down, "take_return", _returns_not_kept, "R not on the log"),
    "rights-always-carried": Variant(
        begin_log, "carry_fact", _rights_always_carried, "grants of an unknown history carried"
    ),
    "rights-never-carried": Variant(
        begin_log, "carry_fact", _rights_never_carried, "grants that were sold from not carried"
    ),
    "never-in-doubt": Variant(begin_log, "_mark_doubts", _never_in_doubt, "open holds sure after a loss"),
    "backup-goes-on": Variant(
        begin_log, "is_continued", _backup_goes_on, "a ledger from a backup taken for the newest"
    ),
    "finished-not-carried": Variant(recover, "carried", _finished_not_carried, "finished holds told as open"),
    "never-stopped": Variant(apply_up, "_stop", _never_stopped, "two histories, nobody stops"),
}
"""What a recovery must not do."""
DEFICITS: dict[str, Variant] = {
    "deficit-from-ready": Variant(repay, "nameable", _any_line_named, "deficit repaid from READY lines"),
    "victims-beyond-deficit": Variant(repay, "unsought", _named_again, "more victims than deficit"),
    "returns-skipped": Variant(repay, "return_lack", _nothing_returned, "victims before free units"),
}
"""How a deficit must not be repaid."""
PAPERS: dict[str, Variant] = {
    "document-booked-again": Variant(
        documents, "known_document", _forget_ended, "a document booked again when told again"
    ),
    "counted-at-booking": Variant(
        documents, "_differences", _counted_at_booking, "a count against the books at its booking"
    ),
    "document-ends-lost": Variant(
        documents, "carry_end", _ends_not_carried, "ends of documents not carried into a new ledger"
    ),
    "ended-asked-again": Variant(
        apply_up, "end_request", _ends_kept_untold, "the hub asks for documents that have ended"
    ),
}
"""How documents must not be booked."""
MONEY: dict[str, Variant] = {
    "prepaid-not-told": Variant(
        fulfil, "grant_prepaid", _counted_and_not_told, "prepaid counted, not granted"
    ),
    "double-paid-kept": Variant(money, "refund_now", _till_not_counted, "double paid, not given back"),
    "late-money-kept": Variant(money, "refund_now", _late_money_kept, "late money for a closed order kept"),
    "prepaid-asked-again": Variant(prepaid, "due_minor", _asked_again, "money asked for what is prepaid"),
    "assumed-and-captured": Variant(
        money, "captured", _assumed_and_captured, "one payment counted twice after a restore"
    ),
    "loss-not-recorded": Variant(money, "loss_minor", _never_lost, "a forced refund is no loss"),
}
"""How money must not be kept."""
VARIANTS = NAMED | MORE | DEFICITS | RECOVERY | PAPERS | MONEY


@contextmanager
def broken(name: str) -> Iterator[Variant]:
    """The rules with one function replaced, until the block ends."""
    variant = VARIANTS[name]
    right = getattr(variant.module, variant.function)
    setattr(variant.module, variant.function, variant.replacement)
    try:
        yield variant
    finally:
        setattr(variant.module, variant.function, right)
