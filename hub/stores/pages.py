"""HQ's list of stores: who has an agent, and codes with which one is enrolled."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

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
from sync.web.routes import identity_of, route

MOST_FRESH: Final = 100
"""So many codes are remembered to be shown again."""


@dataclass(frozen=True, slots=True)
class StoreLine:
    """A store in the list. `code_until` is set while a code made for it can be used."""

    facts: StoreFacts
    enrolled_at: datetime | None
    is_shut_out: bool
    code_until: datetime | None


@dataclass(frozen=True, slots=True)
class FreshCode:
    """A code just made; only who made it sees it, while it can be used."""

    by: str
    store: str
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
    """The list, with a code that was just made."""
    kernel = kernel_of(request)

    def today(store: StoreFacts) -> tuple[str, str] | None:
        return opening_at(kernel.clock.now(), store.hours, store.zone).today

    lines = await store_lines(kernel)
    fresh = _fresh(request).get(request.query_params.get("code", ""))
    line = next((one for one in lines if fresh is not None and one.facts.id == fresh.store), None)
    if fresh is None or line is None or fresh.by != identity_of(request).subject:
        fresh = None
    elif line.code_until != fresh.until:  # used, over, or another one since
        _fresh(request).pop(fresh.store, None)
        fresh = None
    context: dict[str, Any] = {"lines": lines, "fresh": fresh, "line": line, "today": today}
    return hq_page(request, "stores/stores.html", context)


async def make_code(request: Request) -> Response:
    """Make a code and lead to the list that shows it: a reload makes no second one. On disk it is a hash."""
    store = request.path_params["store"]
    code, expires_at = await code_for(request, store)
    command = f"omo-agent enrol {base_url_of(request)} {code}"
    fresh, by = _fresh(request), identity_of(request).subject
    fresh.pop(store, None)
    fresh[store] = FreshCode(by, store, code, from_instant(expires_at), command)
    while len(fresh) > MOST_FRESH:
        del fresh[next(iter(fresh))]
    return RedirectResponse(f"/hq/stores?code={store}", 303)


async def shut_out(request: Request) -> Response:
    """Shut a store's agent out."""
    await revoke_store(request, request.path_params["store"])
    return RedirectResponse("/hq/stores", 303)


def _fresh(request: Request) -> dict[str, FreshCode]:
    """The codes just made, by store, in the running hub's memory alone."""
    state: Any = request.app.state
    codes: dict[str, FreshCode] | None = getattr(state, "fresh_codes", None)
    if codes is None:
        codes = state.fresh_codes = {}
    return codes


ROUTES: list[BaseRoute] = [
    route("/hq/stores", show_stores, permission=BOARD),
    route("/hq/stores/{store}/code", make_code, ["POST"], permission=HQ),
    route("/hq/stores/{store}/shut-out", shut_out, ["POST"], permission=HQ),
]
