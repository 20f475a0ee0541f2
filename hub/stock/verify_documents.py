"""Self-check of one store's documents: what was booked against its movements, transfers against their units.

A document's movements must add up to what its step says was found: units in for a delivery, out for what was
sent, found less expected for a count. And what is in transit must be what left one store, did not reach the
other and was not closed.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from typing import Final

from hub.documents.rules import Key, Road, moved_by, transfer_state
from hub.stock.findings import Finding
from hub.stock.replay import Booked, Replay

Counts = tuple[int, int]
"""Units asked for and found."""
STEP_FOLLOWS: Final = 100
"""Events behind a document's movements after which its step must have come: an UP may end between them."""
_BOOKED: Final = "SELECT id, number, task, sinc FROM document WHERE store = ? AND state = 'booked'"
_LINES: Final = "SELECT sku, bucket, asked, found FROM document_line WHERE document = ? AND found IS NOT NULL"
_TRANSFERS: Final = (
    "SELECT id, number, state, closed_at IS NOT NULL FROM transfer WHERE source = ? ORDER BY id"
)
_LEGS: Final = "SELECT task, state FROM document WHERE transfer = ?"
_ROAD: Final = (
    "SELECT sku, bucket, SUM(units) FROM (SELECT l.sku, l.bucket,"
    " CASE d.task WHEN 'transfer_out' THEN l.found ELSE -l.found END AS units FROM document d"
    " JOIN document_line l ON l.document = d.id WHERE d.transfer = :id AND d.state = 'booked'"
    " AND l.found IS NOT NULL UNION ALL SELECT sku, bucket, -qty FROM transfer_closed WHERE transfer = :id)"
    " GROUP BY sku, bucket HAVING SUM(units) <> 0"
)
_SHIPPED: Final = (
    "SELECT 1 FROM document d JOIN document_line l ON l.document = d.id WHERE d.transfer = ?"
    " AND d.task = 'transfer_out' AND d.state = 'booked' AND l.found > 0 LIMIT 1"
)


def booked(connection: sqlite3.Connection, replayed: Replay) -> Iterator[Finding]:
    """Booked documents against the store's events of this incarnation, and the events against them."""
    store = replayed.store
    rows = connection.execute(_BOOKED, (store,)).fetchall()
    for document, number, task, sinc in rows:
        if sinc != replayed.sinc:
            continue
        kept = {
            (sku, bucket): (asked, found)
            for sku, bucket, asked, found in connection.execute(_LINES, (document,))
        }
        made = replayed.documents.get(document, Booked())
        yield from _against_step(store, number, kept, made)
        if made.moved or not replayed.takes_over:
            yield from _against_moves(store, number, task, kept, made)
    known = {document for document, *_ in rows}
    for document, made in replayed.documents.items():
        is_behind = any(made.moved.values()) and replayed.seq - made.seq >= STEP_FOLLOWS
        if document not in known and (made.times or is_behind):
            text = f"{store} document {document}: its events booked it, the table does not say so"
            yield _of_document("document", store, document, ("-", str(made.times)), text)


def _against_step(store: str, number: str, kept: Mapping[Key, Counts], made: Booked) -> Iterator[Finding]:
    """A document's lines against the step that booked it; a made-up one knows what was found alone."""
    if made.is_made_up:
        told = {key: (asked, made.counts.get(key, (0, 0))[1]) for key, (asked, _) in kept.items()}
    else:
        told = made.counts
    if kept != told or made.times != 1:
        text = f"{store} document {number}: {len(kept)} lines kept, booked {made.times} times in the events"
        yield _of_document("document", store, number, (_told(kept), _told(made.counts)), text)


def _against_moves(
    store: str, number: str, task: str, kept: Mapping[Key, Counts], made: Booked
) -> Iterator[Finding]:
    """What a document's lines say was moved against the movements that name it."""
    said = moved_by(task, [(sku, bucket, *counts) for (sku, bucket), counts in kept.items()])
    moved = {key: units for key, units in made.moved.items() if units}
    for sku, bucket in sorted(said.keys() | moved.keys()):
        told, found = said.get((sku, bucket), 0), moved.get((sku, bucket), 0)
        if told != found:
            text = f"{store} document {number} {sku} {bucket}: booked {told}, its movements say {found}"
            about = f"{number} · {sku}"
            yield _of_document("document_moves", store, about, (str(told), str(found)), text)


def transfers(connection: sqlite3.Connection, store: str) -> Iterator[Finding]:
    """Where the transfers that a store sent stand, against their documents and units."""
    for transfer, number, state, is_closed in connection.execute(_TRANSFERS, (store,)).fetchall():
        legs = connection.execute(_LEGS, (transfer,)).fetchall()
        units = connection.execute(_ROAD, {"id": transfer}).fetchall()
        road = Road(
            out=next((leg for task, leg in legs if task == "transfer_out"), None),
            has_shipped=connection.execute(_SHIPPED, (transfer,)).fetchone() is not None,
            is_booked_in=("transfer_in", "booked") in legs,
            in_transit={(sku, bucket): qty for sku, bucket, qty in units},
            is_closed=bool(is_closed),
        )
        derived = transfer_state(road)
        if derived != state:
            text = f"{store} transfer {number}: kept {state}, its documents say {derived}"
            yield _of_document("transfer", store, number, (state, derived), text)


def _told(counts: Mapping[Key, Counts]) -> str:
    """`tea 10/8, soap 4/4`; the first few."""
    told = [f"{sku} {asked}/{found}" for (sku, _), (asked, found) in sorted(counts.items())]
    return ", ".join(told[:5]) or "-"


def _of_document(check: str, store: str, about: str, values: tuple[str, str], text: str) -> Finding:
    """A finding about a document; `values` are kept and made."""
    return Finding(check=check, store=store, about=about, kept=values[0], made=values[1], text=text)
