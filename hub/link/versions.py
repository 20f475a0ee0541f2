"""What becomes of a store whose program shares no version of the protocol with this hub.

Its facts are still applied and acknowledged, its till works on; it hears nothing that it might misread,
and one of the two programs must be updated.
"""

from typing import Literal

from hub.kernel import Kernel
from hub.stock.open_trouble import NewTrouble, open_trouble
from sync.rules import streams
from sync.rules.streams import Hello, too_old
from sync.runtime.logging import get_logger

log = get_logger(__name__)
_SIDES: dict[str, Literal["hub", "store"]] = {"ours": "hub", "theirs": "store"}


async def differ(kernel: Kernel, hello: Hello) -> bool:
    """Note which versions a store speaks; returns whether none is common.

    A trouble is raised when it begins, and not again with each greeting.
    """
    side = too_old(hello)
    older = _SIDES[side] if side else None
    if older and kernel.directory.older(hello.store) != older:
        log.error("store.versions_differ", store=hello.store, older=older, app_version=hello.app_version)
        facts = {
            "older": older,
            "ours": _span(streams.PROTOCOL_MIN, streams.PROTOCOL_MAX),
            "theirs": _span(hello.protocol_min, hello.protocol_max),
        }
        trouble = NewTrouble(
            kind="protocol_mismatch", store=hello.store, facts=facts, at=kernel.instant(), subject="versions"
        )
        await kernel.writer.run(lambda transaction: open_trouble(transaction, trouble))
    if kernel.directory.older(hello.store) != older:
        kernel.directory.speaks(hello.store, older)
        kernel.events.publish("board", "store", {"store": hello.store})
    return older is not None


def _span(least: int, most: int) -> str:
    """`1` or `2 - 3`."""
    return str(least) if least == most else f"{least} - {most}"
