"""What the wire refuses.

WireError
├── Undecodable   bytes that are no message: dropped and counted
│   └── NewerVersion   a message that a newer program wrote: dropped, and counted by itself
└── (sync.rules.errors.Unbookable)   one event or item inside a good message: dead letter
"""


class WireError(Exception):
    """Root of the wire's errors."""

    code = "wire"


class Undecodable(WireError):
    """Bytes that are no message of this protocol; the text says why."""

    code = "undecodable"


class NewerVersion(Undecodable):
    """A message in a version of the protocol that this program does not know yet."""

    code = "newer_version"
