"""Answers only to names that are ours: against a page of the internet whose name is made to lead here.

Such a page (DNS rebinding) is, for the browser, of one origin with us; its name in the Host header gives it
away. Which names are ours is the program's business. Pure ASGI, as a gate of `web.app`.
"""

import re
from collections.abc import Callable
from ipaddress import ip_address
from typing import Annotated, Final

from pydantic import StringConstraints
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from sync.web.errors import Problem
from sync.web.problems import answer_problem

LOCAL_NAME: Final = "localhost"
MISDIRECTED: Final = 421
"""RFC 9110, 15.5.20: the request was meant for another server."""
HostName = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$", max_length=253)
]
"""A name as it stands in a Host header, lower case, without port."""
_HOST: Final = re.compile(r"(?:\[(?P<address>[^\[\]]*)\]|(?P<name>[^:\[\]]*))(?::[0-9]*)?")


def name_in(host: str) -> str:
    """The name or address of a Host header, lower case, without port and brackets; empty for none.

    What has another form (RFC 3986, 3.2.2) is no part of a name either: it is given back whole.
    """
    text = host.strip().lower()
    found = _HOST.fullmatch(text)
    return (found["address"] or found["name"] or "") if found else text


def name_asked(request: Request) -> str:
    """The name that a request is meant for; empty where it names none, or several (RFC 9112, 3.2)."""
    told = request.headers.getlist("host")
    return name_in(told[0]) if len(told) == 1 else ""


def is_loopback(name: str) -> bool:
    """Whether a name can lead to no machine but the browser's own."""
    if name == LOCAL_NAME:
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def is_address(name: str) -> bool:
    """Whether it is an IP address: whoever opens one is led by nobody's name."""
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


class KnownHosts:
    """The gate; inside the request's context, so that its refusal speaks the reader's language.

    Args:
        app: what it guards.
        knows: whether a name, as `name_in` gives it, is ours.
        problem: what others are told; made anew for each.
    """

    def __init__(self, app: ASGIApp, *, knows: Callable[[str], bool], problem: Callable[[], Problem]) -> None:
        self.app = app
        self.knows = knows
        self.problem = problem

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or refuse it before anything has been read."""
        if scope["type"] == "http":
            request = Request(scope, receive)
            if not self.knows(name_asked(request)):
                await answer_problem(request, self.problem())(scope, receive, send)
                return
        await self.app(scope, receive, send)
