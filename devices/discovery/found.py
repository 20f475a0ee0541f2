"""What was found, as a value."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Found:
    """A device, or why a kind of devices could not be looked for.

    Attributes:
        kind: ``serial``, ``usb``, ``network``, ``cups``, ``keyboard``, ``mdns`` or ``hotplug``.
        address: what to write as its ``uri``; empty where nothing could be looked for.
        name: what it calls itself, for people.
        trouble: what stands in the way of using it, in plain words; empty where nothing does.
        cause: the same as a stable word: a ``ports.trouble.Cause``, ``cups_silent``, ``mdns_closed``,
            ``no_mdns`` or ``no_hotplug``.
        facts: what words for it name: ``place``, ``group``.
    """

    kind: str
    address: str
    name: str = ""
    trouble: str = ""
    cause: str = ""
    facts: dict[str, str] = field(default_factory=dict, compare=False)
