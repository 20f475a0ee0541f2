"""Calls about stores: enrolment by agents, and what HQ does to stores."""

import base64
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, StringConstraints
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from hub.directory import StoreFacts
from hub.kernel import Kernel
from hub.staff.permissions import HQ_API
from hub.staff.sign_in import address_of, time_left
from hub.staff.throttle import Throttle
from hub.stores.change_store import ChangeStore, announce_store
from hub.stores.enrol import MakeCode, new_code
from hub.stores.enrolling import NewAgent, enrol, revoke
from hub.stores.keep_store import StoreDraft
from hub.stores.queries import load_directory
from hub.web.state import kernel_of
from sync.rules.errors import Refused
from sync.values.parts import part_of
from sync.web.errors import N_, Problem
from sync.web.forms import Line, read_json
from sync.web.permissions import PUBLIC_API
from sync.web.routes import Contract, identity_of, route

TRIES: Final = 10
WINDOW_S: Final = 600.0


class EnrolmentRequest(BaseModel):
    """What an agent says to become a store."""

    model_config = ConfigDict(extra="forbid")

    code: Annotated[str, StringConstraints(strip_whitespace=True, min_length=8, max_length=16)]
    app_version: Line = "0"
    store: Line = ""


class BrokerAddress(BaseModel):
    """Where the agent connects, and as whom."""

    url: str
    user: str


class HubKey(BaseModel):
    """A public key that pickup tokens are checked with."""

    id: str
    public: str


class TakeOver(BaseModel):
    """The token that opens what the hub knows of the store; told this once."""

    token: str


class Enrolment(BaseModel):
    """All that an agent needs; the secret is told this once.

    `takes_over` is there when the store had an agent before: the new one begins with what the hub knows.
    """

    store: str
    part: int
    sinc: int
    hinc: int
    broker: BrokerAddress
    secret: str
    hub_keys: list[HubKey]
    names: dict[str, str]
    locale: str
    currency: str
    tz: str
    takes_over: TakeOver | None = None


class EnrolmentCodeAnswer(BaseModel):
    """A one-time code."""

    code: str
    expires_at: str


class StoreKept(BaseModel):
    """Which store was created or changed."""

    id: str
    is_new: bool


async def enrol_agent(request: Request) -> Response:
    """An agent becomes a store."""
    throttle, address = _throttle(request), address_of(request)
    wait = throttle.wait_s(address)
    if wait:
        raise _busy(wait)
    given = await read_json(request, EnrolmentRequest)
    throttle.note(address)
    kernel = kernel_of(request)
    try:
        agent = await enrol(kernel, given.code, given.store)
    except Refused as error:
        if error.code == "other_store":
            raise Problem(409, "other_store", TITLE_OTHER, DETAIL_OTHER) from error
        raise Problem(403, "enrolment_code_refused", TITLE_CODE, DETAIL_CODE) from error
    throttle.forget(address)
    facts = kernel.directory.get(agent.enrolled.store)
    assert facts is not None
    answer = _enrolment(kernel, agent, facts)
    return JSONResponse(answer.model_dump(), 201, headers={"cache-control": "no-store"})


def _enrolment(kernel: Kernel, agent: NewAgent, facts: StoreFacts) -> Enrolment:
    """What the agent is told."""
    broker = kernel.settings.broker
    public = base64.b64encode(kernel.key.public).decode()
    return Enrolment(
        store=facts.id,
        part=part_of(facts.id),
        sinc=agent.enrolled.sinc,
        hinc=kernel.hinc,
        broker=BrokerAddress(url=broker.public_url or broker.url, user=facts.id),
        secret=agent.secret,
        hub_keys=[HubKey(id=kernel.key.key_id, public=public)],
        names=dict(facts.names),
        locale=facts.locale,
        currency=facts.currency,
        tz=facts.tz,
        takes_over=TakeOver(token=agent.token) if agent.enrolled.takes_over else None,
    )


async def make_code(request: Request) -> Response:
    """A new enrolment code for a store."""
    code, expires_at = await code_for(request, request.path_params["store"])
    answer = EnrolmentCodeAnswer(code=code, expires_at=expires_at)
    return JSONResponse(answer.model_dump(), 201, headers={"cache-control": "no-store"})


async def code_for(request: Request, store: str) -> tuple[str, str]:
    """Make a code for a store; returns it and when it expires.

    Raises:
        Problem: 404 `store.unknown`.
    """
    kernel = kernel_of(request)
    by = identity_of(request).subject
    try:
        return await kernel.writer.run(MakeCode(kernel, store, by, new_code()))
    except Refused as error:
        raise _unknown_store() from error


async def keep_store(request: Request) -> Response:
    """Create a store, or change it."""
    draft = await read_json(request, StoreDraft)
    kernel = kernel_of(request)
    changed = await kernel.writer.run(ChangeStore(draft))
    await load_directory(kernel)
    if changed.after > changed.before:
        await announce_store(request, draft.id, changed.before)
    answer = StoreKept(id=draft.id, is_new=changed.is_new)
    return JSONResponse(answer.model_dump(), 201 if changed.is_new else 200)


async def revoke_agent(request: Request) -> Response:
    """Shut a store's agent out."""
    await revoke_store(request, request.path_params["store"])
    return Response(status_code=204)


async def revoke_store(request: Request, store: str) -> None:
    """Shut a store's agent out.

    Raises:
        Problem: 404 `store.unknown`.
    """
    try:
        await revoke(kernel_of(request), store)
    except Refused as error:
        raise _unknown_store() from error


def _throttle(request: Request) -> Throttle:
    """The counter of enrolment tries of the running hub."""
    state: Any = request.app.state
    throttle: Throttle | None = getattr(state, "enrolment_tries", None)
    if throttle is None:
        throttle = Throttle(kernel_of(request).clock, tries=TRIES, window_s=WINDOW_S)
        state.enrolment_tries = throttle
    return throttle


def _busy(wait_s: int) -> Problem:
    """Too many tries from one address."""
    return Problem(
        429,
        "enrolment_locked",
        TITLE_LOCKED,
        DETAIL_LOCKED,
        values={"left": time_left(wait_s)},
        extra={"retry_after_s": wait_s},
        headers={"Retry-After": str(wait_s)},
    )


def _unknown_store() -> Problem:
    """There is no such store."""
    return Problem(404, "store.unknown", TITLE_STORE, DETAIL_STORE)


TITLE_CODE = N_("This enrolment code is not valid")
DETAIL_CODE = N_("It is mistyped, used already or too old. Ask HQ for a new one. Nothing was changed.")
TITLE_OTHER = N_("This code is another store's")
DETAIL_OTHER = N_(
    "That machine has the ledger of one store, and the code is for another. Nothing was changed."
)
TITLE_LOCKED = N_("Too many enrolment codes were tried")
DETAIL_LOCKED = N_("Wait %(left)s, then try again with a new code from HQ.")
TITLE_STORE = N_("There is no such store")
DETAIL_STORE = N_("Choose one from the list of stores.")

ROUTES: list[BaseRoute] = [
    route(
        "/api/v1/enrolments",
        enrol_agent,
        ["POST"],
        permission=PUBLIC_API,
        contract=Contract(
            summary="Turn an agent into a store",
            body=EnrolmentRequest,
            answers={201: Enrolment},
            refusals={
                403: "The code is wrong, used or expired",
                409: "The machine has another store's ledger; the code is not used",
                429: "Too many tries; see retry_after_s",
            },
        ),
    ),
    route(
        "/api/v1/stores/{store}/enrolment-codes",
        make_code,
        ["POST"],
        permission=HQ_API,
        contract=Contract(
            summary="Make an enrolment code for a store",
            answers={201: EnrolmentCodeAnswer},
            refusals={404: "There is no such store"},
        ),
    ),
    route(
        "/api/v1/stores/{store}/revocation",
        revoke_agent,
        ["POST"],
        permission=HQ_API,
        contract=Contract(
            summary="Shut a store's agent out",
            answers={204: None},
            refusals={404: "There is no such store"},
        ),
    ),
    route(
        "/api/v1/stores",
        keep_store,
        ["POST"],
        permission=HQ_API,
        contract=Contract(
            summary="Create a store, or change it", body=StoreDraft, answers={200: StoreKept, 201: StoreKept}
        ),
    ),
]
