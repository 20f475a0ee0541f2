"""The drawing process: ``python -m devices.simulators.printer.draw DIR COLUMNS``.

Reads one JSON line a paper from stdin (number and first modes), draws NNNN.png from NNNN.bin, answers a line.
Ends when stdin does, so it never outlives its printer.
"""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import structlog

from devices.simulators.printer.drawing import draw_paper
from devices.simulators.printer.elements import CELL, Element
from devices.simulators.printer.face import Face
from devices.simulators.printer.fonts import find_font
from devices.simulators.printer.interpreter import Interpreter
from devices.simulators.printer.memory import Memory, memory_from_json
from devices.simulators.printer.modes import Modes
from devices.simulators.printer.tokens import next_token
from devices.simulators.process import log_to_stderr

_log = structlog.get_logger(__name__)
_LOW_PRIORITY = 10


def elements_of(raw: bytes, columns: int, modes: Modes, memory: Memory | None = None) -> tuple[Element, ...]:
    """What is on a paper, from its bytes and the modes and pictures it began with."""
    interpreter = Interpreter(columns, modes, memory)
    place = 0
    while token := next_token(raw, place, kanji=interpreter.modes.kanji):
        place += len(token.raw)
        if interpreter.read(token) and interpreter.has_print:
            break
    return interpreter.take_paper()


def draw_file(folder: Path, order: Mapping[str, Any], columns: int, face: Face) -> None:
    """Draw NNNN.png of NNNN.bin, whole or not at all."""
    number, modes, pictures = order["number"], Modes(**order["modes"]), order["pictures"]
    memory = memory_from_json(json.loads((folder / pictures).read_text("utf-8"))) if pictures else None
    raw = (folder / f"{number:04d}.bin").read_bytes()
    picture = draw_paper(elements_of(raw, columns, modes, memory), columns * CELL, face)
    draft = folder / f"{number:04d}.png.part"
    picture.save(draft, format="PNG")
    os.replace(draft, folder / f"{number:04d}.png")  # noqa: PTH105 - the rename that is atomic everywhere


def main() -> None:
    """Draw until stdin ends. A paper that cannot be drawn is logged and passed over."""
    log_to_stderr()
    os.nice(_LOW_PRIORITY)
    folder, columns = Path(sys.argv[1]), int(sys.argv[2])
    face = Face(find_font())
    for line in sys.stdin:
        order = json.loads(line)
        try:
            draw_file(folder, order, columns, face)
        except (OSError, ValueError) as error:
            _log.warning("printer.paper_not_drawn", number=order["number"], reason=str(error))
        sys.stdout.write("done\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
