"""Stands before every page of the network: known names and paired browsers alone. Pure ASGI.

Without a paired browser only what pairing needs is answered. A phone of the pickup counter reaches no till.
"""

from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from pos_agent.desk import Desk
from pos_agent.lan.paired_browsers import SEEN_EVERY, Browser, find_browser, mark_seen
from pos_agent.problems import refusal
from sync.rules.errors import Refused
from sync.storage.errors import StorageError
from sync.web.assets import PREFIX
from sync.web.known_hosts import name_asked
from sync.web.problems import answer_problem, wants_page
from sync.web.sessions import TOKEN_MAX_CHARS, session_key

OPEN: Final = frozenset({"/ca", "/ca/store.crt", "/ca/store.pem", "/pair", "/api/v1/pair"})
"""What a browser reaches that is not paired, beside the static files."""
COUNTER: Final = "/counter"
AT_TILL: Final = ("/till", "/api/v1/till")


def browser_cookie(store: str) -> str:
    """The cookie that a paired browser carries."""
    return f"__Host-omo-{store}-browser"


class LanGate:
    """The middleware; inside the request's context, so that its refusals speak the reader's language.

    Args:
        app: what it guards.
        desk: the agent.
    """

    def __init__(self, app: ASGIApp, *, desk: Desk) -> None:
        self.app = app
        self.desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or refuse it before anything has been read."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        refusal = await self._refusal(request)
        await (refusal or self.app)(scope, receive, send)

    async def _refusal(self, request: Request) -> Response | None:
        if name_asked(request) not in self.desk.lan.files.names:
            return _told(request, "unknown_host")
        path = request.url.path
        if path.startswith(f"{PREFIX}/"):
            return None
        browser = await self._browser(request)
        request.state.browser = browser
        if path in OPEN:
            return None
        if browser is None:
            return _unpaired(request)
        return _elsewhere(request) if not browser.till and is_at_till(path) else None

    async def _browser(self, request: Request) -> Browser | None:
        token = request.cookies.get(browser_cookie(self.desk.enrolment.store), "")
        if not token.isascii() or not 0 < len(token) <= TOKEN_MAX_CHARS:
            return None
        browser = await find_browser(self.desk.reader, session_key(token))
        if browser is not None and self.desk.clock.now() - browser.seen_at >= SEEN_EVERY:
            await self._mark(browser)
        return browser

    async def _mark(self, browser: Browser) -> None:
        at = self.desk.at
        try:
            await self.desk.ledger.writer.run(lambda tx: mark_seen(tx, browser.id, at))
        except StorageError:
            return  # a full disk shuts nobody out


def is_at_till(path: str) -> bool:
    """Whether an address belongs to a till."""
    return any(path == start or path.startswith(f"{start}/") for start in AT_TILL)


def _unpaired(request: Request) -> Response:
    if request.method == "GET" and wants_page(request):
        return RedirectResponse(f"/pair?next={quote(request.url.path, safe='')}", 303)
    return _told(request, "not_paired")


def _elsewhere(request: Request) -> Response:
    if request.method == "GET" and wants_page(request):
        return RedirectResponse(COUNTER, 303)
    return _told(request, "counter_only")


def _told(request: Request, code: str) -> Response:
    return answer_problem(request, refusal(Refused(code)))
