"""The diagnostics of a running agent over HTTP: one file for whoever helps."""

import asyncio
from dataclasses import asdict
from typing import Any

from prometheus_client import generate_latest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from pos_agent.desk import Desk
from pos_agent.doctor.dump import Packed, pack
from pos_agent.doctor.examine import examine
from pos_agent.doctor.live import Live
from pos_agent.hardware.board import Shown
from pos_agent.hardware.choose_devices import Chosen
from pos_agent.requests import desk_of
from pos_agent.staff.rules import MANAGER
from sync.values.clock import to_instant
from sync.web.routes import Contract, route
from sync.web.translations import current


async def get_diagnostics(request: Request) -> Response:
    """One zip file; nothing is changed, and no device is asked anything."""
    desk, tag = desk_of(request), current().tag
    chosen = desk.setup.chosen if desk.setup is not None else Chosen(desk.settings, "agent.toml")
    live = Live(generate_latest(desk.metrics.registry).decode(), _told(desk))
    now = desk.clock.now()

    def make() -> bytes:
        findings = asyncio.run(examine(chosen, tag, desk.clock, with_books=False))
        return pack(Packed(chosen, findings, live, now))

    content = await asyncio.to_thread(make)
    name = f"omo-{desk.enrolment.store}-{desk.today:%Y%m%d}.zip"
    headers = {"cache-control": "no-store", "content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="application/zip", headers=headers)


def _told(desk: Desk) -> dict[str, Any]:
    board, line = desk.board, desk.line
    return {
        "online": line.is_online,
        "since": line.since,
        "refused": line.refused,
        "skew_ms": line.skew_ms,
        "older": line.older,
        "door": {"open": desk.lan.is_open, "trouble": desk.lan.trouble.code},
        "printers": [_device(one) for one in board.printers.values()],
        "scanners": [_device(one) for one in board.scanners.values()],
        "displays": [_device(one) for one in board.displays.values()],
    }


def _device(one: Shown) -> dict[str, Any]:
    since = to_instant(one.since) if one.since is not None else None
    return {**asdict(one), "since": since}


def routes() -> list[BaseRoute]:
    """The routes of this module."""
    contract = Contract(summary="Versions, settings, states, counts and the last log lines (application/zip)")
    return [route("/api/v1/setup/diagnostics", get_diagnostics, permission=MANAGER, contract=contract)]
