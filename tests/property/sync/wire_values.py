"""Strategies for everything that travels, and for what should not."""

from datetime import datetime
from typing import Any

from hypothesis import strategies as st

from sync.rules.baseline import Balances, Begin, Carried, CarriedLine, SkuBalance, Whole
from sync.rules.canonical import to_raw
from sync.rules.digest import BUCKETS as HASHED
from sync.rules.digest import HASH_BYTES, Compare, Digest, Rows
from sync.rules.facts import (
    Accepted,
    DocumentCount,
    DocumentStep,
    Fact,
    Grant,
    Held,
    HeldLine,
    HoldStep,
    Move,
    MoveLine,
    Payment,
    Returned,
)
from sync.rules.items import (
    DocumentItem,
    DocumentLine,
    HoldItem,
    HoldLine,
    Item,
    RejectedItem,
    ReturnItem,
    WantItem,
)
from sync.rules.streams import Ask, Down, Hello, Message, Page, Resent, Sending, Up

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
DELTAS = st.integers(-1_000_000_000, 1_000_000_000)
BUCKETS = st.sampled_from(["floor", "staged", "damaged", None])

MOVE_LINES = st.builds(MoveLine, sku=SKUS, qty=UNITS, source=BUCKETS, target=BUCKETS)
BALANCES = st.builds(
    SkuBalance,
    sku=SKUS,
    floor=MINOR,
    staged=MINOR,
    damaged=MINOR,
    granted=COUNTERS,
    returned=COUNTERS,
    settled=COUNTERS,
)
CARRIED_LINES = st.builds(
    CarriedLine, line=UNITS, sku=SKUS, qty=UNITS, done=COUNTERS, short=COUNTERS, released=COUNTERS
)
HELD = st.builds(
    Held,
    number=TEXTS,
    code_hash=st.binary(min_size=16, max_size=16).map(bytes.hex),
    pay_at=st.sampled_from(["counter", "online"]),
    due_minor=MINOR,
    currency=st.just("CNY"),
    expires_at=INSTANTS,
    lines=st.lists(
        st.builds(HeldLine, line=UNITS, sku=SKUS, qty=UNITS, price_minor=MINOR), min_size=1, max_size=3
    ).map(tuple),
)
FACTS: st.SearchStrategy[Fact] = st.one_of(
    st.builds(
        Move,
        reason=st.sampled_from(["sale", "override", "opening"]),
        lines=st.lists(MOVE_LINES, min_size=1, max_size=3).map(tuple),
        at=INSTANTS,
        ref=TEXTS,
        actor=TEXTS,
        why=TEXTS,
        document=st.none() | IDS,
    ),
    st.builds(
        DocumentStep,
        document=IDS,
        rev=COUNTERS,
        to=st.sampled_from(["received", "booked", "refused", "withdrawn"]),
        at=INSTANTS,
        lines=st.lists(
            st.builds(DocumentCount, sku=SKUS, bucket=BUCKETS.filter(bool), asked=DELTAS, found=DELTAS),
            max_size=3,
        ).map(tuple),
        actor=TEXTS,
        why=TEXTS,
    ),
    st.builds(Grant, sku=SKUS, granted=COUNTERS, at=INSTANTS),
    st.builds(
        HoldStep,
        order=IDS,
        to=st.sampled_from(["received", "done", "released", "put_back", "prepaid"]),
        at=INSTANTS,
        line=st.none() | UNITS,
        n=COUNTERS,
        moves=st.lists(MOVE_LINES, max_size=2).map(tuple),
        by=TEXTS,
        held=st.none() | HELD,
        minor=COUNTERS,
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
    st.builds(Returned, sku=SKUS, returned=COUNTERS, at=INSTANTS),
    st.builds(Accepted, skus=st.lists(SKUS, min_size=1, max_size=3).map(tuple), at=INSTANTS, actor=TEXTS),
    st.builds(Begin, from_sinc=COUNTERS, from_seq=COUNTERS, at=INSTANTS),
    st.builds(Balances, lines=st.lists(BALANCES, min_size=1, max_size=3).map(tuple), at=INSTANTS),
    st.builds(
        Carried,
        order=IDS,
        stage=st.sampled_from(["received", "picking", "ready", "closed"]),
        lines=st.lists(CARRIED_LINES, min_size=1, max_size=3).map(tuple),
        at=INSTANTS,
    ),
    st.builds(Whole, facts=COUNTERS, at=INSTANTS),
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
        prepaid_minor=COUNTERS,
    ),
    st.builds(ReturnItem, sku=SKUS, returned=COUNTERS),
    st.builds(WantItem, id=IDS, sku=SKUS, qty=UNITS, ver=COUNTERS),
    st.builds(RejectedItem, seq=COUNTERS, code=TEXTS),
    st.builds(
        DocumentItem,
        id=IDS,
        rev=COUNTERS,
        task=st.sampled_from(["opening", "receiving", "transfer_out", "transfer_in", "count", "adjust"]),
        number=TEXTS,
        at=INSTANTS,
        lines=st.lists(
            st.builds(
                DocumentLine,
                sku=SKUS,
                qty=DELTAS,
                bucket=BUCKETS.filter(bool),
                names=st.dictionaries(TEXTS, TEXTS, max_size=2),
            ),
            min_size=1,
            max_size=3,
        ).map(tuple),
        partner=TEXTS,
        note=TEXTS,
        withdrawn=st.booleans(),
    ),
)
_BUCKET_NUMBERS = st.lists(st.integers(0, HASHED - 1), min_size=1, max_size=4).map(tuple)
_EVENTS = st.lists(FACTS.map(to_raw), max_size=3).map(tuple)
SENDINGS = st.builds(
    Sending,
    at=INSTANTS,
    skew_ms=st.none() | MINOR,
    resent=st.lists(st.builds(Resent, to=COUNTERS, at=INSTANTS, times=COUNTERS), max_size=3).map(tuple),
)
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
        sending=st.none() | SENDINGS,
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
        stopped=st.booleans(),
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
    st.builds(
        Digest,
        store=STORES,
        sinc=COUNTERS,
        hinc=COUNTERS,
        seq=COUNTERS,
        chain=CHAINS,
        buckets=st.binary(min_size=HASH_BYTES, max_size=HASH_BYTES).map(lambda one: one.hex() * HASHED),
    ),
    st.builds(Compare, hinc=COUNTERS, sinc=COUNTERS, buckets=st.just(()) | _BUCKET_NUMBERS),
    st.builds(
        Rows,
        store=STORES,
        sinc=COUNTERS,
        hinc=COUNTERS,
        seq=COUNTERS,
        chain=CHAINS,
        page=st.integers(1, 64),
        pages=st.integers(1, 64),
        buckets=_BUCKET_NUMBERS,
        rows=st.lists(BALANCES, max_size=3).map(tuple),
    ),
)
ANY_JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
