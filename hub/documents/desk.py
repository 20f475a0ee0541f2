"""What pages and calls share: give, revise, withdraw, close, send on; refusals become answers in words."""

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from starlette.requests import Request

from hub.documents.close_difference import CloseDifference, SendOn
from hub.documents.give_document import GiveDocument
from hub.documents.queries import DocumentView, read_document
from hub.documents.requests import fingerprint_of
from hub.documents.revise_document import ReviseDocument
from hub.documents.rules import MOST_ROWS, Asked, Draft, Fault, faults_in, faults_of_lines
from hub.documents.withdraw_document import WithdrawDocument
from hub.documents.words import FAULTS
from hub.kernel import Kernel
from hub.web.state import kernel_of
from sync.rules.errors import Refused
from sync.rules.items import MOST_LINES
from sync.storage.writer import Transaction
from sync.web.errors import N_, FieldFault, InvalidInput, Problem
from sync.web.routes import identity_of

ResultT = TypeVar("ResultT")


async def document_of(request: Request) -> DocumentView:
    """The document that the address names.

    Raises:
        Problem: 404 `document.unknown`.
    """
    found = await read_document(kernel_of(request).reader, str(request.path_params["document"])[:64])
    if found is None:
        raise Problem(404, *REFUSALS["unknown_document"][1:])
    return found


async def give(request: Request, draft: Draft, key: str) -> list[str]:
    """Give a document; returns the ids of its parts.

    Raises:
        InvalidInput: with each fault by field.
        Problem: 404 unknown store, 409 never enrolled or a delivery given already, 422 the key is
            another call's. Nothing was changed.
    """
    kernel = kernel_of(request)
    _refuse_faults(faults_in(draft))
    by = identity_of(request).subject
    command = GiveDocument(
        kernel=kernel, draft=draft, by=by, key=f"{by} {key}", fingerprint=fingerprint_of(draft)
    )
    return await _run(kernel, command)


async def revise(request: Request, view: DocumentView, rev: int, lines: Sequence[Asked], why: str) -> int:
    """Replace a document's lines; returns the new revision.

    Raises:
        InvalidInput: with each fault by field.
        Problem: 404, 409; nothing was changed.
    """
    faults = faults_of_lines(view.head.task, lines)
    if not lines:
        faults.append(Fault("no_lines", "lines"))
    if len(lines) > MOST_LINES:
        faults = [Fault("too_many_for_one", "lines")]
    _refuse_faults(faults)
    kernel, by = kernel_of(request), identity_of(request).subject
    command = ReviseDocument(
        kernel=kernel, document=view.head.id, rev=rev, lines=tuple(lines), by=by, why=why
    )
    return await _told(kernel, view.head.id, command)


async def withdraw(request: Request, document: str, why: str) -> None:
    """Ask for a document back.

    Raises:
        Problem: 404, 409; nothing was changed.
    """
    kernel, by = kernel_of(request), identity_of(request).subject
    await _told(kernel, document, WithdrawDocument(kernel=kernel, document=document, by=by, why=why))


async def close(request: Request, document: str, why: str) -> int:
    """Close a transfer's difference; returns the units.

    Raises:
        Problem: 404, 409; nothing was changed.
    """
    kernel, by = kernel_of(request), identity_of(request).subject
    units = await _told(kernel, document, CloseDifference(kernel=kernel, document=document, by=by, why=why))
    kernel.events.publish("board", "store", {})
    return units


async def send_on(request: Request, document: str, store: str) -> str:
    """Ask a store to book in what is on the road; returns the new document.

    Raises:
        Problem: 404, 409; nothing was changed.
    """
    kernel, by = kernel_of(request), identity_of(request).subject
    return await _told(kernel, document, SendOn(kernel=kernel, document=document, store=store, by=by))


async def _told(kernel: Kernel, document: str, command: Callable[[Transaction], ResultT]) -> ResultT:
    """Run a command and tell open pages of the document."""
    result = await _run(kernel, command)
    kernel.events.publish(f"document:{document}", "document", {})
    return result


async def _run(kernel: Kernel, command: Callable[[Transaction], ResultT]) -> ResultT:
    """Run a command.

    Raises:
        InvalidInput, Problem: as REFUSALS says.
    """
    try:
        return await kernel.writer.run(command)
    except Refused as refused:
        raise problem_of(refused) from refused


def problem_of(refused: Refused) -> Problem:
    """A refusal as an answer."""
    if refused.code == "unknown_sku":
        place = refused.facts.get("place")
        field = f"lines.{place}.sku" if isinstance(place, int) else "lines"
        values = {"value": refused.facts["sku"]}
        return InvalidInput((FieldFault(field, "sku_unknown", FAULTS["sku_unknown"], values),))
    status, code, title, detail = REFUSALS[refused.code]
    extra = {"document": refused.facts["document"]} if refused.code == "given_already" else None
    return Problem(status, code, title, detail, values=refused.facts, extra=extra)


def _refuse_faults(faults: Sequence[Fault]) -> None:
    """Tell each fault by its field.

    Raises:
        InvalidInput: there is one.
    """
    if faults:
        raise InvalidInput(tuple(field_fault(fault) for fault in faults[:50]))


def field_fault(fault: Fault) -> FieldFault:
    """A fault as the caller wrote its field."""
    field = fault.field if fault.place is None else f"lines.{fault.place}.{fault.field}"
    return FieldFault(field, fault.code, FAULTS[fault.code], values_of(fault.code, fault.value))


def values_of(code: str, value: str) -> dict[str, Any]:
    """What the words of a fault name."""
    most = MOST_LINES if code == "too_many_for_one" else MOST_ROWS
    return {"value": value, "most": most}


REFUSALS: Final[dict[str, tuple[int, str, str, str]]] = {
    "unknown_document": (
        404,
        "document.unknown",
        N_("There is no such document"),
        N_("Look for it in the list of documents."),
    ),
    "unknown_store": (
        404,
        "store.unknown",
        N_("There is no such store"),
        N_("Choose one from the list of stores."),
    ),
    "not_enrolled": (
        409,
        "store.not_enrolled",
        N_("The store %(store)s has no agent yet"),
        N_("Enrol the store first: nobody there could book anything. Nothing was changed."),
    ),
    "given_already": (
        409,
        "document.given_already",
        N_("Delivery %(number)s was given to this store already"),
        N_("Open it; if this is another delivery, give it another number. Nothing was given."),
    ),
    "unreadable_document": (
        422,
        "document.unreadable",
        N_("The store could not read this document"),
        N_("Shorten its texts, and name at least one line. Nothing was changed."),
    ),
    "wrong_draft": (
        422,
        "document.wrong",
        N_("This document is not right"),
        N_("Correct its lines and send it again. Nothing was changed."),
    ),
    "key_reused": (
        422,
        "idempotency.reused",
        N_("This Idempotency-Key belongs to another document"),
        N_("Send a new key with a new document."),
    ),
    "not_ours": (
        409,
        "document.of_the_store",
        N_("The store made this document itself"),
        N_("Only the store can end it. Nothing was changed."),
    ),
    "not_revisable": (
        409,
        "document.not_revisable",
        N_("What was shipped cannot be revised"),
        N_("The store books what it finds; you close the difference. Nothing was changed."),
    ),
    "not_merged": (
        409,
        "store.not_whole",
        N_("The store %(store)s has not told all that happened"),
        N_("Try again in some minutes, once it has told its log to the end. Nothing was changed."),
    ),
    "lines_lost": (
        409,
        "document.lines_lost",
        N_("The hub has lost the lines of this document"),
        N_(
            "Revise it with what is to be booked, then ask it back; or let the store refuse it."
            " Nothing was changed."
        ),
    ),
    "ended": (
        409,
        "document.ended",
        N_("The store has ended this document already"),
        N_("What it booked stays. Give a new document if more is to be done. Nothing was changed."),
    ),
    "withdrawing": (
        409,
        "document.withdrawing",
        N_("This document is asked back"),
        N_("Wait for the store's answer, then give a new one. Nothing was changed."),
    ),
    "changed": (
        409,
        "document.changed",
        N_("Somebody else revised this document"),
        N_("It is at revision %(rev)s now. Look at it, then revise again. Nothing was changed."),
    ),
    "no_transfer": (
        409,
        "document.no_transfer",
        N_("This document is no part of a transfer"),
        N_("Only goods between two stores can be in transit. Nothing was changed."),
    ),
    "still_open": (
        409,
        "transfer.still_open",
        N_("A store may still book these goods in"),
        N_("Wait until it has, or ask its document back first. Nothing was changed."),
    ),
    "nothing_on_the_road": (
        409,
        "transfer.nothing_in_transit",
        N_("Nothing of this transfer is in transit"),
        N_("It has arrived, was closed already, or has not been sent. Nothing was changed."),
    ),
    "reason_missing": (
        422,
        "transfer.reason_missing",
        N_("The reason is missing"),
        N_("Say why the difference is closed. Nothing was changed."),
    ),
}
"""Status, code, title and what to do of each refusal."""
