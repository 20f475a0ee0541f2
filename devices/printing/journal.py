"""The print journal's table and the statements on it, inside the caller's transaction.

The rows live in the caller's database, so a job is enqueued by the transaction that books the sale: either
both are there after a crash or neither. None of these functions begins, commits or rolls back.
"""

import sqlite3
from datetime import datetime

from devices.clock import timestamp
from devices.errors import IllegalTransition, JournalError, PaperForgotten, UnknownJob
from devices.printing.document import Document
from devices.printing.job import COMES_FROM, Decision, Job, JobKind, JobState, NewJob, fingerprint
from devices.printing.reprint import as_reprint

# The reason of a job that is on its way and whose completion mark is still to come.
AWAITING_MARK = "awaiting_mark"
INTERRUPTED = "interrupted"
"""The reason of a job whose end was never told: the program stopped, or something unforeseen came between."""
FORGOTTEN = "{}"
"""What stands in the place of a paper's text that was thrown away."""
_MAX_REASON = 200

JOURNAL_TABLE = """
CREATE TABLE IF NOT EXISTS print_job (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE CHECK (length(id) BETWEEN 1 AND 64),
    printer TEXT NOT NULL CHECK (length(printer) BETWEEN 1 AND 64),
    kind TEXT NOT NULL CHECK (kind IN ('receipt', 'pick', 'label', 'bag', 'report', 'test')),
    document TEXT NOT NULL CHECK (length(document) BETWEEN 2 AND 1000000),
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
    copies INTEGER NOT NULL CHECK (copies BETWEEN 1 AND 9),
    reprint_of TEXT REFERENCES print_job (id),
    copy_number INTEGER NOT NULL CHECK (copy_number >= 0),
    attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    state TEXT NOT NULL DEFAULT 'queued' CHECK (
        state IN ('queued', 'sending', 'sent', 'confirmed', 'uncertain', 'failed', 'expired')
    ),
    reason TEXT NOT NULL DEFAULT '' CHECK (length(reason) <= 200),
    created_at TEXT NOT NULL,
    expires_at TEXT,
    changed_at TEXT NOT NULL,
    decision TEXT NOT NULL DEFAULT '' CHECK (decision IN ('', 'came_out', 'again', 'left')),
    decided_by TEXT NOT NULL DEFAULT '' CHECK (length(decided_by) <= 64),
    decided_at TEXT,
    CHECK ((decision = '') = (decided_at IS NULL)),
    CHECK ((copy_number = 0) = (reprint_of IS NULL))
)
"""
JOURNAL_INDEXES = (
    "CREATE INDEX IF NOT EXISTS print_job_queued ON print_job (printer, seq) WHERE state = 'queued'",
    "CREATE INDEX IF NOT EXISTS print_job_underway ON print_job (state) WHERE state IN ('sending', 'sent')",
    (
        "CREATE INDEX IF NOT EXISTS print_job_undecided ON print_job (seq)"
        " WHERE decision = '' AND state IN ('uncertain', 'failed', 'expired')"
    ),
    f"CREATE INDEX IF NOT EXISTS print_job_kept ON print_job (created_at) WHERE document <> '{FORGOTTEN}'",
    "CREATE INDEX IF NOT EXISTS print_job_reprints ON print_job (reprint_of) WHERE reprint_of IS NOT NULL",
)
JOURNAL_SCHEMA = ";\n".join((JOURNAL_TABLE.strip(), *JOURNAL_INDEXES)) + ";\n"

_INSERT = """
INSERT INTO print_job
    (id, printer, kind, document, sha256, copies, reprint_of, copy_number, created_at, expires_at, changed_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_NEXT = """
SELECT id, printer, kind, document, sha256, copies, copy_number, attempts, expires_at
FROM print_job WHERE printer = ? AND state = 'queued' ORDER BY seq LIMIT 1
"""
_ORIGINAL = """
SELECT o.id, o.printer, o.kind, o.document,
       (SELECT coalesce(max(copy_number), 0) FROM print_job WHERE reprint_of = o.id)
FROM print_job AS j JOIN print_job AS o ON o.id = coalesce(j.reprint_of, j.id) WHERE j.id = ?
"""


def create_journal(connection: sqlite3.Connection) -> None:
    """Create the journal's table and indexes where they are missing."""
    for statement in (JOURNAL_TABLE, *JOURNAL_INDEXES):
        connection.execute(statement)


def enqueue(connection: sqlite3.Connection, job: NewJob) -> None:
    """Put a job at the end of its printer's queue.

    Raises:
        JournalError: a job with this id is there already; nothing was changed.
    """
    document = job.document.to_json()
    _insert(connection, job, document, None, 0)


def enqueue_reprint(
    connection: sqlite3.Connection, job_id: str, new_id: str, at: datetime, printer: str | None = None
) -> int:
    """Enqueue one more paper of a job, marked "重打 COPY n"; the only way to print a job again.

    A shelf label is not marked: it proves nothing, and customers read it at the shelf.

    Args:
        connection: in the caller's transaction.
        job_id: the job, or any reprint of it.
        new_id: the new job's id.
        at: aware UTC.
        printer: where to; None = where the original went.

    Returns:
        n, counted over all reprints of the original.

    Raises:
        UnknownJob: there is no such job.
        PaperForgotten: its text was thrown away.
    """
    row = connection.execute(_ORIGINAL, (job_id,)).fetchone()
    if row is None:
        raise UnknownJob(f"there is no print job {job_id}")
    original, first_printer, kind, document, highest = row
    if document == FORGOTTEN:
        raise PaperForgotten(f"the text of print job {original} was thrown away")
    copy_number = int(highest) + 1
    whole = Document.from_json(document)
    marked = whole if kind == JobKind.LABEL else as_reprint(whole, copy_number)
    job = NewJob(new_id, printer or first_printer, JobKind(kind), marked, at)
    _insert(connection, job, marked.to_json(), original, copy_number)
    return copy_number


def _insert(
    connection: sqlite3.Connection, job: NewJob, document: str, original: str | None, copy_number: int
) -> None:
    created = timestamp(job.created_at)
    expires = timestamp(job.expires_at) if job.expires_at else None
    head = (job.id, job.printer, job.kind.value, document, fingerprint(document), job.copies)
    try:
        connection.execute(_INSERT, (*head, original, copy_number, created, expires, created))
    except sqlite3.IntegrityError as error:
        raise JournalError(f"print job {job.id} cannot be stored: {error}") from error


def next_job(connection: sqlite3.Connection, printer: str) -> Job | None:
    """The oldest queued job of a printer, still queued; None if there is none."""
    row = connection.execute(_NEXT, (printer,)).fetchone()
    if row is None:
        return None
    identity, where, kind, document, sha256, copies, copy_number, attempts, expires = row
    return Job(
        id=identity,
        printer=where,
        kind=JobKind(kind),
        document_json=document,
        sha256=sha256,
        copies=copies,
        copy_number=copy_number,
        attempts=attempts,
        expires_at=datetime.fromisoformat(expires) if expires else None,
    )


def set_state(
    connection: sqlite3.Connection, job_id: str, state: JobState, reason: str, at: datetime
) -> None:
    """Move a job on. ``sending`` counts an attempt.

    Raises:
        UnknownJob: there is no such job.
        IllegalTransition: its state does not lead there; nothing was changed.
    """
    before = COMES_FROM[state]
    places = ", ".join("?" * len(before))
    changed = connection.execute(
        "UPDATE print_job SET state = ?, reason = ?, changed_at = ?, attempts = attempts + ?"  # noqa: S608
        f" WHERE id = ? AND state IN ({places})",
        (state.value, reason[:_MAX_REASON], timestamp(at), state is JobState.SENDING, job_id, *before),
    ).rowcount
    if changed:
        return
    found = state_of(connection, job_id)
    raise IllegalTransition(f"print job {job_id} is {found} and cannot become {state}")


def state_of(connection: sqlite3.Connection, job_id: str) -> JobState:
    """A job's state.

    Raises:
        UnknownJob: there is no such job.
    """
    row = connection.execute("SELECT state FROM print_job WHERE id = ?", (job_id,)).fetchone()
    if row is None:
        raise UnknownJob(f"there is no print job {job_id}")
    return JobState(row[0])


def decide(connection: sqlite3.Connection, job_id: str, decision: Decision, by: str, at: datetime) -> None:
    """Keep what a person says of a paper whose fate the machine does not know, or that never came out.

    Args:
        connection: in the caller's transaction.
        job_id: a job that is uncertain, failed or expired.
        decision: ``came_out`` = it lies there whole; ``again`` = a copy is printed; ``left`` = not needed.
        by: who says so.
        at: aware UTC.

    Raises:
        UnknownJob: there is no such job.
        IllegalTransition: its fate is known, or was decided before; nothing was changed.
    """
    changed = connection.execute(
        "UPDATE print_job SET decision = ?, decided_by = ?, decided_at = ?"
        " WHERE id = ? AND decision = '' AND state IN ('uncertain', 'failed', 'expired')",
        (decision, by[:64], timestamp(at), job_id),
    ).rowcount
    if not changed:
        found = state_of(connection, job_id)
        raise IllegalTransition(f"print job {job_id} is {found}: there is nothing to decide")


def forget_papers(connection: sqlite3.Connection, before: datetime, most: int) -> int:
    """Throw away the text of old papers whose fate is settled; that they were printed stays on record.

    Reports keep theirs: whoever checks the books may ask for a copy after years.

    Args:
        connection: in the caller's transaction.
        before: aware UTC; papers made since are kept.
        most: how many at once.

    Returns:
        How many were forgotten.
    """
    return connection.execute(
        f"UPDATE print_job SET document = '{FORGOTTEN}' WHERE seq IN (SELECT seq FROM print_job"  # noqa: S608
        f" WHERE document <> '{FORGOTTEN}' AND created_at < ? AND kind <> 'report'"
        " AND (decision <> '' OR state = 'confirmed'"
        " OR (state = 'sent' AND reason <> ?)) ORDER BY created_at LIMIT ?)",
        (timestamp(before), AWAITING_MARK, most),
    ).rowcount


def recover(connection: sqlite3.Connection, at: datetime) -> int:
    """After a crash: what was under way becomes uncertain and is never printed again by itself.

    Returns:
        How many jobs became uncertain. Queued jobs go on.
    """
    return connection.execute(
        "UPDATE print_job SET state = 'uncertain', reason = ?, changed_at = ?"
        " WHERE state = 'sending' OR (state = 'sent' AND reason = ?)",
        (INTERRUPTED, timestamp(at), AWAITING_MARK),
    ).rowcount
