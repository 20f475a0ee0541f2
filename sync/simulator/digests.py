"""The digests of both sides, compared whenever they stand at the same event."""

from typing import TYPE_CHECKING

from sync.rules.digest import Row, bucket_of, differing, fingerprint
from sync.rules.rights import HubStock, StoreStock
from sync.simulator.books import HubDictionary, StoreDictionary

if TYPE_CHECKING:
    from sync.simulator.world import Store


def stand_at_one_event(store: "Store") -> bool:
    """Whether the hub's mirror stands at the store's last event."""
    hub, here = store.hub.position(), store.book.position()
    return (hub.sinc, hub.app, hub.chain) == (here.sinc, here.seq, here.chain)


def false_buckets(store: "Store") -> tuple[int, ...]:
    """The buckets in which the digests of one event differ although they should not.

    A SKU that the hub's catalogue lacks differs for good reason: its events are dead letters there.
    """
    ours, theirs = rows_of_hub(store.hub), rows_of_store(store.book)
    dead = {line["sku"] for _, raw in store.hub.rows("dead").values() for line in raw.get("lines", ())}
    excused = {bucket_of(sku) for sku in dead if _units(ours, sku) != _units(theirs, sku)}
    found = differing(_told(ours), _told(theirs))
    return tuple(sorted(excused ^ set(found)))


def _units(rows: dict[str, Row], sku: str) -> tuple[object, ...]:
    """A SKU's units; zeros where there is no row."""
    return rows.get(sku, (sku, 0, 0, 0, 0, 0, 0))[1:]


def rows_of_hub(book: HubDictionary) -> dict[str, Row]:
    """The hub's rows by SKU: its mirror's, with what the store has booked of the units given back."""
    stocks: dict[str, HubStock] = book.rows("stock")
    return {
        sku: (sku, one.floor, one.staged, one.damaged, one.granted, one.taken, one.settled)
        for sku, one in stocks.items()
    }


def rows_of_store(book: StoreDictionary) -> dict[str, Row]:
    """The store's own rows by SKU."""
    stocks: dict[str, StoreStock] = book.rows("stock")
    return {
        sku: (sku, one.floor, one.staged, one.damaged, one.granted, one.returned, one.settled)
        for sku, one in stocks.items()
    }


def _told(rows: dict[str, Row]) -> str:
    """Their fingerprint."""
    return fingerprint(rows[sku] for sku in sorted(rows))
