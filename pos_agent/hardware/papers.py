"""Papers: what an area wants printed goes on the journal in the area's own transaction.

So after a crash a sale and its receipt's job are both there, or neither. The spool is woken after
the commit; nothing here waits for a printer.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from devices.errors import PaperForgotten
from devices.printing.document import Document
from devices.printing.job import JobKind, NewJob
from devices.printing.journal import enqueue, enqueue_reprint
from pos_agent.settings import AgentSettings, PrinterSection
from sync.rules.errors import Refused
from sync.runtime.ids import new_id
from sync.storage.writer import Transaction
from sync.values.clock import Clock

_ROLES: Final = {
    JobKind.RECEIPT: "receipt",
    JobKind.PICK: "pick",
    JobKind.LABEL: "label",
    JobKind.BAG: "label",
}
_SHOWN: Final = {"sending": "queued"}
FATE: Final = "CASE j.decision WHEN 'came_out' THEN 'confirmed' ELSE j.state END"
"""A job's state, or what a person saw; `j` is its row."""

_FATE_OF: Final = f"SELECT {FATE} FROM print_job j WHERE id = ?"  # noqa: S608  # joins constants


def printer_of(settings: AgentSettings, kind: JobKind) -> PrinterSection | None:
    """The printer that these settings mean for a kind of paper; None where there is none."""
    wanted = next((p for p in settings.printer if p.role == _ROLES.get(kind)), None)
    return wanted or settings.printer_for("receipt")


class Papers:
    """Puts papers on the queue of the printer that is meant for them.

    Args:
        settings: names the printers and what each prints.
        clock: stamps the jobs.
        wake: called after the commit with the printer that has something to do.
    """

    def __init__(self, settings: AgentSettings, clock: Clock, wake: Callable[[str], None]) -> None:
        self._settings = settings
        self._clock = clock
        self.wake = wake

    def use(self, settings: AgentSettings) -> None:
        """Print on these printers from now on."""
        self._settings = settings

    def printer_for(self, kind: JobKind) -> PrinterSection | None:
        """The printer of a kind of paper; slips go to the receipt printer where none is meant for them."""
        return printer_of(self._settings, kind)

    def enqueue(
        self,
        tx: Transaction,
        kind: JobKind,
        document: Document,
        valid: timedelta | None = None,
        copies: int = 1,
    ) -> str | None:
        """Queue a paper; returns the job's id, or None where this store has no printer for it.

        Args:
            tx: the transaction that books what the paper tells.
            kind: what the paper is.
            document: what stands on it.
            valid: how long it is worth printing; None = for ever.
            copies: equal papers, 1 to 9.
        """
        printer = self.printer_for(kind)
        if printer is None:
            return None
        now = self._clock.now()
        expires_at = now + valid if valid is not None else None
        job = NewJob(new_id(), printer.id, kind, document, now, copies=copies, expires_at=expires_at)
        enqueue(tx.connection, job)
        tx.after_commit(lambda: self.wake(printer.id))
        return job.id

    def reprint(self, tx: Transaction, job_id: str | None) -> str:
        """Queue one more paper of a job, marked as a copy; returns the new job's id.

        Raises:
            Refused: `no_printer`, nothing was ever printed for it and nothing can be now;
                `paper_forgotten`, it is too old.
        """
        row = tx.one("SELECT kind FROM print_job WHERE id = ?", (job_id,)) if job_id else None
        printer = self.printer_for(JobKind(row[0])) if row else None
        if job_id is None or printer is None:
            raise Refused("no_printer")
        new = new_id()
        try:
            enqueue_reprint(tx.connection, job_id, new, self._clock.now(), printer.id)
        except PaperForgotten as error:
            raise Refused("paper_forgotten") from error
        tx.after_commit(lambda: self.wake(printer.id))
        return new


def printed_state(tx: Transaction, job_id: str | None) -> str | None:
    """How far a job's paper has come, as a screen shows it; None where there is no job."""
    row = tx.one(_FATE_OF, (job_id,)) if job_id else None
    return shown_state(row[0] if row else None)


def shown_state(state: str | None) -> str | None:
    """A job's state as a screen shows it; None where there is no job."""
    return _SHOWN.get(state, state) if state else None
