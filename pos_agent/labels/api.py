"""Shelf labels over HTTP, for managers: where they are printed, one as it will look, printing them."""

from typing import Annotated

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from devices.printing.job import MAX_COPIES, JobKind
from pos_agent.hardware.paper_view import PaperView
from pos_agent.hardware.picture_answer import picture_answer
from pos_agent.labels.print_labels import LabelWish, label_of, print_labels
from pos_agent.requests import Body, PrintBody, answer, desk_of
from pos_agent.staff.rules import MANAGER
from sync.web.forms import read_json, read_query
from sync.web.routes import Contract, route

MOST_LINES = 50
_Sku = Annotated[str, Field(min_length=1, max_length=64)]


class SkuQuery(Body):
    """Whose label."""

    sku: _Sku


class PictureQuery(SkuQuery):
    """`look` counts a page's looks, so that no browser shows an older picture."""

    look: int = Field(0, ge=0, strict=False)


class WishBody(Body):
    """Equal labels of some goods."""

    sku: _Sku
    copies: int = Field(1, ge=1, le=MAX_COPIES)


class LabelsBody(PrintBody):
    """The labels to print, in this order."""

    lines: list[WishBody] = Field(min_length=1, max_length=MOST_LINES)


async def get_printer(request: Request) -> Response:
    """The printer that labels come out of; null where there is none."""
    printer = desk_of(request).papers.printer_for(JobKind.LABEL)
    told = {"id": printer.id, "is_for_labels": printer.role == "label"} if printer else None
    return answer({"printer": told, "most_lines": MOST_LINES, "most_copies": MAX_COPIES})


async def _view(request: Request, form: type[SkuQuery] = SkuQuery) -> PaperView:
    desk, query = desk_of(request), read_query(request, form)
    document = await label_of(desk, query.sku)
    printer = desk.papers.printer_for(JobKind.LABEL)
    return PaperView(desk.settings, document, printer.id if printer else None)


async def get_shown(request: Request) -> Response:
    """A label as its paper reads."""
    return answer({"text": (await _view(request)).text()})


async def get_picture(request: Request) -> Response:
    """A label as a picture."""
    return await picture_answer(await _view(request, PictureQuery))


async def post_labels(request: Request) -> Response:
    """Print labels; asked twice with the same request, they are printed once."""
    body = await read_json(request, LabelsBody)
    wishes = [LabelWish(one.sku, one.copies) for one in body.lines]
    jobs = await print_labels(desk_of(request), wishes, body.request)
    return answer({"jobs": jobs, "labels": sum(one.copies for one in body.lines)}, 202)


def routes() -> list[BaseRoute]:
    """The routes of this module."""
    base, goods = "/api/v1/labels", {404: "Unknown goods", 409: "Not for sale, or without a price"}
    where = Contract(summary="The printer that shelf labels come out of")
    shown = Contract(summary="A shelf label as its paper reads", query=SkuQuery, refusals=goods)
    picture = Contract(summary="A shelf label as a picture (image/png)", query=PictureQuery, refusals=goods)
    wish = Contract(
        summary="Print shelf labels: all or none",
        body=LabelsBody,
        answers={202: None},
        refusals={
            **goods,
            409: "Not for sale, no price, no printer, or the request printed something else",
        },
    )
    return [
        route(f"{base}/printer", get_printer, permission=MANAGER, contract=where),
        route(f"{base}/shown", get_shown, permission=MANAGER, contract=shown),
        route(f"{base}/picture", get_picture, permission=MANAGER, contract=picture),
        route(base, post_labels, ("POST",), permission=MANAGER, contract=wish),
    ]
