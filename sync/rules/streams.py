"""Streams: the two positions of hub and store, and how each judges what it receives.

Up is go-back-N over a gapless log; down is "what changed since the version you said you had".
Both are safe under loss, duplication, reordering and resending by whoever is in doubt.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from sync.rules.books import HubPosition, StorePosition
from sync.rules.canonical import Raw, link_chain
from sync.rules.digest import Compare, Digest, Rows
from sync.values.bounds import Chain, Counter, Id, Instant, Items, Line, Minor, Sku, StoreId, Units

MOST_EVENTS = 200
"""The most events in one UP."""
MOST_REQUESTS = 400
"""The most items in one DOWN."""
BUDGET_BYTES = 60_000
"""What a DOWN's items may weigh as JSON: below 64 KiB with its header."""
PROTOCOL_MIN = 1
PROTOCOL_MAX = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Resent:
    """The next events of an UP, up to `to`, have left the store before: first at `at`, by now `times` times.

    `times` is 0 where the program has started anew since they were written: whether and when they left
    before is not known, and `at` is the first time since.
    """

    to: Counter
    at: Instant
    times: Counter


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """How an UP left its store, for people who follow an event: no rule reads it.

    `at` is the store's wall clock, `skew_ms` how far that clock is ahead of the hub's (unknown before the
    first greeting). Events that no entry of `resent` covers leave for the first time.
    """

    at: Instant
    skew_ms: Minor | None = None
    resent: Annotated[tuple[Resent, ...], Items(0, MOST_EVENTS)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Up:
    """A run of events, first of them `first`; `head` is the store's last event when it was sent."""

    kind: Literal["up"] = "up"
    v: Literal[1] = 1
    store: StoreId
    sinc: Counter
    hinc: Counter
    first: Units
    chain_before: Chain
    head: Counter
    dver: Counter
    events: Annotated[tuple[Raw, ...], Items(0, MOST_EVENTS)] = ()
    wants: Annotated[Mapping[Sku, Units], Items(0, MOST_EVENTS)] | None = None
    wants_id: Id | None = None
    sending: Sending | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Down:
    """What changed for a store in (base, ver], and how far its events are applied."""

    kind: Literal["down"] = "down"
    v: Literal[1] = 1
    hinc: Counter
    sinc: Counter
    base: Counter
    ver: Counter
    app: Counter
    stable: Counter = 0
    merged: bool = True
    stopped: bool = False
    items: Annotated[tuple[Raw, ...], Items(0, MOST_REQUESTS)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello:
    """Where a side stands, said on every connect and each minute."""

    kind: Literal["hello"] = "hello"
    v: Literal[1] = 1
    store: StoreId
    sinc: Counter
    hinc: Counter
    seq: Counter = 0
    chain: Chain = "0" * 16
    dver: Counter = 0
    catalog: Counter = 0
    settings: Counter = 0
    protocol_min: Units = PROTOCOL_MIN
    protocol_max: Units = PROTOCOL_MAX
    wall_clock: Instant
    app_version: Line = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Versioned entries above `since`, up to and including `to`; `top` is the newest version there is.

    `name` tells the series: the catalogue (one for all stores) or the store's own settings.
    """

    kind: Literal["page"] = "page"
    v: Literal[1] = 1
    name: Literal["catalog", "store"]
    hinc: Counter
    since: Counter
    to: Counter
    top: Counter
    entries: Annotated[tuple[Raw, ...], Items(0, 500)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A store lacks pages of a series above `since`."""

    kind: Literal["ask"] = "ask"
    v: Literal[1] = 1
    store: StoreId
    sinc: Counter
    name: Literal["catalog", "store"]
    since: Counter


Message = Up | Down | Hello | Page | Ask | Digest | Compare | Rows

UpVerdict = Literal["apply", "known", "gap", "foreign", "unmerged", "split", "stopped", "ahead"]


def judge_up(position: HubPosition, up: Up) -> UpVerdict:
    """What the hub does with an UP.

    `ahead`: the store has heard of things that this hub never said, so the hub's books are an old copy;
    `foreign`: another incarnation of either side; `stopped`: two histories were heard before;
    `unmerged`: the log should take over from an earlier one and does not; `gap`: events are missing
    before it; `known`: nothing new; `split`: the chain tells another history. All but `apply` change no
    balance; all are answered with a DOWN.
    """
    if is_ahead(position, up):
        return "ahead"
    if up.sinc != position.sinc or up.hinc != position.hinc:
        return "foreign"
    if position.stopped:
        return "stopped"
    if up.first > position.app + 1:
        return "gap"
    last = last_of(up)
    if last < position.app:
        return "known"
    if _chain_at(up, position.app) != position.chain:
        return "split"
    if last == position.app:
        return "known"
    if position.state == "rebuilding" and not position.app and news(position, up)[0].get("kind") != "begin":
        return "unmerged"
    return "apply"


def is_ahead(position: HubPosition, up: Up) -> bool:
    """Whether a store has heard what this hub never said: a later incarnation, or a later version."""
    if up.sinc != position.sinc:
        return up.sinc > position.sinc
    return up.hinc > position.hinc or (up.hinc == position.hinc and up.dver > position.ver)


def last_of(up: Up) -> int:
    """The last event that an UP covers: that of its run, or the one before where the run is empty."""
    return up.first + len(up.events) - 1


def tells_another_past(up: Up, chain: str | None) -> bool:
    """Whether an UP that holds nothing new ends in another history than the one that was applied.

    A ledger that was rolled back writes its next events under numbers that are taken. They are no
    repeat of what the hub has, and taking them for one would lose them.

    Args:
        up: an UP of which every event is applied.
        chain: the chain that the hub keeps for its last event; None where it keeps none any more.
    """
    return chain is not None and _chain_at(up, last_of(up)) != chain


def _chain_at(up: Up, seq: int) -> str:
    """The chain after event `seq`, which lies within the UP or just before it."""
    chain = up.chain_before
    for raw in up.events[: seq - up.first + 1]:
        chain = link_chain(chain, raw)
    return chain


def news(position: HubPosition, up: Up) -> tuple[Raw, ...]:
    """The events of an UP that the hub has not applied yet."""
    return up.events[position.app - up.first + 1 :]


DownVerdict = Literal[
    "apply", "acknowledge", "old_hub", "new_hub", "old_store", "fenced", "rolled_back", "stopped"
]


def judge_down(position: StorePosition, down: Down) -> DownVerdict:
    """What a store does with a DOWN.

    `old_hub`: a hub incarnation that has been replaced; `new_hub`: adopt it first; `old_store`: it
    is meant for an earlier incarnation of this store; `fenced`: this agent has been replaced;
    `rolled_back`: the hub has applied events that this ledger does not hold, so the ledger is an old
    image, or another machine writes under its name; `stopped`: the hub has heard two histories.
    `acknowledge`: only the position counts, the items are not next in line.
    """
    if down.hinc < position.hinc:
        return "old_hub"
    if down.sinc > position.sinc:
        return "fenced"
    if down.hinc > position.hinc:
        return "new_hub"
    if down.sinc < position.sinc:
        return "old_store"
    if down.app > position.seq:
        return "rolled_back"
    if down.stopped:
        return "stopped"
    return "apply" if is_next(position.dver, down) else "acknowledge"


def is_next(dver: int, down: Down) -> bool:
    """Whether the items of a DOWN join on to what the store has applied."""
    return down.base <= dver < down.ver


def acknowledged(position: StorePosition, down: Down) -> int:
    """How far the hub has applied, as far as any DOWN of these incarnations told.

    Never beyond what this store has written: a larger number is another history's.
    """
    return max(position.heard, min(down.app, position.seq))


def common_version(theirs: Hello) -> int | None:
    """The newest version of the protocol that both sides speak; None where there is none."""
    newest = min(PROTOCOL_MAX, theirs.protocol_max)
    return newest if newest >= max(PROTOCOL_MIN, theirs.protocol_min) else None


def too_old(theirs: Hello) -> Literal["ours", "theirs"] | None:
    """Whose program must be updated before both speak a common version; None where they have one."""
    if common_version(theirs) is not None:
        return None
    return "ours" if theirs.protocol_max > PROTOCOL_MAX else "theirs"


def heard_after(position: HubPosition, up: Up) -> int:
    """The `dver` from which the hub's next DOWN starts: what the store said last, never what was sent."""
    return min(up.dver, position.ver)
