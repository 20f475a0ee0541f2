"""A document that the hub does not know: made by the store itself, or lost in a restore.

It is kept as far as the store tells of it, and never refused: what it says has happened. The id of a document
of HQ ends in its task; the task of another one shows in its movements, and without any it is a count.
"""

from typing import Final

from hub.documents.history import Deed, remember_deed
from hub.documents.rules import REASONS, task_in, transfer_in_id
from sync.rules.facts import DocumentStep, Move
from sync.storage.writer import Transaction

_MAKE: Final = (
    "INSERT INTO document (id, number, task, store, rev, state, origin, transfer, given_at, given_by)"
    " VALUES (?, ?, ?, ?, 0, 'asked', ?, ?, ?, ?)"
)
_TRANSFER: Final = (
    "INSERT INTO transfer (id, number, source, target, state) VALUES (?, ?, '', '', 'draft')"
    " ON CONFLICT (id) DO NOTHING"
)


def recover_from_move(transaction: Transaction, store: str, move: Move, heard_at: str) -> None:
    """A movement names a document: make it where it is unknown."""
    assert move.document is not None
    if transaction.one("SELECT 1 FROM document WHERE id = ?", (move.document,)) is None:
        task = task_in(move.document) or REASONS.get(move.reason, "count")
        _make(transaction, store, move.document, task, (move.at, move.actor, heard_at, move.ref))


def recover_from_step(transaction: Transaction, store: str, step: DocumentStep, heard_at: str) -> None:
    """A step of an unknown document: make it."""
    if transaction.one("SELECT 1 FROM document WHERE id = ?", (step.document,)) is None:
        task = task_in(step.document) or "count"
        _make(transaction, store, step.document, task, (step.at, step.actor, heard_at, ""))


def _make(
    transaction: Transaction,
    store: str,
    document: str,
    task: str,
    told: tuple[str, str, str, str],
) -> None:
    """The document's row, for a leg its transfer too.

    `told` is when it happened, who did it, when it was heard, and the number that people know.
    """
    transfer = transfer_in_id(document)
    at, actor, heard_at, ref = told
    number = ref or f"#{(transfer or document.partition('.')[0])[-6:].upper()}"
    is_lost = task_in(document) is not None
    origin = "hq" if is_lost else "store"
    transaction.execute(
        _MAKE, (document, number, task, store, origin, transfer, at, "" if is_lost else actor)
    )
    if transfer:
        _make_transfer(transaction, store, transfer, task, number)
    remember_deed(
        transaction,
        Deed(document=document, kind="lost" if is_lost else "made", rev=0, at=at, heard_at=heard_at),
    )


def _make_transfer(transaction: Transaction, store: str, transfer: str, task: str, number: str) -> None:
    """The transfer of a leg, and which of its stores this is."""
    transaction.execute(_TRANSFER, (transfer, number))
    side = "source" if task == "transfer_out" else "target"
    transaction.execute(
        f"UPDATE transfer SET {side} = ? WHERE id = ? AND {side} = ''",  # noqa: S608  # one of two own words
        (store, transfer),
    )
