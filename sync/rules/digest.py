"""Digest: whether the hub's mirror of a store and the store's own balances are the same, in two kilobytes.

SKUs fall into 256 buckets by a fixed hash of their id, and each bucket is hashed over its rows. Two sides
that stand at the same event of the same history compare 256 hashes; where one differs they look at that
bucket's rows alone. It is a check and never a repair: nothing is changed by what it finds.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Annotated, Final, Literal, Protocol

from sync.rules.baseline import SkuBalance
from sync.rules.books import HubPosition, StorePosition
from sync.rules.canonical import canonical, to_raw
from sync.values.bounds import Bound, Chain, Chars, Counter, Items, Sku, StoreId

BUCKETS: Final = 256
HASH_BYTES: Final = 8
HEX: Final = 2 * HASH_BYTES
MOST_PAGES: Final = 64
"""The most messages that one answer of rows may take."""
MOST_ROWS: Final = 2_000
"""The most rows in one message."""
ROWS_BUDGET_BYTES: Final = 60_000
"""What the rows of one message may weigh as JSON: below 64 KiB with its header, packed or not."""
EMPTY: Final = blake2b(digest_size=HASH_BYTES).hexdigest()
"""A bucket without rows."""

Row = tuple[str, int, int, int, int, int, int]
"""A SKU's balances: sku, floor, staged, damaged, granted, returned, settled.

`returned` is what the store has booked of it: at the hub the mirror's `taken`.
"""
Bucket = Annotated[int, Bound(0, BUCKETS - 1)]
Hashes = Annotated[str, Chars(BUCKETS * HEX, BUCKETS * HEX, r"^[0-9a-f]+$")]
"""The buckets' hashes in order of bucket, in hex."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """A store's balances after event `seq`, as one hash for each bucket."""

    kind: Literal["digest"] = "digest"
    v: Literal[1] = 1
    store: StoreId
    sinc: Counter
    hinc: Counter
    seq: Counter
    chain: Chain
    buckets: Hashes


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare:
    """The hub asks a store for its digest, or, where buckets are named, for their rows."""

    kind: Literal["compare"] = "compare"
    v: Literal[1] = 1
    hinc: Counter
    sinc: Counter
    buckets: Annotated[tuple[Bucket, ...], Items(0, BUCKETS)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """One page of the rows of some buckets after event `seq`; all pages are of one state."""

    kind: Literal["rows"] = "rows"
    v: Literal[1] = 1
    store: StoreId
    sinc: Counter
    hinc: Counter
    seq: Counter
    chain: Chain
    page: Annotated[int, Bound(1, MOST_PAGES)]
    pages: Annotated[int, Bound(1, MOST_PAGES)]
    buckets: Annotated[tuple[Bucket, ...], Items(1, BUCKETS)]
    rows: Annotated[tuple[SkuBalance, ...], Items(0, MOST_ROWS)] = ()


class Placed(Protocol):
    """What says at which event of which history it was made."""

    @property
    def sinc(self) -> int:
        """The store's incarnation."""
        ...

    @property
    def hinc(self) -> int:
        """The hub's incarnation."""
        ...

    @property
    def seq(self) -> int:
        """The store's last event."""
        ...

    @property
    def chain(self) -> str:
        """The chain after it."""
        ...


def bucket_of(sku: str) -> int:
    """The bucket of a SKU, 0 to 255: the same on every machine, for ever."""
    return blake2b(sku.encode(), digest_size=1).digest()[0]


def fingerprint(rows: Iterable[Row]) -> str:
    """The hashes of all buckets, in hex.

    Rows of nothing but zeros count as not there, so that both sides agree whichever rows they keep.

    Args:
        rows: in strictly rising order of SKU (of its UTF-8 bytes, which is that of its characters).

    Raises:
        ValueError: they are not in order; the hash would depend on it.
    """
    hashes = {}
    before = ""
    for row in rows:
        sku = row[0]
        if sku <= before:
            msg = f"rows must be in order of SKU, each once: {sku!r} after {before!r}"
            raise ValueError(msg)
        before = sku
        if not any(row[1:]):
            continue
        bucket = bucket_of(sku)
        if bucket not in hashes:
            hashes[bucket] = blake2b(digest_size=HASH_BYTES)
        hashes[bucket].update("\x1f".join(map(str, row)).encode() + b"\n")
    return "".join(hashes[bucket].hexdigest() if bucket in hashes else EMPTY for bucket in range(BUCKETS))


def differing(ours: str, theirs: str) -> tuple[int, ...]:
    """The buckets in which two fingerprints differ, in order."""
    return tuple(bucket for bucket in range(BUCKETS) if _hash_at(ours, bucket) != _hash_at(theirs, bucket))


def _hash_at(buckets: str, bucket: int) -> str:
    """One bucket's hash among all."""
    return buckets[bucket * HEX : (bucket + 1) * HEX]


def is_calm(position: StorePosition) -> bool:
    """Whether a store may tell its digest: the hub has heard every event, and neither has been replaced."""
    return position.heard == position.seq and not position.fenced


def stands_at(position: HubPosition, said: Placed) -> bool:
    """Whether the hub's mirror stands at exactly the event that a digest or rows were made after."""
    here = (position.sinc, position.hinc, position.app, position.chain)
    return position.merged and here == (said.sinc, said.hinc, said.seq, said.chain)


def rows_in(rows: Iterable[Row], buckets: Iterable[int]) -> Iterator[SkuBalance]:
    """The rows of some buckets that are not all zeros."""
    wanted = frozenset(buckets)
    return (row_value(row) for row in rows if bucket_of(row[0]) in wanted and any(row[1:]))


def row_value(row: Row) -> SkuBalance:
    """A row as the wire carries it."""
    sku, floor, staged, damaged, granted, returned, settled = row
    return SkuBalance(
        sku=sku,
        floor=floor,
        staged=staged,
        damaged=damaged,
        granted=granted,
        returned=returned,
        settled=settled,
    )


def cut_rows(rows: Iterable[SkuBalance], budget_bytes: int = ROWS_BUDGET_BYTES) -> list[list[SkuBalance]]:
    """Rows in pages that fit a message each; one empty page where there are none."""
    pages: list[list[SkuBalance]] = [[]]
    weight = 0
    for row in rows:
        weighs = len(canonical(to_raw(row))) + 1
        if pages[-1] and (weight + weighs > budget_bytes or len(pages[-1]) == MOST_ROWS):
            pages.append([])
            weight = 0
        pages[-1].append(row)
        weight += weighs
    return pages


@dataclass(frozen=True, slots=True)
class Difference:
    """A SKU whose balances differ; None where a side has none of it."""

    sku: Sku
    hub: SkuBalance | None
    store: SkuBalance | None


def differences(hub: Iterable[SkuBalance], store: Sequence[SkuBalance]) -> list[Difference]:
    """The SKUs that two sides' rows of the same buckets differ in, in order."""
    ours, theirs = {row.sku: row for row in hub}, {row.sku: row for row in store}
    return [
        Difference(sku, ours.get(sku), theirs.get(sku))
        for sku in sorted(ours.keys() | theirs.keys())
        if ours.get(sku) != theirs.get(sku)
    ]
