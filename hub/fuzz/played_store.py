"""A store that is played: the stores' own rules over a dictionary, its messages kept as real traffic."""

from collections.abc import Sequence
from typing import Final

from sync.messages.codec import encode, parse_item
from sync.messages.topics import store_topic
from sync.rules.books import StorePosition
from sync.rules.digest import Digest, Rows, fingerprint, rows_in
from sync.rules.facts import Move, MoveLine, MoveReason
from sync.rules.rights import Allotment
from sync.rules.store import fulfil, ledger
from sync.rules.store.receive_down import receive_down
from sync.rules.store.report_up import make_up, request_id
from sync.rules.streams import Ask, Down, Hello
from sync.rules.streams import Message as Said
from sync.simulator.books import StoreDictionary
from sync.simulator.digests import rows_of_store
from sync.simulator.fuzz.shots import Recorded

AT: Final = "2026-05-01T06:17:00.000Z"


class PlayedStore:
    """One store.

    Args:
        position: where it begins.
        skus: what it sells.
        is_goat: whether its messages may be twisted at its own cost.
    """

    def __init__(self, position: StorePosition, skus: Sequence[str], *, is_goat: bool) -> None:
        policy = Allotment(share_percent=50, reserve=0, last_unit="grant")
        self.book = StoreDictionary(position, dict.fromkeys(skus, policy))
        self.is_goat = is_goat
        self.id = position.store
        self.traffic: list[Recorded] = []

    def record(self, said: Said | bytes, channel: str = "up") -> Recorded:
        """Keep a message as it goes out."""
        payload = said if isinstance(said, bytes) else encode(said)
        topic = store_topic(self.id, channel)  # type: ignore[arg-type]
        self.traffic.append(Recorded(topic, payload, self.is_goat))
        return self.traffic[-1]

    def move(self, reason: MoveReason, sku: str, qty: int) -> None:
        """Goods come in, or are sold."""
        out = reason == "sale"
        line = MoveLine(sku=sku, qty=qty, source="floor" if out else None, target=None if out else "floor")
        ledger.book_move(self.book, Move(reason=reason, lines=(line,), at=AT))
        self.book.commit()

    def hand_over(self, order: str) -> None:
        """A customer collects."""
        fulfil.hand_over(self.book, order, AT, "clerk", "qr")
        self.book.commit()

    def take(self, down: Down) -> None:
        """A DOWN arrives."""
        receive_down(self.book, down, parse_item, AT)
        self.book.commit()

    def hello(self) -> Recorded:
        """Where it stands."""
        at = self.book.position()
        return self.record(
            Hello(
                store=at.store,
                sinc=at.sinc,
                hinc=at.hinc,
                seq=at.seq,
                chain=at.chain,
                dver=at.dver,
                wall_clock=AT,
            )
        )

    def up(self, *, wants: dict[str, int] | None = None) -> Recorded:
        """What the hub was not heard to have."""
        wants_id = request_id(self.book.position(), "0190c0de-0000-7000-8000-00000000f00d") if wants else None
        return self.record(make_up(self.book, self.book.position().heard, wants, wants_id))

    def ask(self) -> Recorded:
        """For pages."""
        return self.record(Ask(store=self.id, sinc=self.book.position().sinc, name="catalog", since=0))

    def digest(self) -> Recorded:
        """Its balances."""
        at, rows = self.book.position(), rows_of_store(self.book)
        hashes = fingerprint(rows[sku] for sku in sorted(rows))
        return self.record(
            Digest(store=self.id, sinc=at.sinc, hinc=at.hinc, seq=at.seq, chain=at.chain, buckets=hashes)
        )

    def rows(self, buckets: tuple[int, ...]) -> Recorded:
        """Its rows of some buckets."""
        at, rows = self.book.position(), rows_of_store(self.book)
        found = tuple(rows_in((rows[sku] for sku in sorted(rows)), buckets))
        return self.record(
            Rows(
                store=self.id, sinc=at.sinc, hinc=at.hinc, seq=at.seq, chain=at.chain, page=1, pages=1,
                buckets=buckets, rows=found,
            )
        )  # fmt: skip
