"""The board's words: what a state, a trouble and a fact are called."""

from collections.abc import Mapping
from typing import Final

from hub.monitor.rules import State, Tile, Tone
from sync.web.errors import N_
from sync.web.formats import money
from sync.web.translations import current, gettext

STATES: Final[Mapping[State, str]] = {
    State.NEVER_ENROLLED: N_("never enrolled"),
    State.SHUT_OUT: N_("shut out"),
    State.UNKNOWN: N_("unknown"),
    State.OFFLINE: N_("offline"),
    State.REBUILDING: N_("rebuilding"),
    State.BEHIND: N_("behind"),
    State.SKEW: N_("clock"),
    State.DEVICE: N_("device"),
    State.IN_STEP: N_("in step"),
}
TROUBLES: Final[Mapping[str, tuple[Tone, str]]] = {
    "oversold": ("bad", N_("Oversold")),
    "deficit": ("bad", N_("Deficit")),
    "negative_stock": ("bad", N_("Stock below zero")),
    "race": ("warn", N_("Two claims at once")),
    "double_paid": ("bad", N_("Paid twice")),
    "number_clash": ("warn", N_("Number used twice")),
    "short_pick": ("warn", N_("Picked short")),
    "duplicate_claim": ("warn", N_("Claimed twice")),
    "over_return": ("warn", N_("Returned too much")),
    "cancelled_but_collected": ("warn", N_("Collected after cancelling")),
    "price_mismatch": ("warn", N_("Prices differ")),
    "payment_unknown": ("warn", N_("Payment unknown")),
    "sequence_gap": ("bad", N_("Gap in the events")),
    "digest_mismatch": ("bad", N_("Books differ")),
    "chain_split": ("bad", N_("Two histories")),
    "unknown_hold": ("warn", N_("Unknown order")),
    "clock_skew": ("warn", N_("Clock is off")),
    "dead_letter": ("info", N_("Dead letter")),
    "device_down": ("warn", N_("Device is down")),
    "print_uncertain": ("warn", N_("Print uncertain")),
    "sla_breach": ("warn", N_("Promise missed")),
}
OVERSOLD: Final = frozenset({"oversold", "deficit"})
FACTS: Final[Mapping[str, str]] = {
    "sku": N_("SKU"),
    "seq": N_("event"),
    "first": N_("first"),
    "code": N_("reason"),
    "order": N_("order"),
    "line": N_("line"),
    "qty": N_("units"),
    "units": N_("units"),
    "ref": N_("reference"),
    "minor": N_("amount"),
    "floor": N_("shelf"),
    "number": N_("number"),
}
REASONS: Final[Mapping[str, str]] = {
    "unknown_sku": N_("unknown SKU"),
    "line_overrun": N_("more units than ordered"),
    "unknown_kind": N_("unknown kind of event"),
    "malformed": N_("malformed"),
}
ALL_WELL: Final = N_("all devices ok")
CURRENCY: Final = "CNY"
"""Facts of a trouble carry no currency; chains of this version have one."""
DEVICE_KINDS: Final[Mapping[str, str]] = {"printer": N_("printer"), "scanner": N_("scanner")}
DEVICE_STATES: Final[Mapping[str, str]] = {
    "online": N_("connected"),
    "offline": N_("not reached"),
    "unknown": N_("unknown"),
    "paper_out": N_("out of paper"),
    "paper_low": N_("paper low"),
    "cover_open": N_("cover open"),
    "error": N_("error"),
    "lost": N_("not reached"),
}


def trouble_words(kind: str) -> tuple[Tone, str]:
    """Tone and name of a kind of trouble; one that nobody named keeps its own name."""
    tone, name = TROUBLES.get(kind, ("warn", ""))
    return tone, gettext(name) if name else kind.replace("_", " ")


def fact_word(name: str) -> str:
    """What a fact is called."""
    return gettext(FACTS[name]) if name in FACTS else name.replace("_", " ")


def fact_text(name: str, text: str) -> str:
    """What a fact says: money as people write it, reasons in words, the rest as it is."""
    if name == "minor" and text.isdecimal():
        return money(int(text), CURRENCY, current().locale)
    return reason(text) if name == "code" else text


def reason(code: str) -> str:
    """Why an event could not be booked."""
    return gettext(REASONS[code]) if code in REASONS else code.replace("_", " ")


def devices(tile: Tile) -> str:
    """The devices that need somebody, else that all are well; nothing where none is known."""
    if tile.faulty:
        return " · ".join(device_words(one.kind, one.state) for one in tile.faulty[:3])
    return gettext(ALL_WELL) if tile.devices else ""


def device_words(kind: str, state: str) -> str:
    """`printer: out of paper`."""
    word = gettext(DEVICE_STATES[state]) if state in DEVICE_STATES else state.replace("_", " ")
    return gettext("%(device)s: %(state)s", device=gettext(DEVICE_KINDS.get(kind, kind)), state=word)


def span(milliseconds: int) -> str:
    """`84 ms`, `41 s`, `12 min`, `3 h` or `2 d`: milliseconds below a second's ten, then whole units."""
    if milliseconds < 10_000:
        return gettext("%(count)s ms", count=milliseconds)
    seconds = milliseconds // 1000
    for limit, unit, text in (
        (60, 1, N_("%(count)s s")),
        (3600, 60, N_("%(count)s min")),
        (86_400, 3600, N_("%(count)s h")),
    ):
        if seconds < limit:
            return gettext(text, count=seconds // unit)
    return gettext("%(count)s d", count=seconds // 86_400)
