"""What movements, buckets and their causes are called."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from hub.stock.explain import MovementLine, SumCheck
from sync.values.clock import from_instant
from sync.web.errors import N_
from sync.web.translations import gettext, ngettext

REASONS: Final[Mapping[str, str]] = {
    "sale": N_("sold"),
    "return": N_("brought back"),
    "receive": N_("received"),
    "opening": N_("opening stock"),
    "transfer_out": N_("sent to another store"),
    "transfer_in": N_("came from another store"),
    "adjust": N_("adjusted"),
    "count": N_("counted"),
    "damage": N_("damaged"),
    "override": N_("sold beyond the shelf"),
    "bucket": N_("moved within the store"),
    "pickup_picking": N_("picked for an order"),
    "pickup_packed": N_("packed for an order"),
    "pickup_ready": N_("made ready for an order"),
    "pickup_done": N_("handed over"),
    "pickup_short": N_("not found for an order"),
    "pickup_released": N_("freed from an order"),
    "pickup_put_back": N_("put back on the shelf"),
    "grant": N_("granted to the online shop"),
}
BUCKETS: Final[Mapping[str, str]] = {
    "": N_("outside"),
    "floor": N_("shelf"),
    "staged": N_("set aside"),
    "damaged": N_("damaged goods"),
}


def reason_word(reason: str) -> str:
    """What a movement's cause is called; one that nobody named keeps its own name."""
    return gettext(REASONS[reason]) if reason in REASONS else reason.replace("_", " ")


def way(line: MovementLine) -> str:
    """`outside → shelf`; nothing for a grant, which moves no goods."""
    if line.granted is not None:
        return ""
    return " → ".join(gettext(BUCKETS.get(name, name)) for name in (line.source, line.target))


def signed(change: int) -> str:
    """`+3`, `−2` with a true minus sign, `0`."""
    return f"+{change}" if change > 0 else str(change).replace("-", "\u2212")


def moment(text: str) -> datetime | None:
    """A store's instant; None where it told nonsense."""
    try:
        return from_instant(text)
    except (ValueError, OverflowError):
        return None


def sums_to(sums: SumCheck) -> str:
    """The sentence `312 movements sum to 47.`."""
    return ngettext(
        "%(num)s movement sums to %(sum)s.",
        "%(num)s movements sum to %(sum)s.",
        sums.movements,
        sum=sums.on_hand,
    )
