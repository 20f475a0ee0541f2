"""Pages: gapless runs to the top, each small enough for a message."""

import random
from typing import Any

import pytest

from hub.link.pages import MOST_ENTRIES, cut, packed
from sync.messages.codec import MOST_WIRE_BYTES, decode


def entries(count: int, size: int = 10, start: int = 0, seed: int = 0) -> list[dict[str, Any]]:
    """Entries that pack badly."""
    dice = random.Random(seed)
    return [
        {"version": number, "text": "".join(chr(dice.randrange(0x4E00, 0x9000)) for _ in range(size))}
        for number in range(start + 1, start + count + 1)
    ]


def test_a_page_holds_what_fits_and_says_how_far_it_goes() -> None:
    page = cut("catalog", 1, 0, 600, entries(MOST_ENTRIES + 1))
    assert (page.since, page.to, page.top, len(page.entries)) == (0, MOST_ENTRIES, 600, MOST_ENTRIES)
    last = cut("catalog", 1, 598, 600, entries(2, start=598))
    assert (last.since, last.to, last.top, len(last.entries)) == (598, 600, 600, 2)
    nothing = cut("store", 1, 600, 600, [])
    assert (nothing.since, nothing.to, nothing.top, nothing.entries) == (600, 600, 600, ())


def test_entries_that_came_after_the_top_was_read_raise_it() -> None:
    found = entries(MOST_ENTRIES + 1)
    page = cut("catalog", 1, 0, 10, found)
    assert page.top == page.to == MOST_ENTRIES


@pytest.mark.parametrize("size", [10, 200, 600, 3_000])
def test_a_run_of_pages_reaches_the_top_without_gap_and_each_fits_a_message(size: int) -> None:
    whole, since, seen = entries(300, size), 0, 0
    while since < 300:
        above = [entry for entry in whole if entry["version"] > since][: MOST_ENTRIES + 1]
        page, payload = packed(cut("catalog", 1, since, 300, above), above)
        assert len(payload) <= MOST_WIRE_BYTES
        assert decode(payload) == page
        assert page.since == since < page.to
        since, seen = page.to, seen + len(page.entries)
    assert seen == 300


def test_a_single_entry_beyond_a_message_is_refused() -> None:
    huge = entries(1, 60_000)
    with pytest.raises(ValueError, match="larger than"):
        packed(cut("catalog", 1, 0, 1, huge), huge)
