"""The pickup counter over HTTP."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from pos_agent.codes.keep import Sighting, watched
from pos_agent.pickup import pick
from pos_agent.pickup.find_order import find_by_code, find_by_number, find_by_receipt, find_by_token
from pos_agent.pickup.hand_over import HandOver, Proof, hand_over
from pos_agent.pickup.print_bags import BagWish, print_bags
from pos_agent.pickup.queries import counter_lists, day_start
from pos_agent.pickup.rules import TryLimit
from pos_agent.requests import Body, PrintBody, actor_of, answer, desk_of, order_of, till_of
from pos_agent.staff.rules import CLERK, MANAGER
from pos_agent.till.classify import MOST_CODE_CHARACTERS, classify
from sync.rules.errors import Refused
from sync.web.forms import COLUMN_MAX, Line, read_json
from sync.web.routes import Contract, identity_of, route

Token = Annotated[str, Field(min_length=1, max_length=MOST_CODE_CHARACTERS)]
Code = Annotated[str, Field(min_length=1, max_length=32)]


class ScanBody(Body):
    """A scanned or typed code."""

    code: Token


class ShortBody(Body):
    """Units of a line that were not found; without `n`, all that are not picked."""

    line: int = Field(ge=1, le=1_000_000)
    n: int | None = Field(None, ge=1, le=1_000_000_000)


class LineOnlyBody(Body):
    """One line."""

    line: int = Field(ge=1, le=1_000_000)


class WhyBody(Body):
    """A reason."""

    why: Line


class ReasonBody(Body):
    """Why something is done without its proof."""

    reason: Line


class VerifyBody(Body):
    """What somebody saw who looked for an order after a loss: whether it had been collected."""

    collected: bool


class FindBody(Body):
    """What is shown: a QR, a code with the end of a phone number, the number of a receipt or of a bag."""

    token: Token | None = None
    receipt: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    number: Code | None = None
    code: Code | None = None
    phone_tail: str = Field("", max_length=8)

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if sum(shown is not None for shown in (self.token, self.code, self.receipt, self.number)) != 1:
            msg = "give exactly one of token, code, receipt and number"
            raise ValueError(msg)
        return self


class TenderBody(Body):
    """Money taken at the counter."""

    tender: Literal["cash"] = "cash"
    given_minor: int = Field(ge=0, le=COLUMN_MAX)


class HandOverBody(Body):
    """The proof, exactly one, and the money if the order is paid here."""

    token: Token | None = None
    code: Code | None = None
    override: ReasonBody | None = None
    tender: TenderBody | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if sum(proof is not None for proof in (self.token, self.code, self.override)) != 1:
            msg = "give exactly one of token, code and override"
            raise ValueError(msg)
        return self


class BagsBody(PrintBody):
    """The bags that an order lies in, and where they lie as the clerk calls it; may stay empty."""

    bags: int = Field(1, ge=1, le=9)
    place: Annotated[str, Field(max_length=12, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""


class Counter:
    """The counter's endpoints; wrong codes are counted for the store as a whole."""

    def __init__(self) -> None:
        self.limit = TryLimit()

    async def lists(self, request: Request) -> Response:
        """What is to check after a loss, to pick, ready, and to put back."""
        desk = desk_of(request)
        start = day_start(desk.clock.now(), desk.profile.tz)
        return answer(await counter_lists(desk.reader, desk.profile.currency, start))

    async def start(self, request: Request) -> Response:
        """Begin to pick: scans go to this order."""
        return answer(await pick.start(desk_of(request), order_of(request), actor_of(request)))

    async def scan(self, request: Request) -> Response:
        """One unit was scanned."""
        body = await read_json(request, ScanBody)
        desk, order, actor = desk_of(request), order_of(request), actor_of(request)
        scan = classify(body.code, desk.code_forms)
        seen = Sighting(scan=scan, till=till_of(request), how="page")
        return answer(await watched(desk, seen, pick.pick_scan(desk, order, scan, actor)))

    async def short(self, request: Request) -> Response:
        """Units were not found."""
        body = await read_json(request, ShortBody)
        done = await pick.report_short(
            desk_of(request), order_of(request), body.line, body.n, actor_of(request)
        )
        return answer(done)

    async def not_found(self, request: Request) -> Response:
        """Units that headquarters asked for are not there."""
        body = await read_json(request, LineOnlyBody)
        desk, order = desk_of(request), order_of(request)
        return answer(await pick.not_found(desk, order, body.line, actor_of(request)))

    async def ready(self, request: Request) -> Response:
        """All lies ready."""
        return answer(await pick.make_ready(desk_of(request), order_of(request), actor_of(request)))

    async def bag_label(self, request: Request) -> Response:
        """A label for each bag; asked twice with the same request, they are printed once."""
        body, order = await read_json(request, BagsBody), order_of(request)
        wish = BagWish(
            order=order,
            place=body.place.strip(),
            bags=body.bags,
            request=body.request,
            actor=actor_of(request),
        )
        return answer(await print_bags(desk_of(request), wish), 202)

    async def put_back(self, request: Request) -> Response:
        """One unit goes back to the shelf."""
        body = await read_json(request, LineOnlyBody)
        return answer(await pick.put_back(desk_of(request), order_of(request), body.line, actor_of(request)))

    async def release(self, request: Request) -> Response:
        """The order is given up."""
        body = await read_json(request, WhyBody)
        return answer(await pick.release(desk_of(request), order_of(request), body.why, actor_of(request)))

    async def verify(self, request: Request) -> Response:
        """Somebody looked for an order that was told after a loss."""
        body = await read_json(request, VerifyBody)
        done = await pick.verify(
            desk_of(request), order_of(request), actor_of(request), is_collected=body.collected
        )
        return answer(done)

    async def find(self, request: Request) -> Response:
        """The order of a QR or a code."""
        body = await read_json(request, FindBody)
        desk = desk_of(request)
        if body.token is not None:
            return answer(await find_by_token(desk, body.token))
        if body.receipt is not None:
            return answer(await find_by_receipt(desk, body.receipt))
        if body.number is not None:
            return answer(await find_by_number(desk, body.number))
        return answer(await find_by_code(desk, self.limit, body.code or "", body.phone_tail))

    async def hand_over(self, request: Request) -> Response:
        """Goods, money and receipt."""
        body = await read_json(request, HandOverBody)
        if body.override is not None and not identity_of(request).may(MANAGER):
            raise Refused("override_refused")
        given = HandOver(
            order=order_of(request),
            proof=Proof(
                token=body.token,
                code=body.code,
                override=body.override.reason if body.override else None,
            ),
            till=till_of(request),
            actor=actor_of(request),
            tender=body.tender.tender if body.tender else "cash",
            given_minor=body.tender.given_minor if body.tender else None,
        )
        return answer(await hand_over(desk_of(request), self.limit, given))


def routes() -> list[BaseRoute]:
    """The counter's routes."""
    counter = Counter()
    base, one = "/api/v1/counter", "/api/v1/counter/orders/{order}"
    told = {404: "No such order, line or code", 409: "The order's state does not allow it"}
    locked = {**told, 429: "Too many wrong codes"}
    posts = (
        (f"{one}/pick", counter.start, Contract(summary="Begin to pick", refusals=told)),
        (f"{one}/scan", counter.scan, Contract(summary="Pick one unit", body=ScanBody, refusals=told)),
        (f"{one}/short", counter.short, Contract(summary="Report short", body=ShortBody, refusals=told)),
        (
            f"{one}/not-found",
            counter.not_found,
            Contract(summary="Report that units to look for are not there", body=LineOnlyBody, refusals=told),
        ),
        (
            f"{one}/bag-label",
            counter.bag_label,
            Contract(
                summary="Print the labels of an order's bags",
                body=BagsBody,
                answers={202: None},
                refusals={
                    404: "No such order",
                    409: "It is closed, no printer, or the request printed something else",
                },
            ),
        ),
        (f"{one}/ready", counter.ready, Contract(summary="Make ready", refusals=told)),
        (
            f"{one}/put-back",
            counter.put_back,
            Contract(summary="Put a unit back", body=LineOnlyBody, refusals=told),
        ),
        (f"{one}/release", counter.release, Contract(summary="Give up", body=WhyBody, refusals=told)),
        (
            f"{one}/verify",
            counter.verify,
            Contract(
                summary="Say what became of an order that is to be checked after a loss",
                body=VerifyBody,
                refusals=told,
            ),
        ),
        (f"{base}/find", counter.find, Contract(summary="Find an order", body=FindBody, refusals=locked)),
        (
            f"{one}/hand-over",
            counter.hand_over,
            Contract(summary="Hand over", body=HandOverBody, refusals={**locked, 402: "It is paid here"}),
        ),
    )
    return [
        route(base, counter.lists, permission=CLERK, contract=Contract(summary="Orders at the counter")),
        *(
            route(path, endpoint, ("POST",), permission=CLERK, contract=contract)
            for path, endpoint, contract in posts
        ),
    ]
