"""Why a SKU has the number it has at a store, for programs."""

import re
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from hub.staff.permissions import BOARD
from hub.stock.check_api import ROUTES as CHECK_ROUTES
from hub.stock.digest_api import ROUTES as DIGEST_ROUTES
from hub.stock.explain import Cursor, MovementLine, Why, explain
from hub.web.state import kernel_of
from sync.web.errors import N_, Problem
from sync.web.forms import read_query
from sync.web.routes import Contract, route

_CURSOR: Final = r"^[0-9]{1,15}-[0-9]{1,15}-[0-9]{1,6}$"


class WhyQuery(BaseModel):
    """Which page of movements: `before` as the page before it said, incarnation-event-line."""

    model_config = ConfigDict(extra="ignore")

    before: Annotated[str, Field(pattern=f"^$|{_CURSOR}")] = ""

    @property
    def cursor(self) -> Cursor | None:
        """Where the page begins."""
        return cursor_from(self.before)


class Numbers(BaseModel):
    """Units now. `free` is the floor stock F, `available` what may be promised (ATP)."""

    on_hand: int
    floor: int
    staged: int
    damaged: int
    granted: int
    returned: int
    settled: int
    promised: int
    free: int
    available: int


class MovementSum(BaseModel):
    """What all movements of the store's incarnation sum to; `agrees` null while it is being rebuilt."""

    movements: int
    floor: int
    staged: int
    damaged: int
    agrees: bool | None


class MovementFact(BaseModel):
    """A movement. `change` is that of the sellable units, `balance` the sellable units after it."""

    sinc: int
    seq: int
    place: int
    qty: int
    source: str
    target: str
    reason: str
    ref: str
    order: str
    actor: str
    at: str
    change: int
    balance: int | None


class HoldAnswer(BaseModel):
    """A hold line's counters."""

    order: str
    number: str
    stage: str
    line: int
    qty: int
    done: int
    short: int
    released: int
    open: int
    dispatched: bool


class LetterAnswer(BaseModel):
    """A dead letter that names the SKU."""

    id: int
    seq: int
    code: str
    at: str


class WhyAnswer(BaseModel):
    """The number now and the facts behind it; `next_before` asks for the next page of movements."""

    store: str
    sku: str
    now: Numbers
    sum: MovementSum
    movements: list[MovementFact]
    next_before: str | None
    holds: list[HoldAnswer]
    more_holds: bool
    returned_told: int | None
    return_heard: bool
    dead_letters: list[LetterAnswer]


def cursor_from(text: str) -> Cursor | None:
    """A page's beginning from an address; None for anything that is none."""
    if not re.fullmatch(_CURSOR, text):
        return None
    sinc, seq, place = (int(part) for part in text.split("-"))
    return sinc, seq, place


def cursor_text(cursor: Cursor) -> str:
    """A page's beginning as an address carries it."""
    return "-".join(str(part) for part in cursor)


def why_answer(why: Why) -> WhyAnswer:
    """The answer as programs read it."""
    stock, sums = why.stock, why.sums
    names = ("floor", "staged", "damaged", "granted", "returned", "settled", "promised", "free", "available")
    numbers = {name: getattr(stock, name) for name in names}
    return WhyAnswer(
        store=why.store,
        sku=why.sku,
        now=Numbers(on_hand=why.on_hand, **numbers),
        sum=MovementSum(
            movements=sums.movements,
            floor=sums.floor,
            staged=sums.staged,
            damaged=sums.damaged,
            agrees=sums.agrees,
        ),
        movements=[_movement(line) for line in why.movements],
        next_before=cursor_text(why.more_before) if why.more_before else None,
        holds=[
            HoldAnswer(
                order=hold.order,
                number=hold.number,
                stage=hold.stage,
                line=hold.line,
                qty=hold.qty,
                done=hold.done,
                short=hold.short,
                released=hold.released,
                open=hold.open,
                dispatched=hold.is_dispatched,
            )
            for hold in why.holds
        ],
        more_holds=why.has_more_holds,
        returned_told=why.returned_told,
        return_heard=why.is_return_heard,
        dead_letters=[
            LetterAnswer(id=letter.id, seq=letter.seq, code=letter.code, at=letter.at)
            for letter in why.letters
        ],
    )


def _movement(line: MovementLine) -> MovementFact:
    """A movement as programs read it."""
    sinc, seq, place = line.cursor
    names = ("qty", "source", "target", "reason", "ref", "order", "actor", "at", "change", "balance")
    return MovementFact(sinc=sinc, seq=seq, place=place, **{name: getattr(line, name) for name in names})


async def why_of(request: Request, before: Cursor | None) -> Why:
    """The explanation that the address asks for.

    Raises:
        Problem: 404 `stock.unknown`.
    """
    kernel = kernel_of(request)
    store, sku = str(request.path_params["store"]), str(request.path_params["sku"])
    why = await explain(kernel.reader, store, sku, before)
    if why is None:
        raise Problem(404, "stock.unknown", TITLE_UNKNOWN, DETAIL_UNKNOWN)
    return why


async def show_why(request: Request) -> Response:
    """Why is it this many?"""
    asked = read_query(request, WhyQuery)
    answer = why_answer(await why_of(request, asked.cursor))
    return JSONResponse(answer.model_dump(), headers={"cache-control": "no-store"})


TITLE_UNKNOWN = N_("There is no such SKU at this store")
DETAIL_UNKNOWN = N_("Check the store's id and how the SKU is written, or search by barcode or name.")

ROUTES: list[BaseRoute] = [
    route(
        "/api/v1/stores/{store}/stock/{sku:path}/why",
        show_why,
        permission=BOARD,
        name="api_stock_why",
        contract=Contract(
            summary="Why is it this many? The number now and the facts behind it",
            query=WhyQuery,
            answers={200: WhyAnswer},
            refusals={404: "no such store or SKU"},
        ),
    ),
    *CHECK_ROUTES,
    *DIGEST_ROUTES,
]
