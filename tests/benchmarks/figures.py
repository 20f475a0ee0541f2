"""A figure: what was measured, how often, and what it came to."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured line.

    Attributes:
        name: The work.
        value: The main number.
        unit: Of the main number.
        samples: How many were taken.
        facts: More numbers and words, by name.
        floor: What the project asks for at least; empty where it asks nothing.
    """

    name: str
    value: float
    unit: str
    samples: int
    facts: dict[str, Any] = field(default_factory=dict)
    floor: str = ""

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "name": self.name,
            "value": round(self.value, 3),
            "unit": self.unit,
            "samples": self.samples,
            "floor": self.floor,
            **self.facts,
        }

    def as_text(self) -> str:
        """For people: one line of the table."""
        more = " · ".join(f"{name} {_short(value)}" for name, value in self.facts.items())
        floor = f"  [floor {self.floor}]" if self.floor else ""
        return f"{self.name:<48} {_short(self.value):>9} {self.unit:<8} n={self.samples:<6} {more}{floor}"


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0 … 1) of the values lie; 0 for none."""
    ordered = sorted(values)
    if not ordered:
        return 0.0
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def spread(values: Sequence[float], unit: str = "ms") -> dict[str, str]:
    """Median, p95, p99 and worst, in words."""
    if not values:
        return {}
    told = {"p50": median(values), "p95": percentile(values, 0.95), "p99": percentile(values, 0.99)}
    return {name: f"{_short(value)} {unit}" for name, value in {**told, "max": max(values)}.items()}


def _short(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else str(value)
