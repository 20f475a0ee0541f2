"""Comparing a store's own balances with the hub's: asking for it, and how the latest came out."""

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute

from hub.staff.permissions import BOARD, HQ_API
from hub.stock.digest import NUMBERS, AskDigest, SkuDifference, comparison_of
from hub.web.state import kernel_of
from sync.rules.errors import Refused
from sync.web.errors import N_, Problem
from sync.web.permissions import HQ
from sync.web.routes import Contract, identity_of, route


class SideBySide(BaseModel):
    """A SKU whose numbers differ: units by name at the hub and at the store; null where one has none."""

    sku: str
    hub: dict[str, int] | None
    store: dict[str, int] | None


class DigestAnswer(BaseModel):
    """The latest comparison: `none` before the first, else `in_step` or `differs`.

    It was made after event `seq`. `differ` counts the parts of the stock that differed, of 256; `skus` are
    those found in them once the store has told its rows, `beyond` how many more there are. `asked_at` is set
    while another comparison is waited for.
    """

    state: str
    seq: int = 0
    checked_at: str = ""
    asked_at: str = ""
    differ: int = 0
    buckets: list[int] = []
    skus: list[SideBySide] = []
    beyond: int = 0


async def show_digest(request: Request) -> Response:
    """How the latest comparison came out."""
    kernel, store = kernel_of(request), str(request.path_params["store"])
    if kernel.directory.get(store) is None:
        raise Problem(404, "store.unknown", TITLE_UNKNOWN)
    found = await comparison_of(kernel.reader, store)
    answer = DigestAnswer(state="none")
    if found is not None:
        state = "none" if not found.checked_at else "differs" if found.differ else "in_step"
        answer = DigestAnswer(
            state=state,
            seq=found.seq,
            checked_at=found.checked_at,
            asked_at=found.asked_at,
            differ=found.differ,
            buckets=list(found.buckets),
            skus=[_sides(one) for one in found.found],
            beyond=found.beyond,
        )
    return JSONResponse(answer.model_dump(), headers={"cache-control": "no-store"})


def _sides(one: SkuDifference) -> SideBySide:
    """A SKU's numbers by name."""
    hub, store = (
        None if numbers is None else dict(zip(NUMBERS, numbers, strict=True))
        for numbers in (one.hub, one.store)
    )
    return SideBySide(sku=one.sku, hub=hub, store=store)


async def ask(request: Request) -> Response:
    """Ask for a comparison."""
    await ask_digest(request)
    return Response(status_code=202)


async def ask_from_page(request: Request) -> Response:
    """Ask for a comparison, then show the board again."""
    await ask_digest(request)
    return RedirectResponse("/hq", 303)


async def ask_digest(request: Request) -> None:
    """Ask for a comparison in the name of the caller; the store answers in its next calm moment.

    Raises:
        Problem: 404 `store.unknown`, 409 `store.not_enrolled`; nothing changed.
    """
    kernel, store = kernel_of(request), str(request.path_params["store"])
    command = AskDigest(store, identity_of(request).subject, kernel.instant())
    try:
        await kernel.writer.run(command)
    except Refused as error:
        if error.code == "unknown_store":
            raise Problem(404, "store.unknown", TITLE_UNKNOWN) from error
        raise Problem(409, "store.not_enrolled", TITLE_NOT_ENROLLED, DETAIL_NOT_ENROLLED) from error
    kernel.events.publish("board", "store", {"store": store})


TITLE_UNKNOWN = N_("There is no such store")
TITLE_NOT_ENROLLED = N_("This store has no agent yet")
DETAIL_NOT_ENROLLED = N_("Enrol its agent first; until then there is nothing to compare.")

ROUTES: list[BaseRoute] = [
    route(
        "/api/v1/stores/{store}/digest",
        show_digest,
        permission=BOARD,
        name="api_digest",
        contract=Contract(
            summary="How a store's own balances compared with the hub's",
            answers={200: DigestAnswer},
            refusals={404: "There is no such store"},
        ),
    ),
    route(
        "/api/v1/stores/{store}/digest",
        ask,
        ["POST"],
        permission=HQ_API,
        name="api_ask_digest",
        contract=Contract(
            summary="Compare a store's own balances with the hub's now",
            answers={202: None},
            refusals={404: "There is no such store", 409: "It has no agent yet"},
        ),
    ),
]
PAGES: list[BaseRoute] = [
    route("/hq/stores/{store}/digest", ask_from_page, ["POST"], permission=HQ, name="hq_ask_digest"),
]
