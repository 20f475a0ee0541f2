"""Why no more of some goods may leave: what of the shelf's units is whose."""

from sync.rules.books import StoreBook
from sync.rules.documents import StoreDocument
from sync.rules.errors import Short
from sync.rules.facts import Bucket


def explained(book: StoreBook, document: StoreDocument, short: Short) -> Short:
    """The same refusal with its parts, units, as they are before anything moved.

    `left` of the `shelf`'s units may leave; the others are `promised` to orders and not picked yet, or set
    aside for the shop (`online`). `picked` units lie apart and never count as the shelf's.
    """
    facts = {name: short.facts[name] for name in ("sku", "wanted", "left")}
    sku = str(facts["sku"])
    bucket, stock = _bucket(book, document, sku), book.stock(sku)
    if bucket != "floor":
        return Short(short.code, **facts, bucket=bucket)
    return Short(
        short.code,
        **facts,
        bucket=bucket,
        shelf=stock.floor,
        promised=max(0, stock.open - stock.staged),
        picked=stock.staged,
        online=max(0, stock.online),
    )


def _bucket(book: StoreBook, document: StoreDocument, sku: str) -> Bucket:
    """Which line of these goods asks for too much: the first one, as the rules name it."""
    stock = book.stock(sku)
    most = {"floor": min(stock.floor, stock.free), "damaged": stock.damaged, "staged": 0}
    asked = [one for one in document.found if one.sku == sku and one.found > most[one.bucket]]
    return asked[0].bucket if asked else "floor"
