"""Takes out of a log event what must never be written down: by the name of the key and by pattern.

By key: secrets, passwords, tokens, PINs, cookies, signatures, whatever the value. By pattern, in any text:
phone numbers (mainland mobile numbers and international numbers with a plus), payment codes and card
numbers of 16 to 24 digits, bearer tokens, hashes of passwords and PINs, logins in addresses, and the two
compact signed forms (three dot-joined base64url parts, or a long opaque run). A phone keeps its last four
digits, so that a clerk can still find the order. Identifiers (UUID) and barcodes of up to 14 digits stay.
"""

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

HIDDEN = "[hidden]"
DEPTH_MAX = 6

_KEY_WORDS = frozenset(
    {
        "secret",
        "password",
        "passwd",
        "token",
        "pin",
        "pins",
        "cookie",
        "authorization",
        "signature",
        "credential",
    }
    | {"otp", "cvv", "passphrase"}
)
_KEY_PAIRS = frozenset(
    {
        ("api", "key"),
        ("private", "key"),
        ("payment", "code"),
        ("pickup", "code"),
        ("session", "id"),
        ("auth", "code"),
    }
    | {("enrolment", "code"), ("one", "time")}
)
_PHONE_KEYS = frozenset({"phone", "mobile", "tel", "telephone"})

_LONG_DIGITS = re.compile(r"(?<![0-9A-Za-z])\d(?:[ -]?\d){15,23}(?![0-9A-Za-z])")
_MOBILE = re.compile(r"(?<![\dA-Za-z])(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?(\d{4})(?!\d)")
_INTERNATIONAL = re.compile(r"\+\d[\d -]{6,16}(\d{4})(?!\d)")
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}")
_HASHED = re.compile(r"\$(?:argon2\w*|scrypt|2[aby])\$[\w$=,.+/-]+")
# a host that looks like one follows; or a password with / ? or # that nobody escaped, where digits behind the
# colon are a port; or a host of one word follows
_LOGIN = re.compile(
    r"(?<=://)(?:[^\s/?#]+@(?=[^\s/?#@]*[.:])"
    r"|[^\s/?#:@\[]*:(?!\d{1,5}(?:[/?#\s]|$))[^\s\"'<>]{1,200}@|[^\s/?#]+@)"
)
# both begin where a run begins: a text of 100,000 hyphens is then looked at once, not at each of them
_SIGNED = re.compile(r"(?<![\w-])[\w-]{16,}\.[\w-]{16,}(?:\.[\w-]{16,})?\b")
_OPAQUE = re.compile(r"(?<![\w-])(?=[\w-]*[A-Z])(?=[\w-]*[a-z])(?=[\w-]*\d)[\w-]{32,}\b")


def redact_text(text: str) -> str:
    """Return `text` with every pattern of the module masked; other text is unchanged."""
    text = _LOGIN.sub(f"{HIDDEN}@", text)
    text = _HASHED.sub(HIDDEN, text)
    text = _BEARER.sub(rf"\1 {HIDDEN}", text)
    text = _SIGNED.sub(HIDDEN, text)
    text = _OPAQUE.sub(HIDDEN, text)
    text = _LONG_DIGITS.sub(HIDDEN, text)
    text = _MOBILE.sub(r"***\1", text)
    return _INTERNATIONAL.sub(r"***\1", text)


def hides_key(key: str) -> bool:
    """Tell whether a value under `key` is never shown, whatever it is."""
    words = re.findall(r"[a-z0-9]+", re.sub(r"([a-z])([A-Z])", r"\1_\2", key).lower())
    return not _KEY_WORDS.isdisjoint(words) or any(pair in _KEY_PAIRS for pair in pairwise(words))


def redact(value: Any, *, depth: int = 0) -> Any:
    """Return a copy of `value` without secrets; mappings and sequences are walked `DEPTH_MAX` deep."""
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return f"<{len(value)} bytes>"
    if isinstance(value, bool | int | float | None):
        return redact_number(value)
    if depth >= DEPTH_MAX:
        return "[deep]"
    if isinstance(value, Mapping):
        return {str(key): redact_pair(str(key), item, depth=depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [redact(item, depth=depth + 1) for item in value]
    return redact_text(str(value))


def redact_number(value: Any) -> Any:
    """Return a number as it is, unless its digits are those of a payment code or a phone."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 10**10:
        text = str(value)
        masked = redact_text(text)
        return value if masked == text else masked
    return value


def redact_pair(key: str, value: Any, *, depth: int = 0) -> Any:
    """Return what may be written under `key`."""
    if hides_key(key):
        return HIDDEN if value not in (None, "") else value
    if key.lower() in _PHONE_KEYS and isinstance(value, str):
        return f"***{value[-4:]}" if len(value) > 4 else HIDDEN
    return redact(value, depth=depth)


def redact_event(_logger: Any, _method: str, event: Any) -> Any:
    """Redact a log event in place of structlog's processor chain."""
    return {key: redact_pair(key, value) for key, value in event.items()}
