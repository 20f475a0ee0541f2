"""A laid-out document as ESC/POS bytes that any standard interpreter prints alike.

Every paper starts from ESC @ and leaves nothing to a printer's memory. Command names are Epson's.
python-escpos does not write these bytes: it prints ``?`` for much of Chinese, sends no kanji mode, takes
wrong check digits and costs 17 MB to import. Where it is right the tests compare with it.
"""

from collections.abc import Iterator

from devices.printing.code128 import runs_of
from devices.printing.document import Align, Barcode, Document, Style, Symbology
from devices.printing.font_file import chinese_font
from devices.printing.layout import Laid, LaidBarcode, LaidCut, LaidFeed, LaidLogo, LaidQr, LaidText, lay_out
from devices.printing.logo import Logo
from devices.printing.raster import band_bytes, picture_bytes
from devices.printing.status import AUTOMATIC_ON
from devices.profiles.loader import Profile

LF = b"\n"
INITIALISE = b"\x1b@"
ASCII_SET = b"\x1bR\x00"  # else a printer set to China prints ￥ for $
ALIGN = {Align.LEFT: b"\x1ba\x00", Align.CENTRE: b"\x1ba\x01", Align.RIGHT: b"\x1ba\x02"}
SIZE = {1: b"\x1d!\x00", 2: b"\x1d!\x11", 3: b"\x1d!\x22"}  # GS ! n: width and height less one
FONT = {False: b"\x1bM\x00", True: b"\x1bM\x01"}  # ESC M n: font A, font B
BOLD = {False: b"\x1bE\x00", True: b"\x1bE\x01"}
CUT = {
    "feed_partial": b"\x1dVB\x00",
    "feed_full": b"\x1dVA\x00",
    "partial": b"\x1bd\x04\x1dV\x01",
    "full": b"\x1bd\x04\x1dV\x00",
    "none": b"\x1bd\x05",
}
_KINDS = {Symbology.EAN13: 67, Symbology.EAN8: 68, Symbology.CODE128: 73}
_QR_LEVEL_M = 49


class _Look:
    """What the printer is set to, so that a setting is sent only when it changes."""

    def __init__(self) -> None:
        self._align = Align.LEFT
        self._style = Style.NORMAL

    def turn_to(self, align: Align, style: Style = Style.NORMAL) -> Iterator[bytes]:
        if align is not self._align:
            yield ALIGN[align]
        if style.scale != self._style.scale:
            yield SIZE[style.scale]
        if (style is Style.SMALL) is not (self._style is Style.SMALL):
            yield FONT[style is Style.SMALL]
        if (style is Style.BOLD) is not (self._style is Style.BOLD):
            yield BOLD[style is Style.BOLD]
        self._align, self._style = align, style


def encode(document: Document, profile: Profile, copies: int = 1, logo: Logo | None = None) -> bytes:
    """All bytes of a job's papers, ``copies`` equal ones; the completion mark is the worker's.

    Raises:
        FontMissing: the profile sends lines as pictures and this machine has no font to draw them.
    """
    return b"".join(_Papers(profile, logo).all(lay_out(document, profile))) * copies


class _Papers:
    """Laid pieces as commands for one profile."""

    def __init__(self, profile: Profile, logo: Logo | None) -> None:
        self._profile = profile
        self._logo = logo
        self._look = _Look()

    def all(self, laid: tuple[Laid, ...]) -> Iterator[bytes]:
        start = INITIALISE + self._profile.kanji_on + ASCII_SET
        if self._profile.status == "asb":
            start += AUTOMATIC_ON  # behind ESC @, which switches it off
        yield start
        for place, piece in enumerate(laid):
            yield from self._piece(piece)
            if isinstance(piece, LaidCut):
                yield CUT[self._profile.cut]
                if place + 1 < len(laid):
                    self._look = _Look()
                    yield start

    def _piece(self, piece: Laid) -> Iterator[bytes]:
        match piece:
            case LaidText():
                yield from self._line(piece)
            case LaidFeed(lines):
                yield b"\x1bd" + bytes((lines,))
            case LaidBarcode(barcode, bar_dots):
                yield from self._look.turn_to(Align.CENTRE)
                yield _barcode(barcode, bar_dots)
            case LaidQr(data, module_dots):
                yield from self._look.turn_to(Align.CENTRE)
                yield _qr(data, module_dots)
            case LaidLogo():
                yield from self._picture_of_shop()
            case LaidCut():
                yield from self._look.turn_to(Align.LEFT)

    def _line(self, line: LaidText) -> Iterator[bytes]:
        """The line's text; as a picture where the printer has no Chinese font or lacks a character of it."""
        if self._profile.cjk == "raster" or (line.drawn and self._can_draw()):
            yield from self._look.turn_to(Align.LEFT)
            yield from _drawn(line, self._profile)
        else:
            yield from self._look.turn_to(line.align, line.style)
            yield line.encoded + LF

    def _can_draw(self) -> bool:
        return self._profile.raster != "none" and chinese_font() is not None

    def _picture_of_shop(self) -> Iterator[bytes]:
        logo = self._logo
        if logo is None or self._profile.raster == "none" or logo.width > self._profile.dots:
            return
        yield from self._look.turn_to(Align.CENTRE)
        yield band_bytes(logo.width, logo.height, logo.dots, self._profile.raster)


def _drawn(line: LaidText, profile: Profile) -> Iterator[bytes]:
    """The line as a picture. Pillow is loaded by the first line that needs it."""
    from devices.printing.face import machine_face  # noqa: PLC0415 - see above
    from devices.printing.picture import line_picture  # noqa: PLC0415 - see above

    return picture_bytes(line_picture(line, profile, machine_face()), profile.raster)


def _barcode(barcode: Barcode, bar_dots: int) -> bytes:
    """GS h height, GS w bar width, GS f font A, GS H text below, GS k in its counted form."""
    setup = bytes((0x1D, 0x68, barcode.height_dots, 0x1D, 0x77, bar_dots)) + b"\x1df\x00\x1dH\x02"
    kind, is_128 = _KINDS[barcode.symbology], barcode.symbology is Symbology.CODE128
    data = _code128(barcode.data) if is_128 else barcode.data.encode("ascii")
    return setup + b"\x1dk" + bytes((kind, len(data))) + data


def _code128(data: str) -> bytes:
    """The data with its code sets: {C takes a byte per two digits, {B writes an opening brace twice."""
    written = b""
    for code_set, text in runs_of(data):
        if code_set == "C":
            pairs = (int(text[place : place + 2]) for place in range(0, len(text), 2))
            written += b"{C" + bytes(pairs)
        else:
            written += b"{B" + text.replace("{", "{{").encode("ascii")
    return written


def _qr(data: bytes, module_dots: int) -> bytes:
    """GS ( k, functions 165 (model 2), 167 (size), 169 (level M), 180 (store), 181 (print)."""
    stored = len(data) + 3
    return b"".join(
        (
            b"\x1d(k\x04\x00\x31\x41\x32\x00",
            b"\x1d(k\x03\x00\x31\x43" + bytes((module_dots,)),
            b"\x1d(k\x03\x00\x31\x45" + bytes((_QR_LEVEL_M,)),
            b"\x1d(k" + stored.to_bytes(2, "little") + b"\x31\x50\x30" + data,
            b"\x1d(k\x03\x00\x31\x51\x30",
        )
    )
