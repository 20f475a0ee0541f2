"""Sign in with a short PIN: argon2id, slowed down after wrong tries, the same answer for every reason."""

import asyncio
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from pos_agent.desk import Desk
from pos_agent.staff.queries import Person, find_person
from pos_agent.staff.rules import PinLimit
from sync.rules.errors import Refused

NOBODY_HASH: Final = (
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$9qTiWd6SXqDK4ikaeGAK1bDuP2tErIVMtJa+CtYhmK4"
)
"""Checked for unknown logins, so that they take as long as known ones."""
_hasher = PasswordHasher()


async def sign_in(desk: Desk, limit: PinLimit, login: str, pin: str) -> Person:
    """The person whose login and PIN these are.

    Raises:
        Refused: `wrong_pin`; `locked` after too many wrong ones.
    """
    limit.take(login, desk.clock.monotonic())
    person = await find_person(desk.reader, login)
    is_right = await asyncio.to_thread(_is_right, person.pin_hash if person else NOBODY_HASH, pin)
    if person is None or not is_right:
        raise Refused("wrong_pin")
    limit.passed(login)
    return person


def _is_right(pin_hash: str, pin: str) -> bool:
    try:
        return _hasher.verify(pin_hash, pin)
    except (VerificationError, InvalidHashError):
        return False
