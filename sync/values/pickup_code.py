"""The pickup code that a customer reads out: short, without look-alikes."""

import hashlib

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""32 characters: no 0 or O, no 1 or I; people read them aloud."""
LENGTH = 6
LONGEST = 8


def from_random(number: int, length: int = LENGTH) -> str:
    """The code for a random `number` (taken modulo 32 ** length)."""
    characters = []
    for _ in range(length):
        number, place = divmod(number, len(ALPHABET))
        characters.append(ALPHABET[place])
    return "".join(characters)


def normalise(text: str) -> str | None:
    """What a clerk typed as the code it can mean, or None when it can be no code.

    Blanks and hyphens go, letters become capitals, full-width characters become ASCII.
    """
    narrow = "".join(chr(ord(c) - 0xFEE0) if "\uff01" <= c <= "\uff5e" else c for c in text)
    code = "".join(c for c in narrow.upper() if c not in " -\u3000\t")
    if not LENGTH <= len(code) <= LONGEST or any(c not in ALPHABET for c in code):
        return None
    return code


def code_hash(store: str, code: str) -> str:
    """The code as a store keeps it: BLAKE2b-16 keyed by the store, in hex (32 characters)."""
    return hashlib.blake2b(code.encode(), digest_size=16, key=store.encode()).hexdigest()
