"""What the hub decides about orders: promise, dispatch, drop, ask to cancel."""

from collections.abc import Sequence
from dataclasses import replace

from sync.rules.books import HubBook, Request, tell
from sync.rules.errors import Refused, Short
from sync.rules.holds import HubLine
from sync.rules.items import HoldItem, ReturnItem, WantItem, key_of
from sync.rules.rights import HubStock, give_back, promise


def hold_units(book: HubBook, lines: Sequence[HubLine]) -> None:
    """Promise the units of an order's lines at this store, all or none.

    Raises:
        Short: the first SKU that lacks units; nothing changed.
        Refused: `not_merged`, the store's facts are not whole yet.
    """
    if not book.position().merged:
        raise Refused("not_merged", store=book.position().store)
    after: dict[str, HubStock] = {}
    for line in lines:
        stock = after.get(line.sku) or book.stock(line.sku)
        if stock is None:
            raise Short(sku=line.sku, wanted=line.qty, left=0)
        after[line.sku] = promise(stock, line.sku, line.qty)
    for sku, stock in after.items():
        book.put_stock(sku, stock)
    for line in lines:
        book.put_line(line)


def dispatch(book: HubBook, item: HoldItem) -> int:
    """Give the hold to the store; from this commit on the store owns it. Returns the item's version.

    Raises:
        Refused: `no_hold`, its lines were dropped before.
    """
    lines = book.lines(item.order)
    if not lines:
        raise Refused("no_hold", order=item.order)
    for line in lines:
        book.put_line(replace(line, dispatched=True))
    return tell(book, item, key_of(item))


def hold_again(book: HubBook, lines: Sequence[HubLine], item: HoldItem) -> bool:
    """Money came for a hold that was dropped before any store was told: promise all its units anew.

    Returns:
        Whether they could be promised; the store is told then. If not, nothing changed.
    """
    try:
        hold_units(book, lines)
    except Refused:
        return False
    dispatch(book, item)
    return True


def ask_prepaid(book: HubBook, told: Request, minor: int) -> int:
    """Ask the store to take `minor` less for a hold, all in all; the hold travels as it was told last.

    Returns:
        The item's version.
    """
    position = book.position()
    ver = position.ver + 1
    book.put_request(replace(told, ver=ver, raw=told.raw | {"prepaid_minor": minor}))
    book.put_position(replace(position, ver=ver))
    return ver


def drop_provisional(book: HubBook, order: str) -> bool:
    """Forget a hold that was never dispatched; returns whether there was one."""
    lines = book.lines(order)
    if not lines or any(line.dispatched for line in lines):
        return False
    for line in lines:
        stock = book.stock(line.sku) or HubStock()
        book.put_stock(line.sku, replace(stock, promised=stock.promised - line.qty))
        book.drop_line(line)
    return True


def return_units(book: HubBook, sku: str, qty: int) -> int:
    """Give up to `qty` unpromised units back to the floor; returns how many.

    None while the store's facts are not whole: units that look free may be promised already.
    """
    stock = book.stock(sku)
    if stock is None or not book.position().merged:
        return 0
    after = give_back(stock, qty)
    units = after.returned - stock.returned
    if units:
        book.put_stock(sku, after)
        tell(book, return_item(sku, after, units), sku)
    return units


def return_item(sku: str, after: HubStock, units: int) -> ReturnItem:  # noqa: ARG001  # the units are what a delta would tell
    """How a return is told: as the cumulative counter, so that a repeated message returns nothing twice."""
    return ReturnItem(sku=sku, returned=after.returned)


def want_units(book: HubBook, want: WantItem) -> int:
    """Ask the store for more units; returns the version at which it was asked."""
    return tell(book, replace(want, ver=book.position().ver + 1), key_of(want))
