"""Messages that the agent says, from one transaction each: UP that fits a packet, HELLO, presence, health."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from pos_agent import __version__
from pos_agent.catalogue.apply_page import read_series
from pos_agent.desk import Desk
from pos_agent.hardware.device_report import tell, tell_drawers
from pos_agent.hardware.open_papers import count_undecided
from pos_agent.ledger.self_check import latest_result
from pos_agent.ledger.store_book import SqliteStoreBook
from pos_agent.link.send_log import Departure
from sync.messages.codec import encode
from sync.rules.canonical import canonical
from sync.rules.store.report_up import make_up, request_id
from sync.rules.streams import Ask, Hello, Up
from sync.runtime.ids import new_id

BUDGET_BYTES: Final = 256 * 1024
"""What an UP's events may weigh as JSON; packed it is far below the wire's limit, then tried."""


@dataclass(frozen=True, slots=True)
class Packed:
    """An UP ready to leave: its bytes, the last event in it, how many there are."""

    payload: bytes
    last: int
    count: int


def compose_up(
    book: SqliteStoreBook,
    after: int,
    wants: Mapping[str, int],
    departure: Departure | None = None,
) -> Packed:
    """The next run of the log as bytes; it may be empty. `departure` knows what left before, and when."""
    wants_id = request_id(book.position(), new_id()) if wants else None
    up = make_up(book, after, dict(wants) or None, wants_id)
    return pack_up(up, departure)


def pack_up(up: Up, departure: Departure | None = None) -> Packed:
    """An UP cut so that it fits one packet; a single event always does."""
    count = _fitting(up)
    while True:
        sending = departure.sending(up.first, up.first + count - 1) if departure and count else None
        part = replace(up, events=up.events[:count], sending=sending)
        try:
            payload = encode(part)
        except ValueError:
            if count <= 1:
                raise
            count //= 2
        else:
            return Packed(payload, up.first - 1 + count, count)


def _fitting(up: Up) -> int:
    """How many events weigh at most BUDGET_BYTES, at least one if there is one."""
    weight = 0
    for index, raw in enumerate(up.events):
        weight += len(canonical(raw)) + 1
        if weight > BUDGET_BYTES:
            return max(1, index)
    return len(up.events)


def compose_hello(book: SqliteStoreBook, at: str) -> Hello:
    """Where this store stands."""
    position = book.position()
    return Hello(
        store=position.store,
        sinc=position.sinc,
        hinc=position.hinc,
        seq=position.seq,
        chain=position.chain,
        dver=position.dver,
        catalog=read_series(book.tx, "catalog").version,
        settings=read_series(book.tx, "store").version,
        wall_clock=at,
        app_version=__version__,
    )


def compose_ask(desk: Desk, name: Literal["catalog", "store"], since: int) -> bytes:
    """A question for pages."""
    enrolment = desk.enrolment
    return encode(Ask(store=enrolment.store, sinc=enrolment.sinc, name=name, since=since))


def presence_payload(state: Literal["online", "offline"], sinc: int, at: str) -> bytes:
    """What the presence topic says."""
    return json.dumps({"state": state, "sinc": sinc, "at": at}).encode()


async def health_payload(desk: Desk) -> bytes:
    """What the health topic says."""
    backlog = await backlog_of(desk)
    body: dict[str, Any] = {
        "sinc": desk.enrolment.sinc,
        "at": desk.at,
        "app_version": __version__,
        **backlog,
        "printers": tell(desk.board.printers.values()),
        "scanners": tell(desk.board.scanners.values()),
        "displays": tell(desk.board.displays.values()),
        "drawers": await tell_drawers(desk.reader, desk.drawer),
        "papers": await count_undecided(desk.reader, desk.clock.now()),
        "skew_ms": desk.line.skew_ms,
        "verify": await latest_result(desk.reader),
        **await _to_check(desk),
    }
    return json.dumps(body, ensure_ascii=False).encode()


async def _to_check(desk: Desk) -> dict[str, int]:
    """What people still have to look at after a loss: open orders, and SKUs."""
    row = await desk.reader.one(
        "SELECT (SELECT COUNT(*) FROM hold WHERE stage IN ('received', 'picking', 'ready') AND unsure),"
        " (SELECT COUNT(*) FROM stock WHERE frozen)"
    )
    unsure, frozen = row or (0, 0)
    return {"unsure": unsure, "frozen": frozen}


async def backlog_of(desk: Desk) -> dict[str, Any]:
    """How much the hub has not applied yet, and since when."""
    row = await desk.reader.one(
        "SELECT p.seq, p.seq - p.heard, (SELECT at FROM event WHERE seq = p.heard + 1) FROM position p"
    )
    seq, unsent, oldest = row or (0, 0, None)
    desk.metrics.unsent.set(unsent)
    return {"unsent": unsent, "oldest_unsent_at": oldest, "seq": seq}
