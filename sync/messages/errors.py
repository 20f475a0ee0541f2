"""What the wire refuses.

WireError
├── Undecodable   bytes that are no message: dropped and counted
└── (sync.rules.errors.Unbookable)   one event or item inside a good message: dead letter
"""


class WireError(Exception):
    """Root of the wire's errors."""

    code = "wire"


class Undecodable(WireError):
    """Bytes that are no message of this protocol; the text says why."""

    code = "undecodable"
