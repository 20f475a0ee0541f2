"""Papers that a person must look after: whose fate the printer did not tell, or that never came out."""

from datetime import datetime, timedelta
from typing import Any, Final

from devices.clock import timestamp
from devices.errors import IllegalTransition, UnknownJob
from devices.printing.document import Document
from devices.printing.job import Decision
from devices.printing.journal import FORGOTTEN, decide
from pos_agent.hardware.papers import Papers
from sync.rules.errors import Refused
from sync.storage.reader import Reader
from sync.storage.writer import Transaction

MOST: Final = 50
WAITS_S: Final = 15
"""A paper that has waited so long is shown: its printer needs somebody."""
SHOWN_H: Final = 72
"""What nobody looked after for so long is history."""
_OPEN: Final = (
    "SELECT id, printer, kind, state, reason, created_at, copy_number FROM print_job"
    " WHERE created_at >= ? AND ((decision = '' AND state IN ('uncertain', 'failed', 'expired'))"
    " OR (state = 'queued' AND created_at <= ?)) ORDER BY seq DESC LIMIT ?"
)
_COUNT: Final = (
    "SELECT COUNT(*) FROM print_job WHERE decision = '' AND state IN ('uncertain', 'failed', 'expired')"
    " AND created_at >= ?"
)


async def open_papers(reader: Reader, now: datetime) -> list[dict[str, Any]]:
    """The newest papers to look after, newest first."""
    since, waited = now - timedelta(hours=SHOWN_H), now - timedelta(seconds=WAITS_S)
    rows = await reader.all(_OPEN, (timestamp(since), timestamp(waited), MOST))
    names = ("id", "printer", "kind", "state", "reason", "at", "copy")
    return [dict(zip(names, row, strict=True)) for row in rows]


async def count_undecided(reader: Reader, now: datetime) -> int:
    """How many papers wait for a person's word."""
    (count,) = await reader.one(_COUNT, (timestamp(now - timedelta(hours=SHOWN_H)),)) or (0,)
    return int(count)


async def document_of(reader: Reader, job: str) -> tuple[Document, str]:
    """What stands on a paper, and the printer it was meant for.

    Raises:
        Refused: `unknown_paper`; `paper_forgotten`, it is too old.
    """
    row = await reader.one("SELECT document, printer FROM print_job WHERE id = ?", (job,))
    if row is None:
        raise Refused("unknown_paper")
    if row[0] == FORGOTTEN:
        raise Refused("paper_forgotten")
    return Document.from_json(row[0]), str(row[1])


def decide_paper(
    tx: Transaction, papers: Papers, job: str, decision: Decision, actor: str, at: datetime
) -> str | None:
    """Keep a person's word on a paper; returns the new job's id where it is printed again.

    Raises:
        Refused: `unknown_paper`; `paper_settled`, its fate is known or was decided; `no_printer`. Nothing
            changed.
    """
    try:
        decide(tx.connection, job, decision, actor, at)
    except UnknownJob as error:
        raise Refused("unknown_paper") from error
    except IllegalTransition as error:
        raise Refused("paper_settled") from error
    return papers.reprint(tx, job) if decision == "again" else None
