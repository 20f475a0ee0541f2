"""The one table of what each kind of trouble is called, what it means, what to do; and its facts' words.

Every kind that the program raises stands here (a test reads the code).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from hub.monitor.rules import Tone
from sync.values.clock import from_instant
from sync.web.errors import N_
from sync.web.formats import date_of, money, time_of_day
from sync.web.translations import current, display_zone, gettext


@dataclass(frozen=True, slots=True)
class KindWords:
    """A kind of trouble: its tone and three texts to be translated."""

    tone: Tone
    name: str
    meaning: str
    todo: str


KINDS: Final[Mapping[str, KindWords]] = {
    "oversold": KindWords(
        "bad",
        N_("Oversold"),
        N_("More units are promised to customers than the store has."),
        N_("Find the units in another store, or offer the newest order another time or its money back."),
    ),
    "deficit": KindWords(
        "bad",
        N_("Deficit"),
        N_(
            "Units set aside for the online shop are not there: more was sold than was free,"
            " or a count or a correction found fewer."
        ),
        N_(
            "By itself: unsold online units go back to the shelf, unpaid orders are dropped, and the store is"
            " asked to look for the rest. What it does not find is reported missing: the customer is told and"
            " gets the money back. If no order is named, nobody waits for them: have the shelf counted if it"
            " stays."
        ),
    ),
    "negative_stock": KindWords(
        "bad",
        N_("Stock below zero"),
        N_("The books hold fewer than no units: something was sold that was never received."),
        N_("Have the store count the goods and book the delivery that is missing."),
    ),
    "race": KindWords(
        "warn",
        N_("Two claims at once"),
        N_("The last unit was sold at the till while an order was promised it."),
        N_("Call the customer of the order: another store, another day, or the money back."),
    ),
    "double_paid": KindWords(
        "bad",
        N_("Paid twice"),
        N_("The customer paid the same order online and at the counter."),
        N_("What was paid online goes back by itself. If this is still open, give one payment back by hand."),
    ),
    "number_clash": KindWords(
        "bad",
        N_("Number used twice"),
        N_("Two receipts or reports carry the same number: a machine was copied or set back."),
        N_("Keep both papers, find out which machine is the copy, and enrol it anew."),
    ),
    "short_pick": KindWords(
        "warn",
        N_("Picked short"),
        N_("The store could not find all units of an order."),
        N_("Make sure that the customer was told, and have the shelf counted."),
    ),
    "duplicate_claim": KindWords(
        "warn",
        N_("Claimed twice"),
        N_("A coupon or right that counts once was used in two places while a line was cut."),
        N_("Decide whether to accept the loss. The customers' receipts stay as they are."),
    ),
    "over_return": KindWords(
        "warn",
        N_("Returned too much"),
        N_("More units of a receipt were brought back than were sold on it."),
        N_("Compare the receipt with both returns and speak to the store."),
    ),
    "cancelled_but_collected": KindWords(
        "warn",
        N_("Collected after cancelling"),
        N_("The goods were handed over although the customer had cancelled."),
        N_("If money was given back before, it is a recorded loss: speak to the customer. Refund no more."),
    ),
    "price_mismatch": KindWords(
        "warn",
        N_("Prices differ"),
        N_("What was charged is not what the prices say."),
        N_("Compare the order's lines with its total, and settle the difference with the customer."),
    ),
    "money_waiting": KindWords(
        "warn",
        N_("Money waits for its store"),
        N_(
            "An order was paid, and its store has not told all that happened since the hub was put back: the"
            " goods may be held, or handed over, or nobody's."
        ),
        N_(
            "Bring the store back: it is decided by itself then. If it never returns, give the money back on"
            " the order's page."
        ),
    ),
    "payment_unknown": KindWords(
        "warn",
        N_("Payment unknown"),
        N_("A provider tells of money that nobody asked for, or of another sum, or did not answer."),
        N_("Look the payment up at the provider and settle it by hand. No order was changed."),
    ),
    "sequence_gap": KindWords(
        "bad",
        N_("Gap in the events"),
        N_("An event of the store is missing or cannot be read, so later numbers stand on nothing."),
        N_("Do not correct stock by hand. Restore the books from a backup, then let the store send again."),
    ),
    "digest_mismatch": KindWords(
        "bad",
        N_("Books differ"),
        N_("Two books that should say the same do not."),
        N_("Open the SKU's explanation, have the store count it, and compare after the next check."),
    ),
    "chain_split": KindWords(
        "bad",
        N_("Two histories"),
        N_("The store's log does not continue the one known here: a copied machine or an old disk."),
        N_("Stop the copy. If the store's disk is an old one, enrol its machine anew."),
    ),
    "hub_rolled_back": KindWords(
        "bad",
        N_("Hub set back"),
        N_("A store knows more than this hub: the hub's database is older than what stores were told."),
        N_("Restore it by the restore command, so that stores hear of it and send again."),
    ),
    "hub_restored": KindWords(
        "warn",
        N_("Hub put back"),
        N_("The hub was put back to a backup. Stores are heard again by themselves; unpaid orders are over."),
        N_("Watch the board until every store is in step; look at the payment provider for late payments."),
    ),
    "recovered_order": KindWords(
        "warn",
        N_("Order rebuilt"),
        N_("An order that a backup lacked was rebuilt from what its store or the payment provider knows."),
        N_("Check its goods, amount and payment with the customer."),
    ),
    "verify_list": KindWords(
        "warn",
        N_("Orders to check"),
        N_("The store lost its disk; nobody knows whether these orders were handed over."),
        N_("Have the store look for each order's goods. Nothing is refunded by itself."),
    ),
    "unknown_hold": KindWords(
        "warn",
        N_("Unknown order"),
        N_("The store settled units of an order that is not known here."),
        N_("Find the order on the store's papers; it may be older than a restored backup."),
    ),
    "protocol_mismatch": KindWords(
        "bad",
        N_("Versions do not fit"),
        N_("The store's program speaks a version that this hub does not."),
        N_("Update the older of the two programs. The store goes on selling meanwhile."),
    ),
    "clock_skew": KindWords(
        "warn",
        N_("Clock is off"),
        N_("The clock of the store's machine is wrong, so its times are too."),
        N_("Switch automatic time on at the store's machine."),
    ),
    "dead_letter": KindWords(
        "info",
        N_("Dead letter"),
        N_("An event of the store could not be booked, so the hub's books lack it."),
        N_("Read the reason, repair the cause (often a missing SKU), and have the goods counted."),
    ),
    "document_difference": KindWords(
        "warn",
        N_("Not what the paper says"),
        N_("A delivery or transfer was booked with fewer or more units than its document names."),
        N_(
            "Speak to the supplier or the sending store."
            " Close a transfer's difference on its page, with a reason."
        ),
    ),
    "transfer_stranded": KindWords(
        "warn",
        N_("Goods nobody awaits"),
        N_("A store sent goods of a transfer, and no other store could be asked to book them in."),
        N_("Open the document, and send the goods on to the store that has them or close the difference."),
    ),
    "document_refused": KindWords(
        "warn",
        N_("Document refused"),
        N_("The store would not book what HQ asked for; nothing of it was booked."),
        N_(
            "Read the store's reason on the document's page, then give a right one;"
            " a transfer's goods are sent on there."
        ),
    ),
    "device_down": KindWords(
        "warn",
        N_("Device is down"),
        N_("A printer or scanner of the store does not answer."),
        N_("Call the store: power, cable, paper, cover."),
    ),
    "print_uncertain": KindWords(
        "warn",
        N_("Print uncertain"),
        N_("The connection broke while printing; nobody knows whether the paper came out."),
        N_("Have the store look; a reprint says that it is a copy."),
    ),
    "sla_breach": KindWords(
        "warn",
        N_("Promise missed"),
        N_("An order was not ready, or a request not answered, in the time promised."),
        N_("Call the store, then tell the customer a new time."),
    ),
}
OVERSOLD: Final = frozenset({"oversold", "deficit"})
ACTIONS: Final[Mapping[str, str]] = {
    "corrected": N_("corrected in the books"),
    "counted": N_("goods counted"),
    "refunded": N_("money given back"),
    "customer_told": N_("customer told"),
    "mended": N_("device or machine mended"),
    "accepted": N_("accepted as it is"),
    "other": N_("something else"),
}
"""What a person can have done about a trouble."""
DONE: Final[Mapping[str, str]] = {
    **ACTIONS,
    "repaid": N_("resolved by itself: the units are there again"),
    "told": N_("resolved by itself: the store has told how the order stands"),
    "given_back": N_("resolved by itself: what was paid online went back"),
    "checked": N_("resolved by itself: the store has looked for every order"),
    "arrived": N_("resolved by itself: where the goods arrive is known"),
}
"""What was done about a trouble, by people or by itself."""
STATES: Final[Mapping[str, tuple[Tone, str]]] = {
    "open": ("bad", N_("open")),
    "assigned": ("warn", N_("assigned")),
    "resolved": ("ok", N_("resolved")),
}
FACTS: Final[Mapping[str, str]] = {
    "sku": N_("SKU"),
    "seq": N_("event"),
    "first": N_("first"),
    "code": N_("reason"),
    "order": N_("order"),
    "document": N_("document"),
    "skus": N_("SKUs"),
    "missing": N_("units missing"),
    "extra": N_("units too many"),
    "why": N_("because"),
    "line": N_("line"),
    "qty": N_("units"),
    "units": N_("units"),
    "n": N_("units"),
    "to": N_("step"),
    "ref": N_("reference"),
    "minor": N_("amount"),
    "online_minor": N_("paid online"),
    "refunded_minor": N_("given back"),
    "payment": N_("payment"),
    "provider": N_("provider"),
    "since": N_("since"),
    "floor": N_("shelf"),
    "number": N_("number"),
    "check": N_("check"),
    "about": N_("about"),
    "kept": N_("kept"),
    "made": N_("by the facts"),
    "by": N_("found by"),
    "hinc": N_("incarnation"),
    "unpaid": N_("orders not paid"),
    "orders": N_("orders"),
    "beyond": N_("more than can be listed, over"),
    "buckets": N_("which parts"),
    "differ": N_("parts of the stock that differ, of 256"),
    "ours": N_("the hub speaks"),
    "theirs": N_("the store speaks"),
    "older": N_("to be updated"),
}
VALUES: Final[Mapping[str, Mapping[str, str]]] = {
    "code": {
        "unknown_sku": N_("unknown SKU"),
        "line_overrun": N_("more units than ordered"),
        "foreign_order": N_("another store's order"),
        "foreign_document": N_("another store's document"),
        "unknown_kind": N_("unknown kind of event"),
        "malformed": N_("malformed"),
    },
    "why": {
        "short": N_("there are not enough free units for it"),
        "staged": N_("picked goods belong to their orders"),
        "negative": N_("it takes away where it should bring"),
        "twice": N_("it names goods twice"),
    },
    "older": {"hub": N_("the hub's program"), "store": N_("the store's program")},
    "by": {"hub": N_("the hub's own check"), "store": N_("the store's own check")},
    "to": {"done": N_("handed over"), "short": N_("short"), "released": N_("freed")},
    "check": {
        "file": N_("the database's file"),
        "reference": N_("rows that point nowhere"),
        "sequence": N_("numbers of the events"),
        "count": N_("number of events"),
        "chain": N_("chain of the events"),
        "position": N_("end of the log"),
        "digest": N_("stock here against the store's own"),
        "mirror": N_("stock against the store's events"),
        "balance": N_("stock against its movements"),
        "movements": N_("movements against the events"),
        "grants": N_("granted units"),
        "promises": N_("promised units against the orders"),
        "unpaid": N_("goods handed over for nothing"),
        "loss": N_("noted losses against the money"),
        "capture": N_("money that stands on no order"),
        "hold": N_("orders against the store's events"),
        "sold": N_("orders against what is held"),
        "loose": N_("held units without an order"),
        "total": N_("order's total against its lines"),
        "paid": N_("order against its payments"),
        "till_money": N_("payments against the tills' events"),
        "refund": N_("refunds against what was not handed over"),
        "document": N_("documents against the store's events"),
        "document_moves": N_("documents against their movements"),
        "transfer": N_("transfers against their documents"),
        "ticket": N_("tickets without a receipt"),
        "receipt_goods": N_("receipts against movements"),
        "receipt_money": N_("receipts against payments"),
        "receipt_total": N_("receipts against tickets"),
        "receipt_job": N_("receipts against prints"),
    },
}
"""Words of what a fact says, by the fact's name."""
CURRENCY: Final = "CNY"
"""Facts of a trouble carry no currency; chains of this version have one."""


def kind_words(kind: str) -> KindWords:
    """The words of a kind, translated; one that nobody named keeps its own name."""
    found = KINDS.get(kind)
    if found is None:
        return KindWords("warn", kind.replace("_", " "), "", "")
    return KindWords(found.tone, gettext(found.name), gettext(found.meaning), gettext(found.todo))


def trouble_words(kind: str) -> tuple[Tone, str]:
    """Tone and name of a kind of trouble."""
    found = kind_words(kind)
    return found.tone, found.name


def fact_word(name: str) -> str:
    """What a fact is called."""
    return gettext(FACTS[name]) if name in FACTS else name.replace("_", " ")


def fact_text(name: str, text: str) -> str:
    """What a fact says: money as people write it, codes in words, the rest as it is."""
    if name in {"minor", "online_minor", "refunded_minor"} and text.isdecimal():
        return money(int(text), CURRENCY, current().locale)
    if name == "since":
        since, zone, locale = from_instant(text), display_zone(), current().locale
        return f"{date_of(since, zone, locale)} {time_of_day(since, zone, locale)}"
    word = VALUES.get(name, {}).get(text)
    if word is not None:
        return gettext(word)
    return text.replace("_", " ") if name in VALUES and name != "why" else text


def reason(code: str) -> str:
    """Why an event could not be booked."""
    return fact_text("code", code)
