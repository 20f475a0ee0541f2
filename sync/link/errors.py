"""Errors of the link.

LinkError                     link.error
├── BadTopicError             link.bad_topic         caller's fault: a topic or filter MQTT does not allow
├── PacketTooLargeError       link.packet_too_large  caller's fault: the message can never be sent
└── LinkLostError             link.lost              try again later: the connection ended or was refused
"""

from sync.link.port import LossReason


class LinkError(Exception):
    """Root of all errors of the link.

    Attributes:
        code: Stable name for logs, metrics and translations.
        retryable: Whether the same call may succeed later.
    """

    code = "link.error"
    retryable = False


class BadTopicError(LinkError):
    """A topic to publish on, or a filter to subscribe to, that MQTT 3.1.1 section 4.7 does not allow."""

    code = "link.bad_topic"


class PacketTooLargeError(LinkError):
    """A message above the configured packet size; a broker answers it by cutting the connection."""

    code = "link.packet_too_large"


class LinkLostError(LinkError):
    """One connection ended, or never came to be."""

    code = "link.lost"
    retryable = True

    def __init__(self, reason: LossReason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason
        self.detail = detail
