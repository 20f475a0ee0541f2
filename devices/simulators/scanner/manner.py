"""How a virtual scanner sends what it read: its settings, and the ways in which bad ones misbehave."""

from dataclasses import dataclass, field

ENDS = {"cr": b"\r", "lf": b"\n", "crlf": b"\r\n", "tab": b"\t", "none": b""}
_NOISE = b"\x00\x07\x0b\x7f"


@dataclass(slots=True)
class Manner:
    """Settings as a scanner's manual has them, and faults.

    ``aim``: code and modifier character of an AIM identifier (ISO/IEC 15424) sent first, ``E0`` say; empty =
    none. ``pace_ms``: pause after each byte. ``splits``: in two pieces with a pause. ``glues``: holds a code
    back and sends it together with the next.
    """

    aim: str = ""
    prefix: str = ""
    end: str = "cr"
    pace_ms: int = 0
    splits: bool = False
    glues: bool = False
    is_noisy: bool = False
    bounces: bool = False
    held: list[bytes] = field(default_factory=list)

    def pieces(self, code: str) -> list[bytes]:
        """The pieces in which a code leaves, each to be followed by a pause; none while it is held back."""
        one = (f"]{self.aim}" if self.aim else "").encode() + (self.prefix + code).encode() + ENDS[self.end]
        whole = (_NOISE if self.is_noisy else b"") + one * (2 if self.bounces else 1)
        if self.glues and not self.held:
            self.held.append(whole)
            return []
        whole, self.held = b"".join(self.held) + whole, []
        if self.pace_ms:
            return [bytes((byte,)) for byte in whole]
        return [whole[: len(whole) // 2], whole[len(whole) // 2 :]] if self.splits else [whole]
