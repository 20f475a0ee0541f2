"""The hub answers under no name that is not its own: a page of the internet may have made it lead here."""

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from hub.app import AREAS
from hub.settings import HubSettings
from hub.web.hosts import host_gate
from sync.runtime.clock import SystemClock
from sync.web.app import WebParts, web_app
from sync.web.assets import Assets
from sync.web.known_hosts import is_loopback
from sync.web.permissions import PUBLIC
from sync.web.routes import route
from sync.web.templates import Frame, Pages
from sync.web.translations import load_texts

PAGE = {"accept": "text/html", "accept-language": "zh-CN"}


async def _here(_request: Request) -> Response:
    return PlainTextResponse("here")


def hub_behind_its_gate(**settings: object) -> httpx.AsyncClient:
    """A page behind the hub's gate."""
    frame = Frame(
        assets=Assets({"hub": "hub.web"}),
        library=load_texts(["hub.web", *AREAS]),
        clock=SystemClock(),
    )
    app = web_app(
        WebParts(
            routes=[route("/", _here, permission=PUBLIC)],
            pages=Pages(frame, frames=["hub.web"], areas=AREAS),
            gates=(host_gate(HubSettings.model_validate(settings)),),
        )
    )
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://localhost")


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:8000", 200),
        ("10.0.0.7:8000", 200),
        ("[fd00::7]:8000", 200),
        ("Shop.Example", 200),
        ("hub.lan:8000", 200),
        ("evil.example:8000", 421),
        ("shop.example.evil.example", 421),
        ("10.0.0.7.evil.example", 421),
        ("[10.0.0.7].evil.example", 421),
        ("[localhost]evil.example:8000", 421),
        ("localhost:8000@evil.example", 421),
        ("[]", 421),
        (":8000", 421),
        ("", 421),
    ],
)
async def test_the_hub_answers_to_addresses_and_its_own_names(host: str, status: int) -> None:
    caller = hub_behind_its_gate(public_url="https://shop.example/", hosts=("hub.lan",))
    async with caller:
        answer = await caller.get("/", headers={"host": host})
    assert answer.status_code == status
    assert (answer.text == "here") is (status == 200)


async def test_a_request_for_two_names_is_for_none() -> None:
    async with hub_behind_its_gate() as caller:
        twice = httpx.Request(
            "GET", "http://localhost/", headers=[("host", "localhost"), ("host", "evil.example")]
        )
        assert (await caller.send(twice)).status_code == 421


async def test_the_hub_says_where_a_name_is_written_down() -> None:
    async with hub_behind_its_gate() as caller:
        told = await caller.get("/", headers={"host": "shop.example", "accept-language": "en"})
        shown = await caller.get("/", headers={"host": "shop.example", **PAGE})
    assert told.json()["code"] == "foreign_name"
    assert "public_url or hosts of hub.toml" in told.json()["detail"]
    assert "此名称下不提供这些页面" in shown.text


def test_only_names_that_lead_to_the_browsers_own_machine_are_loopback() -> None:
    names = (
        "localhost",
        "127.0.0.1",
        "127.9.9.9",
        "::1",
        "localhost.evil.example",
        "0.0.0.0",
        "10.0.0.1",
        "",
    )
    assert [is_loopback(name) for name in names] == [True] * 4 + [False] * 4
