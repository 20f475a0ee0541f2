"""Sessions: an opaque random id in a cookie, everything else in a table of the program.

The table is keyed by the SHA-256 of the id, so a copy of the database opens no session. A session ends at a
fixed time, or when it was idle too long, or when it is dropped; signing in always makes a new id. Cookies
are shared over the ports of a host, so the name carries the program (and the store) and, without HTTPS, the
port; with HTTPS it has the `__Host-` prefix, which a browser accepts from this very host only.
"""

import contextlib
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response

from sync.storage.errors import StorageError
from sync.values.clock import Clock

TOKEN_BYTES = 32
TOKEN_MAX_CHARS = 64
TOUCH_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Session:
    """What is kept about a signed-in browser.

    Attributes:
        subject: Id of the person.
        created_at: When it began, aware UTC.
        expires_at: When it ends at the latest.
        seen_at: Last use, exact to `TOUCH_EVERY`.
        data: Small facts: role, store, language.
    """

    subject: str
    created_at: datetime
    expires_at: datetime
    seen_at: datetime
    data: Mapping[str, str] = field(default_factory=dict)


class SessionStore(Protocol):
    """Where sessions are kept; `key` is the hash of the id in lower-case hex."""

    async def load(self, key: str) -> Session | None:
        """Return the session, or None."""
        ...

    async def save(self, key: str, session: Session) -> None:
        """Insert or replace the session."""
        ...

    async def touch(self, key: str, session: Session) -> None:
        """Keep a later `seen_at`; a session that was dropped meanwhile stays dropped."""
        ...

    async def drop(self, key: str) -> None:
        """Forget the session; no error when it is not there."""
        ...


class MemorySessions:
    """A store in memory, for tests and for a page that may forget at a restart."""

    def __init__(self) -> None:
        self.kept: dict[str, Session] = {}

    async def load(self, key: str) -> Session | None:
        """Return the session, or None."""
        return self.kept.get(key)

    async def save(self, key: str, session: Session) -> None:
        """Insert or replace the session."""
        self.kept[key] = session

    async def touch(self, key: str, session: Session) -> None:
        """Keep a later use of a session that is there."""
        if key in self.kept:
            self.kept[key] = session

    async def drop(self, key: str) -> None:
        """Forget the session."""
        self.kept.pop(key, None)


def cookie_name(program: str, *, https: bool, port: int) -> str:
    """Return `__Host-omo-hub` under HTTPS, else `omo-hub-8000`."""
    return f"__Host-{program}" if https else f"{program}-{port}"


def session_key(token: str) -> str:
    """Return the key under which the session of a cookie value is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sessions:
    """Opens, reads and closes the sessions of one program.

    Attributes:
        store: The program's table.
        clock: Tells when a session is over.
        cookie: From `cookie_name`.
        https: True when the pages are served over HTTPS.
        lifetime: Longest life of a session.
        idle: Longest pause between two uses.
    """

    store: SessionStore
    clock: Clock
    cookie: str
    https: bool
    lifetime: timedelta = timedelta(hours=12)
    idle: timedelta = timedelta(hours=2)

    async def open(
        self, request: Request, response: Response, subject: str, data: Mapping[str, str] | None = None
    ) -> Session:
        """Begin a session and put its cookie on `response`; a session the browser had is dropped."""
        await self._drop(request)
        token = secrets.token_urlsafe(TOKEN_BYTES)
        now = self.clock.now()
        session = Session(subject, now, now + self.lifetime, now, dict(data or {}))
        await self.store.save(session_key(token), session)
        self._set_cookie(response, token, int(self.lifetime.total_seconds()))
        return session

    async def read(self, request: Request) -> Session | None:
        """Return the live session of the request's browser, or None; marks it as used."""
        token = self._token(request)
        if token is None:
            return None
        key = session_key(token)
        session = await self.store.load(key)
        if session is None:
            return None
        now = self.clock.now()
        if now >= session.expires_at or now - session.seen_at > self.idle:
            with contextlib.suppress(StorageError):  # over is over, whether it can be forgotten or not
                await self.store.drop(key)
            return None
        if now - session.seen_at >= TOUCH_EVERY:
            session = replace(session, seen_at=now)
            with contextlib.suppress(StorageError):  # a full disk shuts nobody out
                await self.store.touch(key, session)
        return session

    async def close(self, request: Request, response: Response) -> None:
        """End the session and take its cookie away."""
        await self._drop(request)
        self._set_cookie(response, "", 0)

    async def _drop(self, request: Request) -> None:
        token = self._token(request)
        if token is not None:
            await self.store.drop(session_key(token))

    def _token(self, request: Request) -> str | None:
        token = request.cookies.get(self.cookie, "")
        return token if 0 < len(token) <= TOKEN_MAX_CHARS and token.isascii() else None

    def _set_cookie(self, response: Response, value: str, max_age_s: int) -> None:
        response.set_cookie(
            self.cookie, value, max_age=max_age_s, path="/", secure=self.https, httponly=True, samesite="lax"
        )
