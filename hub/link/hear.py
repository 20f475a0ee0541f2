"""What the hub does with one store's message: commands for the writer, answers after COMMIT."""

from dataclasses import dataclass, field

from hub.kernel import Kernel
from hub.orders.follow_store import conclude
from hub.stock.book import SqliteHubBook
from sync.messages.codec import parse_fact
from sync.rules.books import HubPosition
from sync.rules.central.apply_up import Applied, apply_up
from sync.rules.central.make_down import make_down
from sync.rules.facts import Fact, HoldStep
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
    _skus: set[str] = field(default_factory=set)

    def __call__(self, transaction: Transaction) -> Heard:
        """Run in the writer."""
        at = self.kernel.instant()
        book = SqliteHubBook(transaction, self.up.store, self.kernel.hinc, at, self._conclude)
        applied = apply_up(book, self.up, parse_fact)
        book.finish()
        if applied.events:
            transaction.execute(
                "UPDATE store_stream SET last_event_at = ? WHERE store = ?", (at, self.up.store)
            )
        return Heard(applied, book.position(), frozenset(self._tokens), applied.skus | self._skus)

    def _conclude(self, transaction: Transaction, store: str, fact: Fact) -> None:
        """Let the orders follow, and remember which changed."""
        token = conclude(transaction, store, fact)
        if token is not None:
            self._tokens.add(token)
        if isinstance(fact, HoldStep) and fact.to == "released":
            row = transaction.one(
                "SELECT sku FROM hold_line WHERE order_id = ? AND line = ?", (fact.order, fact.line)
            )
            self._skus |= {str(row[0])} if row else set()


@dataclass(frozen=True, slots=True)
class ReadDown:
    """Command: what the store still has to hear, and the newest version there is."""

    kernel: Kernel
    store: str

    def __call__(self, transaction: Transaction) -> tuple[Down, HubPosition]:
        """Run in the writer: it sees every commit before it."""
        book = SqliteHubBook(transaction, self.store, self.kernel.hinc, self.kernel.instant())
        return make_down(book), book.position()
