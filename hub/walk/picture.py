"""Codes on a printed paper, decoded from its picture where a decoder is on the machine."""

from pathlib import Path
from typing import Any

from hub.walk.errors import StepFailed
from hub.walk.tools import until


def decoder() -> Any | None:
    """The decoder, or None: it is a test's library, not needed to run the product."""
    try:
        import zxingcpp  # noqa: PLC0415
    except ImportError:
        return None
    return zxingcpp


def codes_on(paper: Path, expected: str) -> str:
    """Decode the picture of a paper; returns what was found, in words.

    Args:
        paper: The paper's NNNN.txt; its picture NNNN.png is drawn soon after.
        expected: The text that a QR code and a barcode must have.

    Raises:
        StepFailed: A code is missing or says something else.
    """
    zxing = decoder()
    if zxing is None:
        return "codes not decoded (no zxing-cpp here)"
    picture = paper.with_suffix(".png")
    until(f"the picture {picture.name}", picture.exists, 20)
    from PIL import Image  # noqa: PLC0415 - only where there is something to decode

    with Image.open(picture) as image:
        found = {(str(code.format), code.text) for code in zxing.read_barcodes(image.convert("L"))}
    kinds = {
        kind.split(".")[-1].replace(" ", "").replace("-", "") for kind, text in found if text == expected
    }
    for kind in ("QRCode", "Code128"):
        if kind not in kinds:
            raise StepFailed(f"{picture.name} has no {kind} with {expected}; it has {sorted(found)}")
    return f"QR code and barcode on {picture.name} decode to {expected}"
