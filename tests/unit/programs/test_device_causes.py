"""Why a device does not work is told in both languages, in the store and at headquarters."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from devices.discovery import Found
from devices.ports.trouble import Cause
from hub.monitor import device_words
from hub.monitor.health import Device, read_health
from pos_agent.hardware.board import DeviceBoard, Heard
from pos_agent.hardware.board_view import board_json
from pos_agent.hardware.device_report import tell
from pos_agent.hardware.find_devices import tell_devices
from pos_agent.hardware.look_words import gettext_in, tell_cause
from sync.web.translations import load_texts, speaking
from tests.unit.pos_agent.agent_stage import agent_settings

AT = datetime(2026, 5, 1, 4, 0, tzinfo=UTC)
PLACE = "tcp://127.0.0.1:1"
ZONE = ZoneInfo("Asia/Shanghai")


def is_chinese(text: str) -> bool:
    return any("一" <= sign <= "鿿" for sign in text)


def at_hq(tag: str, act: Callable[[], str]) -> str:
    """What headquarters say in a language."""
    with speaking(load_texts(["hub.monitor"])[tag], ZONE):
        return act()


@pytest.mark.parametrize("tag", ["zh-CN", "en"])
@pytest.mark.parametrize("cause", [*Cause])
def test_every_cause_has_words_in_the_store_and_at_headquarters(tag: str, cause: Cause) -> None:
    here = tell_cause(cause, {"place": PLACE, "group": "dialout"}, "", gettext_in(tag))
    device = Device("printer", "p1", "offline", text="only English", cause=cause, place=PLACE)
    there = at_hq(tag, lambda: device_words.why(device))
    for told in (here, there):
        assert told not in {"", "only English", cause.value}
        assert "%(" not in told
        assert is_chinese(told) is (tag == "zh-CN")


def test_a_cause_that_nobody_foresaw_keeps_the_drivers_words() -> None:
    assert tell_cause("melted", {}, "it melted", gettext_in("zh-CN")) == "it melted"
    assert tell_cause("", {}, "out of paper", gettext_in("zh-CN")) == ""
    assert tell_cause("broken", {"place": PLACE}, "errno 5", gettext_in("en")).endswith(
        "look for it again. (errno 5)"
    )
    older = Device("printer", "p1", "offline", text="cannot be reached")
    newer = Device("printer", "p1", "offline", text="it melted", cause="melted", place=PLACE)
    assert [at_hq("zh-CN", lambda one=one: device_words.why(one)) for one in (older, newer)] == [  # type: ignore[misc]  # the loop's own value
        "cannot be reached",
        "it melted",
    ]


@pytest.mark.parametrize(
    "state", ["paper_low", "paper_out", "cover_open", "cutter", "error", "paused", "unknown"]
)
def test_what_a_printer_says_of_itself_is_not_said_twice_in_english(state: str) -> None:
    device = Device("printer", "p1", state, text="the printer is out of paper")
    assert at_hq("zh-CN", lambda: device_words.why(device)) == ""
    assert is_chinese(at_hq("zh-CN", lambda: device_words.state_word(device.state)))


def test_a_cause_goes_from_the_driver_to_the_pages_and_to_headquarters(tmp_path: Path) -> None:
    board = DeviceBoard(agent_settings(tmp_path))
    board.printer_is("p1", Heard("offline", f"{PLACE} cannot be reached: refused", "refused", AT))
    shown = board_json(board, gettext_in("zh-CN"))["printers"][0]
    assert (shown["state"], shown["why"].startswith(f"{PLACE} 拒绝连接")) == ("offline", True)
    (told,) = tell(board.printers.values())
    assert (told["cause"], told["place"], told["text"]) == (
        "refused",
        PLACE,
        f"{PLACE} cannot be reached: refused",
    )
    (device,) = read_health(
        f'{{"printers": [{{"id": "p1", "state": "offline", "cause": "refused", "place": "{PLACE}"}}]}}'
    ).devices
    assert (
        at_hq("zh-CN", lambda: device_words.why(device)) == f"{PLACE} 拒绝连接：机器在线，但此端口没有服务。"
    )
    board.printer_is("p1", Heard("online"))
    assert board_json(board, gettext_in("zh-CN"))["printers"][0]["why"] == ""
    assert "cause" not in tell(board.printers.values())[0]


def test_devices_that_were_found_are_told_in_the_readers_language() -> None:
    lock = {"place": "serial:/dev/ttyUSB0", "group": "uucp"}
    found = [
        {**asdict(Found("serial", lock["place"], "", "this user may not", "permission", lock)), "id": ""},
        {**asdict(Found("network", PLACE)), "id": "p1"},
    ]
    lines = list(tell_devices(found, gettext_in("zh-CN")))
    assert lines[0].startswith("serial:/dev/ttyUSB0 · 未设置 · ")
    assert "sudo usermod -aG uucp" in lines[0]
    assert lines[1] == f"{PLACE} · 已设置为 p1"
    assert list(tell_devices([], gettext_in("en"))) == [
        "Nothing was found. Name a printer's address with --host."
    ]
