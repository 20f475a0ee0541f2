"""Documents for programs: give, list, look, revise, withdraw, close a difference, send on."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from hub.documents import desk
from hub.documents.queries import DocumentView, Head, TransferView, Wanted, document_page, heads_of
from hub.documents.requests import (
    ClosingRequest,
    DeedAnswer,
    DifferenceClosed,
    DocumentAnswer,
    DocumentGiven,
    DocumentHead,
    DocumentLineAnswer,
    DocumentList,
    DocumentRequest,
    DocumentsQuery,
    RevisionRequest,
    RoadAnswer,
    SendOnRequest,
    TransferAnswer,
    WithdrawalRequest,
)
from hub.documents.rules import Fault
from hub.staff.permissions import BOARD, HQ_API
from hub.web.state import kernel_of
from sync.rules.items import MOST_LINES
from sync.web.errors import InvalidInput
from sync.web.forms import idempotency_key, read_json, read_query
from sync.web.routes import Contract, route

NO_STORE = {"cache-control": "no-store"}


def head_answer(head: Head) -> DocumentHead:
    """A document's head as programs read it."""
    return DocumentHead(**{name: getattr(head, name) for name in DocumentHead.model_fields})


def transfer_answer(transfer: TransferView) -> TransferAnswer:
    """A transfer as programs read it."""
    names = (
        "id",
        "number",
        "state",
        "source",
        "target",
        "in_transit",
        "closed_at",
        "closed_by",
        "closed_why",
    )
    return TransferAnswer(
        **{name: getattr(transfer, name) for name in names},
        documents=[leg.id for leg in transfer.legs],
        units=[
            RoadAnswer(
                sku=line.sku,
                bucket=line.bucket,
                went=line.went,
                came=line.came,
                closed=line.closed,
                in_transit=line.units,
            )
            for line in transfer.road
        ],
    )


def document_answer(view: DocumentView) -> DocumentAnswer:
    """A document as programs read it."""
    return DocumentAnswer(
        document=head_answer(view.head),
        lines=[
            DocumentLineAnswer(
                sku=line.sku,
                bucket=line.bucket,
                qty=line.qty,
                asked=line.asked,
                found=line.found,
                names=dict(line.names),
            )
            for line in view.lines
        ],
        history=[
            DeedAnswer(**{name: getattr(deed, name) for name in DeedAnswer.model_fields})
            for deed in view.deeds
        ],
        transfer=transfer_answer(view.transfer) if view.transfer else None,
    )


async def list_documents(request: Request) -> Response:
    """A page of documents."""
    asked = read_query(request, DocumentsQuery)
    page = await document_page(
        kernel_of(request).reader, Wanted(asked.store, asked.task, asked.state, asked.after)
    )
    answer = DocumentList(documents=[head_answer(head) for head in page.heads], next_after=page.after)
    return JSONResponse(answer.model_dump(), headers=NO_STORE)


async def show_document(request: Request) -> Response:
    """One document."""
    return await _shown(request)


async def give_document(request: Request) -> Response:
    """Give a document; the same key with the same body gets the same answer."""
    key = idempotency_key(request)
    given = await read_json(request, DocumentRequest)
    if len(given.lines) > MOST_LINES:
        raise InvalidInput((desk.field_fault(Fault("too_many_for_one", "lines")),))
    ids = await desk.give(request, given.draft(), key)
    (head,) = await heads_of(kernel_of(request).reader, ids)
    answer = DocumentGiven(id=head.id, number=head.number, state="asked")
    return JSONResponse(answer.model_dump(), 201, headers=NO_STORE)


async def revise_document(request: Request) -> Response:
    """Replace the lines of an open document."""
    given = await read_json(request, RevisionRequest)
    view = await desk.document_of(request)
    await desk.revise(request, view, given.rev, [line.asked() for line in given.lines], given.why)
    return await _shown(request)


async def withdraw_document(request: Request) -> Response:
    """Ask for a document back; the store decides."""
    given = await read_json(request, WithdrawalRequest)
    await desk.withdraw(request, str(request.path_params["document"]), given.why)
    return await _shown(request)


async def close_difference(request: Request) -> Response:
    """Close what is missing of a transfer, or came beyond it."""
    given = await read_json(request, ClosingRequest)
    units = await desk.close(request, str(request.path_params["document"]), given.why)
    return JSONResponse(DifferenceClosed(units=units).model_dump(), headers=NO_STORE)


async def send_on(request: Request) -> Response:
    """Ask a store to book in what is on the road."""
    given = await read_json(request, SendOnRequest)
    made = await desk.send_on(request, str(request.path_params["document"]), given.store)
    (head,) = await heads_of(kernel_of(request).reader, [made])
    answer = DocumentGiven(id=head.id, number=head.number, state=head.state)
    return JSONResponse(answer.model_dump(), 201, headers=NO_STORE)


async def _shown(request: Request) -> Response:
    """The document of the address as it is now."""
    answer = document_answer(await desk.document_of(request))
    return JSONResponse(answer.model_dump(), headers=NO_STORE)


UNKNOWN = "There is no such document"
ROUTES: list[BaseRoute] = [
    route(
        "/api/v1/documents",
        list_documents,
        permission=BOARD,
        contract=Contract(
            summary="Documents of all stores, in pages", query=DocumentsQuery, answers={200: DocumentList}
        ),
    ),
    route(
        "/api/v1/documents",
        give_document,
        ["POST"],
        permission=HQ_API,
        name="api_give_document",
        contract=Contract(
            summary="Give a store a document to book",
            body=DocumentRequest,
            answers={201: DocumentGiven},
            refusals={
                404: "There is no such store",
                409: "A store has no agent yet, or has this delivery (code document.given_already)",
                422: "An entry is wrong (each is named), or the key is another call's",
            },
            idempotent=True,
        ),
    ),
    route(
        "/api/v1/documents/{document}",
        show_document,
        permission=BOARD,
        contract=Contract(
            summary="A document with lines, history and transfer",
            answers={200: DocumentAnswer},
            refusals={404: UNKNOWN},
        ),
    ),
    route(
        "/api/v1/documents/{document}/revise",
        revise_document,
        ["POST"],
        permission=HQ_API,
        contract=Contract(
            summary="Replace the lines of an open document",
            body=RevisionRequest,
            answers={200: DocumentAnswer},
            refusals={
                404: UNKNOWN,
                409: "It has ended, is asked back, was revised meanwhile, or is not HQ's",
            },
        ),
    ),
    route(
        "/api/v1/documents/{document}/withdraw",
        withdraw_document,
        ["POST"],
        permission=HQ_API,
        contract=Contract(
            summary="Ask for a document back; the store decides",
            body=WithdrawalRequest,
            answers={200: DocumentAnswer},
            refusals={404: UNKNOWN, 409: "It has ended, or is not HQ's"},
        ),
    ),
    route(
        "/api/v1/documents/{document}/close",
        close_difference,
        ["POST"],
        permission=HQ_API,
        contract=Contract(
            summary="Close a transfer's difference with a reason; no stock moves",
            body=ClosingRequest,
            answers={200: DifferenceClosed},
            refusals={404: UNKNOWN, 409: "No transfer, nothing in transit, or a store may still book it in"},
        ),
    ),
    route(
        "/api/v1/documents/{document}/send-on",
        send_on,
        ["POST"],
        permission=HQ_API,
        contract=Contract(
            summary="Ask a store to book in what is in transit",
            body=SendOnRequest,
            answers={201: DocumentGiven},
            refusals={404: UNKNOWN, 409: "No transfer, nothing in transit, or a store may still book it in"},
        ),
    ),
]
