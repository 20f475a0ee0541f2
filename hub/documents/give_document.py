"""Giving a store a document: all its parts, what the stores hear and the answer in one transaction."""

from dataclasses import dataclass
from typing import Any, Final

from hub.documents.rules import Asked, Draft, document_id, faults_in, part_number, parts_of
from hub.documents.tell_store import NewDocument, put_document, require_enrolled
from hub.kernel import Kernel
from hub.orders.answers import already_told, loaded, remember
from hub.stock.book import dump
from sync.rules.errors import Refused
from sync.rules.items import DocumentTask
from sync.runtime.ids import new_id
from sync.storage.writer import Transaction

LETTERS: Final = {"receiving": "R", "count": "C", "adjust": "A", "opening": "O", "transfer": "T"}
_TRANSFER: Final = (
    "INSERT INTO transfer (id, number, source, target, state, note) VALUES (?, ?, ?, ?, 'draft', ?)"
)
_SAME: Final = (
    "SELECT id, number FROM document WHERE store = ? AND state IN ('asked', 'received', 'booked')"
    " AND task = 'receiving' AND number IN ({}) ORDER BY given_at, id LIMIT 1"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveDocument:
    """Command: give what a draft asks for; returns the ids of its documents, a long one in several parts.

    Args:
        kernel: the hub.
        draft: checked already.
        by: who of HQ gives it.
        key: the call's Idempotency-Key.
        fingerprint: tells a repeat of the call from another one.
    """

    kernel: Kernel
    draft: Draft
    by: str
    key: str
    fingerprint: str

    def __call__(self, transaction: Transaction) -> list[str]:
        """Run in the writer.

        Raises:
            hub.orders.answers.KeyReused: nothing changed.
            Refused: `wrong_draft`, `unknown_store`, `not_enrolled`, `unknown_sku`, `unreadable_document`,
                `given_already` with the `document` of that number; nothing changed.
        """
        key = f"document {self.key}"  # no key of an order holds a space
        told = already_told(transaction, key, self.fingerprint)
        if told is not None:
            return self._ids(loaded(told))
        if faults_in(self.draft):
            raise Refused("wrong_draft")
        at = self.kernel.instant()
        if self.draft.to_store:
            require_enrolled(transaction, self.draft.to_store)
        parts, given = parts_of(self.draft.lines), list[str]()
        number = self.draft.number or free_number(self.draft.task, at)
        if self.draft.task == "receiving":
            require_new_delivery(transaction, self.draft.store, number, len(parts))
        for place, lines in enumerate(parts, start=1):
            try:
                given.append(self._give(transaction, part_number(number, place, len(parts)), lines, at))
            except Refused as refused:
                raise _placed(refused, before=sum(len(part) for part in parts[: place - 1])) from refused
        remember(transaction, key, self.fingerprint, dump({"ids": given}), at)
        return given

    @staticmethod
    def _ids(answer: dict[str, Any]) -> list[str]:
        """The ids of an answer given before."""
        return [str(one) for one in answer["ids"]]

    def _give(self, transaction: Transaction, number: str, lines: tuple[Asked, ...], at: str) -> str:
        """One part; returns its document, for a transfer the one of the store that sends."""
        base, draft = new_id(), self.draft
        task: DocumentTask = "transfer_out" if draft.task == "transfer" else draft.task
        is_transfer = draft.task == "transfer"
        if is_transfer:
            transaction.execute(_TRANSFER, (base, number, draft.store, draft.to_store, draft.note))
        new = NewDocument(
            id=document_id(base, task),
            number=number,
            task=task,
            store=draft.store,
            lines=lines,
            at=at,
            by=self.by,
            transfer=base if is_transfer else "",
            partner=draft.to_store if is_transfer else draft.partner,
            note=draft.note,
        )
        put_document(transaction, self.kernel, new)
        return new.id


def free_number(task: str, at: str) -> str:
    """A number for people where no paper brings one: `C-260501-7F3A`."""
    return f"{LETTERS[task]}-{at[2:10].replace('-', '')}-{new_id()[-4:].upper()}"


def require_new_delivery(transaction: Transaction, store: str, number: str, parts: int) -> None:
    """Refuse a delivery whose number the store has already, whole or in parts: it would be booked twice.

    One that was refused or withdrawn has booked nothing and may be given again.

    Raises:
        Refused: `given_already` with the number, the store and the document.
    """
    numbers = {
        number,
        part_number(number, 1, 2),
        *(part_number(number, n, parts) for n in range(1, parts + 1)),
    }
    marks = ",".join("?" * len(numbers))
    row = transaction.one(_SAME.format(marks), (store, *sorted(numbers)))
    if row is not None:
        raise Refused("given_already", document=row[0], number=row[1], store=store)


def _placed(refused: Refused, before: int) -> Refused:
    """The same refusal with its line counted over all parts."""
    place = refused.facts.get("place")
    if not isinstance(place, int):
        return refused
    return Refused(refused.code, **{**refused.facts, "place": place + before})
