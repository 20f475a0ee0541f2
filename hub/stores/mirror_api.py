"""Calls of an agent that takes over: what the hub knows of its store, in pages, and where histories part.

Opened by the token of the enrolment (Authorization: Bearer), for as long as that incarnation takes over.
"""

from typing import Any, Final

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from hub.kernel import Kernel
from hub.stores import tell_mirror
from hub.web.state import kernel_of
from sync.rules.canonical import to_raw
from sync.values.bounds import MOST_COUNTER
from sync.web.errors import N_, Problem
from sync.web.permissions import PUBLIC_API
from sync.web.routes import Contract, route

BEARER: Final = "bearer "
MOST_KEY_CHARS: Final = 64
NO_STORE: Final = {"cache-control": "no-store"}


class MirrorExtent(BaseModel):
    """Where the mirror stands (event `from_seq` of incarnation `from_sinc`) and how much there is of it."""

    from_sinc: int
    from_seq: int
    doubt: bool
    skus: int
    holds: int


class MirrorFacts(BaseModel):
    """The next facts for the beginning of the new log, as the log writes them; none: there are no more."""

    facts: list[dict[str, Any]]


class ChainAt(BaseModel):
    """The chain after an event that the hub applied; null where it has applied none of that number."""

    chain: str | None


async def _opened(request: Request) -> tuple[Kernel, str]:
    """The hub and the store that the caller's token opens.

    Raises:
        Problem: 403, the token is wrong, or nothing is being taken over with it.
    """
    kernel, store = kernel_of(request), str(request.path_params["store"])
    given = request.headers.get("authorization", "")
    token = given[len(BEARER) :] if given.lower().startswith(BEARER) else ""
    if not await tell_mirror.may_read(kernel.reader, store, _number(request, "sinc"), token):
        raise Problem(
            403,
            "takeover.refused",
            N_("This agent may not take over the store"),
            N_("Its token is wrong, or the store is whole already. Ask HQ for a new enrolment code."),
        )
    return kernel, store


def _number(request: Request, name: str) -> int:
    """A counter among the query's parameters; one that makes no sense is 0, which nothing has."""
    text = request.query_params.get(name, "")
    is_counter = text.isascii() and text.isdigit() and len(text) <= len(str(MOST_COUNTER))
    return int(text) if is_counter else 0


def _after(request: Request) -> str:
    """The key after which to go on."""
    return request.query_params.get("after", "")[:MOST_KEY_CHARS]


async def show_extent(request: Request) -> Response:
    """How much there is to take over."""
    kernel, store = await _opened(request)
    found = await tell_mirror.extent(kernel.reader, store)
    told = MirrorExtent(
        from_sinc=found.from_sinc,
        from_seq=found.from_seq,
        doubt=found.doubt,
        skus=found.skus,
        holds=found.holds,
    )
    return JSONResponse(told.model_dump(), headers=NO_STORE)


async def show_balances(request: Request) -> Response:
    """The next SKUs."""
    kernel, store = await _opened(request)
    found = await tell_mirror.balances_after(kernel.reader, store, _after(request), kernel.instant())
    return JSONResponse({"facts": [to_raw(found)] if found else []}, headers=NO_STORE)


async def show_holds(request: Request) -> Response:
    """The next holds."""
    kernel, store = await _opened(request)
    found = await tell_mirror.holds_after(kernel.reader, store, _after(request), kernel.instant())
    return JSONResponse({"facts": [to_raw(hold) for hold in found]}, headers=NO_STORE)


async def show_documents(request: Request) -> Response:
    """The next documents that have ended: the new agent must not book them again."""
    kernel, store = await _opened(request)
    found = await tell_mirror.documents_after(kernel.reader, store, _after(request))
    return JSONResponse({"facts": found}, headers=NO_STORE)


async def show_chain(request: Request) -> Response:
    """The chain after one event of an incarnation."""
    kernel, store = await _opened(request)
    chain = await tell_mirror.chain_at(kernel.reader, store, _number(request, "of"), _number(request, "seq"))
    return JSONResponse({"chain": chain}, headers=NO_STORE)


def _told(path: str, endpoint: Any, summary: str, answer: type[BaseModel]) -> BaseRoute:
    """A route of the mirror."""
    return route(
        f"/api/v1/stores/{{store}}/mirror{path}",
        endpoint,
        permission=PUBLIC_API,
        contract=Contract(
            summary=summary,
            answers={200: answer},
            refusals={403: "The token is wrong, or nothing is being taken over"},
        ),
    )


ROUTES: Final[list[BaseRoute]] = [
    _told("", show_extent, "How much an agent takes over", MirrorExtent),
    _told("/balances", show_balances, "SKUs to take over, after a SKU", MirrorFacts),
    _told("/holds", show_holds, "Holds to take over, after an order", MirrorFacts),
    _told("/documents", show_documents, "Documents that have ended, after a document", MirrorFacts),
    _told("/chain", show_chain, "The chain after an event of an earlier incarnation", ChainAt),
]
