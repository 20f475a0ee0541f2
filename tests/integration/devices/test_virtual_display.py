"""The virtual pole display as a program, driven by the display's own driver over TCP."""

import asyncio
import json

import pytest

from devices.display.driver import DisplayConfig, PoleDisplay
from devices.display.view import Lamp, PoleView
from devices.supervisor import DeviceStatus
from tests.integration.devices.virtual_devices import Program, running

pytestmark = pytest.mark.processes


async def shown(program: Program, number: str) -> dict[str, object]:
    """What stands on it once the number is there."""
    async with asyncio.timeout(60):
        while True:
            answer = await asyncio.to_thread(program.control, "show")
            said: dict[str, object] = json.loads(answer.removeprefix("ok "))
            if number in str(said["number"]) or number in str(said["rows"]):
                return said


async def test_what_the_till_shows_stands_on_the_glass() -> None:
    with running("display") as program:
        uri = f"tcp://127.0.0.1:{program.facts['port']}"
        states: list[DeviceStatus] = []
        for kind, there in (
            ("digits", {"number": "12.80", "lamp": "total"}),
            ("text_cn", {"rows": ["可乐 3.50".ljust(18), "合计" + " " * 11 + "12.80"]}),
        ):
            display = PoleDisplay(DisplayConfig("pole", uri, kind))  # type: ignore[arg-type]
            display.show(PoleView(uppers=("可乐 3.50",), lowers=("合计",), number="12.80", lamp=Lamp.TOTAL))
            task = asyncio.create_task(display.run(states.append))
            said = await shown(program, "12.80" if kind == "digits" else "合计")
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            assert {name: said[name] for name in there} == there
        assert [one.state.value for one in states] == ["opening", "ready"] * 2
        assert program.control("show me") == "error the display knows `show`"
