"""Reading what a store says of itself on its presence and health topics: small JSON objects, not trusted."""

import json
from typing import Any, Final, NoReturn

from sync.link.port import Message

MOST_BYTES: Final = 16 * 1024


def _no_number(text: str) -> NoReturn:
    """NaN and the infinities are no JSON."""
    raise ValueError(text)


def read_object(payload: bytes) -> dict[str, Any] | None:
    """A small JSON object in UTF-8; None for anything else, lone surrogates included."""
    if len(payload) > MOST_BYTES:
        return None
    try:
        value = json.loads(payload.decode(), parse_constant=_no_number)
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def is_of(said: dict[str, Any], sinc: int) -> bool:
    """Whether a presence is not an earlier incarnation's: a replaced agent's will may come late."""
    told = said.get("sinc")
    return not isinstance(told, int) or told >= sinc


def is_live(said: dict[str, Any], sinc: int, message: Message) -> bool:
    """Whether the present incarnation said this just now; the broker also repeats what silent stores said."""
    return not message.retained and said.get("sinc") == sinc
