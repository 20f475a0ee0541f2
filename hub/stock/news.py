"""Telling open pages that shelves changed."""

from collections.abc import Collection

from sync.web.events import EventHub


def tell_shelves(events: EventHub, store: str, skus: Collection[str]) -> int:
    """Push to the pages that show these SKUs of a store; call it in the event loop, after COMMIT.

    Returns:
        How many times a page was told.
    """
    if not events.listeners:
        return 0
    told = 0
    for sku in skus:
        told += events.publish(f"stock:{store}:{sku}", "stock", {"store": store, "sku": sku})
    if skus:
        told += events.publish(f"stock:{store}", "stock", {"store": store, "skus": sorted(skus)})
    return told
