"""Errors of the broker's side of the hub.

BrokerError                   broker.error
├── BadUserError              broker.bad_user        caller's fault: a name or hash a broker could misread
├── MosquittoMissingError     broker.missing         needs a person: the program is not on this machine
└── BrokerStartError          broker.start_failed    needs a person: the broker did not come up
"""


class BrokerError(Exception):
    """Root of the errors of this package.

    Attributes:
        code: Stable name for logs, metrics and translations.
        retryable: Whether the same call may succeed later.
    """

    code = "broker.error"
    retryable = False


class BadUserError(BrokerError):
    """A user name that could reach beyond its own topics, or a hash that no broker understands."""

    code = "broker.bad_user"


class MosquittoMissingError(BrokerError):
    """The mosquitto program was not found, or does not tell its version."""

    code = "broker.missing"


class BrokerStartError(BrokerError):
    """The broker did not accept connections in time, or its process ended."""

    code = "broker.start_failed"
