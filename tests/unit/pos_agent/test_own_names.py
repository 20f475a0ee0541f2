"""A store machine answers under its own names alone: a page of the internet may have made one lead here."""

from pathlib import Path

import httpx

from pos_agent.app import build_app
from tests.unit.pos_agent.agent_stage import Stage, staged

PAGE = {"accept": "text/html", "accept-language": "zh-CN"}


async def statuses(stage: Stage, hosts: list[str]) -> list[int]:
    """What the sign-in page answers under each name."""
    transport = httpx.ASGITransport(app=build_app(stage.desk, 8700))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8700") as caller:
        return [(await caller.get("/sign-in", headers={"host": host})).status_code for host in hosts]


async def test_a_store_machine_answers_to_its_own_names(template: Path, tmp_path: Path) -> None:
    own = ["localhost:8700", "127.0.0.1:8700", "[::1]:8700"]
    others = ["evil.example:8700", "127.0.0.1.evil.example", "192.168.1.9:8700", "till.local", "proxy.lan"]
    async with staged(template, tmp_path) as stage:
        assert await statuses(stage, own) == [200] * 3
        assert await statuses(stage, others) == [421] * 5


async def test_a_store_machine_answers_to_the_names_of_its_door_and_to_set_ones(
    template: Path, tmp_path: Path
) -> None:
    lan = {"open": True, "names": ["till.local"]}
    async with staged(template, tmp_path, lan=lan, hosts=("proxy.lan",)) as stage:
        assert await statuses(stage, ["till.local:8700", "proxy.lan", "evil.example"]) == [200, 200, 421]
        transport = httpx.ASGITransport(app=build_app(stage.desk, 8700))
        async with httpx.AsyncClient(transport=transport, base_url="http://evil.example") as caller:
            told = await caller.post("/api/v1/session", json={"login": "lin", "pin": "2468"})
            shown = await caller.get("/till", headers=PAGE)
    assert (told.status_code, told.json()["code"]) == (421, "foreign_name")
    assert "agent.toml" in shown.text
