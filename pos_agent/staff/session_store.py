"""Sessions in the agent's database, so that a restart signs nobody out; machines' tokens likewise."""

import json
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from starlette.requests import Request

from pos_agent.desk import Desk
from pos_agent.requests import browser_of
from pos_agent.staff.queries import find_person
from sync.storage.writer import Transaction
from sync.values.clock import from_instant, to_instant
from sync.web.permissions import NOBODY, Identity
from sync.web.sessions import TOKEN_BYTES, TOKEN_MAX_CHARS, Session, Sessions, session_key

TOKEN_LIFE: Final = timedelta(hours=12)
_PUT: Final = (
    "INSERT OR REPLACE INTO session (key, subject, created_at, expires_at, seen_at, data)"
    " VALUES (?, ?, ?, ?, ?, ?)"
)


class TableSessions:
    """A `sync.web.sessions.SessionStore` over the agent's database."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def load(self, key: str) -> Session | None:
        """Return the session, or None."""
        row = await self._desk.reader.one(
            "SELECT subject, created_at, expires_at, seen_at, data FROM session WHERE key = ?", (key,)
        )
        if row is None:
            return None
        subject, created, expires, seen, data = row
        return Session(
            subject, from_instant(created), from_instant(expires), from_instant(seen), json.loads(data)
        )

    async def save(self, key: str, session: Session) -> None:
        """Insert or replace the session; what has ended is swept away."""
        now = self._desk.at
        row = (
            key,
            session.subject,
            to_instant(session.created_at),
            to_instant(session.expires_at),
            to_instant(session.seen_at),
            json.dumps(dict(session.data)),
        )

        def put(tx: Transaction) -> None:
            tx.execute("DELETE FROM session WHERE expires_at <= ?", (now,))
            tx.execute(_PUT, row)

        await self._desk.ledger.writer.run(put)

    async def touch(self, key: str, session: Session) -> None:
        """Keep a later use of a session that is there; one that is gone is not brought back."""
        seen = to_instant(session.seen_at)

        def mark(tx: Transaction) -> None:
            tx.execute("UPDATE session SET seen_at = ? WHERE key = ?", (seen, key))

        await self._desk.ledger.writer.run(mark)

    async def drop(self, key: str) -> None:
        """Forget the session."""

        def forget(tx: Transaction) -> None:
            tx.execute("DELETE FROM session WHERE key = ?", (key,))

        await self._desk.ledger.writer.run(forget)


async def open_token(desk: Desk, store: TableSessions, subject: str, data: Mapping[str, str]) -> str:
    """A new token for a machine; the database keeps its hash."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    now = desk.clock.now()
    await store.save(session_key(token), Session(subject, now, now + TOKEN_LIFE, now, dict(data)))
    return token


class Doorman:
    """Tells who a request comes from: a bearer token or a session cookie of somebody who still works here."""

    def __init__(self, desk: Desk, sessions: Sessions, store: TableSessions) -> None:
        self._desk = desk
        self._sessions = sessions
        self._store = store

    async def identify(self, request: Request) -> Identity:
        """Who is calling; nobody where the proof is not good any more."""
        header = request.headers.get("authorization", "")
        session = await (self._by_token(header) if header else self._sessions.read(request))
        if session is None or not _is_of_browser(session, request):
            return NOBODY
        person = await find_person(self._desk.reader, session.subject)
        if person is None:
            return NOBODY
        return Identity(
            subject=person.login,
            name=person.names.get("zh-CN") or person.login,
            permissions=person.permissions,
            by_cookie=not header,
            data=dict(session.data),
        )

    async def _by_token(self, header: str) -> Session | None:
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token.isascii() or not 0 < len(token) <= TOKEN_MAX_CHARS:
            return None
        session = await self._store.load(session_key(token))
        if session is None or session.expires_at <= self._desk.clock.now():
            return None
        return session


def _is_of_browser(session: Session, request: Request) -> bool:
    """Whether a session is used where it was opened: at this machine itself, or in one paired browser."""
    browser = browser_of(request)
    return session.data.get("browser", "") == (browser.id if browser is not None else "")
