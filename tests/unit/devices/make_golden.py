"""Writes the golden papers anew: `python -m tests.unit.devices.make_golden`. Look at what changed."""

from pathlib import Path

from devices.printing.encode import encode
from devices.printing.face import machine_face
from devices.printing.layout import lay_out
from devices.printing.picture import paper_picture, png
from devices.profiles import load_profile
from tests.unit.devices.example_documents import PICK_SLIP, RECEIPT_EN, RECEIPT_ZH
from tests.unit.devices.store_papers import STORE_PAPERS

FOLDER = Path(__file__).parent / "golden"
PAPERS = {"receipt_zh": RECEIPT_ZH, "receipt_en": RECEIPT_EN, "pick_slip": PICK_SLIP, **STORE_PAPERS}
PROFILES = ("generic-80", "generic-58")
_A_LINE = 32


def main() -> None:
    """Write bytes as hex and the picture of each paper for each profile."""
    for name, document in PAPERS.items():
        for key in PROFILES:
            profile = load_profile(key)
            content = encode(document, profile)
            rows = [content[place : place + _A_LINE] for place in range(0, len(content), _A_LINE)]
            text = "\n".join(row.hex(" ").upper() for row in rows) + "\n"
            (FOLDER / f"{name}.{key}.hex").write_text(text)
            picture = paper_picture(lay_out(document, profile), profile, machine_face())
            (FOLDER / f"{name}.{key}.png").write_bytes(png(picture))


if __name__ == "__main__":
    main()
