"""Taking a chain file into the database: stores, their people, HQ's people.

All or nothing, in one transaction; the same file again changes nothing. Who is not in the file stays as
they are; `active = false` shuts somebody out.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from hub.kernel import Kernel
from hub.staff.passwords import kept_or_new
from hub.stock.book import dump
from hub.stores.chain_file import ChainFile, ChainPart, HqPart, StaffPart, read_chain
from hub.stores.entries import put_entry
from hub.stores.keep_store import KeepStore, StoreDraft
from hub.stores.queries import load_directory
from sync.storage.writer import Transaction

_HASH_LIMIT_S: Final = 600.0


@dataclass(frozen=True, slots=True)
class Person:
    """A row of the staff table."""

    login: str
    names: str
    role: str
    store: str | None
    password_hash: str | None
    pin_hash: str | None
    active: int


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What importing a chain file did.

    `announce` holds (store, version before) of each store that has news to hear: pass each to
    `LinkWorker.announce_store`. `chain` names the files that go with it, relative to `folder`.
    """

    chain: ChainPart
    folder: Path
    stores: int
    new_stores: int
    people: int
    changed_people: int
    announce: tuple[tuple[str, int], ...]

    def file(self, name: str) -> Path | None:
        """Where a file named in the chain file is; None for one that it does not name."""
        return self.folder / name if name else None


@dataclass(frozen=True, slots=True)
class KeepChain:
    """Command: keep stores and people. Returns (new stores, changed people, what to announce)."""

    drafts: Sequence[StoreDraft]
    people: Sequence[Person]

    def __call__(self, transaction: Transaction) -> tuple[int, int, tuple[tuple[str, int], ...]]:
        """Run in the writer."""
        before = {str(row[0]): int(row[1]) for row in transaction.all("SELECT id, entry_ver FROM store")}
        last = transaction.one("SELECT COALESCE(MAX(position), -1) FROM store")
        positions = {row[0]: row[1] for row in transaction.all("SELECT id, position FROM store")}
        free = int(last[0]) + 1 if last else 0
        new = 0
        for draft in self.drafts:
            position = positions.get(draft.id, free + new)
            new += KeepStore(draft, position)(transaction)
        changed = sum(keep_person(transaction, person) for person in self.people)
        after = transaction.all("SELECT id, entry_ver FROM store ORDER BY id")
        news = tuple(
            (str(store), before.get(str(store), 0)) for store, ver in after if ver > before.get(store, 0)
        )
        return new, changed, news


def keep_person(transaction: Transaction, person: Person) -> bool:
    """Set a person's row and tell the stores concerned; returns whether anything changed."""
    found = transaction.one(
        "SELECT login, names, role, store, password_hash, pin_hash, active FROM staff WHERE login = ?",
        (person.login,),
    )
    old = Person(*found) if found else None
    if old is not None and old.store and old.store != person.store:
        put_entry(transaction, old.store, *_entry(old, active=False))
    if person.store:
        put_entry(transaction, person.store, *_entry(person, active=bool(person.active)))
    if old == person:
        return False
    transaction.execute(
        "INSERT INTO staff (login, names, role, store, password_hash, pin_hash, active)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (login) DO UPDATE SET names = excluded.names,"
        " role = excluded.role, store = excluded.store, password_hash = excluded.password_hash,"
        " pin_hash = excluded.pin_hash, active = excluded.active",
        (
            person.login,
            person.names,
            person.role,
            person.store,
            person.password_hash,
            person.pin_hash,
            person.active,
        ),
    )
    if old is not None and (old.password_hash, old.role, old.active) != (
        person.password_hash,
        person.role,
        person.active,
    ):
        transaction.execute("DELETE FROM web_session WHERE subject = ?", (person.login,))
    return True


def _entry(person: Person, *, active: bool) -> tuple[str, dict[str, Any]]:
    """What a store is told of a person."""
    body = {
        "login": person.login,
        "names": _loaded(person.names),
        "role": person.role,
        "pin_hash": person.pin_hash or "",
        "active": active,
    }
    return f"staff:{person.login}", body


async def import_chain(kernel: Kernel, path: Path) -> ChainReport:
    """Import a chain file.

    Raises:
        ChainFileError: it cannot be taken, with every problem; nothing was changed.
        StorageError: nothing was kept.
    """
    chain, drafts = await asyncio.to_thread(read_chain, path)
    rows = await kernel.reader.all("SELECT login, password_hash, pin_hash FROM staff")
    kept = {str(login): (password, pin) for login, password, pin in rows}
    async with asyncio.timeout(_HASH_LIMIT_S):
        people = await asyncio.to_thread(_people, chain, kept)
    new, changed, announce = await kernel.writer.run(KeepChain(drafts, people))
    await load_directory(kernel)
    return ChainReport(
        chain=chain.chain,
        folder=path.parent,
        stores=len(drafts),
        new_stores=new,
        people=len(people),
        changed_people=changed,
        announce=announce,
    )


def _people(chain: ChainFile, kept: Mapping[str, tuple[str | None, str | None]]) -> list[Person]:
    """The people of the file; hashes that fit are kept, so that nothing changes without reason."""
    people = [
        _clerk(part, store.id, kept.get(part.login, (None, None))[1])
        for store in chain.stores
        for part in store.staff
    ]
    return people + [_hq(part, kept.get(part.login, (None, None))[0]) for part in chain.hq]


def _clerk(part: StaffPart, store: str, kept: str | None) -> Person:
    """A person at a store."""
    names = dump(part.name.by_tag())
    return Person(part.login, names, part.role, store, None, kept_or_new(part.pin, kept), int(part.active))


def _hq(part: HqPart, kept: str | None) -> Person:
    """A person at HQ."""
    names = dump(part.name.by_tag())
    password = kept_or_new(part.password, kept)
    return Person(part.login, names, part.role, None, password, None, int(part.active))


def _loaded(text: str) -> dict[str, str]:
    """Names from their column."""
    loaded: dict[str, str] = json.loads(text)
    return loaded
