"""Figures of papers: bytes of a receipt and their time on the line, text and raster; what making it costs."""

import time
from collections.abc import Callable
from dataclasses import replace
from statistics import median
from typing import Final

from escpos.printer import Dummy

from devices.printing.encode import encode
from devices.printing.face import machine_face
from devices.printing.layout import LaidText, lay_out
from devices.printing.picture import paper_picture, png
from devices.profiles import load_profile
from devices.profiles.loader import Profile
from tests.benchmarks.figures import Figure
from tests.unit.devices.example_documents import RECEIPT_ZH

TIMES: Final = 30
BAUDS: Final = (9_600, 19_200, 115_200)
_BITS: Final = 10
"""On a serial line a byte takes ten bits: start, eight of its own, stop."""


def papers() -> list[Figure]:
    """One receipt of a shop, as text and as pictures, for 80 and 58 mm."""
    text80, text58 = load_profile("generic-80"), load_profile("generic-58")
    kinds = [("80 mm text", text80), ("58 mm text", text58)]
    kinds += [(f"{name[:5]} raster", replace(one, cjk="raster")) for name, one in kinds]
    figures = [figure for name, profile in kinds for figure in _sizes(name, profile)]
    figures += [_cost(name, profile) for name, profile in kinds]
    return [*figures, _picture(text80), _peer(text80)]


def _sizes(name: str, profile: Profile) -> list[Figure]:
    """Bytes, and how long they take on a serial line: reckoned, since a pty has no speed."""
    size = len(encode(RECEIPT_ZH, profile))
    lines = {f"at {baud:,} baud": f"{size * _BITS / baud:.2f} s" for baud in BAUDS}
    return [Figure(f"receipt {name}, bytes (line times reckoned)", size, "bytes", 1, dict(lines))]


def _cost(name: str, profile: Profile) -> Figure:
    laid = _median_ms(lambda: lay_out(RECEIPT_ZH, profile))
    whole = _median_ms(lambda: encode(RECEIPT_ZH, profile))
    return Figure(
        f"receipt {name}, layout and encoding", whole, "ms", TIMES, {"layout alone": f"{laid:.2f} ms"}
    )


def _picture(profile: Profile) -> Figure:
    face = machine_face()
    drawn = _median_ms(lambda: paper_picture(lay_out(RECEIPT_ZH, profile), profile, face))
    kept = paper_picture(lay_out(RECEIPT_ZH, profile), profile, face)
    packed = _median_ms(lambda: png(kept))
    return Figure("receipt 80 mm, picture", drawn, "ms", TIMES, {"PNG of it": f"{packed:.1f} ms"})


def _peer(profile: Profile) -> Figure:
    """The same text through python-escpos, which lays nothing out and sends it in many writes."""
    lines = [piece.text for piece in lay_out(RECEIPT_ZH, profile) if isinstance(piece, LaidText)]

    def peer() -> bytes:
        printer = Dummy()
        for line in lines:
            printer.textln(line)
        printer.cut()
        output: bytes = printer.output
        return output

    theirs, ours = _median_ms(peer), _median_ms(lambda: encode(RECEIPT_ZH, profile))
    return Figure(
        "receipt 80 mm text, ours / python-escpos",
        ours / theirs,
        "ratio",
        TIMES,
        {"theirs": f"{theirs:.2f} ms"},
    )


def _median_ms(work: Callable[[], object]) -> float:
    work()
    took = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        work()
        took.append((time.perf_counter() - begun) * 1000)
    return median(took)
