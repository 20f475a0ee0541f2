"""Look goods up for a page that speaks of stock: by a code with the units it stands for, else by words."""

from typing import Any

from pos_agent.catalogue.queries import as_found, search
from pos_agent.desk import Desk
from pos_agent.ledger.store_book import SqliteStoreBook
from pos_agent.till.cases import cases_of
from pos_agent.till.classify import Classified, classify
from pos_agent.till.find_goods import find_goods, units_of
from sync.rules.errors import Refused

_SEARCHED = frozenset(("unknown_code", "unknown_receipt", "unreadable_code"))


async def look_up(desk: Desk, text: str) -> dict[str, Any]:
    """Goods of a scanned or typed text.

    Returns:
        `items`, as the search tells them. `scanned` where the text is a code: the units of one scan and the
        cases that they are. `refused` where it is a code that must not be searched for: why,
        and the names of the goods in a case whose units nobody has said.
    """
    try:
        scan = classify(text, desk.code_forms)
        found = await desk.ledger.run(lambda book: _scanned(book, scan))
    except Refused as error:
        if error.code not in _SEARCHED:
            told = {"code": error.code, "names": error.facts.get("names", {})}
            return {"items": [], "scanned": None, "refused": told}
        found = None
    return found or {"items": await search(desk.reader, text), "scanned": None, "refused": None}


def _scanned(book: SqliteStoreBook, scan: Classified) -> dict[str, Any] | None:
    """The goods of a code; None for those that are not sold any more, which a search does not find either."""
    goods = find_goods(book.tx, scan)
    product = goods.product
    if not product.is_on:
        return None
    cases = cases_of(goods)
    item = as_found(product, book.stock(product.sku).free)
    scanned = {"units": units_of(scan, goods), "cases": [one._asdict() for one in cases]}
    return {"items": [item], "scanned": scanned, "refused": None}
