"""Noise: bytes, texts and topics that nobody of us ever wrote."""

from typing import Final

from sync.simulator.dice import Dice

LONGEST: Final = 2_000
OVER: Final = (70_000, 300_000, 1_100_000)
"""Sizes above what a message, and above what a packet, may have."""
TEXTS: Final = ("", "j", "z", "jnull", "j[]", "j{}", 'j"', "j{", "jNaN", "j{}{}", "j\x00", "zx\x9c", "j1e999")
LETTERS: Final = "{}[]\":,0123456789.eE+-truefalsnkind up\\u\ud800\x00é中'"


def any_bytes(dice: Dice) -> bytes:
    """Bytes of any length; now and then far too many, or with the mark of one of our forms."""
    if dice.hit(0.002):
        return b"j" * dice.one_of(OVER)
    mark = dice.one_of((b"", b"", b"j", b"z"))
    return mark + bytes(dice.below(256) for _ in range(dice.below(dice.one_of((4, 40, LONGEST // 10)))))


def any_text(dice: Dice) -> bytes:
    """Something that begins like a message."""
    if dice.hit(0.4):
        return dice.one_of(TEXTS).encode("utf-8", "surrogatepass")
    text = "".join(dice.one_of(LETTERS) for _ in range(dice.below(120)))
    return b"j{" + text.encode("utf-8", "surrogatepass")


def any_topic(dice: Dice, like: str) -> str:
    """A topic beside ours: a piece changed, dropped, doubled or made long."""
    pieces = like.split("/")
    place = dice.below(len(pieces))
    match dice.below(5):
        case 0:
            pieces[place] = dice.one_of(("", "0", "63", "64", "-1", "up", "omo", "s9", "中文", "x" * 300))
        case 1:
            del pieces[place]
        case 2:
            pieces.insert(place, pieces[place])
        case 3:
            pieces[place] += dice.one_of(("\x01", " ", "/", "'", "%00"))
        case _:
            return "/".join(dice.one_of(("omo", "1", "up", "$SYS", "")) for _ in range(dice.between(1, 9)))
    return "/".join(pieces) or "x"
