"""Reading the catalogue: what stores are told of it."""

import json
from collections.abc import Sequence
from typing import Any

from hub.catalogue.pack_codes import packs_from
from sync.storage.reader import Reader

_ENTRY = (
    "SELECT version, sku, gtin, name_zh, name_en, price_minor, price_per, currency, unit, status, shelf,"
    " category, image,"
    " (SELECT json_group_array(json_array(p.gtin, p.pieces)) FROM sku_pack p WHERE p.sku = sku.sku) FROM sku"
)


def entry(row: Sequence[Any]) -> dict[str, Any]:
    """A SKU as stores are told of it.

    `gtins` are the numbers of one unit, the first before those of older packs; `cases` those that stand for
    several. A store whose program knows no `cases` finds such a code unknown and never sells it as one.
    """
    version, sku, gtin, name_zh, name_en, price, per, currency, unit, status, shelf, category, image = row[
        :13
    ]
    packs = packs_from(row[13])
    return {
        "version": version,
        "sku": sku,
        "gtins": [*([gtin] if gtin else []), *(pack.gtin for pack in packs if pack.pieces == 1)],
        "cases": [{"gtin": pack.gtin, "pieces": pack.pieces} for pack in packs if pack.pieces > 1],
        "names": {"zh-CN": name_zh, "en": name_en},
        "price_minor": price,
        "per": per,
        "currency": currency,
        "unit": unit,
        "status": "on" if status == "active" else "off",
        "shelf": shelf,
        "category": json.loads(category),
        "image": image,
    }


async def entries_after(reader: Reader, version: int, limit: int) -> list[dict[str, Any]]:
    """SKUs changed above a version, in order of version."""
    rows = await reader.all(f"{_ENTRY} WHERE version > ? ORDER BY version LIMIT ?", (version, limit))
    return [entry(row) for row in rows]


async def newest_version(reader: Reader) -> int:
    """The catalogue's newest version; 0 for an empty one."""
    row = await reader.one("SELECT MAX(version) FROM sku")
    return int(row[0] or 0) if row else 0
