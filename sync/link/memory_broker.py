"""A broker inside one process, for tests and trials: faithful where it matters, hostile on demand.

It keeps retained messages, speaks last wills, knows users and their topic rules, and on request loses,
doubles, delays and reorders what it delivers, by a seeded random source. It keeps nothing on disk.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Protocol

from sync.link.errors import LinkLostError
from sync.link.port import LinkConfig, LossReason, Message
from sync.link.topics import matches

HELD_BACK_LIMIT_S = 0.05
"""A message held back for reordering goes out after this long when no other overtakes it."""

TopicRule = Callable[[str, str], bool]
"""(user, topic) -> allowed."""


@dataclass(frozen=True, slots=True)
class Faults:
    """What goes wrong on the way from the broker to a client, drawn anew for each message and receiver.

    Attributes:
        loss: Probability 0..1 that it never arrives.
        duplicate: Probability 0..1 that it arrives twice.
        reorder: Probability 0..1 that the next one overtakes it.
        delay_s: Bounds of the delay, seconds; messages may overtake each other within it.
    """

    loss: float = 0.0
    duplicate: float = 0.0
    reorder: float = 0.0
    delay_s: tuple[float, float] = (0.0, 0.0)


class Client(Protocol):
    """What the broker needs of an attached link."""

    config: LinkConfig

    def take(self, message: Message) -> None:
        """Receive a message."""

    def lose(self, reason: LossReason) -> None:
        """Learn that the connection ended."""


@dataclass(slots=True)
class _Attachment:
    client: Client
    held_back: Message | None = None


class MemoryBroker:
    """Joins ``MemoryLink`` objects of one event loop.

    Args:
        seed: Seed of the faults; equal seeds and equal calls give equal faults.
        faults: The faults to begin with; ``faults`` may be replaced at any time.
        secrets: Secret by user name; without it everybody may connect.
        may_write: Rule for publishing; a refused message vanishes as with a real broker.
        may_read: Rule for receiving.
    """

    def __init__(
        self,
        *,
        seed: int = 0,
        faults: Faults | None = None,
        secrets: Mapping[str, str] | None = None,
        may_write: TopicRule = lambda _user, _topic: True,
        may_read: TopicRule = lambda _user, _topic: True,
    ) -> None:
        self.faults = faults or Faults()
        self.delivered = 0
        self.lost = 0
        self.duplicated = 0
        self.refused = 0
        self._random = Random(seed)
        self._secrets = dict(secrets) if secrets is not None else None
        self._may_write = may_write
        self._may_read = may_read
        self._attached: dict[str, _Attachment] = {}
        self._retained: dict[str, bytes] = {}
        self._cut: set[str] = set()
        self._all_cut = False

    def cut(self, user: str | None = None) -> None:
        """Break the line of one user, or of everybody, and refuse new connections; wills are spoken."""
        if user is None:
            self._all_cut = True
        else:
            self._cut.add(user)
        self._drop(lambda name: user is None or name == user, LossReason.LOST)

    def restore(self, user: str | None = None) -> None:
        """Mend the line of one user, or everything."""
        if user is None:
            self._all_cut = False
            self._cut.clear()
        else:
            self._cut.discard(user)

    def admit(self, user: str, secret: str) -> None:
        """Add a user, or give one a new secret."""
        if self._secrets is None:
            self._secrets = {}
        self._secrets[user] = secret

    def revoke(self, user: str) -> None:
        """Remove a user and end its connections."""
        if self._secrets is not None:
            self._secrets.pop(user, None)
        self._drop(lambda name: name == user, LossReason.LOST)

    def forget(self) -> None:
        """Restart the broker: connections and retained messages are gone, nobody's will is spoken."""
        leaving, self._attached = self._attached, {}
        self._retained.clear()
        for attachment in leaving.values():
            attachment.client.lose(LossReason.LOST)

    def attach(self, client: Client) -> None:
        """Admit a client, subscribe it, and hand it what is retained.

        Raises:
            LinkLostError: The line is cut, or user name and secret do not match.
        """
        config = client.config
        if self._all_cut or config.user in self._cut:
            raise LinkLostError(LossReason.UNREACHABLE, "the line is cut")
        if self._secrets is not None and self._secrets.get(config.user) != config.secret:
            raise LinkLostError(LossReason.REFUSED_CREDENTIALS, "unknown user or wrong secret")
        self._drop_client_id(config.client_id)
        self._attached[config.client_id] = _Attachment(client)
        for topic, payload in self._retained.items():
            self._offer(self._attached[config.client_id], Message(topic, payload, retained=True))

    def abandon(self, client: Client) -> None:
        """End a connection without a goodbye: the will is spoken."""
        attachment = self._attached.get(client.config.client_id)
        if attachment is not None and attachment.client is client:
            del self._attached[client.config.client_id]
            self._speak_will(client.config)

    def publish(self, user: str, topic: str, payload: bytes, *, retain: bool) -> None:
        """Pass a message on to everybody who subscribed to it and may read it."""
        if not self._may_write(user, topic):
            self.refused += 1
            return
        if retain and payload:
            self._retained[topic] = payload
        elif retain:
            self._retained.pop(topic, None)
        for attachment in list(self._attached.values()):
            self._offer(attachment, Message(topic, payload, retained=False))

    def _offer(self, attachment: _Attachment, message: Message) -> None:
        config = attachment.client.config
        if not any(matches(wanted, message.topic) for wanted in config.subscriptions):
            return
        if not self._may_read(config.user, message.topic):
            return
        if self._random.random() < self.faults.loss:
            self.lost += 1
            return
        copies = 1
        if self._random.random() < self.faults.duplicate:
            self.duplicated += 1
            copies = 2
        for _ in range(copies):
            self._send(attachment, message)

    def _send(self, attachment: _Attachment, message: Message) -> None:
        loop = asyncio.get_running_loop()
        overtaken, attachment.held_back = attachment.held_back, None
        if overtaken is None and self._random.random() < self.faults.reorder:
            attachment.held_back = message
            loop.call_later(HELD_BACK_LIMIT_S, self._release, attachment, message)
            return
        for each in (message, overtaken):
            if each is not None:
                self._send_after_delay(attachment, each)

    def _release(self, attachment: _Attachment, message: Message) -> None:
        if attachment.held_back is message:
            attachment.held_back = None
            self._arrive(attachment, message)

    def _send_after_delay(self, attachment: _Attachment, message: Message) -> None:
        low_s, high_s = self.faults.delay_s
        loop = asyncio.get_running_loop()
        if high_s <= 0:
            loop.call_soon(self._arrive, attachment, message)
        else:
            loop.call_later(self._random.uniform(low_s, high_s), self._arrive, attachment, message)

    def _arrive(self, attachment: _Attachment, message: Message) -> None:
        if self._attached.get(attachment.client.config.client_id) is attachment:
            self.delivered += 1
            attachment.client.take(message)

    def _drop(self, whom: Callable[[str], bool], reason: LossReason) -> None:
        for client_id, attachment in list(self._attached.items()):
            if whom(attachment.client.config.user):
                self._drop_client_id(client_id, reason)

    def _drop_client_id(self, client_id: str, reason: LossReason = LossReason.LOST) -> None:
        attachment = self._attached.pop(client_id, None)
        if attachment is not None:
            self._speak_will(attachment.client.config)
            attachment.client.lose(reason)

    def _speak_will(self, config: LinkConfig) -> None:
        if config.will is not None:
            self.publish(config.user, config.will.topic, config.will.payload, retain=config.will.retain)
