"""One state a store, the worst first; hostile reports change nothing but what they may."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.printing.status import PrinterState
from devices.supervisor import DeviceState
from hub.monitor import device_words
from hub.monitor.health import Device, Health, read_health
from hub.monitor.meter import BoardMeter
from hub.monitor.rules import State, StoreSigns, lag_ms, p95, tile_of, worst_first
from hub.monitor.words import STATES
from sync.web.translations import load_texts, speaking
from tests.unit.hub.stores.running_hub import NOW, SetClock

WELL = StoreSigns(
    store="s1",
    sinc=1,
    has_secret=True,
    stream="whole",
    app=100,
    presence="online",
    since=NOW - timedelta(hours=3),
    seen_at=NOW - timedelta(seconds=20),
    health=Health(seq=100, unsent=0, version="0.1.0"),
    lags_ms=(40, 60, 80),
)


def report(**members: object) -> Health:
    return read_health(json.dumps(members))


@pytest.mark.parametrize(
    ("signs", "state", "tone"),
    [
        (WELL, State.IN_STEP, "ok"),
        (replace(WELL, sinc=0), State.NEVER_ENROLLED, "info"),
        (replace(WELL, has_secret=False), State.SHUT_OUT, "info"),
        (replace(WELL, presence="unknown", seen_at=None, health=Health()), State.UNKNOWN, "info"),
        (replace(WELL, presence="offline"), State.OFFLINE, "bad"),
        (replace(WELL, seen_at=NOW - timedelta(seconds=90)), State.IN_STEP, "ok"),
        (replace(WELL, seen_at=NOW - timedelta(seconds=91)), State.OFFLINE, "bad"),
        (replace(WELL, stream="rebuilding"), State.REBUILDING, "warn"),
        (replace(WELL, stream="replaying"), State.REPLAYING, "warn"),
        (replace(WELL, stream="replaying", presence="offline"), State.OFFLINE, "bad"),
        (replace(WELL, stream="stopped"), State.STOPPED, "bad"),
        (replace(WELL, stream="stopped", presence="offline"), State.STOPPED, "bad"),
        (replace(WELL, stream="stopped", has_secret=False), State.SHUT_OUT, "info"),
        (replace(WELL, app=80), State.IN_STEP, "ok"),
        (replace(WELL, app=79), State.BEHIND, "warn"),
        (replace(WELL, app=200), State.IN_STEP, "ok"),
        (replace(WELL, health=report(seq=100, skew_ms=5000)), State.IN_STEP, "ok"),
        (replace(WELL, health=report(seq=100, skew_ms=-5001)), State.SKEW, "warn"),
        (
            replace(WELL, health=report(seq=100, printers=[{"id": "p", "state": "paper_out"}])),
            State.DEVICE,
            "warn",
        ),
        (replace(WELL, health=report(seq=100, scanners=[{"id": "s", "state": "idle"}])), State.IN_STEP, "ok"),
        (
            replace(WELL, health=report(seq=101, oldest_unsent_at="2026-05-01T06:16:49.000Z")),
            State.BEHIND,
            "warn",
        ),
        (
            replace(WELL, health=report(seq=101, oldest_unsent_at="2026-05-01T06:16:50.000Z")),
            State.IN_STEP,
            "ok",
        ),
        (replace(WELL, app=99, lags_ms=(5001,)), State.BEHIND, "warn"),
        (replace(WELL, lags_ms=(5001,)), State.IN_STEP, "ok"),
    ],
)
def test_a_store_has_one_state(signs: StoreSigns, state: State, tone: str) -> None:
    tile = tile_of(signs, NOW)

    assert (tile.state, tile.tone) == (state, tone)


def test_an_offline_store_is_away_since_the_broker_said_so() -> None:
    told = tile_of(replace(WELL, presence="offline"), NOW)
    silent = tile_of(replace(WELL, seen_at=NOW - timedelta(minutes=5)), NOW)

    assert told.since == NOW - timedelta(hours=3)
    assert silent.since == NOW - timedelta(minutes=5)


def test_backlog_counts_what_the_hub_lacks() -> None:
    assert tile_of(replace(WELL, health=report(seq=160, unsent=3)), NOW).backlog == 60
    assert tile_of(replace(WELL, health=report(unsent=3)), NOW).backlog == 3
    assert tile_of(replace(WELL, health=report(seq=50)), NOW).backlog == 0


def test_nothing_is_unsent_for_a_time_to_come() -> None:
    tile = tile_of(replace(WELL, health=report(seq=101, oldest_unsent_at="2999-01-01T00:00:00Z")), NOW)

    assert tile.oldest_unsent_at == NOW


def test_the_clocks_error_is_taken_out_of_the_lag() -> None:
    happened = NOW + timedelta(seconds=10)

    assert lag_ms(happened, NOW + timedelta(milliseconds=80), 10_000) == 80
    assert lag_ms(happened, NOW, None) == 0


def test_p95_is_the_nearest_rank() -> None:
    assert p95([]) is None
    assert p95([7]) == 7
    assert p95(range(1, 101)) == 95
    assert p95(range(1, 21)) == 19


def test_stores_that_need_help_come_first() -> None:
    tiles = [
        tile_of(one, NOW)
        for one in (
            WELL,
            replace(WELL, store="s2", sinc=0),
            replace(WELL, store="s3", presence="offline"),
            replace(WELL, store="s4", stream="rebuilding"),
        )
    ]

    assert [tile.store for tile in worst_first(tiles)] == ["s3", "s4", "s2", "s1"]


def test_every_state_has_a_word() -> None:
    assert set(STATES) == set(State)


def test_a_store_heard_again_says_how_far_it_has_come() -> None:
    again = replace(WELL, stream="replaying", app=40)
    assert tile_of(again, NOW).heard == (40, 100)
    assert tile_of(WELL, NOW).heard is None
    assert tile_of(replace(again, health=report()), NOW).heard is None
    assert tile_of(replace(again, app=101), NOW).heard is None


def test_what_is_left_to_people_after_a_loss_is_told() -> None:
    assert (WELL.health.unsure, WELL.health.frozen) == (0, 0)
    tile = tile_of(replace(WELL, health=report(seq=100, unsure=3, frozen=41)), NOW)
    assert (tile.unsure, tile.frozen) == (3, 41)
    odd = tile_of(replace(WELL, health=report(seq=100, unsure=-3, frozen="all")), NOW)
    assert (odd.unsure, odd.frozen) == (0, 0)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "5",
        "{",
        "[" * 5000,
        '{"seq": true, "unsent": -1, "skew_ms": 1e999, "app_version": 5, "oldest_unsent_at": "soon"}',
        '{"seq": 1.5, "unsent": "3", "skew_ms": NaN, "printers": {"id": 1}, "scanners": ["x", null, 5]}',
        '{"oldest_unsent_at": "0001-01-01T00:00:00+23:59", "seq": 99999999999999999999}',
    ],
)
def test_a_report_of_nonsense_says_nothing(text: str) -> None:
    assert read_health(text) == Health()


def test_texts_of_a_report_are_short_and_printable() -> None:
    health = report(app_version="1.0\u202e\x00<b>" + "x" * 500, printers=[{"id": "p" * 99, "state": 5}] * 99)

    assert health.version == "1.0<b>xxxxxxxxxxxxxx"
    assert len(health.devices) == 16
    assert (health.devices[0].id, health.devices[0].state) == ("p" * 24, "")


def test_devices_of_each_kind_are_read_with_their_counts_within_bounds() -> None:
    health = report(
        printers=[{"id": "front", "role": "receipt", "state": "paper_out",
                   "since": "2026-05-01T06:00:00.000Z", "jobs": 7,
                   "uncertain": True, "scans": -1, "reconnects": 10**13,
                   "last_error": "printer.paper_out"}],
        scanners=[{"id": "hand", "state": "degraded", "scans": 3, "since": "soon", "dropped": "4"}],
        drawers=[{"id": "drawer", "state": "failed"}] * 99,
        displays=[{"id": "pole", "state": "ready"}],
        papers=2,
    )  # fmt: skip

    assert health.devices[0] == Device(
        "printer",
        "front",
        "paper_out",
        role="receipt",
        since=datetime(2026, 5, 1, 6, tzinfo=UTC),
        counts=(("jobs", 7),),
        last_error="printer.paper_out",
    )
    assert health.devices[1] == Device("scanner", "hand", "degraded", counts=(("scans", 3),))
    assert [one.kind for one in health.devices[2:]] == ["drawer"] * 16 + ["display"]
    assert (health.papers, health.devices[-1].is_well, health.devices[-2].is_well) == (2, True, False)


def test_every_state_of_a_device_has_a_tone_and_trouble_has_advice() -> None:
    with speaking(load_texts(["hub.monitor"])["en"]):
        for state in [*PrinterState, *DeviceState]:
            device = Device("printer", "x", state.value)
            assert device_words.state_word(state.value) != ""
            assert (device_words.device_tone(device) in {"warn", "bad"}) is not device.is_well
            assert (device_words.what_to_do(device) != "") is (not device.is_well or state == "unknown")
        odd = Device("toaster", "x", "on_fire")
        assert (device_words.device_tone(odd), device_words.device_words("toaster", "on_fire")) == (
            "info",
            "toaster: on fire",
        )


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)
_NAMES = ("seq", "unsent", "oldest_unsent_at", "skew_ms", "app_version", "printers", "scanners", "drawers")


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(_NAMES), _JSON))
def test_any_report_gives_a_tile(members: dict[str, object]) -> None:
    health = read_health(json.dumps(members))

    tile = tile_of(replace(WELL, health=health), NOW)

    assert tile.state in {State.IN_STEP, State.BEHIND, State.SKEW, State.DEVICE}


def test_the_meter_measures_between_samples(clock: SetClock) -> None:
    meter = BoardMeter(clock)
    meter.note(100, 50)
    clock.move(seconds=1)
    meter.note(150, 60)  # too soon to measure
    clock.move(seconds=4)
    meter.note(200, 70)
    clock.move(seconds=5)
    meter.note(10, None)  # a store was enrolled anew

    assert meter.rates() == [20.0, 0.0]
    assert meter.lags() == [50, 70]


def test_the_meter_forgets_what_is_old(clock: SetClock) -> None:
    meter = BoardMeter(clock)
    meter.note(100, 50)
    clock.move(seconds=901)
    meter.note(900, 60)

    assert meter.rates() == []


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("printer.paper_out", "out of paper"),
        ("port.lost", "the line broke"),
        ("printer.on_fire", "on fire"),
        ("odd.one", "odd.one"),
        ("", ""),
    ],
)
def test_an_error_has_a_word_and_an_unforeseen_one_its_code(code: str, word: str) -> None:
    assert device_words.error_word(code) == word
