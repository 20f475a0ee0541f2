"""The training page answers to this machine's own names alone: it has no sign-in."""

from pathlib import Path

import httpx
import pytest

from pos_agent.training.page import TrainingPage
from pos_agent.training.places import Place, Places, SimulatedPrinter, SimulatedScanner, Words
from pos_agent.training.watch import Watch
from sync.web.events import EventHub

PRESS = {"word": "paper-out"}


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:9180", 200),
        ("localhost:9180", 200),
        ("shop.example:9180", 400),
        ("127.0.0.1.shop.example", 400),
        ("localhost.shop.example:9180", 400),
        ("", 400),
    ],
)
async def test_a_name_of_the_internet_that_leads_here_is_refused(
    tmp_path: Path, host: str, status: int
) -> None:
    printer = SimulatedPrinter(id="p", control=9, papers=tmp_path)
    scanner = SimulatedScanner(id="h", control=9)
    place = Place(id="s", name=Words(zh="店", en="Store"), printers=(printer,), scanner=scanner)
    places = Places(places=(place,))
    events = EventHub()
    app = TrainingPage(places, Watch(places, events), events).app()
    caller = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1:9180")
    headers = {"host": host, "origin": f"http://{host}"}
    async with caller:
        shown = await caller.get("/s", headers=headers)
        pressed = await caller.post("/s/printers/p", data=PRESS, headers=headers)
    assert shown.status_code == status
    assert ("没有运行" in shown.text) is (status == 200)
    assert pressed.status_code == (503 if status == 200 else 400)  # 503: the device is not there
