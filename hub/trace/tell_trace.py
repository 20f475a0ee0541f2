"""A trace in English lines, for the command line."""

from collections.abc import Iterator
from typing import Final

from hub.trace.find import NotFound
from hub.trace.queries import Trace
from hub.trace.rules import Hop, Leg
from hub.trace.trace_id import FORMS
from sync.values.clock import to_instant

HOPS: Final = {
    "made": "written in the store",
    "first_sent": "first sent by the store",
    "sent": "sent by the store",
    "heard": "reached the hub",
    "applied": "booked by the hub",
    "told": "shop pages told",
    "given": "decided by the hub",
    "item_first_sent": "first sent by the hub",
    "item_sent": "sent by the hub",
    "answered": "confirmed by the store",
}
MISSING: Final = {
    "expired": "its hops are no longer kept (a week)",
    "not_kept": "some hops are not kept: lost with a program that ended, or written within the second",
    "under_way": "not confirmed by the store yet",
}


def tell_fault(found: NotFound) -> str:
    """Why there is nothing to tell, and what would be understood."""
    forms = f"understood are {', '.join(FORMS)}"
    match found.code:
        case "not_here_yet":
            return (
                f"event {found.text} has not reached the hub, which has the store's events up to {found.app}"
            )
        case "ambiguous":
            return f"several stores have {found.text!r}: say {' or '.join(found.choices)}"
        case "item_gone":
            return f"{found.text} is no longer kept (a week)"
        case "bad_id":
            return f"{found.text!r} is no id: {forms}"
        case _:
            return f"nothing is called {found.text!r}: {forms}"


def tell_trace(trace: Trace) -> Iterator[str]:
    """One line a hop, with the time since the one before it."""
    count = len(trace.legs)
    yield f"{trace.target.kind} {trace.target.id} at {trace.target.store}: {count} message{'s'[: count != 1]}"
    if trace.skew_ms:
        yield f"the store's clock was {trace.skew_ms:+d} ms from the hub's; its times are corrected by that"
    if trace.is_apart:
        yield "▲ clocks differ: by them something arrived before it left"
    for leg in trace.legs:
        yield from _leg(leg)
    if trace.is_cut:
        yield "there are more; only the first are told"


def _leg(leg: Leg) -> Iterator[str]:
    """An event or an item."""
    facts = " ".join(f"{key}={value}" for key, value in leg.facts.items())
    yield f"{'↑' if leg.way == 'up' else '↓'} {leg.what}  {leg.id}  {facts}".rstrip()
    if leg.rejected:
        yield f"  ■ could not be booked: {leg.rejected}"
    for hop in leg.hops:
        yield f"  {to_instant(hop.at)}  {_took(hop):>12}  {HOPS[hop.name]}{_note(hop)}"
    if leg.kept in MISSING:
        yield f"  ◇ {MISSING[leg.kept]}"


def _took(hop: Hop) -> str:
    """`+12 ms`; that clocks differ, where it would be below zero."""
    if hop.is_apart:
        return "clocks differ"
    return "" if hop.after_ms is None else f"+{hop.after_ms} ms"


def _note(hop: Hop) -> str:
    """How often, how many."""
    if hop.name == "told":
        return f" ({hop.note or 'none'} open)"
    if hop.name in {"sent", "first_sent"} and hop.note == 0:
        return " (since the agent started; how often is not known)" if hop.name == "first_sent" else ""
    return f" ({hop.note} times in all)" if hop.name in {"sent", "item_sent"} and (hop.note or 0) > 1 else ""
