"""Taking over where the old ledger can be opened, but what it still had to tell cannot be read."""

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path

from pos_agent import enrolment
from pos_agent.ledger.take_over import Extent, take_over
from sync.rules.baseline import Carried, SkuBalance
from sync.rules.facts import DocumentStep
from tests.unit.pos_agent.agent_stage import enrolment_answer

AT = "2026-05-01T04:00:00.000Z"


class Mirror:
    """A hub that knows one SKU, at event 5 of incarnation 2."""

    def extent(self) -> Extent:
        """How much there is."""
        return Extent(from_sinc=2, from_seq=5, doubt=False, skus=1, holds=0)

    def stocks(self) -> Iterable[Sequence[SkuBalance]]:
        """One page."""
        yield [SkuBalance(sku="tea", floor=7)]

    def holds(self) -> Iterable[Sequence[Carried]]:
        """None."""
        return ()

    def documents(self) -> Iterable[Sequence[DocumentStep]]:
        """One page: a delivery that was booked before."""
        yield [DocumentStep(document="d-1", rev=1, to="booked", at=AT)]

    def chain_of(self, sinc: int, seq: int) -> str | None:  # noqa: ARG002
        """Unknown."""
        return None


def test_an_old_ledger_damaged_inside_counts_as_lost(tmp_path: Path) -> None:
    answer = enrolment_answer(sinc=3)
    joined = enrolment.keep(tmp_path, answer)
    path = tmp_path / "agent.db"
    with closing(sqlite3.connect(path)) as ledger, ledger:
        ledger.execute("CREATE TABLE position (store, sinc, seq)")
        ledger.execute("INSERT INTO position VALUES (?, 2, 9)", (joined.store,))
    said: list[str] = []
    taken = take_over(path, joined, Mirror(), AT, said.append)
    assert taken is not None
    assert (taken.skus, taken.carried, taken.frozen) == (1, 0, 1)
    assert taken.aside is not None
    assert taken.aside.name == "agent.incarnation-2.db"
    with closing(sqlite3.connect(path)) as ledger:
        assert ledger.execute("SELECT id, state FROM store_document").fetchall() == [("d-1", "booked")]
    assert any("damaged" in text and "is lost" in text for text in said)
