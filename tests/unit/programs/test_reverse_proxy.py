"""Behind a reverse proxy the hub counts tries and pages by who is calling; a stranger's word is not taken."""

import asyncio
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from starlette.applications import Starlette
from starlette.requests import Request as WebRequest
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from hub.serve import server_options
from hub.settings import HubSettings
from hub.staff.sign_in import address_of
from sync.runtime.errors import SettingsError
from sync.runtime.server import Listener, http_service
from sync.runtime.supervision import Lifetime, Service, supervise


def ask(url: str) -> str:
    """Who the server takes a proxied caller for."""
    request = Request(url, headers={"X-Forwarded-For": "203.0.113.9"})  # our own server
    with urlopen(request, timeout=10) as answer:
        body: bytes = answer.read()
    return body.decode()


async def who(request: WebRequest) -> Response:
    """The caller's address."""
    return PlainTextResponse(address_of(request))


@pytest.mark.parametrize(
    ("proxy", "caller"),
    [("127.0.0.1", "203.0.113.9"), ("192.0.2.1", "127.0.0.1"), ("", "127.0.0.1")],
)
async def test_only_the_named_proxy_says_who_is_calling(proxy: str, caller: str) -> None:
    listener = Listener(server_options(HubSettings(port=0, trusted_proxy=proxy)))
    heard: list[str] = []

    async def visit(lifetime: Lifetime) -> None:
        lifetime.ready()
        heard.append(await asyncio.to_thread(ask, f"{listener.url}/"))

    server = http_service(Starlette(routes=[Route("/", who)]), listener)
    await supervise([server, Service("visit", visit)], signals=False)
    assert heard == [caller]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('trusted_proxy = "*"', "trusted_proxy must be an IP address such as 127.0.0.1, not '[*]'"),
        ('trusted_proxy = "proxy.local"', "trusted_proxy must be an IP address"),
        ('trusted_proxy = "::1"\nserver = "granian"', "granian does not read a proxy's headers"),
    ],
)
def test_a_proxy_that_cannot_be_trusted_is_a_wrong_setting(tmp_path: Path, text: str, problem: str) -> None:
    config = tmp_path / "hub.toml"
    config.write_text(text, "utf-8")
    with pytest.raises(SettingsError, match=problem):
        HubSettings.load(config)
