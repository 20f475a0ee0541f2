"""Enrolment and revocation as a whole: the database first, then the broker, then the directory."""

import asyncio
import secrets
from dataclasses import dataclass
from typing import Final

from hub.broker.secret_hash import hash_secret, new_secret
from hub.kernel import Kernel
from hub.stores.enrol import Enrol, Enrolled, Revoke
from hub.stores.errors import BrokerFolderError
from hub.stores.queries import load_directory
from hub.stores.sync_broker import sync_broker
from hub.stores.tell_mirror import token_hash
from sync.runtime.logging import get_logger
from sync.storage.incarnations import Incarnations

log = get_logger(__name__)

HASH_LIMIT_S: Final = 20.0


@dataclass(frozen=True, slots=True)
class NewAgent:
    """Which store an agent became, and what is told once: its secret, and its token for taking over."""

    enrolled: Enrolled
    secret: str
    token: str


async def enrol(kernel: Kernel, code: str, machine_of: str = "") -> NewAgent:
    """Make an agent the store that its code names.

    The secret is told even when the broker's files could not be written: the code is used up, and the next
    sync admits the store.

    Raises:
        Refused: `enrolment_code`: wrong, used or expired; `other_store`: the machine's ledger is another
            store's; nothing changed.
        StorageError: nothing was kept.
    """
    secret, token = new_secret(), secrets.token_urlsafe(32)
    async with asyncio.timeout(HASH_LIMIT_S):
        hashed = await asyncio.to_thread(hash_secret, secret)
    incarnations = Incarnations(kernel.settings.data_dir)
    command = Enrol(kernel, incarnations, code, hashed, token_hash(token), machine_of)
    enrolled = await kernel.writer.run(command)
    log.info("store.enrolled", store=enrolled.store, sinc=enrolled.sinc)
    await _follow(kernel)
    return NewAgent(enrolled, secret, token)


async def revoke(kernel: Kernel, store: str) -> None:
    """Shut a store's agent out.

    Raises:
        Refused: `unknown_store`.
        StorageError: nothing was kept.
    """
    await kernel.writer.run(Revoke(store))
    log.warning("store.revoked", store=store)
    await _follow(kernel)


async def _follow(kernel: Kernel) -> None:
    """Let the broker and the directory follow the database."""
    await load_directory(kernel)
    try:
        await sync_broker(kernel)
    except BrokerFolderError as error:
        log.error("broker.not_synced", why=str(error), do="run: omo-hub broker sync")  # noqa: TRY400  # no bug of ours
