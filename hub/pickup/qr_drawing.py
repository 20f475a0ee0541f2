"""The pickup token as a drawing: a QR code in SVG, dark on white, with its quiet zone.

The white ground is part of the drawing, so that the code can be scanned on a dark page and on paper.
Error correction is level M (ISO/IEC 18004); the token's alphabet is that of the alphanumeric mode.
"""

from typing import Final

import segno
from markupsafe import Markup

QUIET_MODULES: Final = 4
"""Modules of white around the code (ISO/IEC 18004, section 6.3.8)."""


def qr_svg(text: str, label: str) -> Markup:
    """The code as an SVG element without size, for a page to scale.

    Args:
        text: What the code says.
        label: What it is, for readers who cannot see it.

    Raises:
        ValueError: `text` is longer than any QR code.
    """
    code = segno.make(text, error="m", micro=False, boost_error=False)
    side = code.symbol_size(scale=1, border=QUIET_MODULES)[0]
    drawn = Markup("M{x} {y}h{n}v1h-{n}z")
    path = Markup("").join(
        drawn.format(x=x + QUIET_MODULES, y=y + QUIET_MODULES, n=n)
        for y, row in enumerate(code.matrix)
        for x, n in _runs(row)
    )
    return Markup(
        '<svg viewBox="0 0 {side} {side}" role="img" aria-label="{label}" shape-rendering="crispEdges">'
        '<path fill="#fff" d="M0 0h{side}v{side}h-{side}z"/><path fill="#000" d="{path}"/></svg>'
    ).format(side=side, label=label, path=path)


def _runs(row: bytearray | bytes) -> list[tuple[int, int]]:
    """Where dark modules begin in a row, and how many follow one another."""
    found: list[tuple[int, int]] = []
    start = -1
    for x, module in enumerate([*row, 0]):
        if module and start < 0:
            start = x
        elif not module and start >= 0:
            found.append((start, x - start))
            start = -1
    return found
