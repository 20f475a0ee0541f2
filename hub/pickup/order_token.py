"""The signed token of an order: only for one whose hold was dispatched, so that a store may serve it."""

from hub.kernel import Kernel
from sync.rules.books import HubPosition
from sync.rules.items import HoldItem
from sync.rules.pickup_token import claims_of


def token_of(kernel: Kernel, item: HoldItem, *, store: str, sinc: int) -> str:
    """The text of an order's QR code.

    Args:
        kernel: Signs.
        item: The hold as its store was told.
        store: Who owes the goods.
        sinc: The incarnation of the store it was dispatched to.
    """
    return kernel.key.sign(claims_of(item, HubPosition(store=store, sinc=sinc, hinc=kernel.hinc)))
