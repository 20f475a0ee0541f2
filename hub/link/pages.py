"""Cutting catalogue and store entries into pages that fit a message."""

from typing import Any, Final, Literal

from sync.messages.codec import encode
from sync.rules.canonical import canonical
from sync.rules.streams import Page

MOST_ENTRIES: Final = 250
BUDGET_BYTES: Final = 200_000
"""Of JSON: entries mostly pack to less than a quarter, so that a page stays below 64 KiB on the wire."""

Series = Literal["catalog", "store"]


def cut(
    name: Series, hinc: int, since: int, top: int, entries: list[dict[str, Any]], most: int = MOST_ENTRIES
) -> Page:
    """The first page above `since`: as many entries as fit; a page without entries says there are none.

    Args:
        name: the series.
        hinc: the hub's incarnation: versions of another count for nothing.
        since: the version that the reader has.
        top: the newest version there is.
        entries: what changed above `since`, in order of version, at least up to one page.
        most: the most entries in the page.
    """
    chosen: list[dict[str, Any]] = []
    weight = 0
    for entry in entries[:most]:
        weight += len(canonical(entry))
        if chosen and weight > BUDGET_BYTES:
            break
        chosen.append(entry)
    to = top if len(chosen) == len(entries) else int(chosen[-1]["version"])
    return Page(name=name, hinc=hinc, since=since, to=to, top=max(top, to), entries=tuple(chosen))


def packed(page: Page, entries: list[dict[str, Any]]) -> tuple[Page, bytes]:
    """A page and its wire bytes; entries that pack badly make it a shorter one.

    Raises:
        ValueError: a single entry is too large for a message.
    """
    while True:
        try:
            return page, encode(page)
        except ValueError:
            if len(page.entries) <= 1:
                raise
        page = cut(page.name, page.hinc, page.since, page.top, entries, len(page.entries) // 2)
