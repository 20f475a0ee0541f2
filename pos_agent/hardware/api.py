"""The devices over HTTP: how they are, papers to look after, the drawer."""

from typing import Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from pos_agent.hardware.board_view import board_json
from pos_agent.hardware.drawer import Opening
from pos_agent.hardware.open_papers import decide_paper, document_of, open_papers
from pos_agent.hardware.paper_view import PaperView
from pos_agent.hardware.picture_answer import picture_answer
from pos_agent.requests import Body, actor_of, answer, desk_of, till_of
from pos_agent.staff.rules import CLERK, MANAGER
from sync.rules.errors import Refused
from sync.web.forms import Line, read_json
from sync.web.routes import Contract, route
from sync.web.translations import gettext


class DecisionBody(Body):
    """A person's word on a paper."""

    decision: Literal["came_out", "again", "left"]


class DrawerBody(Body):
    """Why the drawer is opened without a sale."""

    reason: Line = Field(min_length=2)


async def get_devices(request: Request) -> Response:
    """How each device was last heard to be, and the papers to look after."""
    desk = desk_of(request)
    return answer(
        {
            **board_json(desk.board, gettext),
            "has_drawer": desk.drawer is not None and desk.drawer.is_there,
            "papers": await open_papers(desk.reader, desk.clock.now()),
        }
    )


async def post_decision(request: Request) -> Response:
    """Say what became of a paper."""
    body, desk = await read_json(request, DecisionBody), desk_of(request)
    job, actor, at = str(request.path_params["job"])[:64], actor_of(request), desk.clock.now()
    new = await desk.ledger.writer.run(
        lambda tx: decide_paper(tx, desk.papers, job, body.decision, actor, at)
    )
    desk.screens.publish("status", "devices", {})
    return answer({"job": new})


async def get_picture(request: Request) -> Response:
    """A paper as it is laid out for its printer, as a picture."""
    desk = desk_of(request)
    document, printer = await document_of(desk.reader, str(request.path_params["job"])[:64])
    return await picture_answer(PaperView(desk.settings, document, printer))


async def post_drawer(request: Request) -> Response:
    """Open the drawer without a sale."""
    body, desk = await read_json(request, DrawerBody), desk_of(request)
    if desk.drawer is None:
        raise Refused("no_drawer")
    opening = Opening(
        at=desk.at,
        till=till_of(request),
        actor=actor_of(request),
        cause="no_sale",
        reason=body.reason,
    )
    if not await desk.drawer.open(opening):
        raise Refused("drawer_unreachable")
    return answer({"opened": True})


def routes() -> list[BaseRoute]:
    """The routes of this module."""
    devices = Contract(summary="The devices, and the papers to look after")
    decision = Contract(
        summary="Say what became of a paper",
        body=DecisionBody,
        refusals={404: "No such paper", 409: "Its fate is known or was decided, or no printer"},
    )
    picture = Contract(summary="A paper as a picture (image/png)", refusals={404: "No such paper"})
    drawer = Contract(
        summary="Open the cash drawer without a sale",
        body=DrawerBody,
        refusals={409: "No drawer, or it cannot be reached"},
    )
    return [
        route("/api/v1/devices", get_devices, permission=CLERK, contract=devices),
        route(
            "/api/v1/papers/{job}/decision",
            post_decision,
            ("POST",),
            permission=CLERK,
            contract=decision,
        ),
        route("/api/v1/papers/{job}/picture", get_picture, permission=CLERK, contract=picture),
        route("/api/v1/drawer", post_drawer, ("POST",), permission=MANAGER, contract=drawer),
    ]
