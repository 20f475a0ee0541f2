"""What one device did since it was set up or its program started. It counts and judges nothing."""

from dataclasses import dataclass


@dataclass(slots=True)
class Tally:
    """One device's running counts; its driver adds to them, everybody else only reads.

    Attributes:
        reconnects: how often it came back after it had been lost.
        jobs: papers that left for it and were not doubted.
        uncertain: papers whose fate it did not tell.
        scans: codes it delivered.
        dropped: codes thrown away: noise, halves, or more than could be taken.
        last_error: the stable code of its last trouble, kept after it is over; empty = none yet.
    """

    reconnects: int = 0
    jobs: int = 0
    uncertain: int = 0
    scans: int = 0
    dropped: int = 0
    last_error: str = ""
