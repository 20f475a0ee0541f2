"""What HQ does about goods on the road that will not arrive: close the difference, or send them on."""

from dataclasses import dataclass

from hub.documents.history import Deed, remember_deed
from hub.documents.keep_transfer import (
    ask_to_receive,
    has_open_arrival,
    on_the_road,
    refresh_transfer,
    stores_of,
)
from hub.documents.tell_store import require_enrolled
from hub.kernel import Kernel
from hub.monitor.change_trouble import ResolveTrouble
from hub.stock.require_whole import require_whole
from sync.rules.errors import Refused
from sync.runtime.ids import new_id
from sync.storage.writer import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseDifference:
    """Command: what is on the road is a difference, for a reason; no stock moves. Returns the units closed.

    Args:
        kernel: the hub.
        document: any document of the transfer.
        by: who of HQ.
        why: the reason, in their words.
    """

    kernel: Kernel
    document: str
    by: str
    why: str

    def __call__(self, transaction: Transaction) -> int:
        """Run in the writer.

        Raises:
            Refused: `unknown_document`, `no_transfer`, `still_open` (a store may yet book the goods in),
                `nothing_on_the_road`, `reason_missing`, `not_merged` (a store of the transfer has not told
                all that happened); nothing changed.
        """
        if not self.why.strip():
            raise Refused("reason_missing")
        transfer = require_transfer(transaction, self.document)
        units = require_stranded(transaction, transfer)
        at = self.kernel.instant()
        for (sku, bucket), qty in units.items():
            transaction.execute(
                "INSERT INTO transfer_closed (transfer, sku, bucket, qty) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (transfer, sku, bucket) DO UPDATE SET qty = qty + excluded.qty",
                (transfer, sku, bucket, qty),
            )
        transaction.execute(
            "UPDATE transfer SET closed_at = ?, closed_by = ?, closed_why = ? WHERE id = ?",
            (at, self.by, self.why, transfer),
        )
        refresh_transfer(transaction, transfer)
        lines = [{"sku": sku, "bucket": bucket, "qty": qty} for (sku, bucket), qty in units.items()]
        deed = Deed(
            document=self.document, kind="closed", rev=0, at=at, by=self.by, why=self.why, lines=lines
        )
        remember_deed(transaction, deed)
        resolve_troubles(transaction, transfer, self.by, self.why, at)
        return sum(abs(qty) for qty in units.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class SendOn:
    """Command: ask a store to book in what is on the road; returns the new document.

    For goods that their store refused, or whose store the hub has lost; also back to the store they left.
    """

    kernel: Kernel
    document: str
    store: str
    by: str

    def __call__(self, transaction: Transaction) -> str:
        """Run in the writer.

        Raises:
            Refused: `unknown_document`, `no_transfer`, `still_open`, `nothing_on_the_road`, `unknown_store`,
                `not_enrolled`, `unreadable_document`, `not_merged` (as above, or the new store's); nothing
                changed.
        """
        transfer = require_transfer(transaction, self.document)
        units = require_stranded(transaction, transfer)
        if all(qty < 0 for qty in units.values()):
            raise Refused("nothing_on_the_road")
        require_enrolled(transaction, self.store)
        require_whole(transaction, self.store)
        transaction.execute("UPDATE transfer SET target = ? WHERE id = ?", (self.store, transfer))
        at = self.kernel.instant()
        given = ask_to_receive(transaction, self.kernel, transfer, self.by, at, again=new_id()[-12:])
        assert given is not None
        refresh_transfer(transaction, transfer)
        remember_deed(
            transaction,
            Deed(document=self.document, kind="sent_on", rev=0, at=at, by=self.by, why=self.store),
        )
        resolve_troubles(transaction, transfer, self.by, f"{self.store}: {given}", at)
        return given


def resolve_troubles(transaction: Transaction, transfer: str, by: str, note: str, at: str) -> None:
    """The troubles about a transfer's documents are resolved by what HQ did, on record."""
    troubles = transaction.all(
        "SELECT t.id FROM document d JOIN trouble t ON t.store = d.store AND t.subject = 'document:' || d.id"
        " AND t.kind IN ('document_difference', 'document_refused', 'transfer_stranded')"
        " WHERE d.transfer = ? AND t.state <> 'resolved'",
        (transfer,),
    )
    for (trouble,) in troubles:
        ResolveTrouble(trouble, by, note, at, "accepted")(transaction)


def require_transfer(transaction: Transaction, document: str) -> str:
    """The transfer of a document.

    Raises:
        Refused: `unknown_document`, `no_transfer`.
    """
    row = transaction.one("SELECT transfer FROM document WHERE id = ?", (document,))
    if row is None:
        raise Refused("unknown_document")
    if not row[0]:
        raise Refused("no_transfer")
    return str(row[0])


def require_stranded(transaction: Transaction, transfer: str) -> dict[tuple[str, str], int]:
    """Units that no document brings in any more.

    Raises:
        Refused: `not_merged`, `still_open`, `nothing_on_the_road`.
    """
    require_whole(transaction, *stores_of(transaction, transfer))
    if has_open_arrival(transaction, transfer):
        raise Refused("still_open")
    units = on_the_road(transaction, transfer)
    if not units:
        raise Refused("nothing_on_the_road")
    return units
