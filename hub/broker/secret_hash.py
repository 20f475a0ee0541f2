"""Secrets of broker users, as mosquitto keeps them: ``$7$iterations$salt$hash``, PBKDF2 with SHA-512.

The few iterations are mosquitto's own default and enough here: a secret is 32 random bytes that nobody can
guess, not a word that a person chose; and the broker repeats the work at every connect.
"""

import base64
import binascii
import hashlib
import hmac
import secrets

from hub.broker.errors import BadUserError

ITERATIONS = 101
MAX_ITERATIONS = 10_000_000
SALT_BYTES = 12
SECRET_BYTES = 32


def new_secret() -> str:
    """Make a random secret of 32 bytes, URL-safe text."""
    return secrets.token_urlsafe(SECRET_BYTES)


def hash_secret(secret: str) -> str:
    """Derive what may be stored: both kinds of broker accept it."""
    salt = secrets.token_bytes(SALT_BYTES)
    return _written(ITERATIONS, salt, _derive(secret, salt, ITERATIONS))


def secret_matches(secret: str, stored: str) -> bool:
    """Compare a secret with a stored hash in constant time; False for a hash that cannot be read."""
    try:
        iterations, salt, expected = _parse(stored)
    except BadUserError:
        return False
    return hmac.compare_digest(_derive(secret, salt, iterations), expected)


def require_hash(stored: str) -> str:
    """Accept a stored hash.

    Raises:
        BadUserError: It is not of this form; a broker would refuse its whole file.
    """
    _parse(stored)
    return stored


def _derive(secret: str, salt: bytes, iterations: int) -> bytes:
    return hashlib.pbkdf2_hmac("sha512", secret.encode(), salt, iterations)


def _written(iterations: int, salt: bytes, derived: bytes) -> str:
    return f"$7${iterations}${base64.b64encode(salt).decode()}${base64.b64encode(derived).decode()}"


def _parse(stored: str) -> tuple[int, bytes, bytes]:
    match stored.split("$"):
        case ["", "7", iterations_text, salt_text, hash_text]:
            pass
        case _:
            raise BadUserError("the stored hash is not of the form $7$iterations$salt$hash")
    try:
        iterations = int(iterations_text)
        salt = base64.b64decode(salt_text, validate=True)
        derived = base64.b64decode(hash_text, validate=True)
    except (ValueError, binascii.Error) as error:
        raise BadUserError("the stored hash holds an unreadable number or base64 text") from error
    if not 1 <= iterations <= MAX_ITERATIONS or not salt or len(derived) != hashlib.sha512().digest_size:
        raise BadUserError("the stored hash has the wrong size")
    return iterations, salt, derived
