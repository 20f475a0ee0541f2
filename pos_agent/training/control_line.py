"""One line to a simulated device's control port, one line back."""

import asyncio
from typing import Final, Self

LOOPBACK: Final = "127.0.0.1"
ANSWER_LIMIT_S: Final = 5.0
LINE_LIMIT: Final = 65_536


class DeviceAway(Exception):
    """The simulator does not run, or does not answer."""


class DeviceRefused(Exception):
    """The simulator said no; its text says why."""


class ControlLine:
    """An open connection to a control port; use it as an async context."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def __aenter__(self) -> Self:
        try:
            async with asyncio.timeout(ANSWER_LIMIT_S):
                self._streams = await asyncio.open_connection(LOOPBACK, self._port, limit=LINE_LIMIT)
        except (OSError, TimeoutError) as error:
            raise DeviceAway(f"nobody answers on port {self._port}") from error
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._streams is not None
        self._streams[1].close()

    async def ask(self, line: str, limit_s: float = ANSWER_LIMIT_S) -> str:
        """What the device says after `ok`.

        Raises:
            DeviceAway: no answer within `limit_s`.
            DeviceRefused: it answered `error`.
        """
        assert self._streams is not None
        reader, writer = self._streams
        try:
            async with asyncio.timeout(limit_s):
                writer.write(f"{line}\n".encode())
                answer = (await reader.readline()).decode("utf-8", "replace").rstrip("\n")
        except (OSError, ValueError, TimeoutError) as error:
            raise DeviceAway(f"no answer from port {self._port}") from error
        word, _, said = answer.partition(" ")
        if word == "error":
            raise DeviceRefused(said)
        if word != "ok":
            raise DeviceAway(f"port {self._port} hung up")
        return said
