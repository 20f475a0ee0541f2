"""The embedded broker's sign-in and topic rules: the hub's own rules over a user file that is read live."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from amqtt.contexts import Action
from amqtt.plugins.base import BaseAuthPlugin, BaseTopicPlugin
from amqtt.session import Session

from hub.broker.errors import BadUserError
from hub.broker.files import read_users
from hub.broker.rules import may_read, may_subscribe, may_write
from hub.broker.secret_hash import secret_matches

log = structlog.get_logger(__name__)


class UserBook:
    """The users as the file has them now; a damaged file leaves the last good ones in force.

    Args:
        path: The file that ``hub.broker.files`` writes.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: tuple[int, int] | None = None
        self._users: dict[str, str] = {}
        self._faulty = False

    def hash_of(self, name: str) -> str | None:
        """Give a user's stored hash, None for a stranger."""
        self.refresh()
        return self._users.get(name)

    def refresh(self) -> bool:
        """Read the file if it was replaced; True when the users may have changed."""
        try:
            status = self._path.stat()
            stamp = (status.st_mtime_ns, status.st_ino)
            if stamp == self._stamp:
                return False
            users = read_users(self._path)
        except (OSError, BadUserError) as error:
            if not self._faulty:
                log.warning("broker.users_unreadable", path=str(self._path), error=str(error))
            self._faulty = True
            return False
        self._faulty = False
        self._stamp, self._users = stamp, users
        return True


_books: dict[str, UserBook] = {}


def book_of(path: str) -> UserBook:
    """Give the one book of a user file; the broker builds plugins itself, so they meet here."""
    return _books.setdefault(path, UserBook(Path(path)))


def may_stay(session: Session, book: UserBook) -> bool:
    """Tell whether a connected session would still be admitted."""
    stored = book.hash_of(session.username or "")
    return stored is not None and stored == session.attributes.get("omo.hash")


class SignIn(BaseAuthPlugin):  # type: ignore[misc]  # amqtt is untyped
    """Admits users of the file whose secret matches and whose will stays within their own topics."""

    @dataclass
    class Config:
        """Options of the plugin.

        Attributes:
            users: Path of the user file.
        """

        users: str = ""

    def __init__(self, context: Any) -> None:
        super().__init__(context)
        self._book = book_of(self.config.users)

    async def authenticate(self, *, session: Session) -> bool | None:
        """Judge a connection; the hash it was admitted by is noted, so that a new secret ends it."""
        name, secret = session.username or "", session.password or ""
        stored = self._book.hash_of(name)
        # Deriving the hash is work of some 0.1 ms; in a thread it cannot hold up the others' messages.
        if stored is None or not await asyncio.to_thread(secret_matches, secret, stored):
            log.warning("broker.refused", user=name[:64])
            return False
        if session.will_flag and not may_write(name, session.will_topic or ""):
            log.warning("broker.will_refused", user=name)
            return False
        session.attributes["omo.hash"] = stored
        return True


class TopicRules(BaseTopicPlugin):  # type: ignore[misc]  # amqtt is untyped
    """Applies ``hub.broker.rules`` to subscribing, publishing and delivering."""

    async def topic_filtering(
        self, *, session: Session | None = None, topic: str | None = None, action: Action | None = None
    ) -> bool | None:
        """Judge one topic for one session."""
        if session is None or not topic:
            return False
        user = session.username or ""
        if action is Action.SUBSCRIBE:
            return may_subscribe(user, topic)
        if action is Action.PUBLISH:
            return may_write(user, topic)
        return may_read(user, topic)
