"""What the spool is told of each printer, and its limits."""

from dataclasses import dataclass
from pathlib import Path

from devices.printing.logo import Logo


@dataclass(frozen=True, slots=True)
class SpoolLimits:
    """Every wait of the spool, in seconds.

    Attributes:
        open_s: to open the port.
        status_s: for the answers to a status request.
        write_s: for the line to take a job's bytes.
        completion_s: from the last byte to the completion mark; longer means the paper is uncertain.
        ask_s: between questions to a printer that has not said yet that a job is on paper.
        patience_s: from the last byte, for a printer that says itself that it cannot go on now.
        health_s: between looks at an idle printer.
        not_ready_s: between looks at a printer that answers but is out of paper, open or paused.
        backoff_first_s, backoff_limit_s: between attempts at a printer that cannot be reached.
        pulse_s: from the wish to the drawer's pulse; later it is not sent any more.
    """

    open_s: float = 3.0
    status_s: float = 0.5
    write_s: float = 10.0
    completion_s: float = 10.0
    ask_s: float = 1.0
    patience_s: float = 900.0
    health_s: float = 15.0
    not_ready_s: float = 2.0
    backoff_first_s: float = 1.0
    backoff_limit_s: float = 30.0
    pulse_s: float = 3.0


@dataclass(frozen=True, slots=True)
class PrinterConfig:
    """One printer: its id, where it is (``ports.address``) and which model (``profiles``).

    ``own_profiles`` is the shop's folder of profiles; ``logo`` stands at the head of its receipts.
    """

    id: str
    uri: str
    profile: str = "generic-80"
    own_profiles: Path | None = None
    logo: Logo | None = None
