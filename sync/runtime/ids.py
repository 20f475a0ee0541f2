"""Identifiers made on this machine."""

from uuid_utils import uuid7


def new_id() -> str:
    """Return a UUIDv7 (RFC 9562 section 5.7) in canonical lower case; later ids sort after earlier ones."""
    return str(uuid7())
