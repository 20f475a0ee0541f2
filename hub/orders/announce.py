"""Tells open pages that an order or the stock changed by what happened here, not at a store."""

from collections.abc import Iterable

from hub.kernel import Kernel


def stock_changed(kernel: Kernel, store: str, skus: Iterable[str]) -> None:
    """Pages that show these SKUs read their stock again."""
    if not kernel.events.listeners:
        return
    changed = sorted(set(skus))
    for sku in changed:
        kernel.events.publish(f"stock:{store}:{sku}", "stock", {"store": store, "sku": sku})
    kernel.events.publish(f"stock:{store}", "stock", {"store": store, "skus": changed})


def order_changed(kernel: Kernel, token: str) -> None:
    """Pages of this order read it again."""
    kernel.events.publish(f"order:{token}", "order", {})
