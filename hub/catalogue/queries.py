"""Reading the catalogue: what stores are told of it."""

import json
from collections.abc import Sequence
from typing import Any

from sync.storage.reader import Reader

_ENTRY = (
    "SELECT version, sku, gtin, name_zh, name_en, price_minor, price_per, currency, unit, status, shelf,"
    " category, image FROM sku"
)


def entry(row: Sequence[Any]) -> dict[str, Any]:
    """A SKU as stores are told of it."""
    version, sku, gtin, name_zh, name_en, price, per, currency, unit, status, shelf, category, image = row
    return {
        "version": version,
        "sku": sku,
        "gtins": [gtin] if gtin else [],
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
