"""The store's state over HTTP, the scan at the till, and the stream of events for open pages."""

from typing import Any, Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from pos_agent.desk import (
    Desk,
    counter_seen_channel,
    facing_channel,
    receiving_channel,
    till_channel,
    till_seen_channel,
)
from pos_agent.documents.queries import count_open
from pos_agent.hardware.board_view import board_json
from pos_agent.hardware.open_papers import count_undecided
from pos_agent.link.compose import backlog_of
from pos_agent.pickup.api import ScanBody
from pos_agent.requests import answer, browser_of, desk_of, till_of
from pos_agent.staff.queries import find_person
from pos_agent.staff.rules import CLERK
from pos_agent.take_scans import scan_at_till
from sync.web.forms import read_json
from sync.web.permissions import Identity
from sync.web.routes import Contract, identity_of, route
from sync.web.translations import gettext

CHANNELS = ("till", "counter", "status", "receiving", "till-seen", "counter-seen", "facing", "codes")
USUAL = "till,counter,status"
Alarm = Literal["fenced", "put_back", "refused"]


class TillScanBody(ScanBody):
    """A code at the till, and how often it counts: `2*` before the code of a case is two cases."""

    qty: int = Field(1, ge=1, le=9_999)


async def status_of(desk: Desk, identity: Identity, till: str) -> dict[str, Any]:
    """What every page's header shows."""
    person = await find_person(desk.reader, identity.subject)
    backlog = await backlog_of(desk)
    profile, line = desk.profile, desk.line
    return {
        "store": profile.store,
        "names": profile.names,
        "till": till,
        "online": line.is_online,
        "since": line.since,
        "alarm": await alarm_of(desk),
        "older": line.older,
        "unsent": backlog["unsent"],
        "documents": await count_open(desk.reader),
        "papers": await count_undecided(desk.reader, desk.clock.now()),
        **board_json(desk.board, gettext),
        "staff": {"login": person.login, "names": person.names, "role": person.role} if person else None,
        "currency": profile.currency,
        "locale": profile.locale,
        "tz": profile.tz.key,
        "now": desk.at,
        "focus": desk.focus.place,
        "picking": desk.focus.picking,
    }


async def alarm_of(desk: Desk) -> Alarm | None:
    """What stands until a person acts, while all looks well in the store.

    `fenced`: another machine took the store over, or this ledger is an old copy: what is sold here
    reaches nobody. `put_back`: it came from a backup, and sells until it joins anew. `refused`: the
    broker does not accept this machine any more.
    """
    fenced, put_back_at = await desk.reader.one("SELECT fenced, put_back_at FROM position") or (1, "")
    if fenced:
        return "put_back" if put_back_at else "fenced"
    return "refused" if desk.line.refused else None


async def get_status(request: Request) -> Response:
    """The store's state."""
    shown = await status_of(desk_of(request), identity_of(request), till_of(request))
    browser = browser_of(request)
    return answer({**shown, "counter_only": browser is not None and not browser.till})


async def post_focus(request: Request) -> Response:
    """Scans go to the till again."""
    desk = desk_of(request)
    desk.focus.leave()
    return answer(await status_of(desk, identity_of(request), till_of(request)))


async def post_scan(request: Request) -> Response:
    """A code scanned or typed on the till's page."""
    body = await read_json(request, TillScanBody)
    return answer(await scan_at_till(desk_of(request), till_of(request), body.code, body.qty))


async def get_events(request: Request) -> Response:
    """Events for an open page; `?channels=till,counter,status`.

    `till` is the caller's own till: two tills of a store never paint each other's tickets. So is
    `receiving`; while a page listens on it, the till's scanner scans for that page. A page listens on
    `till-seen` or `counter-seen` while a person can see it: goods are sold where that can be noticed.
    """
    asked = request.query_params.get("channels", USUAL).split(",")
    till = till_of(request)
    own = {"till": till_channel(till), "receiving": receiving_channel(till)}
    own |= {"facing": facing_channel(till)}
    own |= {"till-seen": till_seen_channel(till), "counter-seen": counter_seen_channel(till)}
    channels = [own.get(name, name) for name in CHANNELS if name in asked]
    browser = browser_of(request)
    return desk_of(request).screens.response(request, channels, owner=browser.id if browser else "")


def routes() -> list[BaseRoute]:
    """The routes of this module."""
    return [
        route("/api/v1/status", get_status, permission=CLERK, contract=Contract(summary="The store's state")),
        route(
            "/api/v1/focus/till",
            post_focus,
            ("POST",),
            permission=CLERK,
            contract=Contract(summary="Let scans go to the till"),
        ),
        route(
            "/api/v1/till/scan",
            post_scan,
            ("POST",),
            permission=CLERK,
            contract=Contract(
                summary="Scan at the till",
                body=TillScanBody,
                refusals={404: "Unknown code", 409: "Not for sale, or an order that is not for here"},
            ),
        ),
        route("/events", get_events, permission=CLERK),
    ]
