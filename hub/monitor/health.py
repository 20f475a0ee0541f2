"""Reading what a store told of itself. Nothing in it is trusted: any JSON gives a value, never an error."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sync.values.clock import from_instant

MOST_DEVICES: Final = 16
MOST_TEXT: Final = 60
MOST_FINDINGS: Final = 10
MOST_COUNT: Final = 10**12
_CONTROL: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069\ud800-\udfff]"
)


DEVICE_LISTS: Final = {
    "printer": "printers",
    "scanner": "scanners",
    "drawer": "drawers",
    "display": "displays",
}
"""The member of a report that lists the devices of a kind."""
COUNTS: Final = ("jobs", "uncertain", "scans", "dropped", "reconnects")
_WELL: Final = frozenset({"online", "ok", "ready", "idle", "opened", "opening", "unknown", ""})


@dataclass(frozen=True, slots=True)
class Device:
    """A device as the store sees it, and what it did since the store's program started.

    `text` is the reason in the store program's own words, `cause` the same as a stable word with the `place`
    that it speaks of. `since` is when it came into its state, by the store's clock; `counts` holds those of
    COUNTS above 0; `last_error` is the stable code of its last trouble, also after it is over.
    """

    kind: str
    id: str
    state: str
    text: str = ""
    role: str = ""
    since: datetime | None = None
    counts: tuple[tuple[str, int], ...] = ()
    last_error: str = ""
    cause: str = ""
    place: str = ""

    @property
    def is_well(self) -> bool:
        """Whether it works as far as anybody knows; `unknown` and `idle` are no fault."""
        return self.state in _WELL


@dataclass(frozen=True, slots=True)
class StoreFinding:
    """A disagreement in a store's books, as its own check told it."""

    check: str
    about: str
    kept: str
    made: str


@dataclass(frozen=True, slots=True)
class StoreCheck:
    """How a store's check of its own books came out; `told` are the first of its findings."""

    at: datetime
    took_ms: int
    findings: int
    told: tuple[StoreFinding, ...]


@dataclass(frozen=True, slots=True)
class Health:
    """A store's own report; None where it says nothing usable.

    `unsure` open orders and `frozen` SKUs wait for people to look at them after a loss; `papers` wait for a
    person's word whether they came out.
    """

    seq: int | None = None
    unsent: int | None = None
    oldest_unsent_at: datetime | None = None
    skew_ms: int | None = None
    version: str = ""
    devices: tuple[Device, ...] = ()
    verified: StoreCheck | None = None
    unsure: int = 0
    frozen: int = 0
    papers: int = 0


def read_health(text: str) -> Health:
    """What a stored report says; empty for one that is no JSON object."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return Health()
    if not isinstance(value, dict):
        return Health()
    return Health(
        seq=_count(value.get("seq")),
        unsent=_count(value.get("unsent")),
        oldest_unsent_at=_instant(value.get("oldest_unsent_at")),
        skew_ms=_whole(value.get("skew_ms")),
        version=_text(value.get("app_version"), 20),
        devices=tuple(one for kind, name in DEVICE_LISTS.items() for one in _devices(kind, value.get(name))),
        verified=_check(value.get("verify")),
        unsure=_count(value.get("unsure")) or 0,
        frozen=_count(value.get("frozen")) or 0,
        papers=_count(value.get("papers")) or 0,
    )


def _check(value: Any) -> StoreCheck | None:
    """A check's result, else None."""
    at = _instant(value.get("at")) if isinstance(value, dict) else None
    if at is None:
        return None
    told = value.get("told")
    return StoreCheck(
        at=at,
        took_ms=_count(value.get("took_ms")) or 0,
        findings=_count(value.get("findings")) or 0,
        told=tuple(
            StoreFinding(*(_text(one.get(name)) for name in ("check", "about", "kept", "made")))
            for one in (told[:MOST_FINDINGS] if isinstance(told, list) else ())
            if isinstance(one, dict)
        ),
    )


def _devices(kind: str, value: Any) -> tuple[Device, ...]:
    """The devices in a list; what is no device is left out."""
    if not isinstance(value, list):
        return ()
    return tuple(_device(kind, one) for one in value[:MOST_DEVICES] if isinstance(one, dict))


def _device(kind: str, one: dict[str, Any]) -> Device:
    """One device; whatever is not usable of it is left out."""
    counts = ((name, _count(one.get(name))) for name in COUNTS)
    return Device(
        kind=kind,
        id=_text(one.get("id"), 24),
        state=_text(one.get("state"), 24),
        text=_text(one.get("text")),
        cause=_text(one.get("cause"), 24),
        place=_text(one.get("place")),
        role=_text(one.get("role"), 24),
        since=_instant(one.get("since")),
        counts=tuple((name, count) for name, count in counts if count),
        last_error=_text(one.get("last_error"), 40),
    )


def _text(value: Any, most: int = MOST_TEXT) -> str:
    """A short printable text, else nothing."""
    return _CONTROL.sub("", value[: 4 * most])[:most].strip() if isinstance(value, str) else ""


def _whole(value: Any) -> int | None:
    """A whole number within bounds, else None; true and false are no numbers."""
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return value if is_whole and abs(value) <= MOST_COUNT else None


def _count(value: Any) -> int | None:
    """A whole number from zero, else None."""
    number = _whole(value)
    return number if number is not None and number >= 0 else None


def _instant(value: Any) -> datetime | None:
    """An instant, else None."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        return from_instant(value)
    except (ValueError, OverflowError):
        return None
