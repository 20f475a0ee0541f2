"""Close a till (Z) or look at it (X). The single writer makes the cut: a sale falls before it or after it.

Number, totals, the mark on each receipt and the paper are one commit. A wish told twice closes once.
"""

import json
from dataclasses import asdict, dataclass
from typing import Final

from devices.printing.document import Document
from devices.printing.job import JobKind
from pos_agent.desk import Desk
from pos_agent.hardware.print_once import PrintWish, print_once
from pos_agent.ledger.store_book import SqliteStoreBook
from pos_agent.reports.queries import LAST_Z, OPENINGS, UNCOUNTED, KeptReport, report_of, taken_from
from pos_agent.reports.report_document import Heading, report_document
from pos_agent.reports.rules import Takings, report_number, sum_up
from pos_agent.staff.queries import name_of
from pos_agent.till.rules import receipt_epoch
from sync.rules.errors import Refused
from sync.storage.writer import Transaction

_PUT: Final = (
    "INSERT INTO z_report (id, till, epoch, count, request, at, actor, receipts, drawer_through, job_id,"
    " content) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_COUNT_IN: Final = "UPDATE receipt SET z_id = ? WHERE till = ? AND z_id IS NULL"
_NEXT: Final = "SELECT coalesce(max(count), 0) + 1 FROM z_report WHERE till = ? AND epoch = ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """Who closes, or looks at, which till; `request` is made by who asks, the same for each try."""

    till: str
    actor: str
    request: str


@dataclass(frozen=True, slots=True)
class _Look:
    """A till's stretch as it is now."""

    takings: Takings
    since: str
    drawer_through: int


def look(tx: Transaction, till: str) -> _Look:
    """What the till took since its last Z."""
    since, drawer_from = tx.one(LAST_Z, (till,)) or ("", 0)
    no_sale, through = tx.one(OPENINGS, (drawer_from, till, drawer_from)) or (0, drawer_from)
    taken = taken_from(tx.all(UNCOUNTED, (till,)))
    if not since and taken:
        since = taken[0].at
    return _Look(sum_up(taken, no_sale), since, through)


async def close_till(desk: Desk, closing: Closing) -> str:
    """Close the till; returns the report's id. A request that was answered before is answered the same.

    Raises:
        Refused: `unknown_till`; `other_request`, this request closed another till. Nothing was closed.
    """
    _need_till(desk, closing.till)
    return await desk.ledger.run(lambda book: _close(desk, book, closing))


def _close(desk: Desk, book: SqliteStoreBook, closing: Closing) -> str:
    """The closing's one transaction."""
    tx = book.tx
    known = tx.one("SELECT id, till FROM z_report WHERE request = ?", (closing.request,))
    if known is not None:
        if known[1] != closing.till:
            raise Refused("other_request")
        return str(known[0])
    seen, at = look(tx, closing.till), desk.at
    position = book.position()
    (put_back_at,) = tx.one("SELECT put_back_at FROM position") or ("",)
    epoch = receipt_epoch(position.sinc, put_back_at)
    (count,) = tx.one(_NEXT, (closing.till, epoch)) or (1,)
    report = report_number(position.store, closing.till, epoch, count)
    by = name_of(tx, closing.actor, desk.profile.locale)
    heading = Heading(till=closing.till, by=by, at=at, since=seen.since, number=report)
    document = report_document(heading, seen.takings, desk.profile)
    job = desk.papers.enqueue(tx, JobKind.REPORT, document)
    content = json.dumps(
        {"takings": asdict(seen.takings), "since": seen.since, "document": json.loads(document.to_json())},
        ensure_ascii=False,
    )
    found = (seen.takings.receipts, seen.drawer_through, job, content)
    tx.execute(_PUT, (report, closing.till, epoch, count, closing.request, at, closing.actor, *found))
    counted = tx.execute(_COUNT_IN, (report, closing.till)).rowcount
    assert counted == seen.takings.receipts, "the writer is the only one"
    return report


async def look_at_till(desk: Desk, till: str, actor: str) -> Document:
    """The X report of a till as it is now; nothing changes.

    Raises:
        Refused: `unknown_till`.
    """
    _need_till(desk, till)
    return await desk.ledger.run(lambda book: _x_document(desk, book.tx, till, actor))


async def print_look(desk: Desk, wish: Closing) -> str:
    """Print the X report of a till; returns the job's id. The same request prints once.

    Raises:
        Refused: `unknown_till`, `no_printer`, `other_paper`.
    """
    _need_till(desk, wish.till)
    once = PrintWish(wish.request, {"x": wish.till}, desk.at)

    def put(tx: Transaction) -> list[str]:
        job = desk.papers.enqueue(tx, JobKind.REPORT, _x_document(desk, tx, wish.till, wish.actor))
        if job is None:
            raise Refused("no_printer")
        return [job]

    (job,) = await desk.ledger.run(lambda book: print_once(book.tx, once, lambda: put(book.tx)))
    return job


def _x_document(desk: Desk, tx: Transaction, till: str, actor: str) -> Document:
    seen = look(tx, till)
    by = name_of(tx, actor, desk.profile.locale)
    return report_document(
        Heading(till=till, by=by, at=desk.at, since=seen.since), seen.takings, desk.profile
    )


async def print_again(desk: Desk, report: str, request: str) -> str:
    """Print a Z report once more, marked as a copy; one that never had a paper gets its first.

    Raises:
        Refused: `unknown_report`, `no_printer`, `other_paper`.
    """
    kept = await report_of(desk.reader, report)
    wish = PrintWish(request, {"z": report}, desk.at)

    def put(book: SqliteStoreBook) -> list[str]:
        return print_once(book.tx, wish, lambda: [_put_paper(desk, book.tx, kept)])

    (job,) = await desk.ledger.run(put)
    return job


def _put_paper(desk: Desk, tx: Transaction, kept: KeptReport) -> str:
    if kept.job is not None:
        return desk.papers.reprint(tx, kept.job)
    job = desk.papers.enqueue(tx, JobKind.REPORT, Document.from_json(kept.document))
    if job is None:
        raise Refused("no_printer")
    tx.execute("UPDATE z_report SET job_id = ? WHERE id = ? AND job_id IS NULL", (job, kept.id))
    return job


def _need_till(desk: Desk, till: str) -> None:
    if till not in desk.settings.tills:
        raise Refused("unknown_till", till=till)
