"""Faults that strike later by themselves: ``paper-out after 12 lines``, or so many bytes or papers.

Lines and bytes strike between two commands, the papers before the next paper begins or when the client has
hung up, so that the last paper is whole and answered for.
"""

from dataclasses import dataclass

from devices.simulators.control import Refused
from devices.simulators.revision import whole_number

UNITS = ("lines", "bytes", "papers")
MOST = 16
_MAX_COUNT = 1_000_000_000
_FORM = f"write FAULT after N {'|'.join(UNITS)}"


@dataclass(slots=True)
class Plan:
    """A fault (a line of the control port), and after how much more of what it strikes."""

    fault: str
    left: int
    unit: str

    def __str__(self) -> str:
        return f"{self.fault} after {self.left} {self.unit}"


def read_plan(words: list[str]) -> Plan | None:
    """The plan in a line's words; None if they name none.

    Raises:
        Refused: it has no such form.
    """
    if "after" not in words:
        return None
    fault, rest = words[: words.index("after")], words[words.index("after") + 1 :]
    if not fault or len(rest) != 2 or rest[1].removesuffix("s") + "s" not in UNITS:
        raise Refused(_FORM)
    count = whole_number(rest[0], _MAX_COUNT, _FORM)
    if not count:
        raise Refused(_FORM)
    return Plan(" ".join(fault), count, rest[1].removesuffix("s") + "s")


class Plans:
    """What is to come, each once."""

    def __init__(self) -> None:
        self._plans: list[Plan] = []

    def add(self, plan: Plan) -> None:
        """Plan a fault.

        Raises:
            Refused: there are ``MOST`` already.
        """
        if len(self._plans) >= MOST:
            raise Refused(f"at most {MOST} faults can be planned; `well` forgets them")
        self._plans.append(plan)

    def forget(self) -> None:
        """Nothing is to come."""
        self._plans.clear()

    def told(self) -> list[str]:
        """What is to come, as it would be written now."""
        return [str(plan) for plan in self._plans]

    def due_after(self, size: int, lines: int) -> list[str]:
        """So many bytes and lines were printed: the faults that strike now."""
        if not self._plans:
            return []
        for plan in self._plans:
            plan.left -= {"bytes": size, "lines": lines}.get(plan.unit, 0)
        return self._take(("bytes", "lines"))

    def count_paper(self) -> None:
        """A paper came out."""
        for plan in self._plans:
            plan.left -= plan.unit == "papers"

    def due_between_papers(self) -> list[str]:
        """The faults that strike before the next paper."""
        return self._take(("papers",)) if self._plans else []

    def _take(self, units: tuple[str, ...]) -> list[str]:
        due = [plan for plan in self._plans if plan.left <= 0 and plan.unit in units]
        self._plans = [plan for plan in self._plans if plan not in due]
        return [plan.fault for plan in due]
