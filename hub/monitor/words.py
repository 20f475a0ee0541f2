"""The board's words: what a state and a device are called."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from babel.numbers import format_decimal

from hub.monitor.device_words import device_words
from hub.monitor.rules import State, Tile
from sync.web.errors import N_
from sync.web.translations import current, gettext, ngettext

STATES: Final[Mapping[State, str]] = {
    State.NEVER_ENROLLED: N_("never enrolled"),
    State.SHUT_OUT: N_("shut out"),
    State.UNKNOWN: N_("unknown"),
    State.STOPPED: N_("stopped: two histories"),
    State.OFFLINE: N_("offline"),
    State.VERSION: N_("versions differ"),
    State.REPLAYING: N_("being heard again"),
    State.REBUILDING: N_("taking over"),
    State.BEHIND: N_("behind"),
    State.SKEW: N_("clock"),
    State.DEVICE: N_("device"),
    State.IN_STEP: N_("in step"),
}
NUMBERS: Final = (
    N_("shelf"),
    N_("set aside"),
    N_("damaged"),
    N_("granted"),
    N_("back to the shelf"),
    N_("settled"),
)
"""What a SKU's numbers are called where hub and store are shown beside each other, in their order."""
UPDATES: Final[Mapping[str, str]] = {
    "hub": N_("update the hub's program"),
    "store": N_("update the store's program"),
}
"""What to do where the two programs share no version, by which is too old."""
MEANINGS: Final[Mapping[State, str]] = {
    State.STOPPED: N_(
        "Two machines wrote for this store, or an old copy runs. Nothing more is promised or booked for it."
        " Find the machine that is right, and enrol it anew."
    ),
    State.REPLAYING: N_(
        "The hub was put back and hears this store's log again; until it has, nothing is promised for it."
        " It goes on by itself; if it does not, look at the exceptions."
    ),
    State.REBUILDING: N_(
        "A new machine takes this store over. Nothing is promised for it until its log has told its"
        " beginning. If it stays so, start its agent."
    ),
}
"""What a state means and what to do, where a word does not say it."""
ALL_WELL: Final = N_("all devices ok")


def to_look_at(tile: Tile) -> str:
    """What people in the store have to look at after a loss; nothing where there is nothing."""
    orders = ngettext("%(num)s order to check", "%(num)s orders to check", tile.unsure) if tile.unsure else ""
    goods = ngettext("%(num)s SKU frozen", "%(num)s SKUs frozen", tile.frozen) if tile.frozen else ""
    return " · ".join(part for part in (orders, goods) if part)


def devices(tile: Tile) -> str:
    """The devices that need somebody, else that all are well; nothing where none is known."""
    if tile.faulty:
        return " · ".join(device_words(one.kind, one.state) for one in tile.faulty[:3])
    return gettext(ALL_WELL) if tile.devices else ""


def span(milliseconds: int) -> str:
    """`84 ms`, `8.4 s`, `41 s`, `12 min`, `3 h` or `2 d`: rounded down, seconds below ten with a decimal."""
    if milliseconds < 1_000:
        return gettext("%(count)s ms", count=milliseconds)
    if milliseconds < 10_000:
        tenths = Decimal(milliseconds // 100).scaleb(-1)
        return gettext("%(count)s s", count=format_decimal(tenths, format="0.0", locale=current().locale))
    seconds = milliseconds // 1000
    for limit, unit, text in (
        (60, 1, N_("%(count)s s")),
        (3600, 60, N_("%(count)s min")),
        (86_400, 3600, N_("%(count)s h")),
    ):
        if seconds < limit:
            return gettext(text, count=seconds // unit)
    return gettext("%(count)s d", count=seconds // 86_400)
