"""Pauses between attempts."""

from random import Random

import pytest

from sync.link.backoff import Backoff
from sync.link.port import LinkConfig, LossReason


def backoff(seed: int = 1) -> Backoff:
    return Backoff(LinkConfig("mqtt://h", "u", "s", "c"), Random(seed))


def test_pauses_double_up_to_the_limit_and_keep_their_upper_half() -> None:
    # given
    made = backoff()

    # when
    pauses = [made.pause_s(LossReason.UNREACHABLE, 0) for _ in range(12)]

    # then
    full = [min(0.2 * 2**number, 30.0) for number in range(12)]
    assert all(whole / 2 <= pause <= whole for pause, whole in zip(pauses, full, strict=True))
    assert full[-1] == 30.0


def test_two_stores_do_not_come_back_together() -> None:
    assert backoff(1).pause_s(LossReason.LOST, 0) != backoff(2).pause_s(LossReason.LOST, 0)


def test_a_connection_that_held_starts_over_and_a_flapping_one_does_not() -> None:
    # given
    made = backoff()
    for _ in range(6):
        made.pause_s(LossReason.LOST, 0.5)

    # when
    flapping = made.pause_s(LossReason.LOST, 0.5)
    healthy = made.pause_s(LossReason.LOST, 60)

    # then
    assert flapping > 5
    assert healthy <= 0.2


@pytest.mark.parametrize("reason", [LossReason.REFUSED_CREDENTIALS, LossReason.REFUSED_SUBSCRIPTION])
def test_what_a_person_must_mend_is_tried_slowly_from_the_start(reason: LossReason) -> None:
    assert 15 <= backoff().pause_s(reason, 0) <= 30
