"""The knobs of the demo's line: what each comes to, with a dice that is known."""

from random import Random

import pytest

from hub.demo.line_weather import TICK_S, LineState, Weather


def test_a_calm_line_is_on_time_keeps_connections_and_is_not_slow() -> None:
    weather = Weather()
    assert weather.delay_s() == 0.0
    assert weather.piece_bytes() is None
    assert weather.pace_s(65_536) == 0.0
    assert not any(weather.drops() for _ in range(1000))
    assert not weather.swallows()
    assert weather.told() == "up"


def test_jitter_comes_on_top_of_the_delay() -> None:
    weather = Weather(delay_ms=100, jitter_ms=50, random=Random(1))
    delays = [weather.delay_s() for _ in range(200)]
    assert all(0.100 <= delay <= 0.150 for delay in delays)
    assert len(set(delays)) == 200


@pytest.mark.parametrize("percent", [5, 50, 95])
def test_a_connection_lives_through_a_second_as_often_as_the_knob_says(percent: int) -> None:
    weather = Weather(drop_percent=percent, random=Random(7))
    ticks = round(1 / TICK_S)
    lives = sum(not any(weather.drops() for _ in range(ticks)) for _ in range(4000))
    assert abs(lives / 4000 - (1 - percent / 100)) < 0.03


def test_hundred_percent_drops_at_once() -> None:
    weather = Weather(drop_percent=100)
    assert all(weather.drops() for _ in range(1000))


@pytest.mark.parametrize(("bytes_per_s", "piece"), [(1, 1), (19, 1), (2000, 100), (10**9, 50_000_000)])
def test_a_slow_line_goes_piece_by_piece(bytes_per_s: int, piece: int) -> None:
    weather = Weather(bytes_per_s=bytes_per_s)
    assert weather.piece_bytes() == piece
    assert weather.pace_s(bytes_per_s) == 1.0


def test_calm_turns_the_knobs_back_and_leaves_the_state() -> None:
    weather = Weather(LineState.HALF_OPEN, 1, 2, 3, 4)
    assert weather.told() == "half-open, delay 1 2, drop 3, slow 4"
    weather.calm()
    assert weather.told() == "half-open"
    assert weather.swallows()
