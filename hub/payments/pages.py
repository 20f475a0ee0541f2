"""The sandbox provider's page: pays or fails with no money, and says so.

It stands where a real provider's page would: reached by an unguessable id, it tells the hub of the outcome
by `TakeCapture`, as the webhook of a real provider would, which captures a payment once. To try what happens
when a provider tells of a payment late, the page of an order that is over can still do so.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.orders.change_order import BY_CUSTOMER
from hub.orders.order_page import SECRET_FORM, SECRET_PAGE
from hub.orders.rules import CLOSED
from hub.orders.take_capture import Captured, TakeCapture
from hub.web.shop_frame import shop_page
from hub.web.state import kernel_of
from sync.values.clock import from_instant
from sync.web.errors import N_, Problem
from sync.web.forms import read_form
from sync.web.permissions import PUBLIC
from sync.web.routes import route
from sync.web.translations import show_times_in

MOST_ID_CHARS: Final = 64
_PAYMENT: Final = (
    "SELECT p.id, p.state, p.minor, p.currency, o.token, o.number, o.store, o.stage, o.lapses_at,"
    " o.closed_why"
    " FROM payment p JOIN orders o ON o.id = p.order_id WHERE p.id = ? AND p.provider = 'sandbox'"
)


class Outcome(BaseModel):
    """Which button was pressed; `late`: the provider tells only now that it took the money."""

    model_config = ConfigDict(extra="ignore")

    outcome: Literal["paid", "failed", "late"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A payment that the shop asked for, with its order."""

    id: str
    state: str
    minor: int
    currency: str
    token: str
    number: str
    store: str
    stage: str
    lapses_at: datetime | None
    closed_why: str

    @property
    def is_open(self) -> bool:
        """Whether its order waits for it: unpaid online, or a counter order that is under way."""
        return self.state == "pending" and self.stage not in CLOSED

    @property
    def is_cancelled(self) -> bool:
        """Whether its order was cancelled, by its customer or because its items are gone."""
        return self.stage == "cancelled"

    @property
    def is_by_customer(self) -> bool:
        """Whether its customer cancelled the order: money that comes later always goes back."""
        return self.closed_why == BY_CUSTOMER


async def _asked(request: Request) -> Asked:
    """The payment that the address names.

    Raises:
        Problem: 404, there is none.
    """
    kernel, name = kernel_of(request), str(request.path_params["payment"])
    row = (
        await kernel.reader.one(_PAYMENT, (name,)) if len(name) <= MOST_ID_CHARS and name.isascii() else None
    )
    if row is None:
        raise Problem(
            404,
            "payment.unknown",
            N_("There is no payment at this address"),
            N_("Open the payment from your order's page again. Nothing was charged."),
        )
    asked = Asked(
        id=row[0],
        state=row[1],
        minor=row[2],
        currency=row[3],
        token=row[4],
        number=row[5],
        store=row[6],
        stage=row[7],
        lapses_at=from_instant(row[8]) if row[8] else None,
        closed_why=row[9],
    )
    store = kernel.directory.get(asked.store)
    if store is not None:
        show_times_in(store.tz)
    return asked


def _show(request: Request, asked: Asked, *, failed: bool = False, status: int = 200) -> Response:
    """The provider's page, or that the time is over."""
    store = kernel_of(request).directory.get(asked.store)
    context: dict[str, Any] = {"asked": asked, "failed": failed}
    template = "payments/sandbox.html" if asked.is_open else "payments/lapsed.html"
    return shop_page(
        request, template, context, store=store, status=status if asked.is_open else 409, headers=SECRET_FORM
    )


async def sandbox(request: Request) -> Response:
    """What is to pay; a payment that was made leads back to the order."""
    asked = await _asked(request)
    if asked.state in {"captured", "refunded"}:
        return RedirectResponse(f"/o/{asked.token}", 303, headers=SECRET_PAGE)
    return _show(request, asked)


async def decide(request: Request) -> Response:
    """Pay or fail; paying twice pays once."""
    asked = await _asked(request)
    chosen = await read_form(request, Outcome)
    if chosen.outcome == "failed" and asked.state == "pending":
        return _show(request, asked, failed=True, status=402)
    if asked.state == "captured":
        return RedirectResponse(f"/o/{asked.token}", 303, headers=SECRET_PAGE)
    if not asked.is_open and chosen.outcome != "late":
        return _show(request, asked, status=409)
    kernel = kernel_of(request)
    told = Captured("sandbox", asked.id, f"sandbox-{asked.id}", asked.minor, asked.currency)
    await kernel.writer.run(TakeCapture(kernel, told))
    return RedirectResponse(f"/o/{asked.token}", 303, headers=SECRET_PAGE)


ROUTES = [
    route("/pay/sandbox/{payment}", sandbox, permission=PUBLIC),
    route("/pay/sandbox/{payment}", decide, ["POST"], permission=PUBLIC, name="sandbox_decide"),
]
