"""A network device: raw TCP, as printers listen on port 9100."""

import asyncio

from devices.errors import PortAbsent, PortLost, PortTimeout

_CLOSE_LIMIT_S = 1.0


class TcpPort:
    """One TCP connection. Many printers take a single client, so keep it no longer than a job."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    @property
    def peer(self) -> str:
        """The device's name for logs and screens."""
        return f"tcp://{self._host}:{self._port}"

    async def open(self, timeout_s: float) -> None:
        """Connect; see ``Port.open``."""
        await self.close()
        try:
            async with asyncio.timeout(timeout_s):
                self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
        except TimeoutError as error:
            raise PortAbsent(f"{self.peer} did not answer within {timeout_s:g} s") from error
        except OSError as error:
            raise PortAbsent(f"{self.peer} cannot be reached: {error.strerror or error}") from error
        except UnicodeError as error:  # a name that no resolver can be asked for, "till..local" say
            raise PortAbsent(f"{self.peer} cannot be reached: this is no name of a machine") from error
        # asyncio would call up to 64 KiB in its own buffer written: most receipts, on a line that has stalled
        self._writer.transport.set_write_buffer_limits(0)

    async def write(self, data: bytes, timeout_s: float) -> None:
        """Send in one write and wait until the kernel took it; see ``Port.write``."""
        writer = self._writer
        if writer is None:
            raise PortLost(f"{self.peer} is not open")
        try:
            async with asyncio.timeout(timeout_s):
                writer.write(data)
                await writer.drain()
        except TimeoutError as error:
            raise PortTimeout(f"{self.peer} took no bytes for {timeout_s:g} s") from error
        except OSError as error:
            raise PortLost(f"{self.peer} broke off: {error.strerror or error}") from error

    async def read(self, limit: int, timeout_s: float) -> bytes:
        """Receive; see ``Port.read``."""
        reader = self._reader
        if reader is None:
            raise PortLost(f"{self.peer} is not open")
        try:
            async with asyncio.timeout(timeout_s):
                data = await reader.read(limit)
        except TimeoutError as error:
            raise PortTimeout(f"{self.peer} said nothing for {timeout_s:g} s") from error
        except OSError as error:
            raise PortLost(f"{self.peer} broke off: {error.strerror or error}") from error
        if not data:
            raise PortLost(f"{self.peer} closed the connection")
        return data

    async def close(self) -> None:
        """Close the connection; what the kernel still holds goes out behind our back, the rest never."""
        writer, self._writer, self._reader = self._writer, None, None
        if writer is None:
            return
        writer.close()
        try:
            async with asyncio.timeout(_CLOSE_LIMIT_S):
                await writer.wait_closed()
        except OSError:
            return  # it broke off meanwhile, or (a time-out is one too) still waits to send
        finally:
            writer.transport.abort()
