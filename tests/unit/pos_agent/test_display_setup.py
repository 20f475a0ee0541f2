"""Pole displays that are set up, changed, tried and removed while the store works."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from devices.display.driver import DisplayConfig
from pos_agent.hardware.board import DeviceBoard
from pos_agent.hardware.change_devices import DeviceSetup
from pos_agent.hardware.choose_devices import choose_devices, tables_of
from pos_agent.hardware.device_file import DeviceTables, read_tables
from pos_agent.hardware.device_report import tell
from pos_agent.hardware.device_rules import put_display, without_display
from pos_agent.hardware.device_trial import Trials
from pos_agent.hardware.displays import Displays
from pos_agent.settings import AgentSettings, DisplaySection, ScannerSection
from pos_agent.till.facing import greeting_of
from sync.runtime.supervision import Lifetime
from sync.web.errors import InvalidInput
from tests.unit.pos_agent.agent_stage import Stage, agent_settings, client

LIMIT_S = 10
POLE = DisplaySection(id="pole", uri="tcp://127.0.0.1:1")
NOW = DeviceTables(scanner=(ScannerSection(id="hand", uri="serial:/dev/ttyS9"),), display=(POLE,))


class Sign:
    """A display on the network: the bytes that its newest guest sent, and how many guests it had."""

    def __init__(self) -> None:
        self.bytes = b""
        self.guests = 0
        self.open = 0

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.uri = f"tcp://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.bytes = b""
        self.guests += 1
        self.open += 1
        while piece := await reader.read(1000):
            self.bytes += piece
        self.open -= 1
        writer.close()

    async def stop(self) -> None:
        """Listen no more."""
        self._server.close()
        await self._server.wait_closed()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(LIMIT_S):
        while not condition():  # noqa: ASYNC110  # what is watched has no event
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"uri": "cups:queue"}, ("uri", "address.unreadable")),
        ({"uri": "pty:/tmp/x"}, ("uri", "address.unreadable")),
        ({"uri": "serial:"}, ("uri", "address.unreadable")),
        ({"uri": "file:/home/me/x"}, ("uri", "address.no_device")),
        ({"uri": "serial:/dev/ttyS9?baud=9600"}, ("uri", "address.taken")),
        ({"uri": "tcp://127.0.0.1:1"}, ("uri", "address.taken")),
        ({"till": "7"}, ("till", "till.unknown")),
        ({"id": "pole"}, ("id", "id.taken")),
    ],
)
def test_a_display_is_refused_by_field(change: dict[str, str], told: tuple[str, str]) -> None:
    wanted = DisplaySection(**{"id": "new", "uri": "tcp://n:1", **change})
    with pytest.raises(InvalidInput) as refused:
        put_display(wanted, is_new=True, tills=("1",))(NOW)
    assert [(fault.field, fault.code) for fault in refused.value.faults] == [told]


def test_a_display_is_changed_and_removed() -> None:
    digits = POLE.model_copy(update={"kind": "digits"})
    changed = put_display(digits, is_new=False, tills=("1",))(NOW)
    assert changed.display == (digits,)
    assert without_display("pole")(changed).display == ()
    assert without_display("none")(changed) == changed


def named(folder: Path, *displays: dict[str, Any]) -> AgentSettings:
    return agent_settings(folder, display=displays, tills=("1", "2"), printer=[])


async def test_displays_come_change_and_go_while_the_till_sells(stage: Stage, tmp_path: Path) -> None:
    left, right, lifetime = Sign(), Sign(), Lifetime()
    await left.start()
    await right.start()
    one = {"id": "a", "uri": left.uri, "kind": "digits"}
    settings = named(tmp_path, one)
    board = DeviceBoard(settings)
    displays = Displays(settings, board)
    displays.greet(greeting_of(stage.desk.profile))
    task = asyncio.create_task(displays.run(lifetime))
    await until(lambda: left.bytes.endswith(b"\x0c\x1bs0"))

    board.use(later := named(tmp_path, one, {"id": "b", "uri": right.uri, "till": "2"}))
    displays.use(later)
    await until(lambda: b"STORE ONE" in right.bytes.upper())
    assert (left.guests, displays.has("2")) == (1, True)

    board.use(other := named(tmp_path, {**one, "kind": "text"}))
    displays.use(other)
    await until(lambda: b"STORE ONE" in left.bytes.upper() and not right.open)
    assert (left.guests, displays.has("2")) == (2, False)
    assert [(told["id"], told["state"]) for told in tell(board.displays.values())] == [("a", "ready")]

    lifetime.stopping.set()
    await asyncio.wait_for(task, LIMIT_S)
    await left.stop()
    await right.stop()


async def test_a_display_that_is_tried_is_let_go_by_its_till_and_comes_back(tmp_path: Path) -> None:
    sign, lifetime = Sign(), Lifetime()
    await sign.start()
    settings = named(tmp_path, {"id": "a", "uri": sign.uri, "kind": "digits"})
    displays = Displays(settings, DeviceBoard(settings))
    task = asyncio.create_task(displays.run(lifetime))
    await until(lambda: sign.guests == 1)
    trials = Trials(lambda _code: False, lambda: None, lend_display=displays.lent)
    trials.show_view(DisplayConfig("a", sign.uri, "digits"))
    await until(lambda: b"1234.56" in sign.bytes)
    assert trials.latest is not None
    assert trials.latest.look is not None
    assert (trials.latest.look.code, trials.latest.look.is_good, sign.open) == ("shown", True, 1)
    await trials.end()
    await until(lambda: sign.guests == 3 and b"\x1bs0" in sign.bytes)
    assert not trials.latest.is_running
    lifetime.stopping.set()
    await asyncio.wait_for(task, LIMIT_S)
    await sign.stop()


async def test_a_display_is_set_up_over_http_and_kept(stage: Stage) -> None:
    used: list[AgentSettings] = []
    desk = stage.desk
    trials = Trials(lambda _code: False, lambda: None)
    desk.setup = DeviceSetup(choose_devices(desk.settings), used.append, trials)
    display = {"id": "pole", "uri": "tcp://127.0.0.1:7", "kind": "text_cn"}
    async with client(stage, "lin") as boss:
        version = (await boss.get("/api/v1/setup")).json()["version"]
        wish = {"request": "wish-0001", "kind": "view", "display": display}
        assert (await boss.post("/api/v1/setup/trial", json=wish)).json()["kind"] == "view"
        await until(lambda: trials.latest is not None and not trials.latest.is_running)
        told = (await boss.get("/api/v1/setup/trial")).json()
        assert (told["good"], "拒绝连接" in told["words"]) == (False, True)
        body = {"version": version, "is_new": True, "display": display}
        kept = (await boss.post("/api/v1/setup/display", json=body)).json()
        assert kept["displays"] == [{**display, "till": None}]
        wrong = {**body, "version": kept["version"], "display": {**display, "id": "two"}}
        assert (await boss.post("/api/v1/setup/display", json=wrong)).status_code == 422
        gone = {"version": kept["version"], "kind": "display", "id": "pole"}
        assert read_tables(desk.settings.data_dir / "devices.toml") == tables_of(used[-1])
        assert [one.id for one in used[-1].display] == ["pole"]
        assert (await boss.post("/api/v1/setup/removal", json=gone)).json()["displays"] == []
    assert (len(used), used[-1].display) == (2, ())
