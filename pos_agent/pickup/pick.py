"""Pick an order: start, scan unit by unit, report what is missing, make ready, put back, release, verify.

Each is one commit of the rules' step; the screens hear of it afterwards.
"""

from collections.abc import Callable
from typing import Any

from pos_agent.desk import Desk
from pos_agent.ledger.store_book import SqliteStoreBook
from pos_agent.pickup.queries import order_view
from pos_agent.pickup.rules import lines_to_pick
from pos_agent.till.classify import Classified, need_fresh
from pos_agent.till.find_goods import find_goods
from sync.rules.errors import Refused
from sync.rules.store import fulfil, look_now

Act = Callable[[SqliteStoreBook, str], object]


async def step(desk: Desk, order: str, act: Act) -> dict[str, Any]:
    """Run one step on an order; `act(book, at)`. Returns the order as it stands then."""
    at, currency = desk.at, desk.profile.currency

    def command(book: SqliteStoreBook) -> dict[str, Any]:
        act(book, at)
        return order_view(book, order, currency)

    shown = await desk.ledger.run(command)
    desk.screens.publish("counter", "order", shown)
    return shown


async def start(desk: Desk, order: str, actor: str) -> dict[str, Any]:
    """A clerk begins: scans pick this order from now on."""
    shown = await step(desk, order, lambda book, at: fulfil.start_picking(book, order, at, actor))
    desk.focus.on_order(order, actor)
    return shown


async def pick_scan(desk: Desk, order: str, scan: Classified, actor: str) -> dict[str, Any]:
    """What was scanned off the shelf is picked: one unit, or the units of a case.

    Raises:
        Refused: as `find_goods`; `wrong_item`, `already_picked`, `unknown_order`, `finished`;
            `case_too_big`, a case holds more than is still to pick; `out_of_date`, its own code says so.
    """
    need_fresh(scan, desk.today)

    def act(book: SqliteStoreBook, at: str) -> None:
        sku, pieces = _scanned(book, order, scan)
        for line in lines_to_pick(fulfil.open_hold(book, order), sku, pieces):
            fulfil.pick(book, order, line, at, actor)
        look_now.answer(book, order, at, actor)

    return await step(desk, order, act)


async def report_short(desk: Desk, order: str, line: int, n: int | None, actor: str) -> dict[str, Any]:
    """Units of a line were not found; without `n`, all that are not picked."""

    def act(book: SqliteStoreBook, at: str) -> None:
        count = fulfil.open_hold(book, order).line(line)
        missing = n if n is not None else count.open - count.staged
        fulfil.report_short(book, order, line, missing, at, actor)

    shown = await step(desk, order, act)
    if shown["stage"] == "closed":
        desk.focus.leave(order)
    return shown


async def not_found(desk: Desk, order: str, line: int, actor: str) -> dict[str, Any]:
    """Units that the hub asked for are not there: what the books lack of them is settled as short.

    Raises:
        Refused: `not_sought`, nothing of the line is to be looked for.
    """
    shown = await step(desk, order, lambda book, at: look_now.not_found(book, order, line, at, actor))
    if shown["stage"] == "closed":
        desk.focus.leave(order)
    return shown


async def make_ready(desk: Desk, order: str, actor: str) -> dict[str, Any]:
    """All lies ready; scans go to the till again."""
    shown = await step(desk, order, lambda book, at: fulfil.make_ready(book, order, at, actor))
    desk.focus.leave(order)
    return shown


async def put_back(desk: Desk, order: str, line: int, actor: str) -> dict[str, Any]:
    """One unit of a closed order goes back to the shelf."""
    return await step(desk, order, lambda book, at: fulfil.put_back(book, order, line, at, actor))


async def release(desk: Desk, order: str, why: str, actor: str) -> dict[str, Any]:
    """The order is given up: its code is dead, its units are sold online again."""
    shown = await step(desk, order, lambda book, at: fulfil.release(book, order, at, actor, why))
    desk.focus.leave(order)
    return shown


async def verify(desk: Desk, order: str, actor: str, *, is_collected: bool) -> dict[str, Any]:
    """Somebody looked what became of an order that was told after a loss.

    Args:
        desk: the agent.
        order: it.
        actor: who looked.
        is_collected: its goods are gone: they were handed over before the loss. Else it goes on from
            where it stood.

    Raises:
        Refused: `unknown_order`, `replaced`; `is_sure`, nobody needs to look (any more).
        Finished: it is closed.
    """

    def act(book: SqliteStoreBook, at: str) -> None:
        fulfil.verify_hold(book, order, at, actor, is_collected=is_collected)

    return await step(desk, order, act)


def _scanned(book: SqliteStoreBook, order: str, scan: Classified) -> tuple[str, int]:
    """SKU and units of a scan: by the order's own barcode numbers first, since the catalogue may lag."""
    hold = book.hold(order)
    body = hold.body if hold else None
    for line in body.lines if body else ():
        if scan.code and scan.code in {line.gtin, line.sku}:
            return line.sku, scan.count
    if scan.meaning == "pickup":
        raise Refused("wrong_item", order=order)
    goods = find_goods(book.tx, scan)
    return goods.product.sku, goods.units
