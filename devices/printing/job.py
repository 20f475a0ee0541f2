"""A print job and the states it goes through.

queued -> sending -> sent -> confirmed
queued -> expired | failed                 nothing was printed
sending, sent -> uncertain                 nobody knows; a person looks at the paper
sending -> queued                          only while no byte of it has left

``sent`` is the last state on printers that answer no completion mark.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from devices.errors import JournalError
from devices.printing.document import Document

MAX_COPIES = 9


class JobKind(StrEnum):
    """What the paper is."""

    RECEIPT = "receipt"
    PICK = "pick"
    LABEL = "label"
    BAG = "bag"
    REPORT = "report"
    TEST = "test"


class JobState(StrEnum):
    """How far a job has come."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    CONFIRMED = "confirmed"
    UNCERTAIN = "uncertain"
    FAILED = "failed"
    EXPIRED = "expired"


Decision = Literal["came_out", "again", "left"]
"""What a person says of a paper that is uncertain, failed or expired."""

# The states a job may come from, for each it may take.
COMES_FROM: dict[JobState, tuple[JobState, ...]] = {
    JobState.QUEUED: (JobState.QUEUED, JobState.SENDING),
    JobState.SENDING: (JobState.QUEUED,),
    JobState.SENT: (JobState.SENDING,),
    JobState.CONFIRMED: (JobState.SENDING, JobState.SENT),
    JobState.UNCERTAIN: (JobState.SENDING, JobState.SENT),
    JobState.FAILED: (JobState.QUEUED, JobState.SENDING),
    JobState.EXPIRED: (JobState.QUEUED,),
}


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job to enqueue.

    Attributes:
        id: made by the caller, unique for ever (UUIDv7 text).
        printer: the id of the printer in the settings.
        kind: what the paper is.
        document: what stands on it.
        created_at: aware UTC.
        copies: equal papers, 1 to 9, cut apart.
        expires_at: after this moment it is not printed any more; None = never expires.
    """

    id: str
    printer: str
    kind: JobKind
    document: Document
    created_at: datetime
    copies: int = 1
    expires_at: datetime | None = None

    def __post_init__(self) -> None:
        if not 1 <= len(self.id) <= 64 or not 1 <= len(self.printer) <= 64:
            raise JournalError("a job's id and printer have 1 to 64 characters")
        if not 1 <= self.copies <= MAX_COPIES:
            raise JournalError(f"a job prints 1 to {MAX_COPIES} copies")
        if any(moment and moment.tzinfo is None for moment in (self.created_at, self.expires_at)):
            raise JournalError("a job's times are aware UTC")


@dataclass(frozen=True, slots=True)
class Job:
    """A job as the journal holds it. ``copy_number`` is 0 for an original, n for its n-th reprint."""

    id: str
    printer: str
    kind: JobKind
    document_json: str
    sha256: str
    copies: int
    copy_number: int
    attempts: int
    expires_at: datetime | None


def fingerprint(document_json: str) -> str:
    """The SHA-256 of a stored document, as 64 hex digits."""
    return hashlib.sha256(document_json.encode()).hexdigest()
