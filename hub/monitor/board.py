"""The board put together: tiles, figures, troubles and dead letters of one moment."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.requests import Request

from hub.kernel import Kernel
from hub.monitor import queries, trouble_queries
from hub.monitor.meter import BoardMeter
from hub.monitor.rules import Tile, p95, tile_of, worst_first
from hub.monitor.trouble_words import OVERSOLD
from hub.stock.self_check import CheckState, latest_check
from hub.web.state import kernel_of


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures above the tiles; None and empty where nothing was measured yet."""

    in_step: int
    stores: int
    by_tone: dict[str, int]
    lag_ms: int | None
    lags: list[int]
    rate: float | None
    rates: list[float]
    oldest_unsent_at: datetime | None
    oldest_store: str
    at_risk: int
    oversold: int
    troubles: int


@dataclass(frozen=True, slots=True)
class Board:
    """All that the board's page shows."""

    now: datetime
    tiles: list[Tile]
    figures: Figures
    troubles: tuple[trouble_queries.Trouble, ...]
    names: trouble_queries.Named
    dead_letters: list[queries.DeadLetter]
    check: CheckState | None


async def read_board(kernel: Kernel, meter: BoardMeter) -> Board:
    """The board of this moment."""
    now = kernel.clock.now()
    signs = await queries.signs_of_all(kernel, meter.lag_book)
    tiles = [tile_of(one, now) for one in signs]
    counts = await trouble_queries.unresolved_counts(kernel.reader)
    at_risk = await queries.promises_at_risk(kernel.reader, now)
    lag = p95([value for one in signs for value in one.lags_ms])
    meter.note(sum(one.app for one in signs), lag)
    page = await trouble_queries.trouble_page(kernel.reader, trouble_queries.Asked())
    return Board(
        now=now,
        tiles=worst_first(tiles),
        figures=_figures(tiles, meter, counts, lag=lag, at_risk=at_risk),
        troubles=page.troubles,
        names=await trouble_queries.names_in(kernel.reader, page.troubles),
        check=await latest_check(kernel, is_done=True),
        dead_letters=await queries.dead_letters(kernel.reader),
    )


def _figures(
    tiles: list[Tile], meter: BoardMeter, counts: dict[str, int], *, lag: int | None, at_risk: int
) -> Figures:
    """The figures over all stores."""
    by_tone = {tone: sum(tile.tone == tone for tile in tiles) for tone in ("ok", "warn", "bad", "info")}
    unsent = [(tile.oldest_unsent_at, tile.store) for tile in tiles if tile.oldest_unsent_at is not None]
    oldest_at, oldest_store = min(unsent, default=(None, ""))
    rates = meter.rates()
    return Figures(
        in_step=by_tone["ok"],
        stores=len(tiles),
        by_tone=by_tone,
        lag_ms=lag,
        lags=meter.lags(),
        rate=rates[-1] if rates else None,
        rates=rates,
        oldest_unsent_at=oldest_at,
        oldest_store=oldest_store,
        at_risk=at_risk,
        oversold=sum(count for kind, count in counts.items() if kind in OVERSOLD),
        troubles=sum(counts.values()),
    )


def meter_of(request: Request) -> BoardMeter:
    """The meter of the running hub."""
    state: Any = request.app.state
    meter: BoardMeter | None = getattr(state, "board_meter", None)
    if meter is None:
        meter = state.board_meter = BoardMeter(kernel_of(request).clock)
    return meter
