"""Sessions in the table `web_session`, for `sync.web.sessions`."""

import json
from dataclasses import dataclass

from hub.kernel import Kernel
from hub.stock.book import dump
from sync.storage.writer import Transaction
from sync.values.clock import from_instant, to_instant
from sync.web.sessions import Session


def _data(session: Session) -> str:
    """What the column `data` holds of a session."""
    return dump(
        {
            "created_at": to_instant(session.created_at),
            "seen_at": to_instant(session.seen_at),
            "data": dict(session.data),
        }
    )


@dataclass(frozen=True, slots=True)
class SaveSession:
    """Command: insert or replace a session; those that are over are swept."""

    key: str
    session: Session
    now: str

    def __call__(self, transaction: Transaction) -> None:
        """Run in the writer."""
        one, data = self.session, _data(self.session)
        transaction.execute("DELETE FROM web_session WHERE expires_at <= ?", (self.now,))
        transaction.execute(
            "INSERT INTO web_session (key, subject, data, expires_at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (key) DO UPDATE SET subject = excluded.subject, data = excluded.data,"
            " expires_at = excluded.expires_at",
            (self.key, one.subject, data, to_instant(one.expires_at)),
        )


@dataclass(frozen=True, slots=True)
class TouchSession:
    """Command: keep a session's later use; one that is gone is not brought back."""

    key: str
    session: Session

    def __call__(self, transaction: Transaction) -> None:
        """Run in the writer."""
        transaction.execute("UPDATE web_session SET data = ? WHERE key = ?", (_data(self.session), self.key))


@dataclass(frozen=True, slots=True)
class DropSession:
    """Command: forget a session."""

    key: str

    def __call__(self, transaction: Transaction) -> None:
        """Run in the writer."""
        transaction.execute("DELETE FROM web_session WHERE key = ?", (self.key,))


@dataclass(frozen=True, slots=True)
class SessionTable:
    """Implements `sync.web.sessions.SessionStore`."""

    kernel: Kernel

    async def load(self, key: str) -> Session | None:
        """Return the session, or None."""
        row = await self.kernel.reader.one(
            "SELECT subject, data, expires_at FROM web_session WHERE key = ?", (key,)
        )
        if row is None:
            return None
        kept = json.loads(row[1])
        return Session(
            subject=row[0],
            created_at=from_instant(kept["created_at"]),
            expires_at=from_instant(row[2]),
            seen_at=from_instant(kept["seen_at"]),
            data=kept["data"],
        )

    async def save(self, key: str, session: Session) -> None:
        """Insert or replace the session."""
        await self.kernel.writer.run(SaveSession(key, session, self.kernel.instant()))

    async def touch(self, key: str, session: Session) -> None:
        """Keep a later use of a session that is there."""
        await self.kernel.writer.run(TouchSession(key, session))

    async def drop(self, key: str) -> None:
        """Forget the session."""
        await self.kernel.writer.run(DropSession(key))
