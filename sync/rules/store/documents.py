"""What a store does with documents: take them, say what was found, book, refuse, count by itself.

A document is booked in one transaction: one move that names it, then the step that ends it. People count
blind; a counted line keeps what the books said of its bucket at that moment, and the difference is
booked onto what the books say now, so every sale falls on its right side.
"""

from collections.abc import Iterable
from dataclasses import replace

from sync.rules.books import StoreBook, record
from sync.rules.documents import Finding, StoreDocument, ended
from sync.rules.errors import Refused, Short
from sync.rules.facts import (
    Accepted,
    Bucket,
    DocumentCount,
    DocumentStep,
    Move,
    MoveLine,
    MoveReason,
)
from sync.rules.items import MOST_LINES, DocumentItem, DocumentLine, DocumentTask
from sync.rules.store import ledger
from sync.values.bounds import MOST_UNITS

REASONS: dict[DocumentTask, MoveReason] = {
    "opening": "opening",
    "receiving": "receive",
    "transfer_out": "transfer_out",
    "transfer_in": "transfer_in",
    "count": "count",
    "adjust": "adjust",
}
AT_ONCE = frozenset({"opening", "adjust"})
"""What the headquarters decided: it is booked on arrival, no person is asked."""


def known_document(book: StoreBook, document: str) -> StoreDocument | None:
    """The document as this ledger knows it: an ended one is never forgotten, so nothing is booked twice."""
    return book.document(document)


def take_document(book: StoreBook, item: DocumentItem, at: str) -> bool:
    """A document is new, was changed or was taken back; an ended one never changes again.

    Returns:
        Whether anything changed.
    """
    known = known_document(book, item.id)
    if known is not None and known.state != "open":
        return False
    if item.withdrawn:
        rev = max(item.rev, known.rev) if known else item.rev
        _end(book, item, DocumentStep(document=item.id, rev=rev, to="withdrawn", at=at))
        return True
    if known is not None and item.rev <= known.rev:
        return False
    if why := _flaw(item):
        _end(book, item, DocumentStep(document=item.id, rev=item.rev, to="refused", at=at, why=why))
        return True
    document = StoreDocument(id=item.id, rev=item.rev, state="open", number=item.number, body=item)
    book.put_document(document)
    record(book, DocumentStep(document=item.id, rev=item.rev, to="received", at=at))
    if item.task in AT_ONCE:
        _book_at_once(book, item, at)
    return True


def _flaw(item: DocumentItem) -> str:
    """Why no store could ever book this document; empty for one that is whole.

    Picked goods (`staged`) belong to their orders, so no document moves them.
    """
    if any(line.bucket == "staged" for line in item.lines):
        return "staged"
    if item.task != "adjust" and any(line.qty < 0 for line in item.lines):
        return "negative"
    named = {(line.sku, line.bucket) for line in item.lines}
    return "" if len(named) == len(item.lines) else "twice"


def _book_at_once(book: StoreBook, item: DocumentItem, at: str) -> None:
    """Book what the headquarters decided, all of it; what the store lacks for it refuses it whole."""
    step = DocumentStep(document=item.id, rev=item.rev, to="booked", at=at)
    lines = [signed(line.sku, line.bucket, line.qty) for line in item.lines if line.qty]
    counts = tuple(
        DocumentCount(sku=line.sku, bucket=line.bucket, asked=line.qty, found=line.qty) for line in item.lines
    )
    try:
        _need(book, lines)
    except Short:
        _end(book, item, replace(step, to="refused", why="short"))
        return
    _move(book, item, lines, step)
    _end(book, item, replace(step, lines=counts))


def open_document(book: StoreBook, document: str) -> tuple[StoreDocument, DocumentItem]:
    """The document and what it asks, if people may still work on it here.

    Raises:
        Refused: `unknown_document`; `replaced`, another agent serves this store now; `document_ended`,
            with how, when and by whom.
    """
    found = known_document(book, document)
    if found is None:
        raise Refused("unknown_document", document=document)
    if book.position().fenced:
        raise Refused("replaced", document=document)
    if found.body is None:
        ending = {"state": found.state, "at": found.ended_at, "by": found.ended_by, "why": found.why}
        raise Refused("document_ended", document=document, **ending)
    return found, found.body


def say_found(book: StoreBook, document: str, sku: str, bucket: Bucket, units: int) -> StoreDocument:
    """A person says how many units were found (or counted, or will be shipped) of one line.

    Saying it again replaces what was said before, and for a count the moment too.

    Raises:
        Refused: `unknown_line`, the document does not ask for it; `bad_found`, no number of units;
            `beyond_asked`, more would be shipped than was asked for; what `open_document` refuses.
    """
    found, body = open_document(book, document)
    found = _asked_for(found, sku, bucket)
    line = found.line(sku, bucket)
    if line is None:
        raise Refused("unknown_line", document=document, sku=sku)
    if not 0 <= units <= MOST_UNITS:
        raise Refused("bad_found", sku=sku, units=units)
    if body.task == "transfer_out" and units > line.qty:
        raise Refused("beyond_asked", sku=sku, wanted=units, asked=line.qty)
    expected = balance(book, sku, bucket) if body.task == "count" else line.qty
    said = Finding(sku=sku, bucket=bucket, found=units, expected=expected, seq=book.position().seq)
    found = found.with_finding(said)
    book.put_document(found)
    return found


def _asked_for(found: StoreDocument, sku: str, bucket: Bucket) -> StoreDocument:
    """The document with a line for this bucket, where the store itself says what is counted."""
    if not found.is_own or found.line(sku, bucket) is not None or bucket == "staged":
        return found
    return found.with_line(DocumentLine(sku=sku, bucket=bucket, names={}), MOST_LINES)


def balance(book: StoreBook, sku: str, bucket: Bucket) -> int:
    """What the books say of one bucket, units."""
    stock = book.stock(sku)
    return {"floor": stock.floor, "staged": stock.staged, "damaged": stock.damaged}[bucket]


def book_document(
    book: StoreBook, document: str, at: str, actor: str, *, is_partly: bool = False
) -> StoreDocument:
    """Book what was found: one move, then the step that ends the document.

    Args:
        book: the store's ledger.
        document: its id.
        at: when.
        actor: who books it.
        is_partly: a person says that it is booked although lines are missing: nothing came or goes of
            them; of a count they stay uncounted.

    Raises:
        Refused: `nothing_found`, no line was said anything of; `lines_missing`, some were not;
            `count_again`, more left a shelf since than was counted there; what `open_document` refuses.
        Short: `not_free`, goods to be shipped are owed or are not there; nothing changed.
    """
    found, body = open_document(book, document)
    if not found.found:
        raise Refused("nothing_found", document=document)
    if found.missing and not is_partly:
        raise Refused("lines_missing", document=document, lines=len(found.missing))
    step = DocumentStep(document=found.id, rev=found.rev, to="booked", at=at, actor=actor)
    counted = _counts(found)
    if body.task == "count":
        lines = _differences(book, found.found)
    else:
        sign = -1 if body.task == "transfer_out" else 1
        lines = [signed(one.sku, one.bucket, sign * one.found) for one in counted if one.found]
        _need(book, lines)
    _move(book, body, lines, step)
    if body.task == "count":
        _thaw_counted(book, found.found, step)
    return _end(book, body, replace(step, lines=counted))


def refuse_document(book: StoreBook, document: str, at: str, actor: str, why: str) -> StoreDocument:
    """A person refuses a document, or gives up an own count.

    Raises:
        Refused: `reason_missing`, no word of why; what `open_document` refuses.
    """
    found, body = open_document(book, document)
    if not why.strip():
        raise Refused("reason_missing", document=document)
    step = DocumentStep(document=found.id, rev=found.rev, to="refused", at=at, actor=actor, why=why.strip())
    return _end(book, body, step)


def start_count(book: StoreBook, item: DocumentItem) -> StoreDocument:
    """The store counts by itself: nobody asked, and the log tells of it once it is booked.

    Raises:
        Refused: `replaced`, another agent serves this store now; `known_document`, its id is taken;
            `bad_count`, it is no count, or its lines cannot be counted.
    """
    if book.position().fenced:
        raise Refused("replaced", document=item.id)
    if known_document(book, item.id) is not None:
        raise Refused("known_document", document=item.id)
    if item.task != "count" or _flaw(item):
        raise Refused("bad_count", document=item.id)
    document = StoreDocument(
        id=item.id, rev=item.rev, state="open", number=item.number, body=item, is_own=True
    )
    book.put_document(document)
    return document


def carry_end(book: StoreBook, step: DocumentStep) -> None:
    """A document ended under an earlier ledger: it is remembered, and told again to a hub that forgot.

    What was only received there comes again with the hub's items.
    """
    known = known_document(book, step.document)
    if step.to == "received" or (known is not None and known.is_surely_ended):
        return
    book.put_document(ended(step))
    record(book, step)


def carry_moved(book: StoreBook, step: DocumentStep) -> None:
    """A document whose goods the hub knows and whose end it does not: remembered, so nothing moves again.

    It is not told yet: the old ledger may still tell what was found.
    """
    book.put_document(ended(step))


def is_ended(book: StoreBook, document: str | None) -> bool:
    """Whether this ledger remembers the end of a document."""
    known = known_document(book, document) if document is not None else None
    return known is not None and known.state != "open"


def signed(sku: str, bucket: Bucket, units: int) -> MoveLine:
    """Units that come into a bucket, or leave it where they are below zero."""
    if units > 0:
        return MoveLine(sku=sku, qty=units, target=bucket)
    return MoveLine(sku=sku, qty=-units, source=bucket)


def _need(book: StoreBook, lines: Iterable[MoveLine]) -> None:
    """Refuse lines that would take units which are owed online, or do not lie in their bucket.

    Raises:
        Short: `not_free`, for the first of them; nothing changed.
    """
    for line in lines:
        if line.source is None:
            continue
        left = balance(book, line.sku, line.source)
        if line.source == "floor":
            left = min(left, book.stock(line.sku).free)
        if line.qty > left:
            raise Short("not_free", sku=line.sku, wanted=line.qty, left=max(0, left))


def _counts(found: StoreDocument) -> tuple[DocumentCount, ...]:
    """What the log says was asked and found, line by line; lines not said of have 0, or were not counted."""
    counts = [
        DocumentCount(sku=said.sku, bucket=said.bucket, asked=said.expected, found=said.found)
        for said in found.found
    ]
    if found.body is not None and found.body.task != "count":
        counts += [DocumentCount(sku=line.sku, bucket=line.bucket, asked=line.qty) for line in found.missing]
    return tuple(counts)


def _differences(book: StoreBook, found: Iterable[Finding]) -> list[MoveLine]:
    """What counted lines change, onto the balances of now.

    Raises:
        Refused: `count_again`: more units left the bucket since than were counted in it, so the count
            cannot be right. A count may take floor stock F below zero, but no bucket.
    """
    lines = []
    for said in found:
        units = said.found - said.expected
        if units < 0 and balance(book, said.sku, said.bucket) + units < 0:
            raise Refused("count_again", sku=said.sku, bucket=said.bucket)
        if units:
            lines.append(signed(said.sku, said.bucket, units))
    return lines


def _move(book: StoreBook, item: DocumentItem, lines: list[MoveLine], step: DocumentStep) -> None:
    """Book a document's goods, if any move."""
    if lines:
        move = Move(
            reason=REASONS[item.task],
            lines=tuple(lines),
            at=step.at,
            ref=item.number,
            actor=step.actor,
            document=item.id,
        )
        ledger.book_move(book, move)


def _thaw_counted(book: StoreBook, found: Iterable[Finding], step: DocumentStep) -> None:
    """Shelves that were counted without a difference are sure as well."""
    sure = ledger.thaw(book, [said.sku for said in found if said.bucket == "floor"])
    if sure:
        record(book, Accepted(skus=tuple(sure), at=step.at, actor=step.actor))
    for sku in sure:
        ledger.top_up(book, sku, step.at)


def _end(book: StoreBook, item: DocumentItem, step: DocumentStep) -> StoreDocument:
    """Keep the step that ends a document."""
    document = ended(step, item.number)
    book.put_document(document)
    record(book, step)
    return document
