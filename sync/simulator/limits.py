"""The rules' own limits, made small for some histories: a long answer is cut into many messages."""

from collections.abc import Iterator
from contextlib import contextmanager

from sync.rules.central import make_down
from sync.rules.store import report_up
from sync.simulator.odds import SMALL_LIMITS

_PLACES = {
    "events": (report_up, "MOST_EVENTS"),
    "items": (make_down, "MOST_REQUESTS"),
    "bytes": (make_down, "BUDGET_BYTES"),
}


@contextmanager
def limits_of(seed: int) -> Iterator[None]:
    """The limits of a seed's history, until the block ends."""
    if seed % 4 != 3:
        yield
        return
    usual = in_force()
    _set(SMALL_LIMITS)
    try:
        yield
    finally:
        _set(usual)


def in_force() -> dict[str, int]:
    """The limits as the rules read them now."""
    return {what: getattr(module, name) for what, (module, name) in _PLACES.items()}


def _set(limits: dict[str, int]) -> None:
    """Put limits where the rules read them."""
    for what, (module, name) in _PLACES.items():
        setattr(module, name, limits[what])
