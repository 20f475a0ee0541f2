"""What the hub sends a store: everything that changed since the version it said it had."""

from collections.abc import Sequence

from sync.rules.books import HubBook, HubPosition, Request
from sync.rules.canonical import canonical
from sync.rules.streams import BUDGET_BYTES, MOST_REQUESTS, Down


def acknowledgement(position: HubPosition) -> Down:
    """A DOWN without items: how far the store's events are applied."""
    return Down(
        hinc=position.hinc,
        sinc=position.sinc,
        base=position.heard,
        ver=position.heard,
        app=position.app,
        merged=position.merged,
        stopped=position.stopped,
        stable=position.stable,
    )


def make_down(book: HubBook) -> Down:
    """The DOWN from what was heard last, cut at a version boundary where it would weigh too much.

    Always worth sending: without items it still tells how far the store's events are applied. A store
    whose ledger is not whole hears no items: they count on grants that its new ledger never made, and
    units "returned" to it would be sold although they were never there.
    """
    position = book.position()
    if not position.merged:
        return acknowledgement(position)
    found = book.requests_after(position.heard, MOST_REQUESTS)
    chosen = fitting(found, BUDGET_BYTES)
    is_all = len(chosen) == len(found) and len(found) < MOST_REQUESTS
    return Down(
        hinc=position.hinc,
        sinc=position.sinc,
        base=position.heard,
        ver=position.ver if is_all else chosen[-1].ver,
        app=position.app,
        merged=position.merged,
        stopped=position.stopped,
        stable=position.stable,
        items=tuple(request.raw for request in chosen),
    )


def fitting(requests: Sequence[Request], budget_bytes: int) -> list[Request]:
    """The longest beginning of `requests` whose wire forms weigh at most `budget_bytes`, at least one."""
    chosen: list[Request] = []
    weight = 0
    for request in requests:
        weight += len(canonical(request.raw)) + 1
        if chosen and weight > budget_bytes:
            break
        chosen.append(request)
    return chosen
