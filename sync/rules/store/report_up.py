"""What a store's agent sends: the next run of its log."""

from collections.abc import Mapping
from itertools import islice

from sync.rules.books import StoreBook, StorePosition
from sync.rules.streams import MOST_EVENTS, Up


def make_up(
    book: StoreBook, after: int, wants: Mapping[str, int] | None = None, wants_id: str | None = None
) -> Up:
    """The events after `after`, at most MOST_EVENTS; empty when there are none.

    Args:
        book: the store's ledger.
        after: the last event not to send; at least what the hub was heard to have, and what it has
            been sent on this connection.
        wants: units per SKU that the floor asks back from the online channel; MOST_EVENTS SKUs travel.
        wants_id: names that request (see `request_id`), so that a repeated one is served once.
    """
    position = book.position()
    return Up(
        store=position.store,
        sinc=position.sinc,
        hinc=position.hinc,
        first=after + 1,
        chain_before=book.chain_at(after),
        head=position.seq,
        dver=position.dver,
        events=tuple(book.events_after(after, MOST_EVENTS)),
        wants=dict(islice(wants.items(), MOST_EVENTS)) if wants else None,
        wants_id=wants_id,
    )


def request_id(position: StorePosition, tail: str) -> str:
    """The id of a request of the floor: it rises with incarnation and log, whatever a clock says.

    Args:
        position: where the ledger stands when it asks.
        tail: tells requests apart between two events; it rises while the program runs (UUIDv7).
    """
    return f"{position.sinc:08x}.{position.seq:014x}.{tail}"
