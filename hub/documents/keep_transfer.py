"""A transfer's books: what is on the road, where it stands, and the document of the store that receives."""

from typing import Final

from hub.documents.rules import OPEN, Asked, Key, Road, State, document_id, transfer_state
from hub.documents.tell_store import NewDocument, put_document
from hub.kernel import Kernel
from sync.storage.writer import Transaction

_MOVED: Final = (
    "SELECT l.sku, l.bucket, SUM(CASE d.task WHEN 'transfer_out' THEN l.found ELSE -l.found END)"
    " FROM document d JOIN document_line l ON l.document = d.id"
    " WHERE d.transfer = ? AND d.state = 'booked' AND l.found IS NOT NULL GROUP BY l.sku, l.bucket"
)
_SHIPPED: Final = (
    "SELECT l.sku, l.found, l.bucket FROM document d JOIN document_line l ON l.document = d.id"
    " WHERE d.transfer = ? AND d.task = 'transfer_out' AND d.state = 'booked' AND l.found > 0"
    " ORDER BY l.place"
)


def on_the_road(transaction: Transaction, transfer: str) -> dict[Key, int]:
    """Units of a transfer by SKU and bucket that left one store, did not reach the other, and are not closed.

    Negative where more arrived than was sent; zeros are left out.
    """
    units: dict[Key, int] = {(sku, bucket): n for sku, bucket, n in transaction.all(_MOVED, (transfer,))}
    closed = transaction.all("SELECT sku, bucket, qty FROM transfer_closed WHERE transfer = ?", (transfer,))
    for sku, bucket, qty in closed:
        units[sku, bucket] = units.get((sku, bucket), 0) - qty
    return {key: n for key, n in units.items() if n}


def has_open_arrival(transaction: Transaction, transfer: str) -> bool:
    """Whether a store may still book the goods in."""
    rows = transaction.all(
        "SELECT state FROM document WHERE transfer = ? AND task = 'transfer_in'", (transfer,)
    )
    return any(state in OPEN for (state,) in rows)


def stores_of(transaction: Transaction, transfer: str) -> list[str]:
    """Every store that has, had or may have goods of a transfer, as far as the hub knows."""
    rows = transaction.all(
        "SELECT store FROM document WHERE transfer = ?1 UNION SELECT source FROM transfer WHERE id = ?1"
        " UNION SELECT target FROM transfer WHERE id = ?1",
        (transfer,),
    )
    return sorted(store for (store,) in rows if store)


def refresh_transfer(transaction: Transaction, transfer: str) -> None:
    """Keep where a transfer stands, from its documents and what was closed."""
    legs = transaction.all("SELECT task, state FROM document WHERE transfer = ?", (transfer,))
    outs: list[State] = [state for task, state in legs if task == "transfer_out"]
    row = transaction.one("SELECT closed_at FROM transfer WHERE id = ?", (transfer,))
    road = Road(
        out=outs[0] if outs else None,
        has_shipped=bool(transaction.all(_SHIPPED, (transfer,))),
        is_booked_in=("transfer_in", "booked") in legs,
        in_transit=on_the_road(transaction, transfer),
        is_closed=row is not None and row[0] is not None,
    )
    transaction.execute("UPDATE transfer SET state = ? WHERE id = ?", (transfer_state(road), transfer))


def ask_to_receive(
    transaction: Transaction, kernel: Kernel, transfer: str, by: str, at: str, *, again: str = ""
) -> str | None:
    """Give the receiving store its document, of what really is on the road; returns its id.

    None where that store is unknown, nothing is on the road, or it has such a document already (as after a
    restore that lost what was given). `again` as in `document_id`.

    Raises:
        sync.rules.errors.Refused: as `put_document` does.
    """
    row = transaction.one("SELECT target, number, note, source FROM transfer WHERE id = ?", (transfer,))
    units = {key: n for key, n in on_the_road(transaction, transfer).items() if n > 0}
    if row is None or not row[0] or not units or has_open_arrival(transaction, transfer):
        return None
    new = NewDocument(
        id=document_id(transfer, "transfer_in", again),
        number=row[1],
        task="transfer_in",
        store=row[0],
        lines=_in_order(transaction, transfer, units),
        at=at,
        by=by,
        transfer=transfer,
        partner=row[3],
        note=row[2],
    )
    put_document(transaction, kernel, new)
    return new.id


def _in_order(transaction: Transaction, transfer: str, units: dict[Key, int]) -> list[Asked]:
    """The lines in the order of the store that sends, those it did not name last."""
    order = [(sku, bucket) for sku, _, bucket in transaction.all(_SHIPPED, (transfer,))]
    keys = [key for key in order if key in units] + sorted(units.keys() - set(order))
    return [Asked(sku, units[sku, bucket], bucket) for sku, bucket in keys]  # type: ignore[arg-type]
