"""Documents over HTTP: what waits, what was found, book, refuse, begin a count."""

import re
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from pos_agent.documents.book_document import book_document, refuse_document
from pos_agent.documents.find_goods import find_goods
from pos_agent.documents.queries import one_document, open_documents
from pos_agent.documents.start_count import start_count
from pos_agent.requests import Body, actor_of, answer, desk_of
from pos_agent.staff.rules import CLERK, MANAGER
from sync.rules.errors import Refused
from sync.rules.items import MOST_LINES
from sync.values.bounds import MOST_SKU_CHARS, MOST_UNITS
from sync.web.forms import Line, read_json
from sync.web.routes import Contract, route

_ID: Final = re.compile(r"[A-Za-z0-9._:-]{1,64}")
SkuText = Annotated[str, Field(min_length=1, max_length=MOST_SKU_CHARS)]


class FoundBody(Body):
    """What was found of one line, in all: saying it again replaces it."""

    sku: SkuText
    qty: int = Field(ge=0, le=MOST_UNITS)
    bucket: Literal["floor", "damaged"] = "floor"


class BookBody(Body):
    """`partly`: although nothing was said of some lines; they move nothing, a count leaves them uncounted."""

    partly: bool = False


class RefuseBody(Body):
    """Why it is not booked; the head office reads it."""

    reason: Line


class CountBody(Body):
    """What to count first: some goods, or what is frozen after a loss (the next hundred)."""

    skus: list[SkuText] | None = Field(None, min_length=1, max_length=MOST_LINES)
    frozen: Literal[True] | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.skus is None) == (self.frozen is None):
            msg = "give either skus or frozen"
            raise ValueError(msg)
        return self


def document_of_path(request: Request) -> str:
    """The document in the address.

    Raises:
        Refused: `unknown_document`, it cannot be one.
    """
    document = str(request.path_params["document"])
    if not _ID.fullmatch(document):
        raise Refused("unknown_document")
    return document


async def get_documents(request: Request) -> Response:
    """The open documents."""
    return answer(await open_documents(desk_of(request).reader))


async def get_document(request: Request) -> Response:
    """One document."""
    return answer(await one_document(desk_of(request).reader, document_of_path(request)))


async def post_found(request: Request) -> Response:
    """What was found of a line."""
    body = await read_json(request, FoundBody)
    desk, document = desk_of(request), document_of_path(request)
    return answer(await find_goods(desk, document, body.sku, body.bucket, body.qty))


async def post_book(request: Request) -> Response:
    """Book it."""
    body = await read_json(request, BookBody)
    desk, document = desk_of(request), document_of_path(request)
    return answer(await book_document(desk, document, actor_of(request), is_partly=body.partly))


async def post_refuse(request: Request) -> Response:
    """Refuse it."""
    body = await read_json(request, RefuseBody)
    desk, document = desk_of(request), document_of_path(request)
    return answer(await refuse_document(desk, document, actor_of(request), body.reason))


async def post_count(request: Request) -> Response:
    """Begin a count."""
    body = await read_json(request, CountBody)
    return answer(await start_count(desk_of(request), body.skus), 201)


ENDED: Final = (
    "It has ended, was counted wrong, is not all looked for, may not leave, was received before,"
    " or another machine serves the store"
)
UNKNOWN: Final = "Unknown document, or goods that it does not ask for"


ONE: Final = "/api/v1/documents/{document}"


def routes() -> list[BaseRoute]:
    """The routes of documents."""
    return [
        route(
            "/api/v1/documents",
            get_documents,
            permission=CLERK,
            contract=Contract(summary="Documents that wait to be booked, the oldest first"),
        ),
        route(
            ONE,
            get_document,
            permission=CLERK,
            contract=Contract(
                summary="A document with its lines; of a count never what is expected",
                refusals={404: "Unknown document"},
            ),
        ),
        *_acts(),
        route(
            "/api/v1/counts",
            post_count,
            ("POST",),
            permission=CLERK,
            contract=Contract(
                summary="Begin a count that nobody asked for",
                body=CountBody,
                answers={201: None},
                refusals={404: "Unknown goods", 409: "Nothing is frozen that is not being counted"},
            ),
        ),
    ]


def _acts() -> list[BaseRoute]:
    """What people do with one document."""
    acts = (
        ("lines", post_found, CLERK, "What was counted or found of a line", FoundBody, UNKNOWN),
        ("book", post_book, MANAGER, "Book a document", BookBody, "Unknown document"),
        (
            "refuse",
            post_refuse,
            MANAGER,
            "Refuse a document, or give up a count",
            RefuseBody,
            "Unknown document",
        ),
    )
    return [
        route(
            f"{ONE}/{name}",
            endpoint,
            ("POST",),
            permission=permission,
            contract=Contract(summary=summary, body=body, refusals={404: unknown, 409: ENDED}),
        )
        for name, endpoint, permission, summary, body, unknown in acts
    ]
