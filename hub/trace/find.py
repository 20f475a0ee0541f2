"""What an id means: an event, an order, a document, a paper or an item; else why it means nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from hub.trace.trace_id import Asked, EventId, ItemId, read_id
from sync.storage.reader import Reader

MOST_CHOICES: Final = 20
_STREAM: Final = "SELECT sinc, app FROM store_stream WHERE store = ?"
_INCARNATIONS: Final = "SELECT 1 FROM event WHERE store = ? AND sinc = ? AND seq = ?"
_ORDER: Final = "SELECT id, number, store FROM orders WHERE number = ?"
_ORDER_BY_ID: Final = "SELECT id, number, store FROM orders WHERE id = ?"
_DOCUMENTS: Final = (
    "SELECT id, number, store FROM document WHERE id = ?1 UNION ALL"
    " SELECT id, number, store FROM document WHERE number = ?2 AND (?3 = '' OR store = ?3) AND id <> ?1"
    " LIMIT ?4"
)
_STORES: Final = "SELECT DISTINCT store FROM event_subject WHERE subject = ? LIMIT ?"
_GIVEN: Final = "SELECT ver FROM store_stream WHERE store = ?"
_SENT_ITEM: Final = (
    "SELECT kind, item FROM trace_down WHERE store = ? AND hinc ="
    " (SELECT MAX(hinc) FROM trace_down WHERE store = ?) AND ver = ?"
)
_ITEM: Final = "SELECT kind, item FROM request WHERE store = ? AND ver = ?"
Fault = Literal["bad_id", "unknown", "ambiguous", "not_here_yet", "item_gone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is to be traced.

    Args:
        kind: what it is.
        id: it, written so that it means this and nothing else.
        store: whose.
        event: set for an event.
        subject: what its events name: an order's or a document's id, a paper's number; an item's key.
        number: an order's or a document's number.
        item: an item's kind and version.
    """

    kind: Literal["event", "order", "document", "paper", "item"]
    id: str
    store: str
    event: EventId | None = None
    subject: str = ""
    number: str = ""
    item: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True)
class NotFound:
    """Why there is nothing to trace.

    `choices` are ids that are understood, where several things have the same name. `app` is the last event
    that the hub has of the store, where the one asked for comes after it.
    """

    code: Fault
    text: str
    choices: Sequence[str] = ()
    app: int = 0


async def find(reader: Reader, text: str) -> Target | NotFound:
    """What an id means: the first of an event, an order, a document, a paper and an item."""
    asked = read_id(text)
    if asked is None:
        return NotFound("bad_id", text[:60])
    found = await _event(reader, asked.event) if asked.event else None
    if isinstance(found, Target):
        return found
    named = await _order(reader, asked.text) or await _document(reader, asked) or await _paper(reader, asked)
    if named is not None:
        return named
    if asked.item is not None:
        found = await _item(reader, asked.item)
    return found or NotFound("unknown", asked.text)


async def _event(reader: Reader, event: EventId) -> Target | NotFound | None:
    """The event; that of the newest incarnation which has one where none is named. None: no such store."""
    stream = await reader.one(_STREAM, (event.store,))
    if stream is None:
        return None
    sinc, app = int(stream[0]), int(stream[1])
    for tried in [event.sinc] if event.sinc is not None else range(sinc, 0, -1)[:MOST_CHOICES]:
        if await reader.one(_INCARNATIONS, (event.store, tried, event.seq)):
            named = EventId(event.store, tried, event.seq)
            return Target(kind="event", id=named.text, store=event.store, event=named)
    is_to_come = event.sinc in {None, sinc} and event.seq > app
    return NotFound("not_here_yet" if is_to_come else "unknown", event.text, app=app)


async def _order(reader: Reader, name: str) -> Target | None:
    """The order with a number, else with an id."""
    row = await reader.one(_ORDER, (name,)) or await reader.one(_ORDER_BY_ID, (name,))
    if row is None:
        return None
    return Target(kind="order", id=row[1], store=row[2], subject=row[0], number=row[1])


async def _document(reader: Reader, asked: Asked) -> Target | NotFound | None:
    """The document with an id, else the only one with a number: of the store that is named, else of any."""
    rows = await reader.all(_DOCUMENTS, (asked.text, asked.text, "", MOST_CHOICES))
    if not rows and asked.store:
        rows = await reader.all(_DOCUMENTS, ("", asked.paper, asked.store, MOST_CHOICES))
    if len(rows) > 1:
        stores = [str(row[2]) for row in rows]
        is_one_each = len(set(stores)) == len(stores)
        ways = [f"{store}/{row[1]}" for store, row in zip(stores, rows, strict=True)]
        return NotFound("ambiguous", asked.text, ways if is_one_each else [str(row[0]) for row in rows])
    if not rows:
        return None
    document, number, store = map(str, rows[0])
    return Target(kind="document", id=document, store=store, subject=document, number=number)


async def _paper(reader: Reader, asked: Asked) -> Target | NotFound | None:
    """The paper with a number: of the store that is named, else of the only store that has one."""
    if asked.store and await _has(reader, asked.paper, asked.store):
        return Target(kind="paper", id=asked.text, store=asked.store, subject=asked.paper)
    rows = await reader.all(_STORES, (asked.text, MOST_CHOICES))
    stores = [str(row[0]) for row in rows]
    if len(stores) > 1:
        return NotFound("ambiguous", asked.text, [f"{store}/{asked.text}" for store in stores])
    if stores:
        return Target(kind="paper", id=asked.text, store=stores[0], subject=asked.text)
    return None


async def _item(reader: Reader, item: ItemId) -> Target | NotFound | None:
    """The item at a version; None: there is no such store, or no such version yet."""
    given = await reader.one(_GIVEN, (item.store,))
    if given is None or not 0 < item.ver <= given[0]:
        return None
    row = await reader.one(_SENT_ITEM, (item.store, item.store, item.ver)) or await reader.one(
        _ITEM, (item.store, item.ver)
    )
    if row is None:
        return NotFound("item_gone", item.text)
    kind, key = str(row[0]), str(row[1])
    return Target(kind="item", id=item.text, store=item.store, subject=key, item=(kind, item.ver))


async def _has(reader: Reader, paper: str, store: str) -> bool:
    """Whether a store's events name a paper."""
    sql = "SELECT 1 FROM event_subject WHERE subject = ? AND store = ? LIMIT 1"
    return await reader.one(sql, (paper, store)) is not None
