"""What an UP says of its own sending: first, again, and what nobody remembers."""

import pytest

from pos_agent.link.send_log import UNKNOWN, Departure, SendLog, SentRun
from sync.rules.streams import Resent, Sending
from sync.values.bounds import MOST_COUNTER

T1, T2, T3 = (f"2026-05-01T06:00:0{second}.000Z" for second in (1, 2, 3))


@pytest.fixture
def log() -> SendLog:
    """Of a program that started with an empty ledger."""
    log = SendLog()
    log.began(0)
    return log


def said(log: SendLog, at: str, first: int, last: int) -> Sending | None:
    return log.departure(at, 40).sending(first, last)


def test_what_leaves_for_the_first_time_says_only_when(log: SendLog) -> None:
    assert said(log, T1, 1, 3) == Sending(at=T1, skew_ms=40)


def test_what_leaves_again_says_since_when_and_how_often(log: SendLog) -> None:
    log.went_out(1, 2, T1)
    log.went_out(3, 3, T2)

    assert said(log, T3, 1, 4) == Sending(
        at=T3, skew_ms=40, resent=(Resent(to=2, at=T1, times=2), Resent(to=3, at=T2, times=2))
    )
    log.went_out(1, 4, T3)
    assert log.departure(T3, None).runs == (
        SentRun(1, 2, T1, 2),
        SentRun(3, 3, T2, 2),
        SentRun(4, 4, T3, 1),
    )


def test_a_run_that_is_cut_goes_on_as_two(log: SendLog) -> None:
    log.went_out(1, 10, T1)
    log.went_out(4, 6, T2)

    assert log.departure(T3, None).runs == (
        SentRun(1, 3, T1, 1),
        SentRun(4, 6, T1, 2),
        SentRun(7, 10, T1, 1),
    )
    assert said(log, T3, 1, 5) == Sending(
        at=T3, skew_ms=40, resent=(Resent(to=3, at=T1, times=2), Resent(to=5, at=T1, times=3))
    )


def test_what_was_heard_is_forgotten_and_never_new_again(log: SendLog) -> None:
    log.went_out(1, 5, T1)
    log.heard(3)
    assert log.departure(T2, None).runs == (SentRun(4, 5, T1, 1),)

    assert said(log, T2, 2, 6) == Sending(
        at=T2, skew_ms=40, resent=(Resent(to=3, at=T2, times=UNKNOWN), Resent(to=5, at=T1, times=2))
    )


def test_what_was_written_before_the_start_may_have_left_before() -> None:
    log = SendLog()
    log.began(7)
    assert said(log, T1, 6, 9) == Sending(at=T1, skew_ms=40, resent=(Resent(to=7, at=T1, times=UNKNOWN),))
    log.went_out(6, 9, T1)

    assert said(log, T2, 6, 9) == Sending(
        at=T2, skew_ms=40, resent=(Resent(to=7, at=T1, times=UNKNOWN), Resent(to=9, at=T1, times=2))
    )


def test_where_the_start_could_not_be_read_nothing_counts_as_new() -> None:
    assert SendLog().departure(T1, None).past == MOST_COUNTER
    assert said(SendLog(), T1, 1, 2) == Sending(
        at=T1, skew_ms=40, resent=(Resent(to=2, at=T1, times=UNKNOWN),)
    )


def test_nothing_sent_leaves_no_trace(log: SendLog) -> None:
    log.went_out(1, 0, T1)
    assert log.departure(T1, None).runs == ()


@pytest.mark.parametrize("at", ["1970-01-01T00:00:00.000Z", "3000-01-01T00:00:00.000Z"])
def test_a_clock_that_the_wire_cannot_tell_is_not_told(at: str) -> None:
    assert Departure(at, None, (), 0).sending(1, 2) is None
