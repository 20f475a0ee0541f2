"""What the spool needs of a journal; a program implements it over its own single writer."""

from datetime import datetime
from typing import Protocol

from devices.printing.job import Job, JobState


class Journal(Protocol):
    """Each call returns after its COMMIT."""

    async def claim(self, printer: str) -> Job | None:
        """The printer's oldest queued job (``journal.next_job``); it stays queued."""
        ...

    async def mark(self, job_id: str, state: JobState, reason: str, at: datetime) -> None:
        """Move a job on (``journal.set_state``)."""
        ...

    async def recover(self, at: datetime) -> int:
        """Settle what a crash left under way (``journal.recover``)."""
        ...
