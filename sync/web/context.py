"""What every request has before anything else looks at it: a trace id, a language, a log context.

Pure ASGI. An unexpected error is logged once with the trace id and answered without a traceback; a caller's
own trace id is not taken over, so that nobody can write foreign text into the log.
"""

from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.requests import Request, cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sync.runtime.ids import new_id
from sync.runtime.logging import bound, get_logger
from sync.web.problems import answer_problem, unexpected
from sync.web.translations import DEFAULT, LANGUAGE_COOKIE, LOCALES, Texts, negotiate, speaking

log = get_logger(__name__)

TRACE_HEADER = "x-trace-id"
LANGUAGE_COOKIE_S = 365 * 86400


class RequestContext:
    """Stands inside the security headers and outside everything else."""

    def __init__(self, app: ASGIApp, *, library: Mapping[str, Texts], default: str = DEFAULT) -> None:
        self.app = app
        self.library = library
        self.default = default

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on in its context; turn an unexpected error into a plain answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        trace_id = new_id()
        asked = _asked(scope)
        tag = self._language(scope, asked)
        scope.setdefault("state", {}).update(trace_id=trace_id)
        started = False

        async def complete(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                headers[TRACE_HEADER] = trace_id
                if asked == tag:
                    headers.append("set-cookie", _language_cookie(tag))
            await send(message)

        with speaking(self.library[tag]), bound(trace=trace_id):
            try:
                await self.app(scope, receive, complete)
            except Exception:
                log.exception("request.failed", method=scope["method"], path=scope["path"])
                if started:
                    raise
                answer = answer_problem(Request(scope, receive), unexpected())
                await answer(scope, receive, complete)

    def _language(self, scope: Scope, asked: str | None) -> str:
        headers = Headers(scope=scope)
        remembered = cookie_parser(headers["cookie"]).get(LANGUAGE_COOKIE) if "cookie" in headers else None
        return negotiate(asked, remembered, headers.get("accept-language", ""), self.default)


def _asked(scope: Scope) -> str | None:
    query = scope["query_string"]
    return QueryParams(query).get("lang") if b"lang=" in query else None


def _language_cookie(tag: str) -> str:
    assert tag in LOCALES
    return f"{LANGUAGE_COOKIE}={tag}; Path=/; Max-Age={LANGUAGE_COOKIE_S}; SameSite=Lax"
