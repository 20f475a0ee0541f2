"""What physically lies in a store: moved by what people do, never by what a ledger says."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Shelf:
    """The goods of one store.

    Args:
        floor: units on the shelves by SKU.
        staged: units that lie ready by (order, line).
        damaged: units put aside by SKU.
        drift: units by SKU that the ledger counts but that are gone: stolen, not yet found out.
        given: units carried away by customers by (order, line).
        cash: minor units in the till's drawer.
        cash_of: those taken for an order, by order.
    """

    floor: Counter[str] = field(default_factory=Counter)
    staged: Counter[tuple[str, int]] = field(default_factory=Counter)
    damaged: Counter[str] = field(default_factory=Counter)
    drift: Counter[str] = field(default_factory=Counter)
    given: Counter[tuple[str, int]] = field(default_factory=Counter)
    cash: int = 0
    cash_of: Counter[str] = field(default_factory=Counter)

    def of(self, sku: str, bucket: str) -> int:
        """What a person counts of a SKU on the shelves, or among what is put aside."""
        return (self.damaged if bucket == "damaged" else self.floor)[sku]


@dataclass(slots=True)
class Paper:
    """What the world knows of a document.

    Args:
        is_moved: its goods came or went, whatever ledgers remember of it.
        wrong: units by (SKU, bucket) that the books had too much when the bucket was counted.
    """

    is_moved: bool = False
    wrong: dict[tuple[str, str], int] = field(default_factory=dict)


@dataclass(slots=True)
class Sums:
    """The simulator's own addition of a log: what balances must come to."""

    floor: Counter[str] = field(default_factory=Counter)
    staged: Counter[str] = field(default_factory=Counter)
    damaged: Counter[str] = field(default_factory=Counter)
    granted: Counter[str] = field(default_factory=Counter)
    settled: Counter[str] = field(default_factory=Counter)
    taken: Counter[str] = field(default_factory=Counter)
    prepaid: Counter[str] = field(default_factory=Counter)
    cash: int = 0
    seq: int = 0

    def add(self, event: dict[str, object], sku_of: dict[tuple[str, int], str]) -> None:
        """Add one event of the log in its wire form; `sku_of` tells the SKU of a hold line."""
        self.seq += 1
        kind = event["kind"]
        for line in event.get("lines" if kind == "move" else "moves", ()):  # type: ignore[attr-defined]
            self._move(line)
        if kind == "begin":
            self._begin()
        elif kind == "balances":
            self._stand(event["lines"])  # type: ignore[arg-type]
        elif kind == "returned":
            self.taken[str(event["sku"])] = int(event["returned"])  # type: ignore[call-overload]
        elif kind == "grant":
            self.granted[str(event["sku"])] = int(event["granted"])  # type: ignore[call-overload]
        elif kind == "payment":
            self.cash += int(event["minor"])  # type: ignore[call-overload]
        elif event.get("to") == "prepaid":
            self.prepaid[str(event["order"])] = int(event["minor"])  # type: ignore[call-overload]
        elif event.get("to") in {"done", "short"}:
            self.settled[sku_of[event["order"], event["line"]]] += event["n"]  # type: ignore[index,operator]

    def _begin(self) -> None:
        """A log takes over: all is what it tells next."""
        for name in ("floor", "staged", "damaged", "granted", "settled", "taken"):
            getattr(self, name).clear()

    def _stand(self, lines: list[dict[str, int]]) -> None:
        """Balances as a log takes them over."""
        for line in lines:
            for name in ("floor", "staged", "damaged", "granted", "settled"):
                getattr(self, name)[line["sku"]] = line.get(name, 0)
            self.taken[str(line["sku"])] = line.get("returned", 0)

    def _move(self, line: dict[str, object]) -> None:
        """Add one movement line."""
        for side, sign in (("source", -1), ("target", 1)):
            bucket = line.get(side)
            if bucket is not None:
                getattr(self, str(bucket))[line["sku"]] += sign * line["qty"]  # type: ignore[operator]

    def of(self, sku: str) -> tuple[int, int, int, int, int]:
        """What a SKU's floor, staged, damaged, granted and settled must be."""
        return (
            self.floor[sku],
            self.staged[sku],
            self.damaged[sku],
            self.granted[sku],
            self.settled[sku],
        )
