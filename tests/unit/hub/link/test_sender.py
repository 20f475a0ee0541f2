"""One DOWN under way at a time, resent with growing pauses."""

from random import Random

from hub.link.sender import RESEND_FIRST_S, RESEND_MOST_S, Sender


def fixed() -> Sender:
    """A sender without jitter."""

    class Still(Random):
        def random(self) -> float:
            return 0.0

    return Sender(random=Still(0))


def test_one_down_is_under_way_until_it_is_heard() -> None:
    sender = fixed()
    assert sender.may_send(0.0)
    sender.sent(5, 0.0)
    assert not sender.may_send(0.5)
    sender.heard(4)
    assert sender.under_way == 5
    sender.heard(5)
    assert (sender.under_way, sender.may_send(0.5)) == (0, True)


def test_pauses_double_to_their_limit_while_nothing_is_heard() -> None:
    sender, now, pauses = fixed(), 0.0, []
    for _ in range(8):
        sender.sent(5, now)
        assert not sender.is_due(sender.resend_at - 0.001)
        assert sender.is_due(sender.resend_at)
        pauses.append(sender.resend_at - now)
        now = sender.resend_at
    assert pauses == [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]


def test_news_and_a_new_connection_begin_anew() -> None:
    sender = fixed()
    for now in (0.0, 1.0, 3.0):
        sender.sent(5, now)
    sender.sent(6, 7.0)
    assert sender.resend_at == 7.0 + RESEND_FIRST_S
    sender.reset()
    assert (sender.under_way, sender.pause_s, sender.may_send(7.0)) == (0, RESEND_FIRST_S, True)


def test_the_same_sent_twice_in_a_row_does_not_lengthen_the_pause() -> None:
    sender = fixed()
    for _ in range(5):
        sender.sent(5, 0.0)
    assert sender.resend_at == RESEND_FIRST_S


def test_while_one_is_read_from_the_database_no_second_is_sent() -> None:
    sender = fixed()
    sender.is_busy = True
    assert not sender.may_send(0.0)


def test_the_jitter_stays_within_a_quarter() -> None:
    sender = Sender(random=Random(1))
    for ver in range(1, 200):
        sender.sent(ver, 0.0)
        assert RESEND_FIRST_S <= sender.resend_at <= RESEND_FIRST_S * 1.25 < RESEND_MOST_S
