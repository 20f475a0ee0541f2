"""What every port can do. A port moves bytes; what they mean is none of its business."""

from typing import Protocol


class Port(Protocol):
    """One line to one device, used by one task at a time."""

    @property
    def peer(self) -> str:
        """The device's name for logs and screens, for example ``tcp://192.168.1.60:9100``."""
        ...

    async def open(self, timeout_s: float) -> None:
        """Open the line and throw away input that is older than the opening.

        Raises:
            PortAbsent: nothing there, refused, busy, or no answer within ``timeout_s``.
        """
        ...

    async def write(self, data: bytes, timeout_s: float) -> None:
        """Hand all of ``data`` to the line in one write. Returning says nothing of paper.

        Raises:
            PortTimeout: the device did not take all bytes in time; some may have reached it.
            PortLost: the line broke; some bytes may have reached the device.
        """
        ...

    async def read(self, limit: int, timeout_s: float) -> bytes:
        """The next bytes from the device, at least 1 and at most ``limit``.

        Raises:
            PortTimeout: nothing came within ``timeout_s``; the line stays usable.
            PortLost: the line broke or the device closed it.
        """
        ...

    async def close(self) -> None:
        """Close the line; closing a closed port is allowed. Never raises a PortError."""
        ...
