"""AIM symbology identifiers (ISO/IEC 15424): the ``]E0`` some scanners put before a code."""

import re

_IDENTIFIER = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_EXACT = {
    "E0": "ean13",
    "E1": "ean_addon2",
    "E2": "ean_addon5",
    "E3": "ean13_addon",
    "E4": "ean8",
    "C1": "gs1_128",
    "Q3": "gs1_qr",
    "d2": "gs1_datamatrix",
}
_FAMILIES = {
    "A": "code39",
    "C": "code128",
    "e": "gs1_databar",
    "F": "codabar",
    "G": "code93",
    "I": "itf",
    "L": "pdf417",
    "Q": "qr",
    "d": "datamatrix",
    "z": "aztec",
}


def strip_identifier(code: str) -> tuple[str, str | None]:
    """The code without its identifier, and the symbology it names.

    A code without a known identifier comes back unchanged with None: ``]`` may be data.
    """
    if not _IDENTIFIER.match(code):
        return code, None
    symbology = _EXACT.get(code[1:3]) or _FAMILIES.get(code[1])
    return (code[3:], symbology) if symbology and len(code) > 3 else (code, None)
