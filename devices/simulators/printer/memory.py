"""The printer's stores of pictures: two that outlive the power (FS q, GS ( L) and two that ESC @ empties.

A store never holds more than its limit; what would go over it is not taken, as the command reference has it.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

NV_LIMIT = 262_144
"""Bytes of the store that outlives the power."""
DOWNLOAD_LIMIT = 65_536
"""Bytes of the other."""
_OVERHEAD = 64
"""Bytes that each picture takes beside its dots, so that their number is bounded too."""


@dataclass(frozen=True, slots=True)
class Picture:
    """Rows of ``row_bytes`` bytes, a bit a dot, as latin-1 so that it can be written as JSON."""

    row_bytes: int
    dots: str

    @property
    def data(self) -> bytes:
        """The rows."""
        return self.dots.encode("latin-1")

    @property
    def size(self) -> int:
        """Bytes that it takes."""
        return len(self.dots) + _OVERHEAD


Store = Mapping[str, Picture]


@dataclass(frozen=True, slots=True)
class Memory:
    """Pictures: ``bits`` by number (FS q), ``nv`` and ``download`` by key (GS ( L), and the one of GS *."""

    bits: Store = field(default_factory=dict)
    nv: Store = field(default_factory=dict)
    download: Store = field(default_factory=dict)
    bit: Picture | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is stored."""
        return not (self.bits or self.nv or self.download or self.bit)

    def with_bits(self, pictures: Store) -> "Memory":
        """All pictures of FS q anew, if they have room."""
        return replace(self, bits=pictures) if _size(pictures, self.nv) <= NV_LIMIT else self

    def with_nv(self, key: str, picture: Picture | None) -> "Memory":
        """One picture of GS ( L defined, or deleted."""
        nv = _changed(self.nv, key, picture)
        return replace(self, nv=nv) if _size(self.bits, nv) <= NV_LIMIT else self

    def with_download(self, key: str, picture: Picture | None) -> "Memory":
        """The same in the store that ESC @ empties."""
        download = _changed(self.download, key, picture)
        return replace(self, download=download) if _size(download) <= DOWNLOAD_LIMIT else self

    def with_bit(self, picture: Picture) -> "Memory":
        """The picture of GS *."""
        return replace(self, bit=picture) if picture.size <= DOWNLOAD_LIMIT else self

    def lasting(self) -> "Memory":
        """What outlives the power and ESC @."""
        return self if not self.download and self.bit is None else Memory(self.bits, self.nv)

    def to_json(self) -> dict[str, Any]:
        """For a file."""
        return asdict(self)


def memory_from_json(told: Mapping[str, Any]) -> Memory:
    """The memory that ``to_json`` gave.

    Raises:
        KeyError, TypeError: it is no such value.
    """
    stores = {name: {key: Picture(**one) for key, one in told[name].items()} for name in _STORES}
    return Memory(**stores, bit=Picture(**told["bit"]) if told["bit"] else None)


_STORES = ("bits", "nv", "download")


def _changed(store: Store, key: str, picture: Picture | None) -> Store:
    rest = {name: one for name, one in store.items() if name != key}
    return rest if picture is None else {**rest, key: picture}


def _size(*stores: Store) -> int:
    return sum(picture.size for store in stores for picture in store.values())
