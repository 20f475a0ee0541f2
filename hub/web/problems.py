"""Trouble below the pages, as answers that a caller can act on."""

from collections.abc import Mapping
from typing import Any, Final

from sync.storage.errors import DiskTrouble, WriterClosed, WriterFull
from sync.storage.reader import ReadersBusy
from sync.web.errors import N_, Problem
from sync.web.problems import Translate


def _busy(_error: Any) -> Problem:
    """Too much at once: nothing was done."""
    return Problem(
        503,
        "hub.busy",
        N_("Many people are ordering at this moment"),
        N_("Try again in a few seconds. Nothing was changed."),
        headers={"Retry-After": "2"},
    )


def _stopping(_error: Any) -> Problem:
    """The program ends: nothing was done."""
    return Problem(
        503,
        "hub.stopping",
        N_("The service is restarting"),
        N_("Try again in a minute. Nothing was changed."),
        headers={"Retry-After": "30"},
    )


def _disk(_error: Any) -> Problem:
    """The disk refuses: nothing was kept."""
    return Problem(
        503,
        "hub.disk",
        N_("The service cannot save anything at this moment"),
        N_("Try again later. Nothing was changed."),
        headers={"Retry-After": "60"},
    )


def _slow(_error: Any) -> Problem:
    """Something had its time and did not end; whether it was done is not known."""
    return Problem(
        503,
        "hub.slow",
        N_("This takes too long at this moment"),
        N_("Try again in a few seconds; look first whether it was done."),
        headers={"Retry-After": "10"},
    )


TRANSLATED: Final[Mapping[type[Exception], Translate]] = {
    WriterFull: _busy,
    ReadersBusy: _busy,
    WriterClosed: _stopping,
    DiskTrouble: _disk,
    TimeoutError: _slow,
}
