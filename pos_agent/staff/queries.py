"""A member of staff as the hub told."""

import json
from dataclasses import dataclass
from typing import Any

from pos_agent.catalogue.profile import in_language
from pos_agent.staff.rules import PERMISSIONS
from sync.storage.reader import Reader
from sync.storage.writer import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who may sign in: `pin_hash` is argon2id."""

    login: str
    names: dict[str, str]
    role: str
    pin_hash: str

    @property
    def permissions(self) -> frozenset[str]:
        """What the role allows."""
        return PERMISSIONS[self.role]


async def find_person(reader: Reader, login: str) -> Person | None:
    """The active member of staff with this login."""
    row = await reader.one("SELECT body FROM setting WHERE key = ?", (f"staff:{login}",))
    return _person(json.loads(row[0]), login) if row else None


def name_of(tx: Transaction, login: str, locale: str) -> str:
    """What a member of staff is called on paper, also one who has left; the login where no name is known."""
    row = tx.one("SELECT body FROM setting WHERE key = ?", (f"staff:{login}",))
    names = json.loads(row[0]).get("names") if row is not None else None
    return in_language(_shown(names), locale) or login


def _person(body: dict[str, Any], login: str) -> Person | None:
    """A person whose entry is whole and active."""
    names, role, pin_hash = body.get("names"), body.get("role"), body.get("pin_hash")
    has_role = isinstance(role, str) and role in PERMISSIONS
    is_whole = isinstance(names, dict) and has_role and isinstance(pin_hash, str)
    if not is_whole or body.get("active") is False or body.get("login", login) != login:
        return None
    return Person(login=login, names=_shown(names), role=str(role), pin_hash=str(pin_hash))


def _shown(names: Any) -> dict[str, str]:
    """The names by language that make sense."""
    entries = names.items() if isinstance(names, dict) else ()
    return {str(tag): name for tag, name in entries if isinstance(name, str)}
