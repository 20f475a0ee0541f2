"""Books to test rules on: dictionaries with transactions, and short ways to fill them."""

from sync.rules.books import HubPosition, StorePosition
from sync.rules.items import HoldItem, HoldLine
from sync.rules.rights import Allotment, HubStock, StoreStock
from sync.simulator.books import HubDictionary, StoreDictionary

AT = "2026-05-01T10:00:00.000Z"
NO_SHARE = Allotment(share_percent=0)


def ledger(policy: Allotment = NO_SHARE, **stocks: StoreStock) -> StoreDictionary:
    """A store's ledger with these balances and one policy for every SKU."""
    book = StoreDictionary(StorePosition(store="s1", sinc=2, hinc=3), dict.fromkeys(("tea", "soap"), policy))
    book.tables["stock"].update(stocks)
    return book


def hub_book(**stocks: HubStock) -> HubDictionary:
    """The hub's books about a store with these mirrors; other SKUs are unknown."""
    book = HubDictionary(HubPosition(store="s1", sinc=2, hinc=3), ())
    book.tables["stock"].update(stocks)
    return book


def hold_item(order: str = "o1", *lines: tuple[int, str, int], cancel: bool = False) -> HoldItem:
    """An order's item; by default two teas."""
    return HoldItem(
        order=order,
        number=order.upper(),
        code_hash="00" * 16,
        pay_at="counter",
        due_minor=600,
        currency="CNY",
        placed_at=AT,
        ready_by=AT,
        expires_at=AT,
        lines=tuple(
            HoldLine(line=n, sku=sku, qty=qty, names={}) for n, sku, qty in lines or ((1, "tea", 2),)
        ),
        cancel=cancel,
    )
