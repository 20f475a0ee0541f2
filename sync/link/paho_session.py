"""One connection to a broker, from the TCP handshake to its end; never reused.

A fresh paho client per connection leaves nothing behind: no queue of an earlier session is sent again, and
no acknowledgement of an earlier session can reach a later one. Everything runs in the event loop: the
socket is connected by asyncio, and paho is fed when it is readable.
"""

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.reasoncodes import ReasonCode

from sync.link.address import open_socket, split_url
from sync.link.buffered_socket import BufferedSocket
from sync.link.errors import LinkLostError
from sync.link.port import EVENT_LIMIT, SEND_LIMIT, LinkConfig, LossReason, Message

TICK_S = 1.0
PACKETS_PER_TURN = 256
"""Packets handled before the event loop gets its turn."""

_CREDENTIALS = ("Bad user name or password", "Not authorized")


class _Client(mqtt.Client):
    """A paho client that takes a socket which is already connected, so that connecting never blocks."""

    ready: BufferedSocket

    def _create_socket(self) -> BufferedSocket:
        return self.ready


class PahoSession:
    """One connection: ``open``, ``publish`` and wait for ``ended``; then make a new one.

    Args:
        config: What to connect to, and as whom.
        deliver: Called in the event loop with each message; must not publish.
    """

    def __init__(self, config: LinkConfig, deliver: Callable[[Message], None]) -> None:
        self._config = config
        self._deliver = deliver
        self._loop = asyncio.get_running_loop()
        self._accepted: asyncio.Future[None] = self._loop.create_future()
        self._granted: asyncio.Future[None] = self._loop.create_future()
        self._loss: asyncio.Future[LinkLostError] = self._loop.create_future()
        self._fd = -1
        self._last_mid = 0
        self._client = self._build_client()
        self._early: list[Message] | None = []
        self.untaken = 0

    async def open(self) -> None:
        """Connect, sign in and subscribe to everything.

        Raises:
            LinkLostError: Unreachable, refused, or too slow.
        """
        try:
            async with asyncio.timeout(self._config.connect_timeout_s):
                host, port = split_url(self._config.url)
                self._start(await open_socket(host, port), host, port)
                await self._or_lost(self._accepted)
                await self._subscribe()
        except TimeoutError as error:
            raise LinkLostError(LossReason.UNREACHABLE, "no answer in time") from error

    def begin(self) -> None:
        """Deliver what came before ``open`` was done, and everything that comes from now on.

        A broker may send retained messages ahead of its SUBACK (MQTT 3.1.1, 3.8.4).
        """
        early, self._early = self._early or [], None
        for message in early:
            self._deliver(message)

    def publish(self, topic: str, payload: bytes, *, retain: bool) -> bool:
        """Send at QoS 1; False when the send queue is full or the connection is gone."""
        answer = self._client.publish(topic, payload, qos=1, retain=retain)
        self._last_mid = answer.mid
        return answer.rc == MQTTErrorCode.MQTT_ERR_SUCCESS

    async def ended(self) -> LinkLostError:
        """Wait for the end of the connection, testing the line each second."""
        while not self._loss.done():
            await asyncio.wait([self._loss], timeout=TICK_S)
            self._client.loop_misc()
        return self._loss.result()

    async def say_goodbye(self, timeout_s: float = 1.0) -> None:
        """Publish the will, wait a moment for its acknowledgement, and disconnect cleanly."""
        will = self._config.will
        if will is not None and self.publish(will.topic, will.payload, retain=will.retain):
            # A broker that reads DISCONNECT may throw away what it has not yet passed on.
            ends: list[asyncio.Future[Any]] = [self._loss, self._acknowledged()]
            await asyncio.wait(ends, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
        self._lose(LossReason.CLOSED, "")
        self._client.disconnect()
        self.drop(LossReason.CLOSED)

    def drop(self, reason: LossReason, detail: str = "") -> None:
        """End the connection at once; the broker then speaks the will unless a goodbye went before."""
        self._lose(reason, detail)
        self._stop_watching()
        # loop_read on a closed socket is paho's own way to release it.
        if self._client.socket() is not None:
            self._client.ready.close()
            self._client.loop_read()

    def _acknowledged(self) -> asyncio.Future[None]:
        """Give a future that is done when the broker has acknowledged everything sent so far."""
        quiet: asyncio.Future[None] = self._loop.create_future()

        def settle(_client: Any, _data: Any, mid: int, _code: Any, _properties: Any) -> None:
            if mid == self._last_mid and not quiet.done():
                quiet.set_result(None)

        self._client.on_publish = settle
        return quiet

    def _build_client(self) -> _Client:
        client = _Client(
            CallbackAPIVersion.VERSION2,
            client_id=self._config.client_id,
            clean_session=True,
            protocol=mqtt.MQTTv311,
            reconnect_on_failure=False,
        )
        client.username_pw_set(self._config.user, self._config.secret)
        # Without a window paho need not search its queue at each acknowledgement; the queue is the window.
        client.max_inflight_messages_set(0)
        client.max_queued_messages_set(SEND_LIMIT)
        will = self._config.will
        if will is not None:
            client.will_set(will.topic, will.payload, qos=1, retain=will.retain)
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_message = self._on_message
        client.on_disconnect = self._on_disconnect
        client.on_socket_close = self._on_socket_close
        return client

    def _start(self, sock: socket.socket, host: str, port: int) -> None:
        self._client.ready = BufferedSocket(sock, self._resume_writing)
        self._fd = sock.fileno()
        self._loop.add_reader(self._fd, self._read)
        self._client.connect(host, port, keepalive=self._config.keepalive_s)

    async def _subscribe(self) -> None:
        if not self._config.subscriptions:
            return
        self._client.subscribe([(topic_filter, 1) for topic_filter in self._config.subscriptions])
        await self._or_lost(self._granted)

    async def _or_lost(self, wanted: asyncio.Future[None]) -> None:
        ends: list[asyncio.Future[Any]] = [wanted, self._loss]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        if self._loss.done():
            raise self._loss.result()

    def _read(self) -> None:
        """Handle what has arrived; a full buffer is gone on with in the loop's next turn."""
        for _ in range(PACKETS_PER_TURN):
            self._client.loop_read()
            if self._fd < 0 or not self._client.ready.pending():
                return
        self._loop.call_soon(self._read_on)

    def _read_on(self) -> None:
        if self._fd >= 0:
            self._read()

    def _resume_writing(self) -> None:
        self._client.loop_write()

    def _stop_watching(self) -> None:
        if self._fd >= 0:
            self._loop.remove_reader(self._fd)
            self._fd = -1

    def _lose(self, reason: LossReason, detail: str) -> None:
        if not self._loss.done():
            self._loss.set_result(LinkLostError(reason, detail))

    def _on_connect(self, _client: Any, _data: Any, _flags: Any, code: ReasonCode, _properties: Any) -> None:
        if not code.is_failure:
            if not self._accepted.done():  # a broker that says it twice must not end the reading
                self._accepted.set_result(None)
        elif str(code) in _CREDENTIALS:
            self._lose(LossReason.REFUSED_CREDENTIALS, str(code))
        else:
            self._lose(LossReason.REFUSED, str(code))

    def _on_subscribe(
        self, _client: Any, _data: Any, _mid: int, codes: list[ReasonCode], _properties: Any
    ) -> None:
        refused = [
            wanted for wanted, code in zip(self._config.subscriptions, codes, strict=False) if code.is_failure
        ]
        if refused:
            self._lose(LossReason.REFUSED_SUBSCRIPTION, ", ".join(refused))
        elif not self._granted.done():
            self._granted.set_result(None)

    def _on_message(self, _client: Any, _data: Any, message: mqtt.MQTTMessage) -> None:
        if len(message.payload) > self._config.max_packet_bytes:
            self.untaken += 1
            return
        try:
            topic = message.topic
        except UnicodeDecodeError:
            self.untaken += 1  # no name, so nobody could be meant; counted with what cannot be taken
            return
        arrived = Message(topic, bytes(message.payload), message.retain)
        if self._early is None:
            self._deliver(arrived)
        elif len(self._early) < EVENT_LIMIT:
            self._early.append(arrived)
        else:
            self.untaken += 1

    def _on_disconnect(self, _client: Any, _data: Any, _flags: Any, code: ReasonCode, _prop: Any) -> None:
        silent = "Keep alive" in str(code)
        self._lose(LossReason.SILENT if silent else LossReason.LOST, str(code))

    def _on_socket_close(self, _client: Any, _data: Any, _sock: Any) -> None:
        self._stop_watching()
