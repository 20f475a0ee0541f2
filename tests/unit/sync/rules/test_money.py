"""An order's money: what was taken, what goes back, what is lost."""

import pytest

from sync.rules.money import (
    OrderMoney,
    assumed,
    captured,
    loss_minor,
    refund_now,
    share_minor,
    worth_minor,
)


def test_a_share_is_rounded_half_up_and_all_units_cost_the_whole_amount() -> None:
    assert [share_minor(1000, units, 3) for units in (0, 1, 2, 3)] == [0, 333, 667, 1000]
    assert share_minor(5, 1, 2) == 3


def test_lost_units_take_their_share_off_the_worth() -> None:
    assert worth_minor([(1000, 3, 1), (500, 1, 0), (700, 2, 2)]) == 667 + 500
    assert worth_minor([]) == 0


def test_a_capture_of_assumed_money_is_the_same_money() -> None:
    told = assumed(OrderMoney(), 600)
    assert told == OrderMoney(online=600, assumed=600)
    assert captured(told, 600) == OrderMoney(online=600)
    assert captured(told, 900) == OrderMoney(online=900)
    assert captured(told, 200) == OrderMoney(online=600, assumed=400)
    assert captured(OrderMoney(online=600), 600) == OrderMoney(online=1200)


def test_what_a_log_tells_of_money_that_is_known_changes_nothing() -> None:
    money = OrderMoney(online=600, till=100, refunded=50)
    assert assumed(money, 600) == money
    assert assumed(money, 700) == OrderMoney(online=700, till=100, refunded=50, assumed=100)


@pytest.mark.parametrize(
    ("money", "worth", "back"),
    [
        (OrderMoney(online=600), 600, 0),
        (OrderMoney(online=600), 400, 200),
        (OrderMoney(online=600, refunded=200), 400, 0),
        (OrderMoney(online=600), 0, 600),
        (OrderMoney(online=600, till=600), 600, 600),
        (OrderMoney(online=600, till=400), 600, 400),
        (OrderMoney(online=200, till=600), 0, 200),
        (OrderMoney(online=200, till=600, refunded=100), 0, 100),
        (OrderMoney(till=600), 0, 0),
        (OrderMoney(online=600, refunded=600), 600, 0),
        (OrderMoney(), 600, 0),
    ],
)
def test_the_hub_gives_back_what_was_taken_beyond_the_worth_as_far_as_it_took_it(
    money: OrderMoney, worth: int, back: int
) -> None:
    assert refund_now(money, worth) == back


@pytest.mark.parametrize(
    ("money", "worth", "loss"),
    [
        (OrderMoney(online=600, refunded=600), 600, 600),
        (OrderMoney(online=600, refunded=600), 0, 0),
        (OrderMoney(online=600, refunded=600, till=600), 600, 0),
        (OrderMoney(online=600, refunded=300), 400, 100),
        (OrderMoney(online=600, refunded=200), 400, 0),
        (OrderMoney(), 600, 0),
    ],
)
def test_a_loss_is_what_went_back_although_the_goods_are_or_may_be_gone(
    money: OrderMoney, worth: int, loss: int
) -> None:
    assert loss_minor(money, worth) == loss
