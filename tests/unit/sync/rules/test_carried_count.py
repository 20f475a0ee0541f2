"""What a new log says of the old one: how many of its facts are carried on, and no more."""

import pytest

from sync.rules.baseline import Balances, Begin, Carried, CarriedLine, SkuBalance, Whole
from sync.rules.facts import Grant, HoldStep, Move, MoveLine, Payment, Returned
from sync.rules.store.begin_log import NOTHING, Remains, is_continued

AT = "2026-05-01T04:00:00.000Z"
BEGINNING = (
    Begin(from_sinc=1, from_seq=9, at=AT),
    Balances(lines=(SkuBalance(sku="tea", floor=5),), at=AT),
    Carried(order="o-1", stage="received", lines=(CarriedLine(line=1, sku="tea", qty=1),), at=AT),
    Whole(facts=0, at=AT),
)
HAPPENED = (
    Move(reason="sale", lines=(MoveLine(sku="tea", qty=1, source="floor"),), at=AT),
    Payment(ref="r-1", tender="cash", minor=400, currency="CNY", at=AT),
    HoldStep(order="o-1", to="picking", at=AT),
)
RIGHTS = (Grant(sku="tea", granted=2, at=AT), Returned(sku="tea", returned=1, at=AT))


@pytest.mark.parametrize(("continues", "count"), [(True, 5), (False, 3)])
def test_an_old_logs_own_beginning_is_not_counted_as_carried(continues: bool, count: int) -> None:
    assert Remains(facts=(*BEGINNING, *HAPPENED, *RIGHTS), continues=continues).carried == count
    assert Remains(facts=BEGINNING, continues=continues).carried == 0


def test_nothing_left_is_nothing_carried() -> None:
    assert NOTHING.carried == 0


@pytest.mark.parametrize(
    ("old", "mirror", "is_put_back", "expected"),
    [
        ((2, 9), (2, 9), False, True),
        ((2, 9), (2, 9), True, False),
        ((2, 8), (2, 9), False, False),
        ((3, 0), (2, 9), False, True),  # its log began with the mirror, and the hub never took it
        ((3, 0), (2, 9), True, False),
    ],
)
def test_an_old_ledger_continues_the_mirror_where_nothing_can_lie_between(
    old: tuple[int, int], mirror: tuple[int, int], is_put_back: bool, expected: bool
) -> None:
    assert is_continued(old, mirror, is_put_back=is_put_back) is expected
