"""Money: whole minor units and a currency, never a float."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units (fen for CNY) of one ISO 4217 currency."""

    minor: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __mul__(self, factor: int) -> "Money":
        return Money(self.minor * factor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def _same(self, other: "Money") -> int:
        """The other's minor units; amounts of two currencies never meet."""
        if other.currency != self.currency:
            msg = f"{self.currency} and {other.currency} cannot be reckoned together"
            raise ValueError(msg)
        return other.minor


def share_out(total: int, weights: list[int]) -> list[int]:
    """`total` minor units in proportion to `weights`, summing exactly (largest remainder).

    Ties go to the earlier share. All weights zero: everything goes to the first.

    Raises:
        ValueError: no weights, or a negative one.
    """
    if not weights or min(weights) < 0:
        msg = "shares need weights of zero or more"
        raise ValueError(msg)
    whole = sum(weights)
    if whole == 0:
        return [total] + [0] * (len(weights) - 1)
    shares = [total * weight // whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for i in order[: total - sum(shares)]:
        shares[i] += 1
    return shares


def half_up(numerator: int, denominator: int) -> int:
    """`numerator / denominator` to the nearest whole, a half away from zero; no float is involved.

    Raises:
        ValueError: `denominator` is not positive.
    """
    if denominator <= 0:
        msg = f"a share of {denominator} parts has no meaning"
        raise ValueError(msg)
    whole = (2 * abs(numerator) + denominator) // (2 * denominator)
    return whole if numerator >= 0 else -whole
