"""Parts: the fixed division of all stores into 64, so that hub workers can each own some."""

import hashlib

PARTS = 64


def part_of(store: str) -> int:
    """The part of a store, 0 to 63: the same on every machine, for ever."""
    return hashlib.blake2b(store.encode(), digest_size=1).digest()[0] % PARTS
