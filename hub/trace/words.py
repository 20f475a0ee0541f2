"""What hops, events and items are called, and their times to the millisecond."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from hub.monitor.words import span
from hub.stock.words import REASONS
from hub.trace.queries import Trace
from hub.trace.rules import Hop, Leg, Name
from sync.web.errors import N_
from sync.web.translations import display_zone, gettext, ngettext

HOPS: Final[Mapping[Name, str]] = {
    "made": N_("written in the store"),
    "first_sent": N_("first sent by the store"),
    "sent": N_("sent by the store"),
    "heard": N_("reached the hub"),
    "applied": N_("booked by the hub"),
    "told": N_("shop pages told"),
    "given": N_("decided by the hub"),
    "item_first_sent": N_("first sent by the hub"),
    "item_sent": N_("sent by the hub"),
    "answered": N_("confirmed by the store"),
}
PLACES: Final[Mapping[Name, str]] = {
    "made": "at-store",
    "first_sent": "at-line",
    "sent": "at-line",
    "heard": "at-line",
    "applied": "at-hub",
    "told": "at-page",
    "given": "at-hub",
    "item_first_sent": "at-line",
    "item_sent": "at-line",
    "answered": "at-store",
}
"""Where a hop is, as the class of its mark."""
EVENTS: Final[Mapping[str, str]] = {
    "received": N_("order taken on"),
    "accepted": N_("order accepted"),
    "rejected": N_("order refused"),
    "picking": N_("picked for an order"),
    "packed": N_("packed for an order"),
    "ready": N_("order ready"),
    "done": N_("handed over"),
    "released": N_("freed from an order"),
    "short": N_("not found for an order"),
    "put_back": N_("put back on the shelf"),
    "verified": N_("looked at after a loss"),
    "kept": N_("need not be looked for any more"),
    "grant": N_("granted to the online shop"),
    "returned": N_("taken back to the shelf"),
    "payment": N_("money taken"),
    "begin": N_("a new log begins"),
    "balances": N_("balances told"),
    "carried": N_("order carried over"),
    "whole": N_("the log is whole"),
}
DOCUMENTS: Final[Mapping[str, str]] = {
    "received": N_("document arrived in the store"),
    "booked": N_("document booked in the store"),
    "refused": N_("document refused by the store"),
    "withdrawn": N_("document given back by the store"),
}
"""Steps of documents, which orders may have too."""
ITEMS: Final[Mapping[str, str]] = {
    "order": N_("order sent to the store"),
    "cancel": N_("store asked to cancel"),
    "look": N_("store asked to look first"),
    "document": N_("document sent to the store"),
    "return": N_("units given back to the floor"),
    "want": N_("store asked for units"),
    "rejected": N_("store told that the event could not be booked"),
}
FACTS: Final[Mapping[str, str]] = {
    "ref": N_("number"),
    "order": N_("order"),
    "document": N_("document"),
    "seq": N_("event"),
    "sku": N_("SKU"),
    "line": N_("line"),
    "n": N_("units"),
    "granted": N_("granted"),
    "returned": N_("given back"),
    "tender": N_("paid by"),
    "goods": N_("goods"),
    "actor": N_("by"),
}
"""Facts that a leg's line shows, in this order; money is shown by itself."""
_WIDTHS: Final = ((100, 1), (1_000, 2), (10_000, 3), (60_000, 4), (3_600_000, 5))


def leg_word(leg: Leg) -> str:
    """What an event or an item is called; one that nobody named keeps its own name."""
    if leg.way == "down":
        word = ITEMS.get(leg.what, "")
    elif leg.kind == "document":
        word = DOCUMENTS.get(leg.what, "")
    else:
        word = REASONS.get(leg.what, "") if leg.kind == "move" else EVENTS.get(leg.what, "")
    return gettext(word) if word else leg.what.replace("_", " ")


def facts(leg: Leg) -> list[tuple[str, str, str]]:
    """A leg's facts as (key, name, text)."""
    return [(key, gettext(name), leg.facts[key]) for key, name in FACTS.items() if key in leg.facts]


def note(hop: Hop) -> str:
    """How often a message was sent, how many pages were told; nothing where there is nothing to say."""
    if hop.name == "told":
        return (
            ngettext("%(num)s open page", "%(num)s open pages", hop.note)
            if hop.note
            else gettext("none was open")
        )
    if hop.name in {"sent", "first_sent"} and hop.note == 0:
        return (
            gettext("since the agent started")
            if hop.name == "first_sent"
            else gettext("how often is not known")
        )
    if hop.name in {"sent", "item_sent"} and hop.note and hop.note > 1:
        return ngettext("%(num)s time in all", "%(num)s times in all", hop.note)
    return ""


def clock(at: datetime) -> str:
    """`14:05:09.123` in the zone of the page."""
    local = at.astimezone(display_zone())
    return f"{local:%H:%M:%S}.{local.microsecond // 1000:03d}"


def skew(milliseconds: int) -> str:
    """`+1.2 s`, `−40 ms`."""
    return f"{'−' if milliseconds < 0 else '+'}{span(abs(milliseconds))}"


def width(after_ms: int | None) -> int:
    """How wide the way to a hop is drawn, 1 to 6: each step is about ten times as long."""
    return next((width for limit, width in _WIDTHS if (after_ms or 0) < limit), 6)


def not_kept(leg: Leg) -> str:
    """Why hops are missing; nothing where they are there."""
    if leg.kept == "expired":
        return gettext("Its hops are no longer kept: that is done for a week.")
    if leg.kept == "not_kept":
        return gettext("Some hops are not kept: the program that knew them has started anew.")
    if leg.kept == "under_way":
        return gettext("Not confirmed by the store yet.")
    return ""


def span_of(trace: Trace) -> str:
    """From the first hop of all to the last; nothing where that says nothing."""
    if trace.is_apart:
        return ""
    moments = [hop.at for leg in trace.legs for hop in leg.hops]
    if len(moments) < 2:
        return ""
    return span(round((max(moments) - min(moments)).total_seconds() * 1000))
