"""Telling open pages that shelves changed."""

from collections.abc import Collection

from sync.web.events import EventHub


def tell_shelves(events: EventHub, store: str, skus: Collection[str]) -> None:
    """Push to the pages that show these SKUs of a store; call it in the event loop, after COMMIT."""
    if not events.listeners:
        return
    for sku in skus:
        events.publish(f"stock:{store}:{sku}", "stock", {"store": store, "sku": sku})
    if skus:
        events.publish(f"stock:{store}", "stock", {"store": store, "skus": sorted(skus)})
