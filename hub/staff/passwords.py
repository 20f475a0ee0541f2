"""Passwords and PINs as they are kept: argon2id (RFC 9106) in its own text form, never the secret itself.

Each hash takes some 20 ms of a core and 19 MiB (OWASP's smallest recommended setting): call these from a
thread. The same form goes to the stores' agents, which verify PINs on small machines.
"""

from typing import Final

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

MEMORY_KIB: Final = 19 * 1024
ROUNDS: Final = 2
LANES: Final = 1
MOST_CHARACTERS: Final = 200
"""Longer secrets are refused before they are hashed."""

_HASHER: Final = PasswordHasher(time_cost=ROUNDS, memory_cost=MEMORY_KIB, parallelism=LANES, type=Type.ID)


def hash_secret_word(word: str) -> str:
    """What may be kept of a password or PIN; a new salt each time."""
    return _HASHER.hash(word)


def is_right(word: str, kept: str | None) -> bool:
    """Whether `word` is the secret behind `kept`.

    Without a usable hash the same work is done for nothing, so that the time taken does not tell which
    logins exist.
    """
    if len(word) > MOST_CHARACTERS:
        return False
    try:
        _HASHER.verify(kept or _NOBODYS, word)
    except (VerificationError, InvalidHashError):
        return False
    return bool(kept)


def kept_or_new(word: str, kept: str | None) -> str:
    """`kept` where it is the hash of `word` already, else a new hash."""
    return kept if kept is not None and is_right(word, kept) else hash_secret_word(word)


_NOBODYS: Final = _HASHER.hash("nobody has this password")
