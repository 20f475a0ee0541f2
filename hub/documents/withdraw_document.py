"""Withdrawing a document: the store is asked, and decides. What happens first in its ledger wins."""

from dataclasses import dataclass

from hub.documents.history import Deed, remember_deed
from hub.documents.revise_document import require_open
from hub.documents.tell_store import tell_document
from hub.kernel import Kernel
from sync.rules.errors import Refused
from sync.storage.writer import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawDocument:
    """Command: ask a document's store to give it back; asked before, nothing changes."""

    kernel: Kernel
    document: str
    by: str
    why: str = ""

    def __call__(self, transaction: Transaction) -> None:
        """Run in the writer.

        Raises:
            Refused: `unknown_document`, `not_ours`, `ended`, `not_merged`,
                `lines_lost`, the hub does not know its lines and an item without any cannot be told;
                nothing changed.
        """
        require_open(transaction, self.document)
        row = transaction.one("SELECT rev, withdraw_asked_at FROM document WHERE id = ?", (self.document,))
        assert row is not None
        if row[1] is not None:
            return
        if transaction.one("SELECT 1 FROM document_line WHERE document = ?", (self.document,)) is None:
            raise Refused("lines_lost")
        at, rev = self.kernel.instant(), row[0] + 1
        transaction.execute(
            "UPDATE document SET withdraw_asked_at = ?, rev = ? WHERE id = ?", (at, rev, self.document)
        )
        tell_document(transaction, self.kernel, self.document, withdrawn=True)
        remember_deed(
            transaction,
            Deed(document=self.document, kind="withdraw_asked", rev=rev, at=at, by=self.by, why=self.why),
        )
