"""Enrolment: a one-time code of short life turns an agent into a store.

Each enrolment issues the next store incarnation and a new broker secret; whatever served the store
before is fenced. Codes and secrets are kept hashed.
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from hub.kernel import Kernel
from hub.orders.tell_again import tell_untold
from hub.stock.book import SqliteHubBook
from hub.stores.entries import put_entry
from sync.rules.central import recover
from sync.rules.errors import Refused
from sync.storage.incarnations import Incarnations
from sync.storage.writer import Transaction
from sync.values.clock import to_instant
from sync.values.pickup_code import from_random

CODE_LIFE: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class TakesOver:
    """From where a new agent's log goes on.

    Args:
        from_sinc: the incarnation whose event `from_seq` the hub's mirror stands at.
        from_seq: see `from_sinc`.
        doubt: two histories of that incarnation were heard.
    """

    from_sinc: int
    from_seq: int
    doubt: bool


@dataclass(frozen=True, slots=True)
class Enrolled:
    """Which store an agent became, its incarnation, and what it takes over (None: a new store)."""

    store: str
    sinc: int
    takes_over: TakesOver | None = None


def new_code() -> str:
    """A code to read out: two groups of four, no look-alikes."""
    text = from_random(secrets.randbits(64), 8)
    return f"{text[:4]}-{text[4:]}"


def hashed(code: str) -> str:
    """How a code is kept: SHA-256 of its characters without hyphen, in capitals."""
    return hashlib.sha256(code.replace("-", "").strip().upper().encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class MakeCode:
    """Command: a new code for a store; earlier unused ones die. Returns (code, expiry)."""

    kernel: Kernel
    store: str
    made_by: str
    code: str

    def __call__(self, transaction: Transaction) -> tuple[str, str]:
        """Run in the writer.

        Raises:
            Refused: `unknown_store`.
        """
        if transaction.one("SELECT 1 FROM store WHERE id = ?", (self.store,)) is None:
            raise Refused("unknown_store", store=self.store)
        now = self.kernel.clock.now()
        expires = to_instant(now + CODE_LIFE)
        transaction.execute("DELETE FROM enrolment_code WHERE store = ? AND used_at IS NULL", (self.store,))
        transaction.execute(
            "INSERT INTO enrolment_code (code_hash, store, made_at, expires_at, made_by)"
            " VALUES (?, ?, ?, ?, ?)",
            (hashed(self.code), self.store, to_instant(now), expires, self.made_by),
        )
        return self.code, expires


@dataclass(frozen=True, slots=True)
class Enrol:
    """Command: use a code; returns which store the agent became.

    A store that had an agent before is not whole until the new one has taken over from it: nothing is
    promised for it meanwhile.

    Args:
        kernel: the hub.
        incarnations: issues the store's next one, outside the database.
        code: as it was typed.
        secret_hash: the broker's hash of the new agent's secret.
        rebuild_hash: SHA-256 of the token with which it may read what it takes over.
        machine_of: the store of which that machine has a ledger; empty where it has none.
    """

    kernel: Kernel
    incarnations: Incarnations
    code: str
    secret_hash: str
    rebuild_hash: str
    machine_of: str = ""

    def __call__(self, transaction: Transaction) -> Enrolled:
        """Run in the writer.

        Raises:
            Refused: `enrolment_code`, wrong, used or expired; `other_store`, the machine is another
                store's: nothing changed.
        """
        at = self.kernel.instant()
        row = transaction.one(
            "SELECT store FROM enrolment_code WHERE code_hash = ? AND used_at IS NULL AND expires_at > ?",
            (hashed(self.code), at),
        )
        if row is None:
            raise Refused("enrolment_code")
        store = str(row[0])
        if self.machine_of not in {"", store}:
            raise Refused("other_store", store=store)
        book = SqliteHubBook(transaction, store, self.kernel.hinc, at)
        self.incarnations.raise_to(store, book.position().sinc)  # a number once given is never given again
        sinc = self.incarnations.issue(store)
        transaction.execute(
            "UPDATE enrolment_code SET used_at = ? WHERE code_hash = ?", (at, hashed(self.code))
        )
        position = recover.enrolled(book.position(), sinc)
        book.put_position(position)
        tell_untold(transaction, book, store)
        book.finish()
        transaction.execute(
            "UPDATE store_stream SET secret_hash = ?, rebuild_hash = ?, enrolled_at = ? WHERE store = ?",
            (self.secret_hash, self.rebuild_hash, at, store),
        )
        put_entry(
            transaction,
            store,
            f"key:{self.kernel.key.key_id}",
            {"id": self.kernel.key.key_id, "public": base64.b64encode(self.kernel.key.public).decode()},
        )
        if position.state != "rebuilding":
            return Enrolled(store, sinc)
        return Enrolled(store, sinc, TakesOver(*position.mirror, position.doubt))


@dataclass(frozen=True, slots=True)
class Revoke:
    """Command: the store's credential is worth nothing from now on."""

    store: str

    def __call__(self, transaction: Transaction) -> None:
        """Run in the writer.

        Raises:
            Refused: `unknown_store`.
        """
        changed = transaction.execute(
            "UPDATE store_stream SET secret_hash = NULL WHERE store = ?", (self.store,)
        )
        if changed.rowcount != 1:
            raise Refused("unknown_store", store=self.store)
