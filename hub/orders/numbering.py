"""What an order is called: a number to read out and a pickup code, drawn until no other has them."""

import secrets
from datetime import datetime
from typing import Final

from hub.directory import StoreFacts
from sync.rules.errors import Refused
from sync.storage.writer import Transaction
from sync.values.pickup_code import code_hash, from_random

CODE_TRIES: Final = 20


def free_code(transaction: Transaction, store: str) -> str:
    """A pickup code that no order of the store carries.

    Raises:
        Refused: `no_code`, none was found in CODE_TRIES: more than half of all codes are in use.
    """
    for _ in range(CODE_TRIES):
        code = from_random(secrets.randbits(64))
        taken = transaction.one(
            "SELECT 1 FROM orders WHERE store = ? AND code_hash = ?", (store, code_hash(store, code))
        )
        if taken is None:
            return code
    raise Refused("no_code", store=store)


def free_number(transaction: Transaction, now: datetime, store: StoreFacts) -> str:
    """A number to read out that no order carries: the store's date and eight random digits.

    Raises:
        Refused: `no_number`, none was found in CODE_TRIES.
    """
    for _ in range(CODE_TRIES):
        number = f"{now.astimezone(store.zone):%y%m%d}-{secrets.randbelow(10**8):08d}"
        if transaction.one("SELECT 1 FROM orders WHERE number = ?", (number,)) is None:
            return number
    raise Refused("no_number", store=store.id)
