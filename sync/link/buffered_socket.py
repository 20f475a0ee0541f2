"""A socket with buffers, shaped as paho-mqtt expects one.

paho reads a packet's header one byte at a time and writes each packet at once: several system calls for a
message of a few hundred bytes. This wrapper reads what is there and lets paho pick from it, and collects
what paho writes within one turn of the event loop into one send. It knows nothing of MQTT.
"""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Callable

READ_BYTES = 65_536
OUT_LIMIT_BYTES = 4_194_304
"""Bytes that wait for a slow line; beyond it writes answer "would block" and paho keeps the packets."""

_WOULD_BLOCK = (BlockingIOError, InterruptedError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class BufferedSocket:
    """Non-blocking reads and writes through buffers; owned by one event loop.

    Args:
        sock: A connected, non-blocking socket, plain or TLS.
        on_drained: Called when a full buffer has been sent and paho may write again.
    """

    def __init__(self, sock: socket.socket, on_drained: Callable[[], None]) -> None:
        self._sock = sock
        self._loop = asyncio.get_running_loop()
        self._on_drained = on_drained
        self._in = b""
        self._in_at = 0
        self._out = bytearray()
        self._flush_due = False
        self._writer_set = False
        self._refused_write = False
        self._broken: OSError | None = None

    def recv(self, size: int) -> bytes:
        """Give up to ``size`` bytes; empty at the end of the stream.

        Raises:
            BlockingIOError: Nothing has arrived.
            OSError: The connection is broken.
        """
        if self._in_at >= len(self._in):
            if self._broken is not None:
                raise self._broken
            self._in = self._receive()
            self._in_at = 0
        start = self._in_at
        self._in_at = min(start + size, len(self._in))
        return self._in[start : self._in_at]

    def pending(self) -> int:
        """Count bytes that were read from the system and not yet taken."""
        return len(self._in) - self._in_at

    def send(self, data: bytes | bytearray) -> int:
        """Take all of ``data`` to be sent at the end of this turn of the loop.

        Raises:
            BlockingIOError: ``OUT_LIMIT_BYTES`` already wait.
            OSError: The connection is broken.
        """
        if self._broken is not None:
            raise self._broken
        if len(self._out) >= OUT_LIMIT_BYTES:
            self._refused_write = True
            raise BlockingIOError
        self._out += data
        if not self._flush_due and not self._writer_set:
            self._flush_due = True
            self._loop.call_soon(self._flush)
        return len(data)

    def close(self) -> None:
        """Send what can be sent without waiting, then close."""
        if self._sock.fileno() < 0:
            return
        if self._out and self._broken is None:
            with contextlib.suppress(OSError):
                self._sock.send(self._out)
        self._out.clear()
        self._watch_writing(wanted=False)
        self._sock.close()

    def fileno(self) -> int:
        """Give the descriptor to watch for reading, -1 once closed."""
        return self._sock.fileno()

    def setblocking(self, flag: bool) -> None:  # noqa: FBT001 - the signature of a socket
        """Accept only non-blocking use."""
        assert not flag

    def _receive(self) -> bytes:
        try:
            return self._sock.recv(READ_BYTES)
        except _WOULD_BLOCK as error:
            raise BlockingIOError from error

    def _flush(self) -> None:
        self._flush_due = False
        if not self._out or self._sock.fileno() < 0:
            return
        try:
            sent = self._sock.send(self._out)
        except _WOULD_BLOCK:
            sent = 0
        except OSError as error:
            self._broken = error  # the next read, which the end of the stream triggers, tells paho
            self._out.clear()
            self._watch_writing(wanted=False)
            return
        del self._out[:sent]
        self._watch_writing(wanted=bool(self._out))
        if self._refused_write and not self._out:
            self._refused_write = False
            self._on_drained()

    def _watch_writing(self, *, wanted: bool) -> None:
        if wanted and not self._writer_set:
            self._loop.add_writer(self._sock.fileno(), self._flush)
        elif not wanted and self._writer_set:
            self._loop.remove_writer(self._sock.fileno())
        self._writer_set = wanted
