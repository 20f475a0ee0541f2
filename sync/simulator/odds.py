"""The odds of everything that happens in a history, in one place; the report prints them."""

from typing import Final

STEPS: Final = 240
"""Steps of a history before faults stop."""
SPARE_ROUNDS: Final = 4
"""Once faults have stopped all must be equal within one round for each full message of what the other
side lacks, and these."""
SMALL_LIMITS: Final = {"events": 5, "items": 3, "bytes": 700}
"""Every fourth history runs with messages this small, so that long answers are cut everywhere."""

FAULTS: Final = {
    "loss": 0.10,
    "duplicate": 0.10,
    "reorder": 0.25,
    "delay": 0.12,
    "torn": 0.01,
    "crash inside": 0.03,
}
"""Per message sent (loss, duplicate, delay, torn), per delivery (reorder), per transaction (crash)."""
ON_THE_WIRE: Final = 0.15
"""The share of messages that go through the codec's bytes."""

ACTIONS: Final = (
    ("deliver", 40.0),
    ("agent resends", 8.0),
    ("hub resends", 5.0),
    ("sell", 9.0),
    ("override", 3.0),
    ("receive", 2.5),
    ("steal", 1.2),
    ("count", 1.2),
    ("damage", 0.5),
    ("sell unknown", 0.3),
    ("pick", 8.0),
    ("pick order", 5.0),
    ("short", 1.5),
    ("lose staged", 0.4),
    ("ready", 3.5),
    ("hand over by code", 3.0),
    ("hand over by token", 3.0),
    ("show token again", 1.5),
    ("show old token", 0.6),
    ("expire at store", 1.2),
    ("look now", 2.5),
    ("put back", 2.0),
    ("ask floor", 1.5),
    ("order", 9.0),
    ("pay", 4.0),
    ("pay afterwards", 2.0),
    ("tell of money", 2.5),
    ("force refund", 0.6),
    ("sweep", 3.0),
    ("cancel", 1.2),
    ("want", 1.5),
    ("give back", 0.5),
    ("give document", 2.0),
    ("revise document", 0.8),
    ("find goods", 4.0),
    ("book document", 2.5),
    ("refuse document", 0.2),
    ("start count", 0.4),
    ("cut", 1.2),
    ("heal", 1.5),
    ("agent dies", 0.7),
    ("hub dies", 0.5),
    ("old incarnation up", 2.0),
    ("old incarnation down", 1.2),
    ("clone", 0.17),
    ("take over", 0.2),
    ("back up", 0.7),
    ("put hub back", 0.3),
    ("take image", 0.5),
    ("roll back", 0.25),
    ("lose disk", 0.2),
    ("enrol again", 1.0),
    ("verify", 2.0),
    ("accept", 0.4),
    ("put store back", 0.1),
)
"""What a step may be, by weight."""
FAULT_ACTIONS: Final = (
    "cut",
    "agent dies",
    "hub dies",
    "old incarnation up",
    "old incarnation down",
    "show old token",
    "clone",
    "take over",
    "put hub back",
    "roll back",
    "lose disk",
    "put store back",
)
