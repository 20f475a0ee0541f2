"""The report as a picture: SVG written by hand, with its own colours in a light and a dark page."""

from typing import Any, Final
from xml.sax.saxutils import escape

WIDTH: Final = 760
LEFT: Final = 150
RIGHT: Final = 70
ROW: Final = 26
BAR: Final = 16
_STYLE: Final = (
    "text{font:13px system-ui,sans-serif;fill:#222}.h{font-weight:600}.s{fill:#555;font-size:12px}"
    ".till{fill:#c2571a}.online{fill:#1f6fb2}.w{stroke:#222;stroke-width:1.5}.x{stroke:#ccc}"
    "@media(prefers-color-scheme:dark){text{fill:#eee}.s{fill:#bbb}.w{stroke:#eee}.x{stroke:#555}}"
)
LINE_COLOURS: Final = ("#7a7a7a", "#4f8a4f", "#c2571a", "#1f6fb2", "#7b4fa3")


def chart(report: dict[str, Any]) -> str:
    """An SVG with two panels: units lost by policy, and those misplaced by the store's line."""
    policies: dict[str, Any] = report["policies"]
    first, last = report["seeds"]
    height = 2 * (70 + ROW * len(policies)) + 30
    stores = f"{len(report['stores'])} stores, {report['skus']} SKUs each, {report['days']} days"
    note = f"{stores}, seeds {first} to {last}; whiskers: 95 % interval of the mean"
    second = 70 + ROW * len(policies)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        "<title>Units lost by allotment policy</title>",
        f"<style>{_STYLE}</style>",
        *_lost(policies, 0),
        *_misplaced(policies, report["stores"], second),
        _text(10, height - 10, note, "s"),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _lost(policies: dict[str, Any], top: int) -> list[str]:
    """Units that customers did not get, till and online."""
    most = max(sum(policy["lost"]) for policy in policies.values()) or 1
    scale = (WIDTH - LEFT - RIGHT) / most
    parts = [
        _text(10, top + 20, "Units lost in a market, all causes", "h"),
        *_legend((("at the till", "class='till'"), ("refused online", "class='online'")), top + 40),
    ]
    for place, (name, policy) in enumerate(policies.items()):
        y = top + 52 + ROW * place
        till, (lost, half) = policy["till_lost"][0], policy["lost"]
        parts += [
            _text(10, y + 13, name),
            _bar(LEFT, y, till * scale, "class='till'"),
            _bar(LEFT + till * scale, y, (lost - till) * scale, "class='online'"),
            *_whisker(LEFT + lost * scale, y, half * scale),
            _text(LEFT + (lost + half) * scale + 6, y + 13, f"{lost:.0f}"),
        ]
    return parts


def _misplaced(policies: dict[str, Any], lines: list[str], top: int) -> list[str]:
    """Units lost although the other channel had them free, by the store's line."""
    most = max(sum(policy["misplaced"]) for policy in policies.values()) or 1
    scale = (WIDTH - LEFT - RIGHT) / most
    fills = [f'fill="{colour}"' for colour in LINE_COLOURS]
    parts = [
        _text(10, top + 20, "Of them lost although the other channel had the unit, by the store's line", "h"),
        *_legend(tuple(zip(lines, fills, strict=True)), top + 40),
    ]
    for place, (name, policy) in enumerate(policies.items()):
        y, x = top + 52 + ROW * place, float(LEFT)
        parts.append(_text(10, y + 13, name))
        for line, fill in zip(lines, fills, strict=True):
            width = policy["misplaced_by_line"][line][0] * scale
            parts.append(_bar(x, y, width, fill))
            x += width
        total, half = policy["misplaced"]
        parts += [*_whisker(x, y, half * scale), _text(x + half * scale + 6, y + 13, f"{total:.0f}")]
    return parts


def _legend(entries: tuple[tuple[str, str], ...], y: int) -> list[str]:
    """Colours and their names on one line."""
    parts = []
    for place, (name, fill) in enumerate(entries):
        x = LEFT + 115 * place
        parts += [f'<rect x="{x}" y="{y - 10}" width="11" height="11" {fill}/>', _text(x + 16, y, name, "s")]
    return parts


def _bar(x: float, y: float, width: float, fill: str) -> str:
    return f'<rect x="{x:.1f}" y="{y}" width="{max(0.0, width):.1f}" height="{BAR}" {fill}/>'


def _whisker(x: float, y: float, half: float) -> list[str]:
    middle = y + BAR / 2
    return [f'<line class="w" x1="{x - half:.1f}" x2="{x + half:.1f}" y1="{middle}" y2="{middle}"/>']


def _text(x: float, y: float, text: str, kind: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y}" class="{kind}">{escape(text)}</text>'
