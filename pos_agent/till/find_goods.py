"""What a code stands for: by the catalogue, then by what this store's manager said; the same everywhere."""

from typing import Final

from pos_agent.catalogue.queries import Goods, goods_by_gtin, product_by_sku
from pos_agent.codes.queries import alias_of
from pos_agent.till.classify import GRAM, Classified, is_payment_code, measured_units
from sync.rules.errors import Refused
from sync.storage.writer import Transaction
from sync.values.gtin import item_in_case

_NO_GOODS: Final = {"payment": "payment_code", "member": "member_code"}


def find_goods(tx: Transaction, scan: Classified) -> Goods:
    """The product of a code, and how many of its stock units.

    The catalogue goes before what the store said: a code means the same in every store of the chain.

    Raises:
        Refused: `payment_code`, it is somebody's money, not goods; `member_code`; `unknown_receipt`, it has
            the form of one and stands for no goods; `unknown_case`, a case of goods we know, but nobody has
            said how many it holds; `unknown_code`.
    """
    if scan.meaning in _NO_GOODS:
        raise Refused(_NO_GOODS[scan.meaning])
    goods = _by_catalogue(tx, scan) or _by_store(tx, scan)
    if goods is None:
        raise _unknown(tx, scan)
    return Goods(goods.product, goods.pieces, scan.count)


def units_of(scan: Classified, goods: Goods) -> int:
    """The stock units of one scan: what its label weighed, else the units that the code stands for.

    Raises:
        Refused: as `measured_units`.
    """
    if not scan.is_measured:
        return goods.units
    product = goods.product
    measured = measured_units(scan, product.unit, product.price_minor, product.per)
    return measured if product.unit == GRAM else measured * goods.units


def _by_catalogue(tx: Transaction, scan: Classified) -> Goods | None:
    for code in (scan.code, *scan.others):
        if code.isdigit() and (goods := goods_by_gtin(tx, code)):
            return goods
        if product := product_by_sku(tx, code):
            return Goods(product)
    return None


def _by_store(tx: Transaction, scan: Classified) -> Goods | None:
    for code in (scan.code, *scan.others):
        if (alias := alias_of(tx, code)) and (named := product_by_sku(tx, alias[0])):
            return Goods(named, alias[1])
    return None


def _unknown(tx: Transaction, scan: Classified) -> Refused:
    """Why a code that stands for nothing is refused."""
    if scan.meaning == "receipt":
        return Refused("unknown_receipt")
    scanned = scan.others[-1] if scan.others else scan.code
    if is_payment_code(scanned):  # a label of no goods of ours: more likely somebody's money, so never shown
        return Refused("payment_code")
    inside = item_in_case(scan.code)
    if inside and (goods := goods_by_gtin(tx, inside)):
        return Refused("unknown_case", scanned=scanned, sku=goods.product.sku, names=goods.product.names)
    return Refused("unknown_code", scanned=scanned)
