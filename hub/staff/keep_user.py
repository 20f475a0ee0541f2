"""Setting the password of a person who signs in to the hub; whoever was signed in with the old one is out."""

import asyncio
from typing import Final

from hub.kernel import Kernel
from hub.staff.passwords import MOST_CHARACTERS, hash_secret_word
from sync.rules.errors import Refused
from sync.storage.writer import Transaction

LEAST_CHARACTERS: Final = 10

HASH_LIMIT_S: Final = 30.0


async def set_password(kernel: Kernel, login: str, password: str) -> None:
    """Set a password and end the person's sessions.

    Raises:
        ValueError: too short or too long.
        Refused: `unknown_user`, nobody at HQ has this login; nothing changed.
    """
    if not LEAST_CHARACTERS <= len(password) <= MOST_CHARACTERS:
        msg = f"a password has {LEAST_CHARACTERS} to {MOST_CHARACTERS} characters"
        raise ValueError(msg)
    async with asyncio.timeout(HASH_LIMIT_S):
        kept = await asyncio.to_thread(hash_secret_word, password)

    def command(transaction: Transaction) -> None:
        changed = transaction.execute(
            "UPDATE staff SET password_hash = ? WHERE login = ? AND store IS NULL", (kept, login)
        )
        if changed.rowcount != 1:
            raise Refused("unknown_user", login=login)
        transaction.execute("DELETE FROM web_session WHERE subject = ?", (login,))

    await kernel.writer.run(command)
