"""What an event names, kept as it is booked: so that the events of an order or of a paper can be found."""

from typing import Final

from sync.rules.canonical import Raw
from sync.storage.writer import Transaction

NAMES: Final = ("order", "ref", "document")
MOST_CHARS: Final = 200
_ADD: Final = "INSERT OR IGNORE INTO event_subject (subject, store, sinc, seq) VALUES (?, ?, ?, ?)"


def subjects_of(raw: Raw) -> list[str]:
    """The order's and the document's id and the paper's number in an event, each once; it may be nonsense."""
    told = (raw.get(name) for name in NAMES)
    return sorted({text for text in told if isinstance(text, str) and 0 < len(text) <= MOST_CHARS})


def keep_subjects(transaction: Transaction, store: str, sinc: int, seq: int, raw: Raw) -> None:
    """Keep an event's subjects, in the transaction that keeps the event."""
    for subject in subjects_of(raw):
        transaction.execute(_ADD, (subject, store, sinc, seq))
