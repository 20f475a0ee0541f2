"""The socket with buffers, over a real socket pair."""

import asyncio
import socket
from collections.abc import Iterator

import pytest

from sync.link.buffered_socket import OUT_LIMIT_BYTES, BufferedSocket

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    near, far = socket.socketpair()
    near.setblocking(False)
    far.setblocking(False)
    yield near, far
    near.close()
    far.close()


async def test_reads_are_picked_from_one_buffer(pair: Pair) -> None:
    # given
    wrapped = BufferedSocket(pair[0], lambda: None)
    pair[1].send(b"abcdef")

    # when
    picked = [wrapped.recv(1), wrapped.recv(3), wrapped.recv(10)]

    # then
    assert picked == [b"a", b"bcd", b"ef"]
    assert wrapped.pending() == 0
    with pytest.raises(BlockingIOError):
        wrapped.recv(1)
    pair[1].close()
    assert wrapped.recv(1) == b""


async def test_writes_of_one_turn_leave_together(pair: Pair) -> None:
    # given
    wrapped = BufferedSocket(pair[0], lambda: None)

    # when
    assert wrapped.send(b"ab") == 2
    assert wrapped.send(b"cd") == 2
    with pytest.raises(BlockingIOError):
        pair[1].recv(10)
    await asyncio.sleep(0)

    # then
    assert pair[1].recv(10) == b"abcd"


async def test_a_slow_line_stops_the_writer_and_calls_it_back(pair: Pair) -> None:
    # given
    drained = asyncio.Event()
    wrapped = BufferedSocket(pair[0], drained.set)
    piece = b"x" * 65_536

    # when
    sent = sum(wrapped.send(piece) for _ in range(OUT_LIMIT_BYTES // len(piece)))
    with pytest.raises(BlockingIOError):
        wrapped.send(piece)
    received = 0
    async with asyncio.timeout(5):
        while received < sent:
            received += len(await asyncio.get_running_loop().sock_recv(pair[1], 65_536))
        await drained.wait()

    # then
    assert received == sent
    assert wrapped.send(b"more") == 4
    wrapped.close()


async def test_a_broken_line_is_told_at_the_next_use(pair: Pair) -> None:
    # given
    wrapped = BufferedSocket(pair[0], lambda: None)
    pair[1].close()

    # when
    wrapped.send(b"x")
    await asyncio.sleep(0)

    # then
    with pytest.raises(OSError, match="Broken pipe"):
        wrapped.recv(1)
    with pytest.raises(OSError, match="Broken pipe"):
        wrapped.send(b"x")


async def test_closing_sends_what_waits_and_may_be_repeated(pair: Pair) -> None:
    # given
    wrapped = BufferedSocket(pair[0], lambda: None)
    wrapped.send(b"bye")

    # when
    wrapped.close()
    wrapped.close()

    # then
    assert pair[1].recv(10) == b"bye"
    assert wrapped.fileno() == -1
