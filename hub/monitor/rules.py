"""How well a store keeps in step, from what the hub knows of it: one state, and why. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Literal

from hub.monitor.health import Device, Health, StoreCheck

SILENT_AFTER: Final = timedelta(seconds=90)
"""Agents report every 30 s: three reports missed."""
BEHIND_EVENTS: Final = 20
BEHIND_AGE: Final = timedelta(seconds=10)
BEHIND_LAG_MS: Final = 5_000
SKEW_MS: Final = 5_000
RISK_AHEAD: Final = timedelta(minutes=15)

Tone = Literal["ok", "warn", "bad", "info"]
Stream = Literal["whole", "replaying", "rebuilding", "stopped"]


class State(StrEnum):
    """How a store stands."""

    NEVER_ENROLLED = "never_enrolled"
    SHUT_OUT = "shut_out"
    UNKNOWN = "unknown"
    STOPPED = "stopped"
    OFFLINE = "offline"
    VERSION = "version"
    REPLAYING = "replaying"
    REBUILDING = "rebuilding"
    BEHIND = "behind"
    SKEW = "skew"
    DEVICE = "device"
    IN_STEP = "in_step"


_TONES: Final[dict[State, Tone]] = {
    State.NEVER_ENROLLED: "info",
    State.SHUT_OUT: "info",
    State.UNKNOWN: "info",
    State.STOPPED: "bad",
    State.OFFLINE: "bad",
    State.VERSION: "bad",
    State.REPLAYING: "warn",
    State.REBUILDING: "warn",
    State.BEHIND: "warn",
    State.SKEW: "warn",
    State.DEVICE: "warn",
    State.IN_STEP: "ok",
}
_WEIGHTS: Final[dict[Tone, int]] = {"bad": 0, "warn": 1, "info": 2, "ok": 3}


@dataclass(frozen=True, slots=True)
class Compared:
    """The latest comparison of a store's balances with the mirror; `at` None before the first.

    `differ` counts the buckets that differed; `is_asked` says that another one is waited for.
    """

    at: datetime | None = None
    differ: int = 0
    is_asked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreSigns:
    """What the hub knows of a store.

    `stream`: `whole`; `replaying`, it is heard again after the hub was put back; `rebuilding`, its new log
    takes over from an earlier one; `stopped`, two histories were heard and none is followed.
    `app` is the last event applied; `presence` is online, offline or unknown, as the broker told it
    `since`; `seen_at` is the last sign of life; `lags_ms` are those of its latest events; `older` is the
    program that is too old for the other, hub or store.
    """

    store: str
    sinc: int
    has_secret: bool
    stream: Stream
    app: int
    presence: str
    since: datetime | None
    seen_at: datetime | None
    health: Health
    lags_ms: tuple[int, ...] = ()
    older: Literal["hub", "store"] | None = None
    compared: Compared = Compared()


@dataclass(frozen=True, slots=True)
class Tile:
    """A store on the board. `backlog` counts events the hub does not have yet; `lag_ms` is the p95.

    `heard`, while the store is heard again: events applied, and how many there are as far as it told.
    `unsure` and `frozen`: open orders and SKUs that people in the store have to look at after a loss.
    `papers`: those of which somebody there has to say whether they came out.
    `last`: incarnation and number of the last event applied; None before the first.
    """

    store: str
    state: State
    tone: Tone
    since: datetime | None
    seen_at: datetime | None
    backlog: int
    oldest_unsent_at: datetime | None
    lag_ms: int | None
    skew_ms: int | None
    devices: tuple[Device, ...]
    version: str
    verified: StoreCheck | None = None
    older: Literal["hub", "store"] | None = None
    compared: Compared = Compared()
    heard: tuple[int, int] | None = None
    unsure: int = 0
    frozen: int = 0
    papers: int = 0
    last: tuple[int, int] | None = None

    @property
    def faulty(self) -> tuple[Device, ...]:
        """The devices that need somebody."""
        return tuple(device for device in self.devices if not device.is_well)


def tile_of(signs: StoreSigns, now: datetime) -> Tile:
    """The store's tile; the first trouble found is its state, the worst being asked first."""
    backlog = backlog_of(signs)
    state = _state(signs, backlog, now)
    is_told = state not in {State.NEVER_ENROLLED, State.UNKNOWN}
    return Tile(
        store=signs.store,
        state=state,
        tone=_TONES[state],
        since=_since(signs, state),
        seen_at=signs.seen_at,
        backlog=backlog,
        oldest_unsent_at=_oldest(signs, backlog, now),
        lag_ms=p95(signs.lags_ms),
        skew_ms=signs.health.skew_ms,
        devices=signs.health.devices if is_told else (),
        version=signs.health.version,
        last=(signs.sinc, signs.app) if signs.app else None,
        verified=signs.health.verified,
        older=signs.older,
        compared=signs.compared,
        heard=_heard(signs),
        unsure=signs.health.unsure,
        frozen=signs.health.frozen,
        papers=signs.health.papers,
    )


def _state(signs: StoreSigns, backlog: int, now: datetime) -> State:
    """What is to be said first."""
    if signs.sinc == 0:
        return State.NEVER_ENROLLED
    if not signs.has_secret:
        return State.SHUT_OUT
    if signs.stream == "stopped":
        return State.STOPPED
    if signs.presence == "unknown" and signs.seen_at is None:
        return State.UNKNOWN
    if signs.presence == "offline" or signs.seen_at is None or now - signs.seen_at > SILENT_AFTER:
        return State.OFFLINE
    return _state_online(signs, backlog, now)


def _state_online(signs: StoreSigns, backlog: int, now: datetime) -> State:
    """What is to be said of a store in touch."""
    if signs.older:
        return State.VERSION
    if signs.stream != "whole":
        return State(signs.stream)
    oldest = _oldest(signs, backlog, now)
    lag = p95(signs.lags_ms)
    is_old = oldest is not None and now - oldest > BEHIND_AGE
    if backlog > BEHIND_EVENTS or is_old or (backlog > 0 and lag is not None and lag > BEHIND_LAG_MS):
        return State.BEHIND
    if signs.health.skew_ms is not None and abs(signs.health.skew_ms) > SKEW_MS:
        return State.SKEW
    if not all(device.is_well for device in signs.health.devices):
        return State.DEVICE
    return State.IN_STEP


def _heard(signs: StoreSigns) -> tuple[int, int] | None:
    """How far a store that is heard again has come; None where that is not asked, or nobody knows its end."""
    if signs.stream != "replaying" or signs.health.seq is None or signs.app > signs.health.seq:
        return None
    return signs.app, signs.health.seq


def _since(signs: StoreSigns, state: State) -> datetime | None:
    """Since when a store is away: what the broker told, else when it was last heard."""
    if state is not State.OFFLINE:
        return None
    return signs.since if signs.presence == "offline" and signs.since else signs.seen_at


def backlog_of(signs: StoreSigns) -> int:
    """How many events the hub lacks: by the store's own count, less what arrived since it said so."""
    if signs.health.seq is not None:
        return max(0, signs.health.seq - signs.app)
    return signs.health.unsent or 0


def _oldest(signs: StoreSigns, backlog: int, now: datetime) -> datetime | None:
    """When the oldest event that the hub lacks happened; never in the future."""
    oldest = signs.health.oldest_unsent_at
    return min(oldest, now) if backlog and oldest is not None else None


def p95(values: Sequence[int]) -> int | None:
    """The value that 95 % do not exceed (nearest rank); None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * 95 // 100) - 1)]


def lag_ms(happened: datetime, applied: datetime, skew_ms: int | None) -> int:
    """Milliseconds from a store's event to the hub's commit, its clock's error taken out; at least 0.

    Args:
        happened: by the store's clock.
        applied: by the hub's clock.
        skew_ms: how far the store's clock is ahead of the hub's.
    """
    elapsed = applied - happened + timedelta(milliseconds=skew_ms or 0)
    return max(0, round(elapsed / timedelta(milliseconds=1)))


def worst_first(tiles: Sequence[Tile]) -> list[Tile]:
    """Stores that need help first, then the chain's order."""
    return sorted(tiles, key=lambda tile: _WEIGHTS[tile.tone])
