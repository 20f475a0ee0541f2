"""What the hub does with one store's message: commands for the writer, answers after COMMIT."""

from dataclasses import dataclass, field

from hub.documents.follow_document import follow_document
from hub.kernel import Kernel
from hub.orders.change_order import close_dropped
from hub.orders.decide_waiting import decide_waiting
from hub.orders.follow_store import conclude
from hub.stock.book import SqliteHubBook
from hub.stock.deficits import follow_deficits
from sync.messages.codec import parse_fact
from sync.rules.books import HubPosition, Request
from sync.rules.central.apply_up import Applied, apply_up
from sync.rules.central.make_down import make_down
from sync.rules.facts import Fact
from sync.rules.streams import Down, Up
from sync.storage.writer import Transaction


@dataclass(frozen=True, slots=True)
class Heard:
    """What an UP came to, where the hub stands with the store afterwards, and which pages it changes."""

    applied: Applied
    position: HubPosition
    tokens: frozenset[str] = frozenset()
    skus: frozenset[str] = frozenset()


@dataclass(slots=True)
class HearUp:
    """Command: apply an UP."""

    kernel: Kernel
    up: Up
    _tokens: set[str] = field(default_factory=set)

    def __call__(self, transaction: Transaction) -> Heard:
        """Run in the writer."""
        at = self.kernel.instant()
        book = SqliteHubBook(transaction, self.up.store, self.kernel.hinc, at, self._conclude)
        was_whole = book.position().merged
        applied = apply_up(book, self.up, parse_fact)
        follow_deficits(transaction, book, applied, at)
        book.finish()
        for order in applied.dropped:
            self._remember(close_dropped(transaction, order, at))
        position = book.position()
        if position.merged and not was_whole:
            decide_waiting(transaction, self.kernel, self.up.store, at)
            position = SqliteHubBook(transaction, self.up.store, self.kernel.hinc, at).position()
        if applied.events:
            transaction.execute(
                "UPDATE store_stream SET last_event_at = ? WHERE store = ?", (at, self.up.store)
            )
        return Heard(applied, position, frozenset(self._tokens), applied.skus)

    def _conclude(self, transaction: Transaction, store: str, fact: Fact) -> None:
        """Let orders and documents follow, and remember which changed."""
        self._remember(conclude(transaction, store, fact))
        document = follow_document(transaction, self.kernel, store, fact)
        if document is not None:
            events = self.kernel.events
            transaction.after_commit(lambda: events.publish(f"document:{document}", "document", {}))

    def _remember(self, token: str | None) -> None:
        """An order's page is to be told."""
        if token is not None:
            self._tokens.add(token)


@dataclass(slots=True)
class ReadDown:
    """Command: what the store still has to hear, and the newest version there is.

    Attributes:
        items: what the DOWN holds, each item with the instant at which it was given.
    """

    kernel: Kernel
    store: str
    items: list[tuple[Request, str]] = field(default_factory=list)

    def __call__(self, transaction: Transaction) -> tuple[Down, HubPosition]:
        """Run in the writer: it sees every commit before it."""
        book = SqliteHubBook(transaction, self.store, self.kernel.hinc, self.kernel.instant())
        down = make_down(book)
        self.items = book.read.given(down.ver) if down.items else []
        return down, book.position()
