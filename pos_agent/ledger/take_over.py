"""Taking over a store from an earlier agent: a new ledger that begins with what the hub knows.

Everything is written to a new file first; the old one is set aside, never deleted. A crash at any moment
leaves the old file or the new one in place, and the same call goes on from there.
"""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pos_agent.db.schema import ensure_schema
from pos_agent.enrolment import Enrolment
from pos_agent.errors import AlreadyEnrolled
from pos_agent.ledger.read_remains import OldLedger, left_behind, old_ledger, own_beginning, remains_of
from pos_agent.ledger.store_book import SqliteStoreBook
from sync.rules.baseline import Carried, SkuBalance
from sync.rules.books import StorePosition
from sync.rules.facts import DocumentStep
from sync.rules.store.begin_log import NOTHING, Mirror, Remains, begin_log
from sync.storage.aside import free_name, lies_at, set_aside
from sync.storage.connection import open_for_writing
from sync.storage.durable import move_durably
from sync.storage.writer import Transaction

Tell = Callable[[str], None]
"""Says how far it is, in words."""


@dataclass(frozen=True, slots=True)
class Extent:
    """Where the hub's mirror stands, and how much there is of it."""

    from_sinc: int
    from_seq: int
    doubt: bool
    skus: int
    holds: int


class HubMirror(Protocol):
    """What the hub tells an agent that takes over; each call raises HubUnreachable or EnrolmentRefused."""

    def extent(self) -> Extent:
        """How much there is."""
        ...

    def stocks(self) -> Iterable[Sequence[SkuBalance]]:
        """The SKUs, page by page."""
        ...

    def holds(self) -> Iterable[Sequence[Carried]]:
        """The holds, page by page."""
        ...

    def documents(self) -> Iterable[Sequence[DocumentStep]]:
        """The steps that ended documents, page by page."""
        ...

    def chain_of(self, sinc: int, seq: int) -> str | None:
        """The hub's chain after an event."""
        ...


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What a new ledger began with.

    Args:
        skus: SKUs with any balance.
        holds: holds, finished ones included.
        carried: facts of the old ledger that the hub had not seen.
        unsure: open holds that somebody has to look for.
        frozen: SKUs that are not granted from until they are counted or accepted.
        aside: where the old ledger lies now; None when there was none.
    """

    skus: int
    holds: int
    carried: int
    unsure: int
    frozen: int
    aside: Path | None


def take_over(path: Path, enrolment: Enrolment, hub: HubMirror, at: str, tell: Tell) -> TakenOver | None:
    """Make the ledger at `path` that of this enrolment; None when it was done before.

    Args:
        path: the ledger's file; an old one there is read for what the hub has not seen.
        enrolment: which store and incarnation this is.
        hub: tells what it knows.
        at: the present.
        tell: hears how far it is.

    Raises:
        AlreadyEnrolled: the old ledger is another store's.
        HubUnreachable, EnrolmentRefused: nothing was changed; try again.
    """
    old, draft = old_ledger(path), path.with_name(path.name + ".new")
    if old is not None and old.store != enrolment.store:
        raise AlreadyEnrolled(f"{path} is the ledger of {old.store}, not of {enrolment.store}")
    if old is not None and old.sinc == enrolment.sinc:
        return None
    if old is None and not path.exists() and _is_done(draft, enrolment):  # died between the two renames
        move_durably(draft, path)
        return None
    mirror, remains = _gather(old, hub, tell)
    _remove(draft)
    ensure_schema(draft)
    _write(draft, enrolment, mirror, remains, at)
    aside = _set_aside(path, old)
    move_durably(draft, path)
    return _counted(path, mirror, remains, aside)


def _gather(old: OldLedger | None, hub: HubMirror, tell: Tell) -> tuple[Mirror, Remains]:
    """What the new log begins with, and what is carried into it."""
    extent = hub.extent()
    at = (extent.from_sinc, extent.from_seq)
    remains, own = _left(old, at, hub, tell)
    if own is not None:
        return own, remains
    stocks: list[SkuBalance] = []
    for page in hub.stocks():
        stocks += page
        tell(f"{len(stocks)} of {extent.skus} SKUs")
    holds: list[Carried] = []
    for told in hub.holds():
        holds += told
        tell(f"{len(holds)} of {extent.holds} orders")
    return (
        Mirror(
            from_sinc=extent.from_sinc,
            from_seq=extent.from_seq,
            doubt=extent.doubt,
            stocks=tuple(stocks),
            holds=tuple(holds),
            documents=tuple(step for page in hub.documents() for step in page),
        ),
        remains,
    )


def _left(
    old: OldLedger | None, at: tuple[int, int], hub: HubMirror, tell: Tell
) -> tuple[Remains, Mirror | None]:
    """What an old ledger still tells; one that is damaged where it matters counts as lost."""
    if old is None:
        return NOTHING, None
    try:
        if lost := left_behind(old, at, hub.chain_of):
            tell(
                f"the old ledger is of incarnation {old.sinc}, and another agent has served this store since:"
                f" {lost} facts that the hub has not seen are NOT carried on. They stay in its file:"
                " count the goods, and look at its takings"
            )
        return remains_of(old, at, hub.chain_of), own_beginning(old, at)
    except sqlite3.DatabaseError as error:
        tell(f"the old ledger is damaged ({error}): what the hub had not heard of it is lost")
        return NOTHING, None


def _write(draft: Path, enrolment: Enrolment, mirror: Mirror, remains: Remains, at: str) -> None:
    """Begin the log in a new file, in one transaction."""
    with closing(open_for_writing(draft)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        book = SqliteStoreBook(Transaction(connection))
        start = StorePosition(store=enrolment.store, sinc=enrolment.sinc, hinc=enrolment.hinc)
        begin_log(book, start, mirror, remains, at)
        book.flush()
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _is_done(draft: Path, enrolment: Enrolment) -> bool:
    """Whether a draft holds this enrolment's whole beginning: it is written in one transaction."""
    found = old_ledger(draft)
    return found is not None and (found.store, found.sinc) == (enrolment.store, enrolment.sinc)


def _set_aside(path: Path, old: OldLedger | None) -> Path | None:
    """Keep the old ledger under its incarnation's name; one that cannot be read keeps its bytes too."""
    if not lies_at(path):
        return None
    aside = free_name(path, f"incarnation-{old.sinc}" if old is not None else "unreadable")
    set_aside(path, aside)
    return aside


def _remove(draft: Path) -> None:
    """Forget a beginning that was not finished."""
    for ending in ("", "-wal", "-shm"):
        draft.with_name(draft.name + ending).unlink(missing_ok=True)


def _counted(path: Path, mirror: Mirror, remains: Remains, aside: Path | None) -> TakenOver:
    """What to tell the person."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        unsure = connection.execute("SELECT count(*) FROM hold WHERE unsure").fetchone()[0]
        frozen = connection.execute("SELECT count(*) FROM stock WHERE frozen").fetchone()[0]
    return TakenOver(len(mirror.stocks), len(mirror.holds), remains.carried, unsure, frozen, aside)
