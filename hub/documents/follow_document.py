"""What the hub concludes from a store's facts about documents, in the transaction that books the fact."""

from dataclasses import asdict, replace
from typing import Any, Final

from hub.documents.history import Deed, remember_deed
from hub.documents.keep_transfer import ask_to_receive, on_the_road, refresh_transfer
from hub.documents.recover_document import recover_from_move, recover_from_step
from hub.documents.rules import PLANNED, State, differing, missing_and_extra, next_state
from hub.kernel import Kernel
from hub.stock.close_trouble import ARRIVED, close_by_itself, unresolved_about
from hub.stock.open_trouble import NewTrouble, open_trouble
from sync.rules.documents import MOVED
from sync.rules.errors import Refused
from sync.rules.facts import DocumentCount, DocumentStep, Fact, Move
from sync.storage.writer import Transaction

_FOUND: Final = (
    "INSERT INTO document_line (document, sku, bucket, place, qty, asked, found)"
    " SELECT ?, ?, ?, COALESCE(MAX(place), 0) + 1, 0, ?, ? FROM document_line WHERE document = ?"
    " ON CONFLICT (document, sku, bucket) DO UPDATE SET asked = excluded.asked, found = excluded.found"
)


def follow_document(transaction: Transaction, kernel: Kernel, store: str, fact: Fact) -> str | None:
    """Carry a store's fact into its document; returns the document that changed."""
    match fact:
        case Move() if fact.document is not None:
            recover_from_move(transaction, store, fact, kernel.instant())
            return None
        case DocumentStep():
            return _follow_step(transaction, kernel, store, fact)
        case _:
            return None


def _follow_step(transaction: Transaction, kernel: Kernel, store: str, step: DocumentStep) -> str | None:
    """Keep the step, move the document on, and conclude what follows from its end."""
    at = kernel.instant()
    recover_from_step(transaction, store, step, at)
    row = transaction.one(
        "SELECT state, task, transfer, origin FROM document WHERE id = ? AND store = ?",
        (step.document, store),
    )
    if row is None:
        about = _about(store, step, at, {"code": "foreign_document"})
        open_trouble(transaction, NewTrouble(kind="document_refused", **about))
        return None
    state: State = row[0]
    _remember_step(transaction, step, at)
    _keep_asked(transaction, step)
    reached = next_state(state, step.to)
    if reached is None:
        return step.document
    if step.why == MOVED:
        step = replace(step, lines=_as_given(transaction, step))
    _move_on(transaction, store, step, reached)
    if reached == "received":
        _follow_transfer(transaction, kernel, row[2], "")
        return step.document
    if row[3] == "hq":
        _conclude(transaction, store, str(row[1]), step, at)
    _follow_transfer(transaction, kernel, row[2], str(row[1]) if reached == "booked" else "")
    return step.document


def _remember_step(transaction: Transaction, step: DocumentStep, at: str) -> None:
    """Keep the step in the document's history; told again by the log of a later agent, it is kept once."""
    known = transaction.one(
        "SELECT 1 FROM document_history WHERE document = ? AND kind = ? AND rev = ? AND at = ? AND by = ?",
        (step.document, step.to, step.rev, step.at, step.actor),
    )
    if known is None:
        remember_deed(
            transaction,
            Deed(
                document=step.document,
                kind=step.to,
                rev=step.rev,
                at=step.at,
                heard_at=at,
                by=step.actor,
                why=step.why,
                lines=[asdict(line) for line in step.lines],
            ),
        )


def _keep_asked(transaction: Transaction, step: DocumentStep) -> None:
    """A store that has a newer revision than the hub remembers (it was put back): its lines count.

    Lines that it does not tell are unknown from now on: those of an earlier revision are not what it has.
    """
    row = transaction.one("SELECT rev FROM document WHERE id = ?", (step.document,))
    assert row is not None
    if step.rev <= row[0]:
        return
    transaction.execute("UPDATE document SET rev = ? WHERE id = ?", (step.rev, step.document))
    transaction.execute("DELETE FROM document_line WHERE document = ?", (step.document,))
    for place, line in enumerate(step.lines, start=1):
        transaction.execute(
            "INSERT OR IGNORE INTO document_line (document, sku, bucket, place, qty) VALUES (?, ?, ?, ?, ?)",
            (step.document, line.sku, line.bucket, place, line.asked),
        )


def _as_given(transaction: Transaction, step: DocumentStep) -> tuple[DocumentCount, ...]:
    """Lines of an end that was made up from a movement, with what HQ had asked; a count asked for nothing."""
    moved = {(line.sku, line.bucket): line for line in step.lines}
    given = transaction.all(
        "SELECT l.sku, l.bucket, l.qty FROM document_line l JOIN document d ON d.id = l.document"
        " WHERE d.id = ? AND d.task <> 'count' ORDER BY l.place",
        (step.document,),
    )
    asked = {(sku, bucket): DocumentCount(sku=sku, bucket=bucket, asked=qty) for sku, bucket, qty in given}
    found = {key: replace(line, asked=asked[key].asked if key in asked else 0) for key, line in moved.items()}
    return tuple((asked | found).values())


def _move_on(transaction: Transaction, store: str, step: DocumentStep, reached: State) -> None:
    """The document's new state, and what was found."""
    if reached == "received":
        transaction.execute(
            "UPDATE document SET state = 'received', received_at = ? WHERE id = ?", (step.at, step.document)
        )
        return
    transaction.execute(
        "UPDATE document SET state = ?, ended_at = ?, ended_by = ?, why = ? WHERE id = ?",
        (reached, step.at, step.actor, step.why, step.document),
    )
    if reached != "booked":
        return
    transaction.execute(
        "UPDATE document SET booked_rev = ?, sinc = (SELECT sinc FROM store_stream WHERE store = ?)"
        " WHERE id = ?",
        (step.rev, store, step.document),
    )
    for line in step.lines:
        transaction.execute(
            _FOUND, (step.document, line.sku, line.bucket, line.asked, line.found, step.document)
        )


def _conclude(transaction: Transaction, store: str, task: str, step: DocumentStep, at: str) -> None:
    """Call a person where paper and goods differ, or the store would not book it."""
    if step.to == "refused":
        about = _about(store, step, at, {"why": step.why})
        open_trouble(transaction, NewTrouble(kind="document_refused", **about))
    elif step.to == "booked" and task in PLANNED and (differ := differing(step.lines)):
        missing, extra = missing_and_extra(differ)
        facts = {"skus": ", ".join(line.sku for line in differ[:5]), "missing": missing, "extra": extra}
        about = _about(store, step, at, facts)
        open_trouble(transaction, NewTrouble(kind="document_difference", **about))


def _about(store: str, step: DocumentStep, at: str, facts: dict[str, object]) -> dict[str, Any]:
    """What a trouble says beside its kind: it is about the document, so that it is opened once."""
    told = {"document": step.document, **{name: value for name, value in facts.items() if value}}
    return {"store": store, "facts": told, "at": at, "subject": f"document:{step.document}"}


def _follow_transfer(transaction: Transaction, kernel: Kernel, transfer: str, booked: str) -> None:
    """Where the transfer stands now; what was shipped is asked of the other store."""
    if not transfer:
        return
    if booked == "transfer_out":
        _send_on_the_road(transaction, kernel, transfer)
    refresh_transfer(transaction, transfer)
    _end_stranded(transaction, transfer, kernel.instant())


def _end_stranded(transaction: Transaction, transfer: str, at: str) -> None:
    """Goods of which a store tells that they come to it are not stranded: nobody need send them on."""
    if not transaction.one("SELECT 1 FROM document WHERE transfer = ? AND task = 'transfer_in'", (transfer,)):
        return
    outs = transaction.all(
        "SELECT id, store FROM document WHERE transfer = ? AND task = 'transfer_out'", (transfer,)
    )
    for out, store in outs:
        for trouble in unresolved_about(transaction, store, "transfer_stranded", f"document:{out}"):
            close_by_itself(transaction, trouble, ARRIVED, at)


def _send_on_the_road(transaction: Transaction, kernel: Kernel, transfer: str) -> None:
    """Ask the other store to book in what was shipped, in the name of who gave the transfer.

    A store that cannot be asked (the hub has lost which it was, or it has no agent) must not keep the fact
    from being booked: the units stay on the road, and HQ is called to send them on.
    """
    row = transaction.one(
        "SELECT id, store, given_by, ended_at FROM document WHERE transfer = ? AND task = 'transfer_out'",
        (transfer,),
    )
    assert row is not None
    if transaction.one("SELECT 1 FROM document WHERE transfer = ? AND task = 'transfer_in'", (transfer,)):
        return
    given = _asked_to_receive(transaction, kernel, transfer, str(row[2]))
    if given is None and (units := on_the_road(transaction, transfer)):
        facts = {"document": row[0], "units": sum(units.values())}
        new = NewTrouble(
            kind="transfer_stranded", store=row[1], facts=facts, at=row[3], subject=f"document:{row[0]}"
        )
        open_trouble(transaction, new)


def _asked_to_receive(transaction: Transaction, kernel: Kernel, transfer: str, by: str) -> str | None:
    """The document of the other store; None, and nothing changed, where it cannot be given one."""
    transaction.execute("SAVEPOINT arrival")
    try:
        return ask_to_receive(transaction, kernel, transfer, by, kernel.instant())
    except Refused:
        transaction.execute("ROLLBACK TO arrival")
        return None
    finally:
        transaction.execute("RELEASE arrival")
