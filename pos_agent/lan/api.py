"""Pairing over HTTP, the list of paired browsers, and the certificate that phones come to trust."""

import math
import secrets
from datetime import timedelta
from typing import Annotated, Any, Final

import segno
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from pos_agent.desk import Desk
from pos_agent.lan.gate import browser_cookie
from pos_agent.lan.paired_browsers import (
    Browser,
    add_browser,
    forget_browser,
    list_browsers,
)
from pos_agent.lan.pairing import OpenPairing
from pos_agent.lan.words import tell_door
from pos_agent.requests import Body, actor_of, answer, browser_of, desk_of
from pos_agent.staff.rules import MANAGER
from sync.rules.errors import Refused
from sync.runtime.ids import new_id
from sync.runtime.logging import get_logger
from sync.storage.writer import Transaction
from sync.values.clock import to_instant
from sync.web.forms import Line, read_json
from sync.web.permissions import PUBLIC, PUBLIC_API
from sync.web.routes import Contract, route
from sync.web.sessions import TOKEN_BYTES, session_key
from sync.web.templates import Pages
from sync.web.translations import gettext

log = get_logger(__name__)
COOKIE_LIFE: Final = timedelta(days=400)
"""Browsers keep no cookie longer (RFC 6265bis, 5.6)."""
QR_BORDER: Final = 4
"""The quiet zone of ISO/IEC 18004, 6.3.8: the page may be dark."""


class PairingBody(Body):
    """What the browser is called, and the till it works at; without a till it is the pickup counter's."""

    name: Line = Field(min_length=1, max_length=40)
    till: Annotated[str, Field(max_length=8)] = ""


class PairBody(Body):
    """The code that the till shows."""

    code: Annotated[str, Field(min_length=1, max_length=20)]


async def get_browsers(request: Request) -> Response:
    """The paired browsers, and how phones reach this machine."""
    desk = desk_of(request)
    door = desk.lan
    return answer(
        {
            "is_open": door.is_open,
            "is_meant_to_be": door.section.open,
            "trouble": door.trouble.code,
            "problem": tell_door(door.trouble.code, door.trouble.facts, gettext),
            "urls": door.urls if door.is_open else [],
            "fingerprint": door.files.fingerprint,
            "may_pair": browser_of(request) is None,
            "tills": list(desk.settings.tills),
            "pairing": _shown(desk) if browser_of(request) is None else None,
            "browsers": await list_browsers(desk.reader),
        }
    )


async def post_pairing(request: Request) -> Response:
    """Open a code for one browser; at the store's own machine alone."""
    desk, body = desk_of(request), await read_json(request, PairingBody)
    if browser_of(request) is not None:
        raise Refused("pair_at_store")
    if not desk.lan.is_open:
        raise Refused("lan_closed")
    if body.till and body.till not in desk.settings.tills:
        raise Refused("unknown_till")
    desk.lan.pairing.begin(body.name, body.till, actor_of(request), desk.clock.monotonic())
    return answer(_shown(desk), 201)


async def delete_pairing(request: Request) -> Response:
    """Take the open code back."""
    desk_of(request).lan.pairing.cancel()
    return Response(status_code=204, headers={"cache-control": "no-store"})


async def post_pair(request: Request) -> Response:
    """Pair this browser by the code that the till shows."""
    desk, body = desk_of(request), await read_json(request, PairBody)
    if request.url.scheme != "https":
        raise Refused("pair_over_lan")
    address = request.client.host if request.client else ""
    opened = desk.lan.pairing.spend(body.code, address, desk.clock.monotonic())
    token = secrets.token_urlsafe(TOKEN_BYTES)
    browser = Browser(new_id(), opened.name, opened.till, desk.clock.now())
    try:
        await _keep(desk, browser, session_key(token), opened, browser_of(request))
    except BaseException:
        opened.spent = False  # nothing was kept: the code opens still
        raise
    desk.screens.publish("status", "browsers", {})
    log.info("lan.paired", browser=browser.id, till=browser.till, by=opened.opened_by)
    made = answer({"name": browser.name, "till": browser.till}, 201)
    made.set_cookie(
        browser_cookie(desk.enrolment.store),
        token,
        max_age=int(COOKIE_LIFE.total_seconds()),
        path="/",
        secure=True,
        httponly=True,
        samesite="lax",
    )
    return made


async def _keep(desk: Desk, browser: Browser, key: str, opened: OpenPairing, before: Browser | None) -> None:
    at = to_instant(browser.seen_at)

    def keep(tx: Transaction) -> None:
        if before is not None and tx.one("SELECT 1 FROM paired_browser WHERE id = ?", (before.id,)):
            forget_browser(tx, before.id)
        add_browser(tx, browser, key, opened.opened_by, at)

    await desk.ledger.writer.run(keep)
    if before is not None:
        desk.screens.end(before.id)


async def delete_browser(request: Request) -> Response:
    """Forget a paired browser: whoever is signed in on it is out at once."""
    desk, browser = desk_of(request), str(request.path_params["browser"])[:64]
    await desk.ledger.writer.run(lambda tx: forget_browser(tx, browser))
    desk.screens.end(browser)
    desk.screens.publish("status", "browsers", {})
    log.info("lan.forgotten", browser=browser, by=actor_of(request))
    return Response(status_code=204, headers={"cache-control": "no-store"})


async def show_trust(request: Request) -> Response:
    """How a phone comes to trust this store's authority."""
    desk, pages = desk_of(request), _pages(request)
    context = {"fingerprint": desk.lan.files.fingerprint, "is_open": bool(desk.lan.files.der)}
    return pages.page(request, "screen/ca.html", context)


async def show_pair(request: Request) -> Response:
    """The page on which a browser is paired."""
    browser = browser_of(request)
    context = {"is_network": request.url.scheme == "https", "paired": browser.name if browser else ""}
    return _pages(request).page(request, "screen/pair.html", context)


async def get_authority(request: Request) -> Response:
    """The authority's certificate: DER as phones install it, PEM for other programs."""
    files = desk_of(request).lan.files
    if not files.der:
        raise Refused("lan_closed")
    is_text = request.url.path.endswith(".pem")
    kind = "application/x-pem-file" if is_text else "application/x-x509-ca-cert"
    return Response(_pem(files.der) if is_text else files.der, media_type=kind, headers=_download(is_text))


def _download(is_text: bool) -> dict[str, str]:  # noqa: FBT001  # one of two forms
    name = f"omo-store.{'pem' if is_text else 'crt'}"
    return {"cache-control": "no-store", "content-disposition": f'attachment; filename="{name}"'}


def _pem(der: bytes) -> str:
    import ssl  # noqa: PLC0415

    return ssl.DER_cert_to_PEM_cert(der)


def _pages(request: Request) -> Pages:
    pages: Pages = request.app.state.pages
    return pages


def _shown(desk: Desk) -> dict[str, Any] | None:
    """The code as the manager's page shows it; without its digits once it opens nothing."""
    opened, now_s = desk.lan.pairing.current, desk.clock.monotonic()
    if opened is None:
        return None
    state = opened.state(now_s)
    told = {"state": state, "name": opened.name, "till": opened.till}
    if state != "open" or not desk.lan.is_open:
        return told
    url = f"{desk.lan.urls[0]}/pair#{opened.code}"
    picture = segno.make(url, error="m", micro=False).svg_data_uri(scale=6, border=QR_BORDER, light="#fff")
    left_s = math.ceil(opened.ends_s - now_s)
    return {**told, "code": opened.code, "url": url, "qr": picture, "left_s": left_s}


def routes() -> list[BaseRoute]:
    """The routes of this module."""
    closed = {409: "The door to the network is shut"}
    tries = {403: "This code is not right", 409: "Not over the network", 429: "Too many wrong tries"}
    return [
        route(
            "/api/v1/browsers",
            get_browsers,
            permission=MANAGER,
            contract=Contract(summary="Paired browsers, and how phones reach this machine"),
        ),
        route(
            "/api/v1/browsers/{browser}",
            delete_browser,
            ("DELETE",),
            permission=MANAGER,
            contract=Contract(
                summary="Forget a paired browser",
                answers={204: None},
                refusals={404: "This browser is not paired"},
            ),
        ),
        route(
            "/api/v1/pairing",
            post_pairing,
            ("POST",),
            permission=MANAGER,
            contract=Contract(summary="A code that pairs one browser", body=PairingBody, refusals=closed),
        ),
        route(
            "/api/v1/pairing",
            delete_pairing,
            ("DELETE",),
            permission=MANAGER,
            contract=Contract(summary="Take the code back", answers={204: None}),
        ),
        route(
            "/api/v1/pair",
            post_pair,
            ("POST",),
            permission=PUBLIC_API,
            contract=Contract(summary="Pair this browser by a code", body=PairBody, refusals=tries),
        ),
        route("/ca", show_trust, permission=PUBLIC, name="page.ca"),
        route("/ca/store.crt", get_authority, permission=PUBLIC, name="ca.crt"),
        route("/ca/store.pem", get_authority, permission=PUBLIC, name="ca.pem"),
        route("/pair", show_pair, permission=PUBLIC, name="page.pair"),
    ]
