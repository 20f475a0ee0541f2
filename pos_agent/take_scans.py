"""Where a scan goes: a pickup QR to the counter, everything else to whoever has the focus.

That is the order being picked, else a page that takes goods in at this till, else the till itself,
unless the counter alone is in sight: goods that nobody sees must not get into a sale.

The scanner's scans and those typed or posted on the till's page take the same way.
"""

from typing import Any

from pos_agent.codes.keep import Sighting, watched
from pos_agent.desk import Desk, counter_seen_channel, receiving_channel, till_channel, till_seen_channel
from pos_agent.pickup.find_order import find_by_number, find_by_receipt, find_by_token, order_of_number
from pos_agent.pickup.pick import pick_scan
from pos_agent.problems import facts_of
from pos_agent.till.classify import Classified, classify
from pos_agent.till.receipt import find_receipt, receipt_json
from pos_agent.till.take_scan import current_ticket, take_scan
from sync.rules.errors import Refused
from sync.storage.errors import StorageError

_NEVER_TAKEN_IN = frozenset(("payment", "member"))


async def open_order(desk: Desk, token: str) -> dict[str, Any]:
    """Open the order of a pickup QR on the counter's screens, with the QR that will prove the hand-over."""
    order = await find_by_token(desk, token)
    desk.screens.publish("counter", "open", {"open": order, "token": token})
    return order


async def open_numbered(desk: Desk, scan: Classified) -> dict[str, Any] | None:
    """Open the order of a slip or a bag label on the counter's screens; None where it is none of ours."""
    if scan.meaning != "order" or await order_of_number(desk, scan.code) is None:
        return None
    order = await find_by_number(desk, scan.code)
    desk.screens.publish("counter", "open", {"open": order, "token": ""})
    return order


async def scan_at_till(desk: Desk, till: str, text: str, times: int = 1) -> dict[str, Any]:
    """A scan on the till's page, goods `times` over; returns what it meant and the ticket.

    Raises:
        Refused: what the scan was refused for; the ticket is unchanged.
    """
    scan = classify(text, desk.code_forms)
    if scan.meaning == "pickup":
        order = await open_order(desk, scan.code)
        return {"meaning": "pickup", "order": order, "ticket": await current_ticket(desk, till)}
    if (numbered := await open_numbered(desk, scan)) is not None:
        return {"meaning": "order", "order": numbered, "ticket": await current_ticket(desk, till)}
    if scan.meaning == "receipt" and (kept := await find_receipt(desk.reader, scan.code)):
        ticket = await current_ticket(desk, till)
        return {"meaning": "receipt", "receipt": receipt_json(kept), "ticket": ticket}
    seen = Sighting(scan=scan, till=till, how="page")
    return {"meaning": "line", "ticket": await watched(desk, seen, take_scan(desk, till, scan, times))}


async def scan_from_device(desk: Desk, text: str, till: str) -> None:
    """A scan of a scanner: acts where the focus is; a refusal is shown there, never as a modal.

    So is a ledger that cannot take it now: a scan that changes nothing is never silent.
    """
    place = desk.focus.place
    meaning = ""
    try:
        scan = classify(text, desk.code_forms)
        meaning = scan.meaning
        await watched(desk, Sighting(scan=scan, till=till, how="scanner"), _act(desk, scan, till, text))
    except (Refused, StorageError) as error:
        shown = {"code": error.code, "till": till, "meaning": meaning, **_told(error)}
        # pages of the till hear of what concerns the counter too
        channel = till_channel(till) if place == "till" and meaning != "pickup" else "counter"
        desk.screens.publish(channel, "refused", shown)


def _told(error: Refused | StorageError) -> dict[str, Any]:
    """What the screen is told of a refusal; the code that nobody knows, so that it can be named."""
    if isinstance(error, StorageError):
        return {}
    told = ("scanned",) if error.code in {"unknown_code", "unknown_case"} else ()
    return {**facts_of(error), **{name: error.facts[name] for name in told}}


async def _act(desk: Desk, scan: Classified, till: str, text: str) -> None:
    order = desk.focus.picking
    if scan.meaning == "pickup":
        await open_order(desk, scan.code)
    elif await open_numbered(desk, scan) is not None:
        return
    elif order is not None:
        await pick_scan(desk, order, scan, desk.focus.actor)
    elif await _is_receipt_opened(desk, scan, till):
        return
    elif not _is_taken_in(desk, scan, till, text) and not _is_stray(desk, till):
        await take_scan(desk, till, scan)


async def _is_receipt_opened(desk: Desk, scan: Classified, till: str) -> bool:
    """Whether it was a receipt of ours: the till in sight shows it, else the counter in sight its order."""
    kept = await find_receipt(desk.reader, scan.code) if scan.meaning == "receipt" else None
    if kept is None:
        return False
    order = kept.content["order"]
    is_at_till = desk.screens.publish(till_seen_channel(till), "scan") > 0
    if order and not is_at_till and desk.screens.publish(counter_seen_channel(till), "scan"):
        desk.screens.publish("counter", "open", {"open": await find_by_receipt(desk, scan.code), "token": ""})
    else:
        desk.screens.publish(till_channel(till), "receipt", receipt_json(kept))
    return True


def _is_taken_in(desk: Desk, scan: Classified, till: str, text: str) -> bool:
    """Whether a page that takes goods in was given this scan: goods of a delivery are nobody's purchase.

    A label that says how much there is goes there as it was read: the page asks what it stands for.
    """
    if scan.meaning in _NEVER_TAKEN_IN:
        return False
    code = text if scan.is_measured or scan.count > 1 else scan.code
    return desk.screens.publish(receiving_channel(till), "scan", {"code": code}) > 0


def _is_stray(desk: Desk, till: str) -> bool:
    """Whether the clerk looks at the counter alone, where nothing is being picked: tell it, sell nothing.

    Where a till's page is in sight as well, the goods are somebody's purchase.
    """
    if desk.screens.publish(till_seen_channel(till), "scan"):
        return False
    shown = {"code": "nothing_picked", "till": till}
    return desk.screens.publish(counter_seen_channel(till), "refused", shown) > 0
