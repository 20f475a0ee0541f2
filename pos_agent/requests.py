"""What an endpoint reads from its request beside the body: the desk, who asks, at which till."""

import re
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pos_agent.desk import Desk
from pos_agent.lan.paired_browsers import Browser
from sync.rules.errors import Refused
from sync.web.routes import identity_of

_ID: Final = re.compile(r"[A-Za-z0-9._:-]{1,64}")
RequestId = Annotated[str, Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9-]+$")]
"""Names a wish: new for each, the same for each try of it."""


class Body(BaseModel):
    """Base class of JSON bodies: unknown keys refused, no guessing of types."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class PrintBody(Body):
    """A wish for paper."""

    request: RequestId


def desk_of(request: Request) -> Desk:
    """The running agent."""
    desk: Desk = request.app.state.desk
    return desk


def actor_of(request: Request) -> str:
    """The login of who asks."""
    return identity_of(request).subject


def till_of(request: Request) -> str:
    """The till at which the caller is signed in."""
    desk = desk_of(request)
    till = identity_of(request).data.get("till", "")
    return till if till in desk.settings.tills else desk.first_till


def browser_of(request: Request) -> Browser | None:
    """The paired browser that asks over the shop's network; None at this machine itself."""
    browser: Browser | None = getattr(request.state, "browser", None)
    return browser


def tills_of(request: Request) -> tuple[str, ...]:
    """The tills at which somebody may sign in here: a paired browser's own, else all."""
    desk, browser = desk_of(request), browser_of(request)
    if browser is None:
        return desk.settings.tills
    return (browser.till if browser.till in desk.settings.tills else desk.first_till,)


def order_of(request: Request) -> str:
    """The order in the address.

    Raises:
        Refused: `unknown_order`, it cannot be one.
    """
    order = str(request.path_params["order"])
    if not _ID.fullmatch(order):
        raise Refused("unknown_order")
    return order


def answer(body: Any, status: int = 200) -> Response:
    """A JSON answer that no cache keeps."""
    return JSONResponse(body, status, headers={"cache-control": "no-store"})
