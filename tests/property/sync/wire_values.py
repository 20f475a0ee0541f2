"""Strategies for everything that travels, and for what should not."""

from datetime import datetime
from typing import Any

from hypothesis import strategies as st

from sync.rules.canonical import to_raw
from sync.rules.facts import Fact, Grant, HoldStep, Move, MoveLine, Payment
from sync.rules.items import HoldItem, HoldLine, Item, RejectedItem, ReturnItem, WantItem
from sync.rules.streams import Ask, Down, Hello, Message, Page, Up

COUNTERS = st.integers(0, 2**53 - 1)
UNITS = st.integers(1, 1_000_000_000)
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
SKUS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
STORES = st.from_regex(r"[a-z0-9][a-z0-9-]{0,31}", fullmatch=True)
IDS = st.from_regex(r"[A-Za-z0-9._:-]{1,64}", fullmatch=True)
INSTANTS = st.datetimes(datetime(2000, 1, 1), datetime(2999, 12, 31)).map(  # noqa: DTZ001  # written with a Z
    lambda moment: moment.isoformat(timespec="milliseconds") + "Z"
)
MINOR = st.integers(-(2**53) + 1, 2**53 - 1)
CHAINS = st.binary(min_size=8, max_size=8).map(bytes.hex)
BUCKETS = st.sampled_from(["floor", "staged", "damaged", None])

MOVE_LINES = st.builds(MoveLine, sku=SKUS, qty=UNITS, source=BUCKETS, target=BUCKETS)
FACTS: st.SearchStrategy[Fact] = st.one_of(
    st.builds(
        Move,
        reason=st.sampled_from(["sale", "override", "opening"]),
        lines=st.lists(MOVE_LINES, min_size=1, max_size=3).map(tuple),
        at=INSTANTS,
        ref=TEXTS,
        actor=TEXTS,
        why=TEXTS,
    ),
    st.builds(Grant, sku=SKUS, granted=COUNTERS, at=INSTANTS),
    st.builds(
        HoldStep,
        order=IDS,
        to=st.sampled_from(["received", "done", "released", "put_back"]),
        at=INSTANTS,
        line=st.none() | UNITS,
        n=COUNTERS,
        moves=st.lists(MOVE_LINES, max_size=2).map(tuple),
        by=TEXTS,
    ),
    st.builds(
        Payment,
        ref=TEXTS,
        tender=st.sampled_from(["cash", "card", "sandbox"]),
        minor=MINOR,
        currency=st.just("CNY"),
        at=INSTANTS,
        order=st.none() | IDS,
    ),
)
HOLD_LINES = st.builds(
    HoldLine,
    line=UNITS,
    sku=SKUS,
    qty=UNITS,
    names=st.dictionaries(TEXTS, TEXTS, max_size=2),
    price_minor=MINOR,
)
ITEMS: st.SearchStrategy[Item] = st.one_of(
    st.builds(
        HoldItem,
        order=IDS,
        number=TEXTS,
        code_hash=st.binary(min_size=16, max_size=16).map(bytes.hex),
        pay_at=st.sampled_from(["counter", "online"]),
        due_minor=MINOR,
        currency=st.just("CNY"),
        placed_at=INSTANTS,
        ready_by=INSTANTS,
        expires_at=INSTANTS,
        lines=st.lists(HOLD_LINES, min_size=1, max_size=3).map(tuple),
        contact=TEXTS,
        phone_tail=TEXTS,
        cancel=st.booleans(),
    ),
    st.builds(ReturnItem, sku=SKUS, returned=COUNTERS),
    st.builds(WantItem, id=IDS, sku=SKUS, qty=UNITS, ver=COUNTERS),
    st.builds(RejectedItem, seq=COUNTERS, code=TEXTS),
)
_EVENTS = st.lists(FACTS.map(to_raw), max_size=3).map(tuple)
MESSAGES: st.SearchStrategy[Message] = st.one_of(
    st.builds(
        Up,
        store=STORES,
        sinc=COUNTERS,
        hinc=COUNTERS,
        first=UNITS,
        chain_before=CHAINS,
        head=COUNTERS,
        dver=COUNTERS,
        events=_EVENTS,
        wants=st.none() | st.dictionaries(SKUS, UNITS, max_size=2),
        wants_id=st.none() | IDS,
    ),
    st.builds(
        Down,
        hinc=COUNTERS,
        sinc=COUNTERS,
        base=COUNTERS,
        ver=COUNTERS,
        app=COUNTERS,
        stable=COUNTERS,
        merged=st.booleans(),
        items=st.lists(ITEMS.map(to_raw), max_size=3).map(tuple),
    ),
    st.builds(Hello, store=STORES, sinc=COUNTERS, hinc=COUNTERS, chain=CHAINS, wall_clock=INSTANTS),
    st.builds(
        Page,
        name=st.sampled_from(["catalog", "store"]),
        hinc=COUNTERS,
        since=COUNTERS,
        to=COUNTERS,
        top=COUNTERS,
        entries=_EVENTS,
    ),
    st.builds(Ask, store=STORES, sinc=COUNTERS, name=st.sampled_from(["catalog", "store"]), since=COUNTERS),
)
ANY_JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
