"""The contract of a link: what hub and agents may expect of any transport.

A link keeps one connection alive by itself, gives its happenings in order through one bounded queue, and
sends without ever blocking the caller. It promises no delivery: messages may be lost, doubled and
reordered, and the protocol above is built for that. It is not the place for topics or message models.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

EVENT_LIMIT = 10_000
"""Events that wait for the consumer; beyond it the newest message is dropped and counted."""

SEND_LIMIT = 1_000
"""Messages sent and not yet acknowledged by the broker; beyond it ``publish`` answers False."""


class LossReason(StrEnum):
    """Why there is no connection; the words are stable and end up in logs and on screens."""

    UNREACHABLE = "unreachable"
    """Nobody accepts connections at the address, or not within the time-out."""
    REFUSED_CREDENTIALS = "refused_credentials"
    """The broker does not accept user name and secret: enrolment is missing or was revoked."""
    REFUSED = "refused"
    """The broker refuses for another reason: it is full, shutting down, or dislikes the client id."""
    REFUSED_SUBSCRIPTION = "refused_subscription"
    """The broker's rules do not grant a topic this program needs; it would be deaf."""
    LOST = "lost"
    """The connection broke or was closed by the other end."""
    SILENT = "silent"
    """Nothing was heard for the keepalive: a dead line that nobody closed."""
    CLOSED = "closed"
    """This side closed the link."""


@dataclass(frozen=True, slots=True)
class Connected:
    """The broker accepted the connection and granted every subscription."""


@dataclass(frozen=True, slots=True)
class Disconnected:
    """The connection ended, or the first attempt of a row failed; repeated failures of one kind come once.

    Attributes:
        reason: One of ``LossReason``.
        detail: Words for the log, not stable.
    """

    reason: LossReason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it arrived: bytes from outside, not yet trusted.

    Attributes:
        topic: The topic it was published on.
        payload: The bytes, possibly none.
        retained: True when the broker kept it from before this subscription.
    """

    topic: str
    payload: bytes
    retained: bool


LinkEvent = Connected | Disconnected | Message


@dataclass(frozen=True, slots=True)
class Will:
    """What the broker says for this program when the connection ends without a goodbye.

    ``Link.close`` publishes it too, since a clean goodbye makes the broker forget the will.
    """

    topic: str
    payload: bytes
    retain: bool = True


@dataclass(frozen=True, slots=True)
class LinkConfig:
    """Everything one connection needs.

    Attributes:
        url: ``mqtt://host:port``; port 1883 where none is given.
        user: User name; a store's is its store id.
        secret: Secret of the user; never logged.
        client_id: Unique among all connections to the broker; a second one cuts the first.
        subscriptions: Topic filters, subscribed on every connect.
        will: Last will, if any.
        keepalive_s: Longest silence before the line is tested, seconds, 1 to 65,535; a dead line is found
            within about twice that.
        max_packet_bytes: Largest message to send or accept, topic and payload together.
        connect_timeout_s: Limit of one attempt until every subscription is granted.
        retry_min_s: First pause before a new attempt.
        retry_max_s: Longest pause; also the pause after refused credentials.
    """

    url: str
    user: str
    secret: str
    client_id: str
    subscriptions: tuple[str, ...] = ()
    will: Will | None = None
    keepalive_s: int = 15
    max_packet_bytes: int = 1_000_000
    connect_timeout_s: float = 5.0
    retry_min_s: float = 0.2
    retry_max_s: float = 30.0

    def __repr__(self) -> str:
        """Show where it leads, never the secret."""
        return f"LinkConfig(url={self.url!r}, user={self.user!r}, client_id={self.client_id!r})"


class Link(Protocol):
    """One connection to the broker that keeps itself alive."""

    @property
    def connected(self) -> bool:
        """True between ``Connected`` and ``Disconnected``."""

    @property
    def dropped(self) -> int:
        """Messages that arrived and were dropped, because the queue was full or they were too large."""

    async def run(self) -> None:
        """Connect, and connect again with growing, jittered pauses, until ``close`` was called."""

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """Send at QoS 1 without waiting.

        Returns:
            True when the message is on its way; False when there is no connection or ``SEND_LIMIT``
            messages are unacknowledged. True is no promise of delivery.

        Raises:
            BadTopicError: The topic is empty or has a wildcard.
            PacketTooLargeError: Topic and payload are above ``max_packet_bytes``.
        """

    def events(self) -> AsyncIterator[LinkEvent]:
        """Yield what happens, in order, for one consumer; ends after ``close``."""

    def reconnect_now(self) -> None:
        """Cut a running pause short; nothing happens while connected."""

    async def close(self) -> None:
        """Publish the will, say goodbye, and let ``run`` return; a second call does nothing."""
