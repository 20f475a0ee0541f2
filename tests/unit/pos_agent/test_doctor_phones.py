"""What the doctor says of the door to the network: certificate, clock, addresses, port, paired browsers."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pos_agent.doctor.examine import Found, examine
from pos_agent.doctor.words import gettext_of
from pos_agent.hardware.choose_devices import Chosen
from pos_agent.lan.certificate_files import CertificateFiles
from pos_agent.lan.door import LanDoor
from pos_agent.lan.look_at_door import Seen, Sign, look_at_door
from pos_agent.lan.words import WORDS, tell_door
from pos_agent.machine_lock import only_one
from tests.unit.pos_agent.agent_stage import HeldClock, Stage, agent_settings, staged

NOW = datetime(2026, 5, 1, 4, 0, tzinfo=UTC)
ELSEWHERE = "10.255.255.254"


@pytest.fixture
def taken() -> Iterator[int]:
    """A port at which somebody listens."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def door_at(folder: Path, **lan: Any) -> LanDoor:
    """A door that listens on this machine alone, at a port that is not bound."""
    section = agent_settings(folder, lan={"open": True, "host": "127.0.0.1", "port": 0, **lan}).lan
    clock = HeldClock()
    clock.moment = NOW
    return LanDoor(section, CertificateFiles(folder, "s1"), clock)


def look(
    door: LanDoor, now: datetime = NOW, *, running: bool = False, seen: tuple[datetime, ...] = ()
) -> dict[str, Sign]:
    """Each sign by the part of the door."""
    found = look_at_door(Seen(door=door, now=now, is_running=running, browsers=seen))
    assert len({sign.part for sign in found}) == len(found)
    return {sign.part: sign for sign in found}


def test_a_door_that_is_meant_to_be_shut_says_how_to_open_it(tmp_path: Path) -> None:
    assert look(door_at(tmp_path, open=False)) == {"phones": Sign(True, "phones", "shut")}
    assert list(tmp_path.iterdir()) == []


def test_a_new_store_makes_its_authority_at_the_next_start(tmp_path: Path) -> None:
    door = door_at(tmp_path)
    assert look(door)["authority"] == Sign(True, "authority", "authority_missing")
    assert look(door, running=True)["authority"].ok is False
    assert list(tmp_path.iterdir()) == []


async def test_a_good_door_tells_names_and_days(tmp_path: Path) -> None:
    door = door_at(tmp_path, names=["till.local"])
    await door.renew()
    found = look(door, seen=(NOW - timedelta(days=1),))
    assert all(sign.ok for sign in found.values())
    facts = found["certificate"].facts
    assert facts == {"names": "127.0.0.1, till.local", "until": f"{door.files.ends.astimezone():%Y-%m-%d}"}  # type: ignore[union-attr]  # renewed
    assert found["authority"].facts["fingerprint"] == door.files.fingerprint
    assert found["address"] == Sign(True, "address", "this_machine_alone", {"address": "127.0.0.1"})
    assert (found["browsers"].code, found["port"].code) == ("browsers", "port_any")


@pytest.mark.parametrize(
    ("now", "part", "code"),
    [
        (NOW - timedelta(days=2), "certificate", "clock_behind"),
        (NOW + timedelta(days=370), "certificate", "certificate_old"),
        (NOW + timedelta(days=400), "certificate", "certificate_old"),
        (NOW + timedelta(days=3600), "authority", "authority_ends"),
    ],
)
async def test_a_wrong_clock_and_what_ends_are_told(
    tmp_path: Path, now: datetime, part: str, code: str
) -> None:
    door = door_at(tmp_path)
    await door.renew()
    served = (tmp_path / "lan/served.pem").read_bytes()
    sign = look(door, now)[part]
    assert (sign.ok, sign.code) == (False, code)
    assert (tmp_path / "lan/served.pem").read_bytes() == served


async def test_a_certificate_that_lacks_a_name_is_told(tmp_path: Path) -> None:
    await door_at(tmp_path).renew()
    found = look(door_at(tmp_path, names=["till.local"]))
    assert found["certificate"] == Sign(False, "certificate", "certificate_lacks", {"names": "till.local"})
    (tmp_path / "lan/served.pem").unlink()
    assert look(door_at(tmp_path))["certificate"].code == "certificate_missing"


async def test_an_authority_that_cannot_be_used_is_told_with_its_file(tmp_path: Path) -> None:
    door = door_at(tmp_path)
    await door.renew()
    path = tmp_path / "lan/authority.pem"
    path.chmod(0o640)
    sign = look(door)["authority"]
    assert (sign.ok, sign.code, sign.facts["path"]) == (False, "authority_shared", str(path))
    path.chmod(0o600)
    path.write_bytes(b"rubbish")
    assert look(door)["authority"].code == "authority_damaged"


async def test_an_address_of_another_machine_is_told(tmp_path: Path) -> None:
    found = look(door_at(tmp_path, host=ELSEWHERE, port=18_743))
    assert (found["port"].ok, found["port"].code) == (False, "not_own_address")
    found = look(door_at(tmp_path, names=[ELSEWHERE, "till.local"]))
    assert found["names"] == Sign(False, "names", "foreign_names", {"names": ELSEWHERE})


async def test_a_taken_port_and_a_silent_one_are_told(tmp_path: Path, taken: int) -> None:
    door = door_at(tmp_path, port=taken)
    assert (look(door)["port"].ok, look(door)["port"].code) == (False, "port_taken")
    assert look(door, running=True)["port"] == Sign(True, "port", "port_served", {"port": str(taken)})
    free = door_at(tmp_path, port=unused_port())
    assert look(free)["port"].code == "port_free"
    assert (look(free, running=True)["port"].ok, look(free, running=True)["port"].code) == (
        False,
        "port_silent",
    )


def unused_port() -> int:
    """A port at which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize(
    ("days", "ok", "code"),
    [([], True, "no_browsers"), ([1, 91], True, "browsers_idle"), ([1] * 64, False, "browsers_full")],
)
async def test_paired_browsers_are_counted(tmp_path: Path, days: list[int], ok: bool, code: str) -> None:
    sign = look(door_at(tmp_path), seen=tuple(NOW - timedelta(days=one) for one in days))["browsers"]
    assert (sign.ok, sign.code) == (ok, code)


@pytest.mark.parametrize("tag", ["zh-CN", "en"])
def test_every_state_has_words_in_both_languages(tag: str) -> None:
    facts = dict.fromkeys(
        ("port", "address", "why", "path", "until", "fingerprint", "names", "now", "since"), "X"
    ) | dict.fromkeys(("paired", "seen", "idle"), "Y")
    told = [tell_door(code, facts, gettext_of(tag)) for code in WORDS]
    assert all(told)
    assert len(set(told)) == len(told)
    assert all(any("一" <= sign <= "鿿" for sign in text) for text in told) is (tag == "zh-CN")
    assert tell_door("", {}, gettext_of(tag)) == ""


async def test_a_door_that_cannot_open_keeps_the_reason_as_a_word(tmp_path: Path, taken: int) -> None:
    door = door_at(tmp_path, port=taken)
    assert await door.open() is None
    assert (door.trouble.code, door.trouble.facts["port"], door.is_open) == ("port_taken", str(taken), False)


async def test_the_doctor_puts_the_phones_and_the_clock_into_its_findings(
    template: Path, tmp_path: Path
) -> None:
    lan = {"open": True, "host": "127.0.0.1", "port": 0, "names": ["till.local"]}
    async with staged(template, tmp_path, lan=lan) as stage:
        await stage.receive(SKU_1=5)
        await stage.desk.lan.renew()
        with only_one(tmp_path):
            good = await told(stage)
            stage.clock.moment -= timedelta(hours=1)
            late = await told(stage, "zh-CN")
        assert stage.desk.settings.database.exists()
    assert good["clock"].ok
    assert good["phones: certificate"].text.startswith("It is for 127.0.0.1, till.local, good until ")
    assert good["phones: browsers"] == Found(
        True,
        "phones: browsers",
        "No browser is paired yet: a manager does so in the menu of the till, Phones.",
    )
    assert (late["clock"].ok, "请校准时钟" in late["clock"].text) == (False, True)
    assert late["devices"].text == "由运行中的门店程序使用，其页面会显示设备状态"


async def told(stage: Stage, tag: str = "en") -> dict[str, Found]:
    """The doctor's findings, by what was looked at."""
    found = await examine(Chosen(stage.desk.settings, "agent.toml"), tag, stage.clock)
    return {one.what: one for one in found}
