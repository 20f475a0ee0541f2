"""A member of staff as the hub told."""

import json
from dataclasses import dataclass
from typing import Any

from pos_agent.staff.rules import PERMISSIONS
from sync.storage.reader import Reader


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


def _person(body: dict[str, Any], login: str) -> Person | None:
    """A person whose entry is whole and active."""
    names, role, pin_hash = body.get("names"), body.get("role"), body.get("pin_hash")
    has_role = isinstance(role, str) and role in PERMISSIONS
    is_whole = isinstance(names, dict) and has_role and isinstance(pin_hash, str)
    if not is_whole or body.get("active") is False or body.get("login", login) != login:
        return None
    shown = {str(tag): name for tag, name in body["names"].items() if isinstance(name, str)}
    return Person(login=login, names=shown, role=str(role), pin_hash=str(pin_hash))
