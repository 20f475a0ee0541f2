"""What came of a fuzzed program, for people and for programs."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(slots=True)
class Report:
    """One program under fire.

    Args:
        program: hub or agent.
        seed: of its shots.
        shots: how many were fired, by kind.
        withheld: messages that would have been a witness's own speech, and were dealt anew.
        counted: what the program's own counters say became of them.
        state_before: hash of its books before the first shot.
        state_after: the same after the last.
        problems: in words; empty if all is well.
        lines: log lines by event.
        memory_mb: at the first look and at the last.
        most_waiting: the most that any queue held.
        seconds: how long it took.
    """

    program: str
    seed: int
    shots: Mapping[str, int] = field(default_factory=dict)
    withheld: int = 0
    counted: Mapping[str, int] = field(default_factory=dict)
    state_before: str = ""
    state_after: str = ""
    problems: list[str] = field(default_factory=list)
    lines: Mapping[str, int] = field(default_factory=dict)
    memory_mb: tuple[float, float] = (0.0, 0.0)
    most_waiting: int = 0
    seconds: float = 0.0
    broken_off: bool = False

    @property
    def fired(self) -> int:
        """How many shots."""
        return sum(self.shots.values())

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {**asdict(self), "fired": self.fired}


def lines_of(reports: Sequence[Report]) -> list[str]:
    """The reports in words."""
    told = [line for report in reports for line in _lines(report)]
    well = not any(report.problems for report in reports)
    told.append("● no crash, no state changed, every message counted" if well else "▲ not well")
    return told


def _lines(report: Report) -> list[str]:
    """One report in words."""
    per_s = report.fired / report.seconds if report.seconds else 0.0
    took = f"{report.seconds:.1f} s ({per_s:,.0f}/s){', broken off' if report.broken_off else ''}"
    before, after = report.memory_mb
    waited = f"at most {report.most_waiting} waiting, {sum(report.lines.values())} log lines"
    counted = f"{sum(report.counted.values())}: {_pairs(report.counted)}"
    return [
        f"{report.program}: {report.fired} hostile messages from seed {report.seed}, {took}",
        "  " + _pairs(report.shots),
        f"  counted by the {report.program}: {counted}",
        f"  books {report.state_before} before, {report.state_after} after; dealt anew {report.withheld}",
        f"  memory {before:.0f} MB -> {after:.0f} MB, {waited}",
        *(f"  ▲ {problem}" for problem in report.problems),
    ]


def _pairs(counts: Mapping[str, int]) -> str:
    """Names and numbers on one line, the most first."""
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items(), key=lambda one: -one[1]))
