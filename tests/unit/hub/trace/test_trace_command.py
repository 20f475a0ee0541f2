"""`omo-hub trace`: in words, as JSON, and what it says where there is nothing."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hub.start import KEY_FILE
from hub.trace.keep_hops import HopKeeper
from hub.trace.rules import Arrival, instant_ms
from hub.trace_command import application
from sync.keys.signing import SigningKey
from sync.rules.streams import Resent, Sending
from sync.storage.incarnations import Incarnations
from tests.unit.hub.stock.small_chain import AT, SetClock, enrol, exchange, small_hub

run = CliRunner().invoke


@pytest.fixture
def config(tmp_path: Path, schema: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings of a hub that heard s1's first event after three sendings, by a clock two seconds ahead.

    It is asked eight days later.
    """
    later = SetClock()
    later.move(days=8)
    monkeypatch.setattr("hub.trace_command.SystemClock", lambda: later)
    folder, made_ms = tmp_path / "hub", instant_ms(AT) or 0

    async def fill() -> None:
        async with small_hub(folder, schema, SetClock()) as hub:
            store, keeper = await enrol(hub), HopKeeper(hub.kernel)
            store.receive("tea", 20)
            await exchange(hub, store)
            at = "2026-05-01T06:17:09.000Z"
            sending = Sending(at=at, skew_ms=2_000, resent=(Resent(to=1, at=AT, times=3),))
            arrived = Arrival(made_ms + 7_100, made_ms + 7_140, made_ms + 7_141, 0)
            keeper.applied(replace(store.up(0), sending=sending), 1, 1, arrived)
            await keeper.flush()

    asyncio.run(fill())
    Incarnations(folder).issue("hub")
    SigningKey.create(folder / KEY_FILE)
    path = tmp_path / "hub.toml"
    path.write_text(f'data_dir = "{folder}"\n', "utf-8")
    return path


def test_hops_are_told_in_words_and_as_json(config: Path) -> None:
    told = run(application, ["trace", "s1/1", "--config", str(config)])
    data = run(application, ["trace", "s1/1/1", "--json", "--config", str(config)])

    assert told.exit_code == 0, told.output
    assert told.output.splitlines() == [
        "event s1/1/1 at s1: 1 message",
        "the store's clock was +2000 ms from the hub's; its times are corrected by that",
        "↑ receive  s1/1/1  goods=20 × tea",
        "  2026-05-01T06:16:58.000Z                written in the store",
        "  2026-05-01T06:16:58.000Z         +0 ms  first sent by the store",
        "  2026-05-01T06:17:07.000Z      +9000 ms  sent by the store (3 times in all)",
        "  2026-05-01T06:17:07.100Z       +100 ms  reached the hub",
        "  2026-05-01T06:17:07.140Z        +40 ms  booked by the hub",
        "  2026-05-01T06:17:07.141Z         +1 ms  shop pages told (none open)",
    ]
    assert [hop["name"] for hop in json.loads(data.output)["legs"][0]["hops"]] == [
        "made",
        "first_sent",
        "sent",
        "heard",
        "applied",
        "told",
    ]


def test_an_event_without_hops_says_that_they_are_not_kept(config: Path) -> None:
    told = run(application, ["trace", "s1/2", "--config", str(config)])
    assert told.exit_code == 0
    assert "no longer kept (a week)" in told.output


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("s1/3", "event s1/3 has not reached the hub, which has the store's events up to 2"),
        ("nothing", "nothing is called 'nothing': understood are STORE/SEQ, STORE/SINC/SEQ, ORDER"),
        ("", "'' is no id: understood are STORE/SEQ"),
    ],
)
def test_what_cannot_be_followed_is_told(config: Path, name: str, said: str) -> None:
    told = run(application, ["trace", name, "--config", str(config)])
    assert told.exit_code == 1
    assert said in told.output
