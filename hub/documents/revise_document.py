"""Revising a document while it is open: other lines at the next revision, told to the store."""

from dataclasses import dataclass

from hub.documents.history import Deed, remember_deed
from hub.documents.rules import OPEN, Asked, faults_of_lines
from hub.documents.tell_store import put_lines, require_known, tell_document
from hub.kernel import Kernel
from hub.stock.require_whole import require_whole
from sync.rules.errors import Refused
from sync.rules.items import MOST_LINES
from sync.storage.writer import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviseDocument:
    """Command: replace a document's lines; returns the new revision. Which one is booked, the store decides.

    Args:
        kernel: the hub.
        document: its id.
        rev: the revision that the person saw.
        lines: all lines from now on.
        by: who of HQ.
        why: in their words; may be empty.
    """

    kernel: Kernel
    document: str
    rev: int
    lines: tuple[Asked, ...]
    by: str
    why: str = ""

    def __call__(self, transaction: Transaction) -> int:
        """Run in the writer.

        Raises:
            Refused: `unknown_document`, `not_ours`, `not_revisable`, `ended`, `withdrawing`, `changed`,
                `wrong_draft`, `unknown_sku`, `unreadable_document`, `not_merged`; nothing changed.
        """
        task = require_open(transaction, self.document)
        row = transaction.one("SELECT rev, withdraw_asked_at FROM document WHERE id = ?", (self.document,))
        assert row is not None
        if task == "transfer_in":
            raise Refused("not_revisable")
        if row[1] is not None:
            raise Refused("withdrawing")
        if row[0] != self.rev:
            raise Refused("changed", rev=row[0])
        if not 1 <= len(self.lines) <= MOST_LINES or faults_of_lines(task, self.lines):
            raise Refused("wrong_draft")
        require_known(transaction, self.lines)
        at, rev = self.kernel.instant(), self.rev + 1
        transaction.execute("UPDATE document SET rev = ? WHERE id = ?", (rev, self.document))
        put_lines(transaction, self.document, self.lines)
        tell_document(transaction, self.kernel, self.document)
        lines = [{"sku": line.sku, "bucket": line.bucket, "qty": line.qty} for line in self.lines]
        remember_deed(
            transaction,
            Deed(
                document=self.document, kind="revised", rev=rev, at=at, by=self.by, why=self.why, lines=lines
            ),
        )
        return rev


def require_open(transaction: Transaction, document: str) -> str:
    """The task of a document of HQ that its store has not ended, as far as all that it told is heard.

    Raises:
        Refused: `unknown_document`, `not_ours`, `ended` with state and when, `not_merged`.
    """
    row = transaction.one(
        "SELECT task, state, origin, ended_at, store FROM document WHERE id = ?", (document,)
    )
    if row is None:
        raise Refused("unknown_document")
    if row[1] not in OPEN:
        raise Refused("ended", state=row[1], at=row[3])
    if row[2] != "hq":
        raise Refused("not_ours")
    require_whole(transaction, row[4])
    return str(row[0])
