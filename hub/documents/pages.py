"""HQ's pages of documents: the list, one with its transfer, what is on the road, and what changes them."""

from typing import Annotated, Any, Final
from urllib.parse import quote, urlencode

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from hub.documents import desk, words
from hub.documents.parse_lines import written
from hub.documents.queries import DocumentView, Wanted, document_page, on_the_road_now
from hub.documents.read_upload import checked_lines
from hub.documents.requests import (
    ClosingRequest,
    DocumentsQuery,
    SendOnRequest,
    Text,
    WithdrawalRequest,
)
from hub.staff.hq_page import hq_page
from hub.staff.permissions import BOARD
from hub.stock.pages import why_path
from hub.web.state import kernel_of
from sync.web.errors import N_, InvalidInput
from sync.web.forms import COLUMN_MAX, read_form, read_query
from sync.web.permissions import HQ
from sync.web.routes import route
from sync.web.translations import current, gettext

PATH: Final = "/hq/documents"
STATES: Final = ("open", "on_the_road", "asked", "received", "booked", "refused", "withdrawn")


class RevisionForm(BaseModel):
    """The lines of a revision as rows."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rev: Annotated[int, Field(ge=1, le=COLUMN_MAX)]
    lines: Annotated[str, StringConstraints(max_length=60_000)]
    why: Text = ""


def document_path(document: str) -> str:
    """The address of a document's page."""
    return f"{PATH}/{quote(document, safe='')}"


def shared(request: Request) -> dict[str, Any]:
    """What all pages of documents show with."""
    kernel = kernel_of(request)
    stores = {store.id: store.name(current().tag) for store in kernel.directory.all()}
    return {
        "stores": stores,
        "words": words,
        "moment": words.moment,
        "now": kernel.clock.now(),
        "tag": current().tag,
        "why_path": why_path,
        "document_path": document_path,
        "state_word": _state_word,
    }


def _state_word(state: str) -> str:
    """A state to filter by."""
    named = {"open": gettext(OPEN_WORD), "on_the_road": gettext(ROAD_WORD)}
    return named.get(state) or gettext(words.STATES[state][1])


async def show_list(request: Request) -> Response:
    """Documents of all stores."""
    kernel = kernel_of(request)
    try:
        asked, status = read_query(request, DocumentsQuery), 200
    except InvalidInput:
        asked, status = DocumentsQuery(), 422
    page = await document_page(kernel.reader, Wanted(asked.store, asked.task, asked.state, asked.after))
    kept = {"store": asked.store, "task": asked.task, "state": asked.state}
    given = request.query_params.get("given", "")
    context = {
        **shared(request),
        "asked": asked,
        "heads": page.heads,
        "states": STATES,
        "next": f"{PATH}?{urlencode({**kept, 'after': page.after})}" if page.after else "",
        "first": f"{PATH}?{urlencode(kept)}" if asked.after else "",
        "given": int(given) if given.isdecimal() and len(given) < 4 else 0,
        "is_wrong": status == 422,
    }
    return hq_page(request, "documents/documents.html", context, status=status)


async def show_one(request: Request) -> Response:
    """One document."""
    return await _document_page(request, await desk.document_of(request))


async def _document_page(
    request: Request,
    view: DocumentView,
    *,
    faults: tuple[tuple[int, str], ...] = (),
    text: str | None = None,
) -> Response:
    """The page of a document; with `faults` of a revision that was not taken."""
    head = view.head
    store = kernel_of(request).directory.get(head.store)
    rows = [(line.sku, line.qty, line.bucket) for line in view.lines if line.qty or head.task == "count"]
    context = {
        **shared(request),
        "view": view,
        "head": head,
        "rows": written(rows, head.task) if text is None else text,
        "faults": faults,
    }
    status = 422 if faults else 200
    return hq_page(
        request, "documents/document.html", context, status=status, zone=store.tz if store else None
    )


async def document_events(request: Request) -> Response:
    """Tells an open page that the document changed."""
    view = await desk.document_of(request)
    legs = view.transfer.legs if view.transfer else (view.head,)
    return kernel_of(request).events.response(request, [f"document:{leg.id}" for leg in legs])


async def show_road(request: Request) -> Response:
    """What is in transit, by SKU and transfer."""
    lines = await on_the_road_now(kernel_of(request).reader)
    context = {**shared(request), "lines": lines, "units": sum(line.units for line in lines)}
    return hq_page(request, "documents/road.html", context)


async def revise(request: Request) -> Response:
    """Replace the lines."""
    given, view = await read_form(request, RevisionForm), await desk.document_of(request)
    read = await checked_lines(kernel_of(request).reader, given.lines, view.head.task)
    if read.faults:
        return await _document_page(request, view, faults=read.faults, text=given.lines)
    try:
        await desk.revise(request, view, given.rev, read.lines, given.why)
    except InvalidInput as error:
        faults = tuple((0, gettext(fault.message, **fault.values)) for fault in error.faults)
        return await _document_page(request, view, faults=faults, text=given.lines)
    return _back(request)


async def withdraw(request: Request) -> Response:
    """Ask for it back."""
    given = await read_form(request, WithdrawalRequest)
    await desk.withdraw(request, str(request.path_params["document"]), given.why)
    return _back(request)


async def close(request: Request) -> Response:
    """Close the difference."""
    given = await read_form(request, ClosingRequest)
    await desk.close(request, str(request.path_params["document"]), given.why)
    return _back(request)


async def send_on(request: Request) -> Response:
    """Send the goods on."""
    given = await read_form(request, SendOnRequest)
    made = await desk.send_on(request, str(request.path_params["document"]), given.store)
    return RedirectResponse(document_path(made), 303)


def _back(request: Request) -> Response:
    """The document's page."""
    return RedirectResponse(document_path(str(request.path_params["document"])), 303)


OPEN_WORD = N_("not ended")
ROAD_WORD = N_("goods in transit")

ROUTES: list[BaseRoute] = [
    route(PATH, show_list, permission=BOARD, name="hq_documents"),
    route(PATH + "/transit", show_road, permission=BOARD, name="hq_transit"),
    route(PATH + "/{document}", show_one, permission=BOARD, name="hq_document"),
    route(PATH + "/{document}/events", document_events, permission=BOARD, name="hq_document_events"),
    route(PATH + "/{document}/revise", revise, ["POST"], permission=HQ, name="hq_revise"),
    route(PATH + "/{document}/withdraw", withdraw, ["POST"], permission=HQ, name="hq_withdraw"),
    route(PATH + "/{document}/close", close, ["POST"], permission=HQ, name="hq_close_difference"),
    route(PATH + "/{document}/send-on", send_on, ["POST"], permission=HQ, name="hq_send_on"),
]
