"""The journal's rows follow the caller's transaction and never lead to a silent second paper."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from devices.errors import IllegalTransition, JournalError, PaperForgotten, UnknownJob
from devices.printing import journal
from devices.printing.document import Document, Text
from devices.printing.job import COMES_FROM, JobKind, JobState, NewJob, fingerprint
from devices.printing.journal import AWAITING_MARK

AT = datetime(2025, 11, 23, 10, 0, tzinfo=UTC)
PAPER = Document((Text("好"),))


def new_job(identity: str = "job-1", printer: str = "front") -> NewJob:
    return NewJob(identity, printer, JobKind.RECEIPT, PAPER, AT)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    opened = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
    opened.execute("PRAGMA foreign_keys = ON")
    journal.create_journal(opened)
    yield opened
    opened.close()


def rows(connection: sqlite3.Connection) -> list[tuple[object, ...]]:
    return connection.execute("SELECT id, state, reason, attempts FROM print_job ORDER BY seq").fetchall()


def bring_to(connection: sqlite3.Connection, job: str, state: JobState) -> None:
    steps = {
        JobState.QUEUED: (),
        JobState.SENDING: (JobState.SENDING,),
        JobState.SENT: (JobState.SENDING, JobState.SENT),
        JobState.CONFIRMED: (JobState.SENDING, JobState.SENT, JobState.CONFIRMED),
        JobState.UNCERTAIN: (JobState.SENDING, JobState.UNCERTAIN),
        JobState.FAILED: (JobState.FAILED,),
        JobState.EXPIRED: (JobState.EXPIRED,),
    }
    for step in steps[state]:
        journal.set_state(connection, job, step, "", AT)


def test_a_job_lives_and_dies_with_the_transaction_it_was_booked_in(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN")
    journal.enqueue(connection, new_job())
    assert connection.in_transaction
    connection.execute("ROLLBACK")
    assert rows(connection) == []


def test_jobs_come_in_the_order_they_were_booked_for_each_printer(connection: sqlite3.Connection) -> None:
    for identity, printer in [("z", "front"), ("a", "front"), ("k", "kitchen")]:
        journal.enqueue(connection, new_job(identity, printer))
    job = journal.next_job(connection, "front")
    assert job is not None
    assert (job.id, job.copies, job.copy_number, job.attempts, job.expires_at) == ("z", 1, 0, 0, None)
    assert Document.from_json(job.document_json) == PAPER
    assert job.sha256 == fingerprint(PAPER.to_json())
    bring_to(connection, "z", JobState.CONFIRMED)
    following = journal.next_job(connection, "front")
    assert following is not None
    assert following.id == "a"
    assert journal.next_job(connection, "bar") is None


def test_the_same_id_twice_is_refused(connection: sqlite3.Connection) -> None:
    journal.enqueue(connection, new_job())
    with pytest.raises(JournalError):
        journal.enqueue(connection, new_job(printer="other"))
    assert rows(connection) == [("job-1", "queued", "", 0)]


@pytest.mark.parametrize("before", JobState)
@pytest.mark.parametrize("after", JobState)
def test_a_job_moves_only_where_its_state_leads(
    connection: sqlite3.Connection, before: JobState, after: JobState
) -> None:
    journal.enqueue(connection, new_job())
    bring_to(connection, "job-1", before)
    kept = rows(connection)
    if before in COMES_FROM[after]:
        journal.set_state(connection, "job-1", after, "why", AT)
        assert journal.state_of(connection, "job-1") is after
    else:
        with pytest.raises(IllegalTransition, match=before):
            journal.set_state(connection, "job-1", after, "why", AT)
        assert rows(connection) == kept


def test_a_job_nobody_enqueued_is_unknown(connection: sqlite3.Connection) -> None:
    with pytest.raises(UnknownJob):
        journal.set_state(connection, "none", JobState.SENDING, "", AT)
    with pytest.raises(UnknownJob):
        journal.enqueue_reprint(connection, "none", "new", AT)
    assert rows(connection) == []


def test_after_a_crash_what_was_under_way_is_uncertain_and_the_rest_goes_on(
    connection: sqlite3.Connection,
) -> None:
    for identity in ("queued", "sending", "awaited", "sent", "confirmed"):
        journal.enqueue(connection, new_job(identity))
    bring_to(connection, "sending", JobState.SENDING)
    bring_to(connection, "awaited", JobState.SENDING)
    journal.set_state(connection, "awaited", JobState.SENT, AWAITING_MARK, AT)
    bring_to(connection, "sent", JobState.SENT)
    bring_to(connection, "confirmed", JobState.CONFIRMED)
    assert journal.recover(connection, AT) == 2
    assert rows(connection) == [
        ("queued", "queued", "", 0),
        ("sending", "uncertain", "interrupted", 1),
        ("awaited", "uncertain", "interrupted", 1),
        ("sent", "sent", "", 1),
        ("confirmed", "confirmed", "", 1),
    ]
    assert journal.recover(connection, AT) == 0


def test_reprints_are_new_jobs_counted_over_the_original(connection: sqlite3.Connection) -> None:
    journal.enqueue(connection, new_job())
    bring_to(connection, "job-1", JobState.UNCERTAIN)
    assert journal.enqueue_reprint(connection, "job-1", "again", AT) == 1
    assert journal.enqueue_reprint(connection, "again", "third", AT, printer="back") == 2
    found = connection.execute(
        "SELECT id, printer, reprint_of, copy_number, document FROM print_job WHERE copy_number > 0"
    ).fetchall()
    assert [row[:4] for row in found] == [("again", "front", "job-1", 1), ("third", "back", "job-1", 2)]
    assert [row[4].count(f"重打 COPY {row[3]} ") for row in found] == [2, 2]


@pytest.mark.parametrize(
    "column",
    ["state = 'lost'", "kind = 'poem'", "copies = 0", "copies = 10", "sha256 = 'x'", "copy_number = 1"],
)
def test_the_table_itself_refuses_nonsense(connection: sqlite3.Connection, column: str) -> None:
    journal.enqueue(connection, new_job())
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute(f"UPDATE print_job SET {column}")
    assert rows(connection) == [("job-1", "queued", "", 0)]


def test_the_schema_text_makes_the_same_table(connection: sqlite3.Connection, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "other.db")
    other.executescript(journal.JOURNAL_SCHEMA)
    query = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"
    assert other.execute(query).fetchall() == connection.execute(query).fetchall()
    other.close()


def test_a_job_without_a_zone_or_with_ten_copies_is_refused() -> None:
    with pytest.raises(JournalError):
        NewJob("a", "front", JobKind.TEST, PAPER, AT.replace(tzinfo=None))
    with pytest.raises(JournalError):
        NewJob("a", "front", JobKind.TEST, PAPER, AT, copies=10)


def texts(connection: sqlite3.Connection) -> dict[str, str]:
    return dict(connection.execute("SELECT id, document FROM print_job").fetchall())


def test_only_old_papers_whose_fate_is_settled_are_forgotten(connection: sqlite3.Connection) -> None:
    for state in JobState:
        journal.enqueue(connection, new_job(state.value))
        bring_to(connection, state.value, state)
    journal.enqueue(connection, new_job("awaiting"))
    journal.set_state(connection, "awaiting", JobState.SENDING, "", AT)
    journal.set_state(connection, "awaiting", JobState.SENT, AWAITING_MARK, AT)
    journal.enqueue(connection, new_job("decided"))
    bring_to(connection, "decided", JobState.UNCERTAIN)
    journal.decide(connection, "decided", "came_out", "mei", AT)
    report = NewJob("z-1", "front", JobKind.REPORT, PAPER, AT)
    journal.enqueue(connection, report)
    bring_to(connection, "z-1", JobState.CONFIRMED)
    states = rows(connection)
    assert journal.forget_papers(connection, AT, 100) == 0  # none is older
    assert journal.forget_papers(connection, AT + timedelta(seconds=1), 2) == 2  # no more at once
    assert journal.forget_papers(connection, AT + timedelta(seconds=1), 100) == 1
    assert journal.forget_papers(connection, AT + timedelta(seconds=1), 100) == 0
    gone = {job for job, text in texts(connection).items() if text == journal.FORGOTTEN}
    assert gone == {"sent", "confirmed", "decided"}
    assert rows(connection) == states


def test_a_forgotten_paper_is_printed_no_more_and_nothing_changes(connection: sqlite3.Connection) -> None:
    journal.enqueue(connection, new_job())
    bring_to(connection, "job-1", JobState.CONFIRMED)
    journal.enqueue_reprint(connection, "job-1", "copy-1", AT)
    journal.forget_papers(connection, AT + timedelta(days=1), 100)
    before = connection.execute("SELECT * FROM print_job").fetchall()
    for job in ("job-1", "copy-1"):
        with pytest.raises(PaperForgotten):
            journal.enqueue_reprint(connection, job, "copy-2", AT)
    assert connection.execute("SELECT * FROM print_job").fetchall() == before
