"""The ledger's first row: which store and incarnation it belongs to."""

from pos_agent.enrolment import Enrolment
from pos_agent.errors import NotEnrolled
from pos_agent.ledger.store_book import SqliteStoreBook
from sync.rules.books import StorePosition
from sync.storage.writer import Transaction


def settle_position(tx: Transaction, enrolment: Enrolment) -> None:
    """Write the position of a new ledger; one without a history takes over a newer enrolment.

    Raises:
        NotEnrolled: the ledger belongs to another store or incarnation and has a history.
    """
    row = tx.one("SELECT store, sinc, seq FROM position WHERE id = 1")
    if row is not None and (row[0], row[1]) == (enrolment.store, enrolment.sinc):
        return
    if row is not None and row[2] > 0:
        raise NotEnrolled(
            f"this ledger belongs to {row[0]} (incarnation {row[1]}) and has a history; "
            f"{enrolment.store} (incarnation {enrolment.sinc}) needs an empty data folder"
        )
    book = SqliteStoreBook(tx)
    book.put_position(StorePosition(store=enrolment.store, sinc=enrolment.sinc, hinc=enrolment.hinc))
    book.flush()
