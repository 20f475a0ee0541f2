"""A drawer that is tried before it is set up: on record before the pulse, and settled once it left or not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from devices.scanning.serial_source import ScannerConfig
from pos_agent.hardware import setup_api
from pos_agent.hardware.change_devices import DeviceSetup
from pos_agent.hardware.choose_devices import Chosen
from pos_agent.hardware.device_trial import Trials
from pos_agent.hardware.drawer import Opening, keep_opening
from sync.storage.writer import Transaction
from tests.unit.pos_agent.agent_stage import Stage, client

PULSE = b"\x1bp\x00"


@asynccontextmanager
async def well_printer(heard: bytearray) -> AsyncIterator[int]:
    """A printer that is well whatever it is asked; its port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(100):
            heard.extend(data)
            writer.write(b"\x12" * data.count(b"\x10\x04"))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


@pytest.mark.parametrize(
    ("is_there", "outcome", "code"), [(True, "sent", "opened"), (False, "failed", "refused")]
)
async def test_a_tried_drawers_record_is_settled(
    stage: Stage, is_there: bool, outcome: str, code: str
) -> None:
    desk, heard = stage.desk, bytearray()
    done = asyncio.Event()
    trials = Trials(lambda _code: False, done.set)
    desk.setup = DeviceSetup(Chosen(desk.settings, "agent.toml"), lambda _settings: None, trials)
    async with well_printer(heard) as port, client(stage, "lin") as boss:
        printer = {"id": "new", "uri": f"tcp://127.0.0.1:{port if is_there else 9}", "drawer": True}
        begun = await boss.post(
            "/api/v1/setup/trial", json={"request": "wish-0001", "kind": "drawer", "printer": printer}
        )
        assert begun.status_code == 200
        async with asyncio.timeout(10):
            await done.wait()
    assert trials.latest is not None
    assert trials.latest.look is not None
    assert trials.latest.look.code == code
    assert (PULSE in heard) is is_there
    rows = await stage.rows("SELECT cause, reason, printer, outcome FROM drawer_opening")
    assert rows == [("no_sale", "test", "new", outcome)]


async def test_a_drawer_is_not_opened_where_another_trial_began_while_it_was_put_on_record(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, loop = stage.desk, asyncio.get_running_loop()

    @asynccontextmanager
    async def lend_late(_uri: str) -> AsyncIterator[None]:
        await asyncio.Event().wait()
        yield

    trials = Trials(lambda _code: False, lambda: None, lend_late)
    desk.setup = DeviceSetup(Chosen(desk.settings, "agent.toml"), lambda _settings: None, trials)

    def keep_and_meet(tx: Transaction, opening: Opening, printer: str) -> int | None:
        loop.call_soon_threadsafe(trials.show_scans, ScannerConfig("other", "serial:/dev/other"))
        return keep_opening(tx, opening, printer)

    monkeypatch.setattr(setup_api, "keep_opening", keep_and_meet)
    wish = {"request": "wish-0001", "kind": "drawer", "printer": {"id": "new", "uri": "tcp://127.0.0.1:9"}}
    async with client(stage, "lin") as boss:
        refused = await boss.post("/api/v1/setup/trial", json=wish)
        await trials.end()
    assert (refused.status_code, refused.json()["code"]) == (409, "trial_running")
    assert await stage.rows("SELECT printer, outcome FROM drawer_opening") == [("new", "failed")]
