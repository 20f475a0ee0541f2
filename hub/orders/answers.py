"""Answers given under an Idempotency-Key: the same call gets the same answer, another one is refused."""

import json
from typing import Any

from sync.rules.errors import Refused
from sync.storage.reader import Reader
from sync.storage.writer import Transaction


class KeyReused(Refused):
    """The Idempotency-Key belongs to another request."""

    code = "key_reused"


def already_told(transaction: Transaction, key: str, fingerprint: str) -> str | None:
    """The answer given under a key; None for a new key.

    Raises:
        KeyReused: it was given to another request.
    """
    row = transaction.one("SELECT request_hash, answer FROM idempotency_key WHERE key = ?", (key,))
    if row is None:
        return None
    if row[0] != fingerprint:
        raise KeyReused(key=key)
    return str(row[1])


def remember(transaction: Transaction, key: str, fingerprint: str, answer: str, at: str) -> None:
    """Keep the answer in the transaction of the command that made it true."""
    transaction.execute(
        "INSERT INTO idempotency_key (key, request_hash, answer, at) VALUES (?, ?, ?, ?)",
        (key, fingerprint, answer, at),
    )


async def find_answer(reader: Reader, key: str) -> dict[str, Any] | None:
    """The answer given under a key, to whatever request; None for a new key."""
    row = await reader.one("SELECT answer FROM idempotency_key WHERE key = ?", (key,))
    return None if row is None else loaded(row[0])


def loaded(answer: str) -> dict[str, Any]:
    """An answer as a JSON object."""
    value: dict[str, Any] = json.loads(answer)
    return value
