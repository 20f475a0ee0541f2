"""Streams: how hub and store judge what they receive."""

from dataclasses import replace

import pytest

from sync.rules import streams
from sync.rules.books import HubPosition, StorePosition
from sync.rules.canonical import GENESIS, Raw, canonical, link_chain, to_raw
from sync.rules.facts import Move, MoveLine
from sync.rules.streams import (
    Down,
    Hello,
    Up,
    acknowledged,
    common_version,
    heard_after,
    judge_down,
    judge_up,
    news,
    too_old,
)

EVENTS: tuple[Raw, ...] = tuple({"kind": "grant", "sku": "tea", "granted": n} for n in range(1, 6))
CHAINS = [GENESIS]
for _raw in EVENTS:
    CHAINS.append(link_chain(CHAINS[-1], _raw))
HUB = HubPosition(store="s1", sinc=2, hinc=3, app=3, chain=CHAINS[3], ver=8, heard=5)
STORE = StorePosition(store="s1", sinc=2, hinc=3, seq=10, heard=4, dver=5)


def up(first: int, count: int, **changes: object) -> Up:
    """An UP with `count` events from `first` on."""
    made = Up(
        store="s1",
        sinc=2,
        hinc=3,
        first=first,
        chain_before=CHAINS[first - 1],
        head=5,
        dver=6,
        events=EVENTS[first - 1 : first - 1 + count],
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def down(base: int, ver: int, **changes: object) -> Down:
    """A DOWN of these versions."""
    return replace(Down(hinc=3, sinc=2, base=base, ver=ver, app=7), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("message", "verdict", "new"),
    [
        (up(4, 2), "apply", 2),
        (up(1, 5), "apply", 2),
        (up(3, 2), "apply", 1),
        (up(4, 0), "known", 0),
        (up(1, 2), "known", 0),
        (up(1, 3), "known", 0),
        (up(5, 1), "gap", 0),
        (up(4, 2, sinc=1), "foreign", 0),
        (up(4, 2, hinc=2), "foreign", 0),
        (up(4, 2, hinc=4), "ahead", 0),
        (up(4, 2, sinc=3), "ahead", 0),
        (up(4, 2, dver=HUB.ver + 1), "ahead", 0),
        (up(4, 2, dver=HUB.ver + 1, hinc=2), "foreign", 0),
        (up(4, 2, chain_before="f" * 16), "split", 0),
        (up(4, 0, chain_before="f" * 16), "split", 0),
        (up(2, 3, chain_before="f" * 16), "split", 0),
        (up(1, 2, chain_before="f" * 16), "known", 0),
    ],
)
def test_the_hub_applies_only_what_is_next(message: Up, verdict: str, new: int) -> None:
    assert judge_up(HUB, message) == verdict
    if verdict == "apply":
        assert news(HUB, message) == EVENTS[3 : 3 + new]


def test_a_store_that_is_replayed_applies_what_is_next() -> None:
    assert judge_up(replace(HUB, state="replaying"), up(4, 2)) == "apply"
    assert judge_up(replace(HUB, state="replaying"), up(4, 2, sinc=1)) == "foreign"


def test_a_log_that_takes_over_begins_by_saying_so() -> None:
    fresh = replace(HUB, app=0, chain=GENESIS, state="rebuilding")
    begin = up(1, 1, events=({"kind": "begin", "from_sinc": 1, "from_seq": 3},), chain_before=GENESIS)
    assert judge_up(fresh, begin) == "apply"
    assert judge_up(fresh, up(1, 2)) == "unmerged"
    assert judge_up(fresh, up(1, 1, events=({},), chain_before=GENESIS)) == "unmerged"


def test_a_store_of_which_two_histories_were_heard_applies_nothing() -> None:
    assert judge_up(replace(HUB, stopped=True), up(4, 2)) == "stopped"
    assert judge_up(replace(HUB, stopped=True), up(4, 2, sinc=1)) == "foreign"


@pytest.mark.parametrize(
    ("message", "verdict"),
    [
        (down(5, 6), "apply"),
        (down(0, 9), "apply"),
        (down(5, 5), "acknowledge"),
        (down(0, 4), "acknowledge"),
        (down(6, 9), "acknowledge"),
        (down(5, 6, hinc=2), "old_hub"),
        (down(5, 6, hinc=2, sinc=9), "old_hub"),
        (down(0, 6, hinc=4), "new_hub"),
        (down(0, 6, hinc=4, sinc=1), "new_hub"),
        (down(5, 6, sinc=1), "old_store"),
        (down(5, 6, sinc=3), "fenced"),
        (down(5, 6, hinc=4, sinc=3), "fenced"),
        (down(5, 6, app=10), "apply"),
        (down(5, 6, app=11), "rolled_back"),
        (down(5, 5, app=11), "rolled_back"),
        (down(5, 6, app=11, sinc=1), "old_store"),
        (down(5, 6, app=11, hinc=4), "new_hub"),
    ],
)
def test_a_store_applies_only_what_joins_on(message: Down, verdict: str) -> None:
    assert judge_down(STORE, message) == verdict


def test_an_acknowledgement_counts_whatever_its_version_and_never_beyond_the_log() -> None:
    assert acknowledged(STORE, down(0, 0, app=7)) == 7
    assert acknowledged(STORE, down(0, 0, app=3)) == 4
    assert acknowledged(STORE, down(0, 0, app=99)) == 10


def test_the_next_down_starts_from_what_was_heard() -> None:
    assert heard_after(HUB, up(4, 2, dver=6)) == 6
    assert heard_after(HUB, up(4, 2, dver=2)) == 2
    assert heard_after(HUB, up(4, 2, dver=99)) == 8


def test_a_fact_is_written_in_one_way() -> None:
    fact = Move(reason="sale", lines=(MoveLine(sku="茶", qty=2, source="floor"),), at="2026-05-01T10:00:00Z")
    assert canonical(to_raw(fact)).decode() == (
        '{"at":"2026-05-01T10:00:00Z","kind":"move",'
        '"lines":[{"qty":2,"sku":"茶","source":"floor"}],"reason":"sale"}'
    )
    assert to_raw({"a": (MoveLine(sku="x", qty=1),), "b": None}) == {"a": [{"sku": "x", "qty": 1}], "b": None}


def test_the_chain_tells_order_and_content() -> None:
    first, second = EVENTS[0], EVENTS[1]
    assert link_chain(GENESIS, first) == "ddee45170189971c"
    assert link_chain(link_chain(GENESIS, first), second) != link_chain(link_chain(GENESIS, second), first)


@pytest.mark.parametrize(
    ("least", "most", "version", "old"),
    [(1, 1, 1, None), (1, 9, 1, None), (2, 3, None, "ours"), (1, 2, 1, None)],
)
def test_two_programs_speak_the_newest_version_that_both_know(
    least: int, most: int, version: int | None, old: str | None
) -> None:
    said = Hello(
        store="s1", sinc=2, hinc=3, protocol_min=least, protocol_max=most, wall_clock="2026-05-01T10:00:00Z"
    )
    assert (common_version(said), too_old(said)) == (version, old)


def test_a_program_that_speaks_only_older_versions_is_the_one_to_update(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(streams, "PROTOCOL_MIN", 2)
    monkeypatch.setattr(streams, "PROTOCOL_MAX", 3)
    said = Hello(
        store="s1", sinc=2, hinc=3, protocol_min=1, protocol_max=1, wall_clock="2026-05-01T10:00:00Z"
    )
    assert (common_version(said), too_old(said)) == (None, "theirs")
    assert common_version(replace(said, protocol_max=2)) == 2
