"""Everything that can go wrong with a device, as one tree.

DeviceError
├── ConfigurationError      a person wrote something that cannot work
│   ├── AddressError        a port's address cannot be read
│   ├── ProfileError        a printer profile is missing or wrong
│   ├── FontMissing         a line must be drawn and this machine has no font for it
│   └── LogoError           the shop's picture cannot be used
├── DocumentError           a receipt document is malformed (the caller's fault)
├── JournalError            the print journal was asked for something impossible
│   ├── UnknownJob          no such job
│   ├── PaperForgotten      its text was thrown away long ago
│   └── IllegalTransition   that job may not take that state
└── PortError               the device or the line to it; try again later
    ├── PortAbsent          could not be opened: not there, refused, busy
    ├── PortLost            was open and went away
    └── PortTimeout         gave no answer, or took no bytes, in time
"""

from typing import ClassVar


class DeviceError(Exception):
    """Root of the package's errors; ``code`` is stable and may be shown or stored."""

    code: ClassVar[str] = "device"
    retryable: ClassVar[bool] = False


class ConfigurationError(DeviceError):
    """A setting cannot work as written; a person has to change it."""

    code = "device.configuration"


class AddressError(ConfigurationError):
    """The address of a port cannot be read."""

    code = "device.address"


class ProfileError(ConfigurationError):
    """A printer profile does not exist or holds wrong values."""

    code = "device.profile"


class FontMissing(ConfigurationError):
    """A line must be drawn and this machine has no font that could; nothing of the paper was printed."""

    code = "print.font"


class LogoError(ConfigurationError):
    """The shop's picture cannot be used as it is."""

    code = "print.logo"


class DocumentError(DeviceError):
    """A receipt document is malformed; nothing of it was printed."""

    code = "print.document"


class JournalError(DeviceError):
    """The print journal was asked for something impossible."""

    code = "print.journal"


class UnknownJob(JournalError):
    """There is no print job with this id."""

    code = "print.unknown_job"


class PaperForgotten(JournalError):
    """The paper is so old that its text was thrown away; it cannot be printed again."""

    code = "print.forgotten"


class IllegalTransition(JournalError):
    """The job's present state does not lead to the wanted one; nothing was changed."""

    code = "print.transition"


class PortError(DeviceError):
    """The device, or the line to it, is not usable now; trying again later may help.

    ``cause`` is why, as a word of ``ports.trouble.Cause``, where what the system said does not tell it.
    """

    code = "port"
    retryable = True

    def __init__(self, words: str = "", cause: str = "") -> None:
        super().__init__(words)
        self.cause = cause


class PortAbsent(PortError):
    """The port could not be opened; no byte has reached the device."""

    code = "port.absent"


class PortLost(PortError):
    """The port was open and went away."""

    code = "port.lost"


class PortTimeout(PortError):
    """The device gave no answer, or took no bytes, within the limit."""

    code = "port.timeout"
