"""The buttons of the training page: what each says, sends, and how it shows that its fault is on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sync.web.errors import N_


@dataclass(frozen=True, slots=True)
class Toggle:
    """A fault that stays: `fact` has the value `when` while it is on."""

    label: str
    on: str
    off: str
    fact: str
    when: object = True

    def is_on(self, facts: Mapping[str, Any]) -> bool:
        """Whether the device has this fault now."""
        value = facts.get(self.fact)
        return bool(value) if self.when is ANY else value == self.when

    def word(self, facts: Mapping[str, Any]) -> str:
        """What the button sends now."""
        return self.off if self.is_on(facts) else self.on


@dataclass(frozen=True, slots=True)
class Push:
    """Something that happens once."""

    label: str
    word: str


ANY: Final = object()
SLOW_BYTES_PER_S: Final = 960
LATE_MS: Final = 3000
MIDDLE_BYTES: Final = 300

PRINTER_TOGGLES: Final = (
    Toggle(N_("Paper low"), "paper-low", "paper-ok", "paper", "low"),
    Toggle(N_("Paper out"), "paper-out", "paper-ok", "paper", "out"),
    Toggle(N_("Cover open"), "cover-open", "cover-closed", "cover", "open"),
    Toggle(N_("Cutter stuck"), "cutter-stuck", "cutter-ok", "cutter", "stuck"),
    Toggle(N_("Printer offline"), "offline", "online", "offline"),
    Toggle(N_("Cable pulled out"), "unplug", "plug", "plugged", when=False),
    Toggle(N_("Says nothing"), "mute", "unmute", "mute"),
    Toggle(N_("Answers late"), f"late {LATE_MS}", "late 0", "late_ms", ANY),
    Toggle(N_("Answers garbage"), "garbage", "no-garbage", "garbage"),
    Toggle(N_("Prints slowly"), f"slow {SLOW_BYTES_PER_S}", "slow 0", "slow", ANY),
)
PRINTER_PUSHES: Final = (
    Push(N_("Paper ends in the next receipt"), f"paper-out-after {MIDDLE_BYTES}"),
    Push(N_("Line breaks in the next receipt"), f"reset-after {MIDDLE_BYTES}"),
    Push(N_("Off and on again"), "power-cycle"),
)
PUSH_IN: Final = "push-in"
PLANNED: Final = (
    *(Push(one.label, one.on) for one in PRINTER_TOGGLES if one.on != "plug"),
    Push(N_("Off and on again"), "power-cycle"),
    Push(N_("Line breaks"), "reset"),
)
"""Faults that may strike later by themselves."""
UNITS: Final = (Push(N_("lines"), "lines"), Push(N_("papers"), "papers"), Push(N_("bytes"), "bytes"))
MOST_UNITS: Final = 9999

SCANNER_TOGGLES: Final = (
    Toggle(N_("Unplugged"), ":unplug", ":plug", "plugged", when=False),
    Toggle(N_("Reads twice"), ":bounce", ":no-bounce", "bounce"),
    Toggle(N_("Code in two pieces"), ":split", ":no-split", "split"),
    Toggle(N_("Two codes at once"), ":glue", ":no-glue", "glue"),
    Toggle(N_("Noise before the code"), ":noise", ":no-noise", "noise"),
    Toggle(N_("Slow line"), ":slow 20", ":slow 0", "slow_ms", ANY),
    Toggle(N_("Says the kind of code (AIM)"), ":aim E0", ":aim none", "aim", ANY),
)
SCANNER_CURES: Final = (":plug", ":well", ":aim none")
WELL: Final = "well"
BURST: Final = 5

PRINTER_WORDS: Final = frozenset(
    {word for one in PRINTER_TOGGLES for word in (one.on, one.off)}
    | {one.word for one in PRINTER_PUSHES}
    | {PUSH_IN}
)
SCANNER_WORDS: Final = frozenset(word for one in SCANNER_TOGGLES for word in (one.on, one.off))


def printer_lines(word: str) -> tuple[str, ...]:
    """The control lines for what a printer's button sent; none for a word that no button has."""
    if word == WELL:
        return (WELL,)
    return (word,) if word in PRINTER_WORDS else ()


def plan_lines(fault: str, count: int, unit: str) -> tuple[str, ...]:
    """The control line that plans a fault; none for what the page does not offer."""
    is_offered = fault in {one.word for one in PLANNED} and unit in {one.word for one in UNITS}
    return (f"{fault} after {count} {unit}",) if is_offered and 1 <= count <= MOST_UNITS else ()


def plan_told(line: str) -> tuple[str, str, str] | None:
    """Label of the fault, count and label of the unit of a planned fault as the printer tells it."""
    fault, _, rest = line.partition(" after ")
    count, _, unit = rest.partition(" ")
    labels = {one.word: one.label for one in (*PLANNED, *UNITS)}
    return (labels[fault], count, labels[unit]) if fault in labels and unit in labels else None


def scanner_lines(word: str, code: str) -> tuple[str, ...]:
    """Likewise for the scanner, where `scan` and `burst` take a code."""
    if word == "scan" and code:
        return (f":scan {code}",)
    if word == "burst" and code:
        return (f":burst {BURST} {code}",)
    if word == WELL:
        return SCANNER_CURES
    return (word,) if word in SCANNER_WORDS else ()
