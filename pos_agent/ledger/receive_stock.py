"""Receive stock: an opening list or a delivery is booked once per reference, all of it or nothing."""

from dataclasses import dataclass

from pos_agent.ledger.delivery_notes import is_of_document
from pos_agent.ledger.rules import DocumentReason, document_fingerprint, merged, receiving_moves
from pos_agent.ledger.store_book import SqliteStoreBook
from sync.rules.errors import Refused
from sync.rules.store.ledger import book_move


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What came in: `lines` are (SKU, units); `ref` names the paper and counts once."""

    ref: str
    reason: DocumentReason
    lines: list[tuple[str, int]]
    at: str
    actor: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was booked: the first event, units in all, and whether it had been booked before."""

    seq: int
    units: int
    is_repeat: bool


def receive_stock(book: SqliteStoreBook, delivery: Delivery) -> Receipt:
    """Book a delivery.

    Raises:
        Refused: `unknown_sku` for goods that the catalogue does not know; `ref_reused` for a
            reference that was booked with other lines; `ref_booked`, the note came in as a document of
            the headquarters (when and by whom is told); `empty_document`, `document_too_long`,
            `too_many_units`.
    """
    lines = merged(delivery.lines)
    fingerprint = document_fingerprint(delivery.reason, lines)
    known = book.tx.one("SELECT fingerprint, seq, at, actor FROM document WHERE ref = ?", (delivery.ref,))
    units = sum(qty for _sku, qty in lines)
    if known is not None:
        if is_of_document(known[0]):
            raise Refused("ref_booked", ref=delivery.ref, at=known[2], by=known[3])
        if known[0] != fingerprint:
            raise Refused("ref_reused", ref=delivery.ref)
        return Receipt(known[1], units, is_repeat=True)
    _need_known(book, lines)
    moves = receiving_moves(delivery.reason, delivery.ref, lines, delivery.at, delivery.actor)
    seqs = [book_move(book, move) for move in moves]
    book.tx.execute(
        "INSERT INTO document (ref, reason, fingerprint, seq, at, actor) VALUES (?, ?, ?, ?, ?, ?)",
        (delivery.ref, delivery.reason, fingerprint, seqs[0], delivery.at, delivery.actor),
    )
    return Receipt(seqs[0], units, is_repeat=False)


def _need_known(book: SqliteStoreBook, lines: list[tuple[str, int]]) -> None:
    """Refuse a document with goods that nobody could sell or tell the hub about."""
    missing = [sku for sku, _qty in lines if not book.tx.one("SELECT 1 FROM product WHERE sku = ?", (sku,))]
    if missing:
        raise Refused("unknown_sku", sku=missing[0], others=len(missing) - 1)
