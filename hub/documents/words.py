"""What tasks, states, steps and faults of documents are called, in the reader's language."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Literal

from sync.values.clock import from_instant
from sync.web.errors import N_
from sync.web.translations import gettext

Tone = Literal["ok", "warn", "bad", "info"]

TASKS: Final[Mapping[str, str]] = {
    "receiving": N_("delivery"),
    "transfer_out": N_("transfer out"),
    "transfer_in": N_("transfer in"),
    "count": N_("stock count"),
    "adjust": N_("correction"),
    "opening": N_("opening stock"),
}
ASKING: Final[Mapping[str, str]] = {
    "receiving": N_("Expected delivery"),
    "transfer": N_("Transfer between stores"),
    "count": N_("Stock count"),
    "adjust": N_("Correction"),
    "opening": N_("Opening stock"),
}
STATES: Final[Mapping[str, tuple[Tone, str]]] = {
    "asked": ("info", N_("given, not yet in the store")),
    "received": ("warn", N_("open in the store")),
    "booked": ("ok", N_("booked")),
    "refused": ("bad", N_("refused by the store")),
    "withdrawn": ("info", N_("withdrawn")),
}
TRANSFERS: Final[Mapping[str, tuple[Tone, str]]] = {
    "draft": ("info", N_("not yet at the sending store")),
    "ready": ("warn", N_("to be sent")),
    "in_transit": ("warn", N_("in transit")),
    "partly_received": ("bad", N_("arrived with a difference")),
    "received": ("ok", N_("arrived")),
    "cancelled": ("info", N_("cancelled")),
    "discrepancy_closed": ("info", N_("difference closed")),
}
DEEDS: Final[Mapping[str, str]] = {
    "given": N_("given by HQ"),
    "revised": N_("revised by HQ"),
    "withdraw_asked": N_("HQ asks for it back"),
    "received": N_("arrived in the store"),
    "booked": N_("booked in the store"),
    "refused": N_("refused by the store"),
    "withdrawn": N_("given back by the store"),
    "closed": N_("difference closed by HQ"),
    "sent_on": N_("goods sent on by HQ"),
    "made": N_("made in the store"),
    "lost": N_("rebuilt from what the store tells"),
}
BUCKETS: Final[Mapping[str, str]] = {
    "floor": N_("shelf"),
    "staged": N_("set aside"),
    "damaged": N_("damaged goods"),
}
REFUSALS: Final[Mapping[str, str]] = {
    "short": N_("there are not enough free units for it"),
    "staged": N_("picked goods belong to their orders"),
    "negative": N_("it takes away where it should bring"),
    "twice": N_("it names goods twice"),
}
"""Why a store's program itself refuses a document; people write their own words."""
CHOICES: Final[Mapping[str, str]] = {
    "lines": N_("the goods listed below"),
    "search": N_("all goods that fit a search"),
    "category": N_("all goods of a category that were ever in the store"),
    "all": N_("all goods that were ever in the store"),
}
FAULTS: Final[Mapping[str, str]] = {
    "store_missing": N_("Choose the store that receives the goods."),
    "same_store": N_("A transfer needs two different stores."),
    "number_missing": N_("Write the number of the delivery, as on its paper."),
    "reason_missing": N_("Say why: a correction is a judgement, and the reason stays with it."),
    "no_lines": N_("Name at least one product."),
    "too_many_lines": N_("There are too many lines; at most %(most)s are taken at once."),
    "too_many_for_one": N_("One document has at most %(most)s lines. Split it."),
    "qty_wrong": N_("The quantity %(value)s is not right: write a whole number from 1 to 1000000000."),
    "qty_of_adjust": N_("The correction %(value)s is not right: write a whole number below or above zero."),
    "qty_of_count": N_("A count names no quantity (%(value)s): people count without knowing the books."),
    "qty_missing": N_("The quantity is missing. Write SKU, comma, quantity."),
    "qty_no_number": N_("%(value)s is no whole number. Write the units in digits, such as 24."),
    "bucket_wrong": N_("This document cannot name the part %(value)s of the stock."),
    "sku_missing": N_("The SKU is missing."),
    "sku_wrong": N_("%(value)s cannot be a SKU."),
    "sku_twice": N_("The SKU %(value)s stands here twice. Write it once, with all its units."),
    "sku_unknown": N_("The catalogue has no SKU %(value)s. Correct it, or import the product first."),
    "too_many_columns": N_("There is more than SKU and quantity: %(value)s."),
    "file_unreadable": N_("The file's characters cannot be read. Save it as CSV UTF-8 and try again."),
    "file_too_large": N_("The file is too large. Split it."),
    "both_ways": N_("Paste lines or choose a file, not both."),
    "nothing_found": N_("No goods fit. Choose others."),
}


def task_word(task: str) -> str:
    """What a document asks for."""
    return gettext(TASKS.get(task, task))


def why_word(why: str) -> str:
    """Why a document was refused: the program's codes in words, people's words as they are."""
    return gettext(REFUSALS[why]) if why in REFUSALS else why


def bucket_word(bucket: str) -> str:
    """A part of a store's stock."""
    return gettext(BUCKETS.get(bucket, bucket))


def fault_text(code: str, **values: object) -> str:
    """What is wrong and what to do."""
    return gettext(FAULTS[code], **values)


def moment(text: str | None) -> datetime | None:
    """An instant; None for none and for nonsense that a store told."""
    try:
        return from_instant(text) if text else None
    except (ValueError, OverflowError):
        return None


def signed(units: int) -> str:
    """`+3`, `−2` with a true minus sign, `0`."""
    return f"+{units}" if units > 0 else str(units).replace("-", "\u2212")
