"""Reading the catalogue as the shop shows it: lists, search, categories, one product.

Columns and conditions that are put together here are constants of this module; every value is a parameter.
"""

# ruff: noqa: S608  # see above

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final, Literal

from hub.catalogue.offer import Offer, offer_of
from hub.catalogue.search_rules import patterns
from hub.catalogue.shop_values import Card, CategoryNode, Description, Shelfful, SoldSku, images_of, sku_of
from hub.directory import Directory, StoreFacts
from hub.stock.queries import shelves_of
from sync.rules.rights import Allotment
from sync.storage.reader import Reader

PAGE_SIZE: Final = 24
MOST_SKUS: Final = 2_000
SKU_COLUMNS: Final = (
    "sku, handle, gtin, name_zh, name_en, options, price_minor, price_per, currency, compare_at_minor,"
    " unit, image, version"
)
_SHOWN: Final = (
    "p.status = 'active' AND p.is_online = 1"
    " AND EXISTS (SELECT 1 FROM sku s WHERE s.handle = p.handle AND s.status = 'active')"
)
_SLASH_AFTER: Final = chr(ord("/") + 1)


async def offers_at(
    reader: Reader, directory: Directory, store: StoreFacts, skus: Iterable[str]
) -> dict[str, Offer]:
    """What to say of each SKU at a store."""
    wanted = list(skus)
    shelves = {shelf.sku: shelf for shelf in await shelves_of(reader, wanted, store.id)}
    in_reach, reserve = directory.is_in_reach(store.id), reserve_of(store)
    return {sku: offer_of(shelves.get(sku), in_reach=in_reach, reserve=reserve) for sku in wanted}


async def offers_everywhere(
    reader: Reader, directory: Directory, skus: Sequence[str]
) -> dict[str, dict[str, Offer]]:
    """What to say of each SKU, by store and SKU, in the chain's order of stores."""
    found = {(shelf.store, shelf.sku): shelf for shelf in await shelves_of(reader, skus)}
    return {
        store.id: {
            sku: offer_of(
                found.get((store.id, sku)),
                in_reach=directory.is_in_reach(store.id),
                reserve=reserve_of(store),
            )
            for sku in skus
        }
        for store in directory.all()
    }


def reserve_of(store: StoreFacts) -> int:
    """The units of each SKU that the store's floor always keeps: no order gets them."""
    told = store.settings.get("allotment", {})
    last_unit: Literal["grant", "keep"] = "keep" if told.get("last_unit") == "keep" else "grant"
    return Allotment(reserve=int(told.get("reserve", 0)), last_unit=last_unit).kept


async def skus_by_name(reader: Reader, names: Iterable[str]) -> dict[str, SoldSku]:
    """The SKUs on sale among some names."""
    wanted = list(dict.fromkeys(names))[:MOST_SKUS]
    marks = ",".join("?" * len(wanted))
    rows = await reader.all(
        f"SELECT {SKU_COLUMNS} FROM sku WHERE status = 'active' AND sku IN ({marks})",
        wanted,
    )
    return {sku.sku: sku for sku in map(sku_of, rows)}


async def list_products(
    reader: Reader,
    directory: Directory,
    store: StoreFacts,
    *,
    category: str = "",
    query: str = "",
    page: int = 1,
) -> Shelfful:
    """One page of products with their stock at a store; a page beyond the last shows the last.

    Args:
        reader: Reading connections.
        directory: Who is in reach.
        store: Whose stock.
        category: Key of a category, which holds all below it; empty for all.
        query: Cleaned words that must all be found; empty for all.
        page: From 1.
    """
    where, values = _conditions(category, query)
    counted = await reader.one(f"SELECT COUNT(*) FROM product p WHERE {where}", values)
    total = int(counted[0]) if counted else 0
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(page, pages)
    rows = await reader.all(
        f"SELECT p.handle, p.name_zh, p.name_en FROM product p WHERE {where}"
        " ORDER BY p.position, p.handle LIMIT ? OFFSET ?",
        [*values, PAGE_SIZE, (page - 1) * PAGE_SIZE],
    )
    cards = await _cards(reader, directory, store, rows)
    return Shelfful(cards=cards, total=total, page=page, pages=pages)


def _conditions(category: str, query: str) -> tuple[str, list[Any]]:
    """The SQL condition of a list and its values; every value is a parameter."""
    parts, values = [_SHOWN], list[Any]()
    if category:
        parts.append("(p.category_key = ? OR (p.category_key > ? AND p.category_key < ?))")
        values += [category, f"{category}/", f"{category}{_SLASH_AFTER}"]
    for pattern in patterns(query):
        parts.append("p.search_text LIKE ? ESCAPE '\\'")
        values.append(pattern)
    return " AND ".join(parts), values


async def _cards(
    reader: Reader, directory: Directory, store: StoreFacts, products: Sequence[Sequence[Any]]
) -> tuple[Card, ...]:
    """Products with their SKUs and stock, in the same order."""
    skus = await _skus_of(reader, [row[0] for row in products])
    offers = await offers_at(reader, directory, store, [sku.sku for sku in skus])
    by_handle: dict[str, list[SoldSku]] = {}
    for sku in skus:
        by_handle.setdefault(sku.handle, []).append(replace(sku, offer=offers[sku.sku]))
    return tuple(
        Card(handle=handle, names={"zh-CN": zh, "en": en}, skus=tuple(by_handle[handle]))
        for handle, zh, en in products
        if handle in by_handle
    )


async def _skus_of(reader: Reader, handles: Sequence[str]) -> list[SoldSku]:
    """The SKUs on sale of some products, in the catalogue's order."""
    marks = ",".join("?" * len(handles))
    rows = await reader.all(
        f"SELECT {SKU_COLUMNS} FROM sku WHERE status = 'active' AND handle IN ({marks}) ORDER BY rowid"
        " LIMIT ?",
        [*handles, MOST_SKUS],
    )
    return [sku_of(row) for row in rows]


async def variants_with(reader: Reader, sku: str) -> list[SoldSku]:
    """All SKUs on sale of the product that a SKU belongs to; none when the shop does not list it."""
    rows = await reader.all(
        f"SELECT {SKU_COLUMNS} FROM sku WHERE status = 'active' AND handle = (SELECT p.handle FROM product p"
        " JOIN sku s ON s.handle = p.handle WHERE s.sku = ? AND p.status = 'active' AND p.is_online = 1)"
        " ORDER BY rowid LIMIT ?",
        (sku, MOST_SKUS),
    )
    return [sku_of(row) for row in rows]


async def description_of(reader: Reader, handle: str) -> Description | None:
    """A product's texts."""
    row = await reader.one(
        "SELECT handle, name_zh, name_en, brand, category_key, description_zh, description_en, images"
        " FROM product WHERE handle = ?",
        (handle,),
    )
    if row is None:
        return None
    return Description(
        handle=row[0],
        names={"zh-CN": row[1], "en": row[2]},
        brand=row[3],
        category_key=row[4],
        html={"zh-CN": row[5], "en": row[6]},
        images=images_of(row[7]),
    )


async def categories(reader: Reader) -> dict[str, CategoryNode]:
    """All categories by key, in the chain's order."""
    rows = await reader.all(
        "SELECT key, parent, name_zh, name_en FROM category ORDER BY level, position, key"
    )
    return {
        key: CategoryNode(key=key, parent=parent, names={"zh-CN": zh, "en": en})
        for key, parent, zh, en in rows
    }


def path_to(tree: dict[str, CategoryNode], key: str) -> list[CategoryNode]:
    """From the widest level down to a category; empty for an unknown one."""
    path: list[CategoryNode] = []
    while key in tree and len(path) < len(tree):
        path.append(tree[key])
        key = tree[key].parent
    return path[::-1]


def below(tree: dict[str, CategoryNode], key: str) -> list[CategoryNode]:
    """The categories one level below a category; the widest ones for an empty key."""
    return [node for node in tree.values() if node.parent == key]
