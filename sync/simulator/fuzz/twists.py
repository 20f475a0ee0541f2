"""Twists: a real message's bytes, changed so that something about them is wrong."""

import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from sync.simulator.dice import Dice

PLAIN, PACKED = b"j", b"z"
PACK_FROM: Final = 1024
Twist = Callable[[Dice, bytes, Sequence[str]], bytes]
ODD_VALUES: Final[tuple[Any, ...]] = (
    None, True, False, 0, -1, 1, 2**31, 2**53, 2**63, -(2**63), 1e308, 0.5, "", "0", "x" * 5_000, "\x00",
    "\u202e", "'; DROP TABLE stock; --", "../../etc/passwd", [], {}, [[]], {"": None}, "2026-13-45T99:99:99Z",
)  # fmt: skip
NUMBERS: Final = ("1" * 25, "9" * 400, "9" * 4_301, "-" + "9" * 60, "1e400", "-0", "1.5", "0x10", "NaN")
VERSIONS: Final[tuple[Any, ...]] = (0, 2, 3, 99, -1, "1", 1.5, True, None, [1], 10**30)


def body_of(payload: bytes) -> bytes:
    """The JSON inside."""
    return payload[1:] if payload[:1] == PLAIN else zlib.decompress(payload[1:])


def packed(body: bytes) -> bytes:
    """JSON as the codec would put it on the wire, whatever it is."""
    return PLAIN + body if len(body) < PACK_FROM else PACKED + zlib.compress(body, 1)


def rewritten(payload: bytes, change: Callable[[dict[str, Any]], object]) -> bytes:
    """The message with its object changed; as it was where it holds none."""
    try:
        said = json.loads(body_of(payload))
    except (ValueError, zlib.error):
        return payload + b" "
    change(said)
    return packed(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace"))


def flip(dice: Dice, payload: bytes, _: Sequence[str]) -> bytes:
    """One to eight bits, on the wire or inside the packing."""
    inside = payload[:1] == PACKED and dice.hit(0.6)
    changed = bytearray(body_of(payload) if inside else payload)
    for _bit in range(dice.between(1, 8)):
        changed[dice.below(len(changed))] ^= 1 << dice.below(8)
    return packed(bytes(changed)) if inside else bytes(changed)


def cut(dice: Dice, payload: bytes, _: Sequence[str]) -> bytes:
    """Cut off, or two in one, or with something after its end."""
    match dice.below(3):
        case 0:
            return payload[: dice.below(len(payload))]
        case 1:
            return payload + payload
        case _:
            return payload + dice.one_of((b"\x00", b" {}", b"}", b"\xff" * 9))


@lru_cache(maxsize=8)
def _bomb(size: int, depth: int) -> bytes:
    """Zeros, packed as often as said."""
    body = b'{"kind":"up","x":"' + b"0" * size + b'"}'
    for _ in range(depth):
        body = zlib.compress(body, 9)
    return PACKED + body


def bomb(dice: Dice, _payload: bytes, _: Sequence[str]) -> bytes:
    """A few bytes that unpack to many."""
    return _bomb(dice.one_of((1_000_000, 1_048_576, 20_000_000)), dice.between(1, 2))


def nest(dice: Dice, payload: bytes, _: Sequence[str]) -> bytes:
    """Brackets in brackets, alone or as one of the message's values."""
    depth = dice.one_of((50, 200, 1_000, 20_000))
    opened, closed = dice.one_of(((b"[", b"]"), (b'{"a":', b"}")))
    nested = opened * depth + (b"1" if dice.hit(0.5) else b"") + closed * depth
    if dice.hit(0.5):
        return packed(nested)
    return _put_raw(dice, payload, nested)


def huge(dice: Dice, payload: bytes, _: Sequence[str]) -> bytes:
    """A number that no column and no float holds, in the place of a value."""
    return _put_raw(dice, payload, dice.one_of(NUMBERS).encode())


def _put_raw(dice: Dice, payload: bytes, raw: bytes) -> bytes:
    """Raw JSON text in the place of a value somewhere in the message."""
    mark = "\ue000mark"
    changed = rewritten(payload, lambda said: _put(dice, said, mark))
    try:
        return packed(body_of(changed).replace(json.dumps(mark, ensure_ascii=False).encode(), raw))
    except zlib.error:
        return PLAIN + raw


def _put(dice: Dice, said: dict[str, Any], value: object) -> None:
    """`value` in the place of some value, deep or not."""
    at: Any = said
    while True:
        places = list(at) if isinstance(at, dict) else list(range(len(at)))
        if not places:
            return
        place = dice.one_of(places)
        inner = at[place]
        if isinstance(inner, dict | list) and inner and dice.hit(0.75):
            at = inner
            continue
        at[place] = value
        return


def version(dice: Dice, payload: bytes, _: Sequence[str]) -> bytes:
    """Another version of the protocol, perhaps with more that is new."""

    def change(said: dict[str, Any]) -> None:
        said["v"] = dice.one_of(VERSIONS)
        if dice.hit(0.3):
            said["kind"] = dice.one_of(("up", "down", "future", 7))
        if dice.hit(0.3):
            said["new"] = {"a": [1]}

    return rewritten(payload, change)


def incarnation(dice: Dice, payload: bytes, _: Sequence[str]) -> bytes:
    """Another life of the store or of the hub."""

    def change(said: dict[str, Any]) -> None:
        for name in ("sinc", "hinc"):
            if isinstance(said.get(name), int) and dice.hit(0.7):
                said[name] = max(0, said[name] + dice.one_of((-1, -1, 1, 1_000, 2**40)))

    return rewritten(payload, change)


def stranger(dice: Dice, payload: bytes, names: Sequence[str]) -> bytes:
    """Another store's name in it."""
    return rewritten(
        payload, lambda said: said.update(store=dice.one_of((*names, "nobody", "", "all", "a/b")))
    )


def field(dice: Dice, payload: bytes, _: Sequence[str]) -> bytes:
    """A value of another kind, a member more or less, a run doubled."""

    def change(said: dict[str, Any]) -> None:
        match dice.below(5):
            case 0:
                said.pop(dice.one_of(list(said)), None)
            case 1:
                said[dice.one_of(("extra", "events", "items", "rows", "wants", "kind", "store"))] = (
                    dice.one_of(ODD_VALUES)
                )
            case 2:
                _double_runs(said)
            case _:
                _put(dice, said, dice.one_of(ODD_VALUES))

    return rewritten(payload, change)


def _double_runs(said: Mapping[str, Any]) -> None:
    """Every list twice over, as if two pages were one."""
    for value in said.values():
        if isinstance(value, list):
            value.extend(list(value))


TWISTS: Final[dict[str, Twist]] = {
    "bits flipped": flip,
    "cut or glued": cut,
    "packed bomb": bomb,
    "nested deeply": nest,
    "huge number": huge,
    "other version": version,
    "other incarnation": incarnation,
    "other store": stranger,
    "other field": field,
}
