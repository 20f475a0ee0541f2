"""HQ's list of stores: who has an agent, and codes with which one is enrolled."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from hub.directory import StoreFacts
from hub.kernel import Kernel
from hub.staff.hq_page import hq_page
from hub.staff.permissions import BOARD
from hub.stores.api import code_for, revoke_store
from hub.web.opening import opening_at
from hub.web.state import base_url_of, kernel_of
from sync.values.clock import from_instant
from sync.web.permissions import HQ
from sync.web.routes import route


@dataclass(frozen=True, slots=True)
class StoreLine:
    """A store in the list. `code_until` is set while a code made for it can be used."""

    facts: StoreFacts
    enrolled_at: datetime | None
    is_shut_out: bool
    code_until: datetime | None


@dataclass(frozen=True, slots=True)
class FreshCode:
    """A code just made, shown this once."""

    store: StoreFacts
    code: str
    until: datetime
    command: str


async def store_lines(kernel: Kernel) -> list[StoreLine]:
    """All stores in the chain's order."""
    rows = await kernel.reader.all(
        "SELECT t.store, t.enrolled_at, t.secret_hash, (SELECT MAX(c.expires_at) FROM enrolment_code c"
        " WHERE c.store = t.store AND c.used_at IS NULL AND c.expires_at > ?) FROM store_stream t",
        (kernel.instant(),),
    )
    known = {str(row[0]): row[1:] for row in rows}
    lines = []
    for facts in kernel.directory.all():
        enrolled_at, secret_hash, until = known.get(facts.id, (None, None, None))
        lines.append(
            StoreLine(
                facts=facts,
                enrolled_at=from_instant(enrolled_at) if enrolled_at else None,
                is_shut_out=facts.sinc > 0 and secret_hash is None,
                code_until=from_instant(until) if until else None,
            )
        )
    return lines


async def show_stores(request: Request) -> Response:
    """The list."""
    return await _page(request)


async def make_code(request: Request) -> Response:
    """Make a code and show it once: it is kept hashed."""
    kernel = kernel_of(request)
    code, expires_at = await code_for(request, request.path_params["store"])
    facts = kernel.directory.get(request.path_params["store"])
    assert facts is not None
    command = f"omo-agent enrol {base_url_of(request)} {code}"
    return await _page(request, FreshCode(facts, code, from_instant(expires_at), command))


async def shut_out(request: Request) -> Response:
    """Shut a store's agent out."""
    await revoke_store(request, request.path_params["store"])
    return RedirectResponse("/hq/stores", 303)


async def _page(request: Request, fresh: FreshCode | None = None) -> Response:
    """The list with a code just made."""
    kernel = kernel_of(request)

    def today(store: StoreFacts) -> tuple[str, str] | None:
        return opening_at(kernel.clock.now(), store.hours, store.zone).today

    context: dict[str, Any] = {"lines": await store_lines(kernel), "fresh": fresh, "today": today}
    return hq_page(request, "stores/stores.html", context)


ROUTES: list[BaseRoute] = [
    route("/hq/stores", show_stores, permission=BOARD),
    route("/hq/stores/{store}/code", make_code, ["POST"], permission=HQ),
    route("/hq/stores/{store}/shut-out", shut_out, ["POST"], permission=HQ),
]
